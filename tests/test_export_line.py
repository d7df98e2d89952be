"""The export line, over a small real model: what it writes, what it refuses, and what survives a failure."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import onnx
import pytest

from edgemm.bundles.bundle import Bundle
from edgemm.cli import main
from export.families import onnx as onnx_family
from export.line import form_steps
from export.workshop import memory
from tests.tiny_embedder import recipe, write_checkpoint, write_recipe


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The recipe of a tiny checkpoint, in an empty working folder with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDGEMM_CACHE", str(tmp_path / "cache"))
    return recipe(write_checkpoint(tmp_path / "weights"))


def export(tree: dict[str, Any], *arguments: str) -> int:
    path = write_recipe(Path("tiny.yaml"), tree)
    return main(["export", str(path), "--target", "cpu-x86", *arguments])


BUNDLE = Path("bundles/tiny/cpu-x86")


def content(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_a_checkpoint_becomes_a_bundle_with_its_proof(tree: dict[str, Any]) -> None:
    assert export(tree) == 0
    manifest = Bundle.open(BUNDLE, task="embedding").manifest
    assert manifest.precision == "int8"
    assert manifest.target == "cpu-x86"
    assert manifest.source.licence == "Apache-2.0"
    assert manifest.measured is not None and manifest.measured.latency_p50_ms > 0
    figures = {figure.name: figure for figure in manifest.figures}
    assert figures["encoder_parity"].is_gate and figures["encoder_parity"].holds
    assert 0.9 <= figures["cosine_mean"].value < 1.0
    report = json.loads((BUNDLE / "report.json").read_text())
    assert report["chosen"] == "int8"
    assert report["forms"][0]["changed_nodes"] == {"encoder": {"float32_to_int8_dynamic": 2}}
    page = (BUNDLE / "report.html").read_text()
    assert "cosine_mean" in page and "<svg" in page
    assert not re.search(r"""(src|href)="(?!#)""", page), "the page needs something from elsewhere"


def test_graphs_load_in_the_oldest_supported_runtime(tree: dict[str, Any]) -> None:
    assert export(tree) == 0
    model = onnx.load(BUNDLE / "encoder.onnx")
    assert model.ir_version <= 10
    assert all(entry.version <= 22 for entry in model.opset_import if entry.domain == "")


