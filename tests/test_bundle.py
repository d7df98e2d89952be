"""A bundle is opened only when it is whole, proven and meant for this program and host; it is written whole or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Graph, Manifest, Source
from edgemm.bundles.tensors import TensorSpec
from edgemm.cli import main
from edgemm.errors import BundleError, StorageError
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
    return {"encoder.onnx": folder / "embedder.onnx", "tokenizer.json": folder / "tokenizer.json"}


@pytest.fixture
def bundle(tmp_path: Path, files: dict[str, Path]) -> Path:
    return write_bundle(tmp_path / "bundle", manifest(), files).folder


def edit(bundle: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = bundle / "manifest.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


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


def test_a_flipped_byte(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray((bundle / "encoder.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (bundle / "encoder.onnx").write_bytes(data)
    message = refused(bundle, capsys)
    assert "'encoder.onnx' is damaged" in message and "expected SHA-256" in message


def test_a_missing_file(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / "tokenizer.json").unlink()
    assert "tokenizer.json" in refused(bundle, capsys)


def test_no_bundle_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "edgemm export" in refused(tmp_path / "nowhere", capsys)


def test_a_manifest_from_a_newer_schema(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(bundle, lambda content: content.update(schema_version=99, something_new=True))
    message = refused(bundle, capsys)
    assert "version 99" in message and "Update edgemm" in message


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 1}', "\x00\x01"])
def test_a_manifest_that_is_none(bundle: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / "manifest.json").write_text(text)
    assert "manifest" in refused(bundle, capsys)


def test_an_engine_for_another_host(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(bundle, lambda content: content.update(host={"architecture": "sparc64"}))
    message = refused(bundle, capsys)
    assert "another host" in message and "sparc64" in message


def test_a_gate_that_did_not_hold(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = Figure(name="cosine_mean", value=0.5, at_least=0.9).model_dump()
    edit(bundle, lambda content: content.update(figures=[failed]))
    assert "cosine_mean" in refused(bundle, capsys)


def test_a_bundle_for_another_task(bundle: Path) -> None:
    with pytest.raises(BundleError, match="expected detection, found embedding"):
        Bundle.open(bundle, task="detection")


@pytest.mark.parametrize("change", [{"dtype": "int32"}, {"name": "words"}, {"axes": ["text", "token", 3]}])
def test_verify_finds_a_manifest_that_does_not_describe_its_graph(
    bundle: Path, change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    edit(bundle, lambda content: content["graphs"]["encoder"]["inputs"]["tokens"].update(change))
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
    assert sorted(path.name for path in bundle.iterdir()) == ["encoder.onnx", "manifest.json"]
