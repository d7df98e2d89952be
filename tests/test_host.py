"""The host signature: read without any GPU package, providers proven by computing."""

from __future__ import annotations

import platform
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest

from edgemm import host


def test_the_signature_says_what_is_here_and_leaves_out_what_is_not():
    signature = host.host_signature().as_dict()
    assert signature["arch"] and signature["os"]
    assert signature["onnxruntime"] == onnxruntime.__version__
    assert all(isinstance(value, str) and value for value in signature.values())


def test_the_cpu_provider_is_proven():
    assert "CPUExecutionProvider" in host.proven_providers()


def test_a_provider_that_is_only_listed_is_not_believed(monkeypatch):
    absent = sorted(set(onnxruntime.get_all_providers()) - set(onnxruntime.get_available_providers()))[0]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [absent, "CPUExecutionProvider"])
    assert host.proven_providers() == ("CPUExecutionProvider",)


@pytest.mark.parametrize(
    ("used", "result", "proven"),
    [
        ("MyExecutionProvider", 42.0, True),
        ("MyExecutionProvider", 41.9, False),  # it computes something else
        ("CPUExecutionProvider", 42.0, False),  # another did it
    ],
)
def test_a_provider_is_proven_by_computing_the_right_thing_itself(monkeypatch, used, result, proven):
    settings = {}

    class Options:
        log_severity_level = 0

        def add_session_config_entry(self, key, value):
            settings[key] = value

    class Session:
        def __init__(self, model, options, providers):
            assert providers == ["MyExecutionProvider"]

        def run(self, names, feeds):
            return [np.array([result], np.float32)]

        def get_providers(self):
            return [used, "CPUExecutionProvider"]

    monkeypatch.setattr(onnxruntime, "SessionOptions", Options)
    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["MyExecutionProvider"])
    assert host.proven_providers() == (("MyExecutionProvider",) if proven else ())
    assert settings == {"session.disable_cpu_ep_fallback": "1"}, "or a missing library falls back to the CPU unnoticed"


def test_the_proof_graph_is_valid_onnx():
    import onnx

    from edgemm.proof_graph import proof_graph

    onnx.checker.check_model(onnx.load_from_string(proof_graph()), full_check=True)


def test_a_jetsons_release_is_read(tmp_path):
    path = tmp_path / "nv_tegra_release"
    path.write_text("# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n")
    assert host._l4t_release(path) == "36.4.3"
    assert host._l4t_release(tmp_path / "none") is None


@pytest.mark.parametrize(("machine", "target"), [("x86_64", "cpu-x86"), ("aarch64", "cpu-arm64")])
def test_the_target_follows_the_processor(monkeypatch, machine, target):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert host.host_target() == target


def test_the_signature_is_made_without_torch():
    code = "import sys; from edgemm.host import host_signature; host_signature(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_provider_that_computes_something_else_is_not_believed(monkeypatch):
    """As a broken driver does: it loads, it runs, and the numbers are wrong."""
    right = onnxruntime.InferenceSession.run
    monkeypatch.setattr(
        onnxruntime.InferenceSession, "run", lambda session, *asked: [2 * found for found in right(session, *asked)]
    )
    assert host.proven_providers() == ()


def test_a_provider_that_hands_its_work_to_another_is_not_believed(monkeypatch):
    monkeypatch.setattr(onnxruntime.InferenceSession, "get_providers", lambda self: ["AnotherExecutionProvider"])
    assert host.proven_providers() == ()


def test_the_system_is_named_with_its_version(tmp_path):
    release = tmp_path / "os-release"
    release.write_text('NAME="Debian"\nVERSION_ID="12"\n# a comment\nID=debian\n')
    assert host._os_release(release) == "debian-12"
    release.write_text("ID=arch\n")
    assert host._os_release(release) == "arch"
    assert host._os_release(tmp_path / "none") == platform.system().lower()