def test_an_unchanged_recipe_rebuilds_nothing(tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert export(tree) == 0
    before = {path: path.stat().st_mtime_ns for path in BUNDLE.iterdir()}
    monkeypatch.setattr(onnx_family, "export", forbidden)
    monkeypatch.setattr(form_steps, "evaluator", forbidden)
    monkeypatch.setattr(form_steps, "measure", forbidden)
    assert export(tree) == 0
    assert {path: path.stat().st_mtime_ns for path in BUNDLE.iterdir()} == before


def test_bundles_of_another_version_in_cache_and_folder_are_written_again(tree: dict[str, Any]) -> None:
    assert export(tree) == 0
    before = content(BUNDLE)
    digests = [path for place in (Path("cache"), BUNDLE) for path in place.rglob("manifest.sha256")]
    for digest in digests:
        digest.unlink()
    assert export(tree) == 0
    assert len(digests) > 1 and all(digest.is_file() for digest in digests)
    assert content(BUNDLE).keys() == before.keys()


def test_a_changed_checkpoint_is_exported_again(tree: dict[str, Any]) -> None:
    assert export(tree) == 0
    before = content(BUNDLE)
    write_checkpoint(Path("weights"), seed=1)
    assert export(tree) == 0
    assert content(BUNDLE)["bundles/tiny/cpu-x86/encoder.onnx"] != before["bundles/tiny/cpu-x86/encoder.onnx"]


def test_an_interrupted_export_leaves_the_old_bundle_and_the_next_run_continues(
    tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert export(tree) == 0
    before = content(BUNDLE)
    write_checkpoint(Path("weights"), seed=1)
    with monkeypatch.context() as patch:
        patch.setattr(form_steps, "evaluator", interrupted)
        assert export(tree) == 130
    assert content(BUNDLE) == before
    monkeypatch.setattr(onnx_family, "export", forbidden)  # traced before the interruption, not again
    assert export(tree) == 0
    assert content(BUNDLE) != before


def test_the_first_form_that_holds_is_bundled_and_the_rejected_one_stands_in_the_report(tree: dict[str, Any]) -> None:
    tree["gates"] = {"cosine_mean": {"at_least": 0.9999999}}
    assert export(tree) == 0
    assert Bundle.open(BUNDLE).manifest.precision == "float32"
    forms = json.loads((BUNDLE / "report.json").read_text())["forms"]
    assert [(form["name"], form["rejected"] is None) for form in forms] == [("int8", False), ("float32", True)]


def test_when_no_form_holds_there_is_no_bundle_and_the_exit_code_is_3(
    tree: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    tree["gates"] = {"cosine_mean": {"at_least": 1.5}}
    assert export(tree) == 3
    assert not BUNDLE.exists()
    message = capsys.readouterr().err
    assert "int8: cosine_mean" in message and "at least 1.5" in message
    report = re.search(r"\S+report\.html", message)
    assert report is not None and Path(report[0]).is_file()


def test_when_no_form_holds_the_old_bundle_stays(tree: dict[str, Any]) -> None:
    assert export(tree) == 0
    before = content(BUNDLE)
    tree["gates"] = {"cosine_mean": {"at_least": 1.5}}
    assert export(tree) == 3
    assert content(BUNDLE) == before


def test_a_form_that_was_asked_for_and_fails_is_exit_code_3(tree: dict[str, Any]) -> None:
    tree["gates"] = {"cosine_mean": {"at_least": 0.9999999}}
    assert export(tree, "--form", "int8") == 3
    assert not BUNDLE.exists()
    assert export(tree, "--form", "float32") == 0
    assert export(tree, "--form", "int9") == 2


def test_float32_that_disagrees_with_the_checkpoint_is_exit_code_3(tree: dict[str, Any]) -> None:
    tree["options"]["tolerance"] = -1.0
    assert export(tree) == 3
    assert not BUNDLE.exists()


def test_a_form_that_quantises_nothing_is_rejected(tree: dict[str, Any]) -> None:
    tree["forms"][0]["graphs"]["encoder"]["exclude"] = ["*_layer"]
    assert export(tree) == 0
    forms = json.loads((BUNDLE / "report.json").read_text())["forms"]
    assert "nothing was quantised" in forms[0]["rejected"]


def test_a_gate_that_nobody_measures_is_an_error(tree: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    tree["gates"] = {"cosine_man": {"at_least": 0.9}}
    assert export(tree) == 2
    message = capsys.readouterr().err
    assert "cosine_man" in message and "cosine_mean" in message


def test_a_pinned_file_with_another_hash_is_refused(tree: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    files = {"embedder.onnx": "embedder.onnx", "tokenizer.json": "tokenizer.json"}
    tree["checkpoint"][0] |= {"files": files, "sha256": {"embedder.onnx": "0" * 64}}
    assert export(tree) == 2
    message = capsys.readouterr().err
    right = hashlib.sha256(Path("weights/embedder.onnx").read_bytes()).hexdigest()
    assert f"expected SHA-256 {'0' * 64}" in message and f"found {right}" in message
    assert not BUNDLE.exists()


def test_a_missing_tensor_is_named(tree: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    tree["options"]["graphs"]["encoder"]["outputs"]["vectors"]["tensor"] = "vektors"
    assert export(tree) == 2
    assert "vektors" in capsys.readouterr().err


def test_a_checkpoint_on_the_command_line_replaces_the_recipes_own(tree: dict[str, Any]) -> None:
    other = write_checkpoint(Path("other"), seed=5)
    assert export(tree, "--checkpoint", "other") == 0
    assert Bundle.open(BUNDLE).manifest.source.name == str(other)
    assert export(tree, "--checkpoint", "nowhere") == 2


def test_json_is_one_object_on_standard_output(tree: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert export(tree, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["bundles"][0]["form"] == "int8" and result["failed"] == []


def test_too_little_memory_is_said_before_it_is_taken(
    tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memory, "available_mb", lambda: 100)
    monkeypatch.setattr(onnx_family, "export", forbidden)
    assert export(tree) == 4
    assert "found 100 MB available" in capsys.readouterr().err


def test_a_recipe_with_a_typo_is_pointed_at(tree: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    tree["evaluaton"] = tree.pop("evaluation")
    assert export(tree) == 2
    assert "evaluation" in capsys.readouterr().err


@pytest.mark.parametrize("emptied", ["cache", "bundles"])
def test_a_full_disk_is_one_message_and_the_old_bundle_stays(tree: dict[str, Any], emptied: str) -> None:
    """Files cannot grow beyond 40 kB: once while the cache is filled, once when the complete bundle is written."""
    assert export(tree) == 0
    if emptied == "cache":
        write_checkpoint(Path("weights"), seed=1)
    else:
        tree["gates"] = {"cosine_mean": {"at_least": 0.8}}
        assert export(tree, "--out", "elsewhere") == 0  # fills the cache; bundles/ keeps the other gate
    before = content(BUNDLE)
    write_recipe(Path("tiny.yaml"), tree)
    root = str(Path(__file__).parent.parent)
    result = subprocess.run(
        [sys.executable, "-m", "edgemm", "export", "tiny.yaml", "--target", "cpu-x86"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    assert result.returncode == 1, result.stderr
    assert "Free some space" in result.stderr and "Traceback" not in result.stderr
    assert content(BUNDLE) == before
    assert not [path for path in Path().rglob(".*") if path.is_dir()], "half-written folders are left"
    assert export(tree) == 0


def test_what_a_killed_export_left_is_cleared_away(tree: dict[str, Any]) -> None:
    left = Path("cache/work/tiny/.trace-0123456789abcdef.99999999")
    left.mkdir(parents=True)
    assert export(tree) == 0
    assert not left.exists()


def test_one_recipe_that_fails_does_not_stop_the_others(
    tree: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = write_recipe(Path("broken.yaml"), {**tree, "gates": {"cosine_mean": {"at_least": 1.5}}})
    good = write_recipe(Path("tiny.yaml"), tree)
    assert main(["export", str(broken), str(good), "--target", "cpu-x86", "--json"]) == 3
    result = json.loads(capsys.readouterr().out)
    assert [bundle["recipe"] for bundle in result["bundles"]] == ["tiny"]
    assert [(failure["recipe"], failure["exit_code"]) for failure in result["failed"]] == [("broken", 3)]


def test_a_form_of_static_int8_follows_the_target(tree: dict[str, Any]) -> None:
    """Arm multiplies signed by signed; x86 unsigned by signed."""
    tree["forms"] = [{"name": "static", "graphs": {"encoder": {"method": "float32_to_int8_qdq"}}}]
    tree["calibration"] = "sentences-calibration"
    tree["gates"] = {"cosine_mean": {"at_least": 0.5}}
    path = write_recipe(Path("tiny.yaml"), tree)
    types = {}
    for target in ("cpu-x86", "cpu-arm64"):
        assert main(["export", str(path), "--target", target]) == 0
        model = onnx.load(f"bundles/tiny/{target}/encoder.onnx")
        points = {input for node in model.graph.node if node.op_type == "QuantizeLinear" for input in node.input[2:]}
        types[target] = {weight.data_type for weight in model.graph.initializer if weight.name in points}
    assert types == {"cpu-x86": {onnx.TensorProto.UINT8}, "cpu-arm64": {onnx.TensorProto.INT8}}


def test_packs_and_recipes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "starter" in found["packs"] and {"cpu-x86", "cpu-arm64"} <= set(found["targets"])


def forbidden(*_: object) -> None:
    raise AssertionError("this step is done already")


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt
