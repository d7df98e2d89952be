"""Faults that are planted change behaviour and nothing else; what no test notices is counted and named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(SCRIPTS)
    import faults  # type: ignore[import-not-found]

    return faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a < b", {"x = a >= b"}),
        ("x = a < 3", {"x = a >= 3", "x = a <= 3", "x = a < 6"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = a"}),
        ("x = a + b", {"x = a - b"}),
        ("x += a", {"x -= a"}),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("x = a.any()", {"x = a.all()"}),
        ("x = True", {"x = False"}),
        ("x = 0.5", {"x = 1.0"}),
        ("def f(a=0): g(a)", {"def f(a=1):\n    g(a)", "def f(a=0):\n    pass"}),
        ("if a:\n    raise E('no')", {"if not a:\n    raise E('no')", "if a:\n    pass"}),
        ("x = a if b else c", {"x = a if not b else c"}),
    ],
)
def test_each_kind_of_fault(faults: Any, text: str, expected: set[str]) -> None:
    found = faults.faults_of("m.py", text)
    assert {faults.planted(fault, text).strip() for fault in found} == expected


@pytest.mark.parametrize(
    "text",
    [
        '"""Two 2."""',
        "x: Literal[1]",
        "def f(x: Annotated[int, 3]) -> Literal[1]: ...",
        "@dataclass(frozen=True)\nclass A: ...",
        "raise E(f'{a + b}', expected=1)",
        "sys.stdout.write(a + b)",
        "TABLE = {1: 2, 3: (4, 5)}",
        "x = run(command, check=False, timeout=3)",
        "if TYPE_CHECKING:\n    x = 1",
        "path = folder / 'name'",
    ],
)
def test_what_nobody_could_notice_is_not_planted(faults: Any, text: str) -> None:
    assert [str(fault) for fault in faults.faults_of("m.py", text)] == []


def test_a_fault_knows_its_line_and_that_of_its_statement(faults: Any) -> None:
    [fault] = faults.faults_of("m.py", "x = f(\n    a,\n    b or c,\n)\n")
    assert (fault.first_line, fault.line, str(fault)) == (1, 3, "m.py:3: `or` → `and`")


def test_what_survives_is_named_and_fails(tmp_path: Path) -> None:
    (tmp_path / "edgemm").mkdir()
    (tmp_path / "edgemm" / "__init__.py").touch()
    (tmp_path / "tests").mkdir()
    (tmp_path / "edgemm" / "ages.py").write_text(
        "def is_adult(age):\n    return age >= 18\n\n\ndef is_old(age):\n    return age > 99\n"
    )
    (tmp_path / "tests" / "test_ages.py").write_text(
        "from edgemm.ages import is_adult\n\n\ndef test_it():\n    assert is_adult(18) and not is_adult(17)\n"
    )
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\nmarkers = ['slow: x']\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    command = [sys.executable, str(SCRIPTS / "mutants.py"), "--seed", "5", "--workers", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    noticed, _, survived = done.stdout.partition("survived:")
    assert "50% noticed: 3 of 6, seed 5" in noticed and "tests/test_ages.py::test_it" in noticed
    assert survived.count("edgemm/ages.py:6: ") == 3 and "edgemm/ages.py:2:" not in survived
    again = subprocess.run(
        [*command, "--sample", "2", "--only", "edgemm/no"], cwd=tmp_path, capture_output=True, text=True
    )
    assert again.returncode == 2 and "no module under 'edgemm/no'" in again.stderr
