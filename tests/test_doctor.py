"""The doctor: each thing looked at, each problem with what mends it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from edgemm import cli
from edgemm.commands import health


def test_packages_of_the_runtime_are_listed_with_their_versions():
    found = health.check_packages()
    assert found.state == "ok"
    assert "numpy " in found.found and "onnxruntime " in found.found
    assert "torch" not in found.found


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(health, "_version", lambda name: None if name == "soxr" else "1")
    found = health.check_packages()
    assert (found.state, found.found, found.remedy) == ("broken", "missing: soxr", "make setup-runtime")


def test_too_little_memory_is_a_problem(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 512000 kB\nMemAvailable:  102400 kB\n")
    assert health.check_memory(meminfo, needed_mb=99).state == "ok"
    short = health.check_memory(meminfo, needed_mb=400)
    assert short.state == "broken" and "100 MB" in short.found and "400 MB" in short.remedy


def test_without_espeak_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    found = health.check_espeak()
    assert found.state == "broken" and "apt-get install espeak-ng" in found.remedy


def test_a_folder_that_holds_a_file_named_like_a_library_does_not_break_the_look_at_sound(tmp_path, monkeypatch):
    (tmp_path / "sounddevice.py").write_text("raise ValueError('taken for the library')\n")
    monkeypatch.chdir(tmp_path)
    assert "taken for the library" not in health.check_sound().found


@pytest.mark.parametrize("script", ["exit 3", "printf '\\377'; exit 0", "not a program"])
def test_an_espeak_that_fails_is_broken_and_no_internal_error(tmp_path, monkeypatch, script):
    program = tmp_path / "espeak-ng"
    program.write_bytes(b"\x7fELF" if script == "not a program" else f"#!/bin/sh\n{script}\n".encode())
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = health.check_espeak()
    assert found.state == "broken" and "espeak-ng" in found.remedy


def test_a_sound_server_that_does_not_answer_is_not_waited_for(monkeypatch):
    def hang(command, **options):
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    assert health.check_sound().state == "broken"


def test_no_camera_is_no_fault(tmp_path):
    assert health.check_cameras(tmp_path).state == "absent"


def test_a_camera_without_access_names_the_group(tmp_path):
    node = tmp_path / "video77"
    node.mkdir()
    (node / "name").write_text("Front camera\n")
    found = health.check_cameras(tmp_path)
    assert found.state == "broken" and "/dev/video77 Front camera" in found.found and "video" in found.remedy


def test_a_missing_bundle_names_the_export(tmp_path):
    found = health.check_bundle(tmp_path / "nanodet" / "cpu-x86")
    assert found.state == "broken" and found.remedy == "edgemm export nanodet"


def test_every_problem_comes_with_a_remedy_and_the_exit_code_is_4(tmp_path, capsys):
    assert cli.main(["doctor", "--json", "--bundles", str(tmp_path)]) == 4
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert all(check["remedy"] for check in checks if check["state"] == "broken")
    assert [check["name"] for check in checks].count("bundle nanodet") == 1


@pytest.mark.usefixtures("starter_bundles")
def test_the_starter_bundles_are_healthy(starter_bundles: Path):
    for folder in sorted(starter_bundles.glob("*/*/")):
        assert health.check_bundle(folder).state == "ok", folder
