"""A bundle is opened only when it is whole, proven and meant for this program and host; it is written whole or not."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Graph, Manifest, Source
from edgemm.bundles.tensors import TensorSpec
from edgemm.cli import main
from edgemm.commands.verify import main as main_verify
from edgemm.errors import BundleError, StorageError
from tests.bundle_damage import edit_manifest, replace_file, write_manifest
from tests.tiny_embedder import WIDTH, write_checkpoint


def manifest(**changes: Any) -> Manifest:
    tensors = {name: TensorSpec(name=name, dtype="int64", axes=("text", "token")) for name in ("tokens", "mask")}
    vectors = TensorSpec(name="vectors", dtype="float32", axes=("text", WIDTH))
    content: dict[str, Any] = {
        "name": "tiny",
        "family": "onnx",
        "task": "embedding",
        "precision": "float32",
        "target": "cpu-x86",
        "source": Source(kind="folder", name="weights", revision="", sha256="0" * 64),
        "graphs": {"encoder": Graph(file="encoder.onnx", inputs=tensors, outputs={"vectors": vectors})},
        "settings": {"max_tokens": 32, "dimension": WIDTH},
        "files": {},
    }
    return Manifest(**(content | changes))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    folder = write_checkpoint(tmp_path / "weights")
    (folder / "report.json").write_text("{}\n")
    return {
        "encoder.onnx": folder / "embedder.onnx",
        "tokenizer.json": folder / "tokenizer.json",
        "report.json": folder / "report.json",
    }


@pytest.fixture
def bundle(tmp_path: Path, files: dict[str, Path]) -> Path:
    return write_bundle(tmp_path / "bundle", manifest(), files).folder


def refused(bundle: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Every command says the same one thing and ends with exit code 4."""
    with pytest.raises(BundleError) as error:
        Bundle.open(bundle)
    for command in ("verify", "inspect"):
        assert main([command, str(bundle)]) == 4
        message = capsys.readouterr().err
        assert str(error.value) in message and "Traceback" not in message
    return str(error.value)


def test_a_whole_bundle_is_verified_by_a_run(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(bundle), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["bundles"][0]
    assert found["graphs"]["encoder"]["sizes"]["token"] > 0


def test_inspect_gives_the_manifest(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(bundle), "--json"]) == 0
    assert Manifest.model_validate_json(capsys.readouterr().out) == Bundle.open(bundle).manifest
    assert main(["inspect", str(bundle)]) == 0
    assert f"float32 (text, {WIDTH})" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "report.json", "manifest.json", "manifest.sha256"])
