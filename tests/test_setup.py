"""Set-up: takes a fitting Python, does nothing twice, and leaves a Jetson's own libraries alone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def setup(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "setup_script", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path)
    return module


def test_a_python_that_fits_is_taken_and_another_refused(setup):
    assert setup.find_python(sys.executable, (3, 10)) == sys.executable
    with pytest.raises(SystemExit, match=r"no Python 3\.14 to 3\.13"):
        setup.find_python(sys.executable, (3, 14))


def test_what_is_set_up_is_not_set_up_again(setup):
    profiles = setup.PROFILES
    assert not setup.is_set_up(profiles["export"])
    setup.stamp("test").write_text(setup.fingerprint(profiles["test"]))
    assert setup.is_set_up(profiles["test"]) and setup.is_set_up(profiles["export"])
    assert not setup.is_set_up(profiles["bench"])


def test_other_requirements_ask_for_another_set_up(setup, monkeypatch, tmp_path):
    profile = setup.PROFILES["test"]
    before = setup.fingerprint(profile)
    copy = tmp_path / "checkout"
    (copy / "scripts").mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt", "constraints-py310.txt", "scripts/setup.py"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    (copy / "constraints.txt").write_text("numpy==1.0\n")
    monkeypatch.setattr(setup, "ROOT", copy)
    assert setup.fingerprint(profile) != before


def test_an_extra_stands_for_the_extras_that_it_names(setup):
    extras = {"all": ["edgemm[a,b]", "z"], "a": ["x>=1"], "b": ["y"]}
    assert setup.expand("all", extras) == ["x>=1", "y", "z"]


def test_libraries_of_the_system_are_not_installed_over(setup, monkeypatch):
    monkeypatch.setattr(setup, "VENV_PYTHON", Path(sys.executable))
    found = setup.requirements_not_on_the_system(("runtime",))
    names = " ".join(found)
    assert "numpy" in names and "soxr" in names
    assert "onnxruntime" not in names and "opencv" not in names


def test_the_device_side_asks_for_no_torch(setup):
    assert not setup.PROFILES["runtime"].torch
    assert "torch" not in (ROOT / "constraints-py310.txt").read_text(encoding="utf-8")


def test_every_pinned_package_is_pinned_exactly():
    for name in ("constraints.txt", "constraints-py310.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert all(line.startswith("#") or line.count("==") == 1 for line in lines)
        assert not [line for line in lines if "+" in line.partition("==")[2]]