def test_a_flip_anywhere_in_any_file_is_refused(bundle: Path, name: str) -> None:
    good = (bundle / name).read_bytes()
    chance = random.Random(name)
    for _ in range(200):
        damaged = bytearray(good)
        damaged[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        (bundle / name).write_bytes(damaged)
        with pytest.raises(BundleError):
            main_verify([str(bundle)])
    (bundle / name).write_bytes(good)
    assert main_verify([str(bundle)]) == 0


def test_no_file_of_a_bundle_is_left_out_of_that(bundle: Path) -> None:
    names = {"encoder.onnx", "tokenizer.json", "report.json", "manifest.json", "manifest.sha256"}
    assert {path.name for path in bundle.iterdir()} == names


@pytest.mark.parametrize("name", ["encoder.onnx", "manifest.json", "manifest.sha256"])
def test_a_damaged_file_is_named(bundle: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray((bundle / name).read_bytes())
    data[len(data) // 2] ^= 1
    (bundle / name).write_bytes(data)
    message = refused(bundle, capsys)
    assert name in message and "is damaged" in message and "expected SHA-256" in message


def test_the_digest_is_one_that_sha256sum_checks(bundle: Path) -> None:
    assert subprocess.run(["sha256sum", "-c", "manifest.sha256"], cwd=bundle, capture_output=True).returncode == 0


def test_a_bundle_of_an_older_version_without_a_digest(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / "manifest.sha256").unlink()
    message = refused(bundle, capsys)
    assert "manifest.sha256" in message and "edgemm export" in message


@pytest.mark.parametrize("name", ["notes.txt", ".DS_Store", "graphs/other.onnx"])
def test_verify_names_a_file_that_the_manifest_does_not_list(
    bundle: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundle / name).parent.mkdir(exist_ok=True)
    (bundle / name).write_bytes(b"x")
    assert main(["verify", str(bundle)]) == 4
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../weights/embedder.onnx", "/etc/hostname", "x\0y", "x" * 300, ""])
def test_a_manifest_that_lists_a_file_which_is_none_of_the_bundle(
    bundle: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_manifest(bundle, lambda content: content["files"].update({name: "0" * 64}))
    assert "file" in refused(bundle, capsys)


def test_a_missing_file(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / "tokenizer.json").unlink()
    assert "tokenizer.json" in refused(bundle, capsys)


def test_no_bundle_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "edgemm export" in refused(tmp_path / "nowhere", capsys)


def test_a_manifest_from_a_newer_schema(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit_manifest(bundle, lambda content: content.update(schema_version=99, something_new=True))
    message = refused(bundle, capsys)
    assert "version 99" in message and "Update edgemm" in message


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 1}', "\x00\x01", "[" * 5000, "9" * 5000])
def test_a_manifest_that_is_none(bundle: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_manifest(bundle, text)
    assert "manifest" in refused(bundle, capsys)


def test_an_engine_for_another_host(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit_manifest(bundle, lambda content: content.update(host={"architecture": "sparc64"}))
    message = refused(bundle, capsys)
    assert "another host" in message and "sparc64" in message


def test_a_gate_that_did_not_hold(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = Figure(name="cosine_mean", value=0.5, at_least=0.9).model_dump()
    edit_manifest(bundle, lambda content: content.update(figures=[failed]))
    assert "cosine_mean" in refused(bundle, capsys)


def test_a_bundle_for_another_task(bundle: Path) -> None:
    with pytest.raises(BundleError, match="expected detection, found embedding"):
        Bundle.open(bundle, task="detection")


@pytest.mark.parametrize("change", [{"dtype": "int32"}, {"name": "words"}, {"axes": ["text", "token", 3]}])
def test_verify_finds_a_manifest_that_does_not_describe_its_graph(
    bundle: Path, change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    edit_manifest(bundle, lambda content: content["graphs"]["encoder"]["inputs"]["tokens"].update(change))
    assert main(["verify", str(bundle)]) == 4
    assert "graph 'encoder'" in capsys.readouterr().err


def test_a_failed_write_leaves_the_old_bundle(bundle: Path, files: dict[str, Path]) -> None:
    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    with pytest.raises(StorageError):
        write_bundle(bundle, manifest(precision="int8"), {**files, "labels.txt": Path("/nowhere/labels.txt")})
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before
    assert [path.name for path in bundle.parent.iterdir() if path.name.startswith(".")] == []


def test_a_bundle_is_replaced_whole(bundle: Path, files: dict[str, Path]) -> None:
    write_bundle(bundle, manifest(precision="int8"), {"encoder.onnx": files["encoder.onnx"]})
    assert Bundle.open(bundle).manifest.precision == "int8"
    assert sorted(path.name for path in bundle.iterdir()) == ["encoder.onnx", "manifest.json", "manifest.sha256"]


def test_a_rename_that_fails_puts_the_old_bundle_back(
    bundle: Path, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse_the_new(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise OSError(28, "No space left on device")
        return rename(path, target)

    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    monkeypatch.setattr(Path, "rename", refuse_the_new)
    with pytest.raises(StorageError, match="old bundle is untouched"):
        write_bundle(bundle, manifest(precision="int8"), files)
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before
    assert [path.name for path in bundle.parent.iterdir() if path.name.startswith(".")] == []


def test_everything_is_on_the_disk_before_the_rename_and_the_rename_before_the_old_one_goes(
    bundle: Path, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    rename, fsync, rmtree = Path.rename, os.fsync, shutil.rmtree

    def recorded_rename(path: Path, target: Path) -> Path:
        calls.append(f"rename {path.name}")
        return rename(path, target)

    def recorded_fsync(descriptor: int) -> None:
        calls.append(f"fsync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        fsync(descriptor)

    def recorded_rmtree(path: Path, **options: Any) -> None:
        calls.append(f"remove {path.name}")
        rmtree(path, **options)

    monkeypatch.setattr(Path, "rename", recorded_rename)
    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(shutil, "rmtree", recorded_rmtree)
    write_bundle(bundle, manifest(), files)
    moved = calls.index("rename .bundle.new")
    on_disk = {*files, "manifest.json", "manifest.sha256", ".bundle.new"}
    assert {f"fsync {name}" for name in on_disk} <= set(calls[: calls.index("rename bundle")])
    assert calls.index("rename bundle") < moved < calls.index(f"fsync {bundle.parent.name}")
    assert calls[-1] == "remove .bundle.old" and calls.index(f"fsync {bundle.parent.name}") < len(calls) - 1


@pytest.mark.parametrize("data", [b"{}", b"[]", b"", b"\xff", b"[" * 5000, b'{"version": "1.0", "model": {}}'])
def test_a_tokenizer_that_is_none(bundle: Path, data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    replace_file(bundle, "tokenizer.json", data)
    assert main(["verify", str(bundle)]) == 4
    assert "tokenizer.json is no tokenizer" in capsys.readouterr().err


def _rename(names: dict[str, Any]) -> None:
    names["other"] = names.popitem()[1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda content: _rename(content["graphs"]), "no graph 'encoder'"),
        (lambda content: _rename(content["graphs"]["encoder"]["inputs"]), "lacks an input"),
        (lambda content: _rename(content["graphs"]["encoder"]["outputs"]), "lacks an output"),
        (lambda content: content["graphs"]["encoder"].update(file="nothing.onnx"), "nothing.onnx"),
        (lambda content: content["graphs"]["encoder"].update(file="tokenizer.json"), "cannot load"),
        (lambda content: content["settings"].update(max_tokens=-5), "settings do not fit"),
        (lambda content: content["settings"].update(max_tokens=10**30), "settings do not fit"),
        (lambda content: content.update(task="juggling"), "unknown task"),
    ],
)
def test_a_manifest_that_does_not_serve_its_task(
    bundle: Path, change: Any, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_manifest(bundle, change)
    assert main(["verify", str(bundle)]) == 4
    assert told in capsys.readouterr().err


def test_an_input_larger_than_memory_is_refused_before_it_is_made(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    axes = ["text", 1 << 40]
    edit_manifest(bundle, lambda content: content["graphs"]["encoder"]["inputs"]["tokens"].update(axes=axes))
    assert main(["verify", str(bundle)]) == 4
    assert "at most" in capsys.readouterr().err
