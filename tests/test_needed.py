"""`make test` skips nothing in silence: what a test needs is asked for in one place, and must be there."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import exported, needed

WAYS_TO_SKIP = {"skip", "skipif", "importorskip", "xfail", "skipIf", "skipUnless", "SkipTest", "exit"}
MODULES = {"pytest", "unittest", "mark"}


@pytest.mark.parametrize(
    "ask",
    [
        lambda: needed.programs("python3", "no-such-program"),
        lambda: needed.module("no_such_module"),
        lambda: exported.exported("no-such-recipe"),
    ],
    ids=["program", "module", "bundle"],
)
def test_what_is_missing_skips_at_the_desk_and_fails_in_make_test(
    ask: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGEMM_REQUIRE_BUNDLES", "0")
    with pytest.raises(pytest.skip.Exception, match=r"no.such"):
        ask()
    monkeypatch.setenv("EDGEMM_REQUIRE_BUNDLES", "1")
    with pytest.raises(pytest.fail.Exception, match=r"no.such"):
        ask()


def test_what_is_there_is_given() -> None:
    needed.programs("python3")
    assert needed.module("ast") is ast


def test_no_test_skips_by_itself() -> None:
    files = [path for path in Path(__file__).parent.rglob("*.py") if path.name != "needed.py"]
    found = [place for path in files for place in own_skips(path.name, path.read_text(encoding="utf-8"))]
    assert found == [], "use tests/needed.py"


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\npytest.skip('x')",
        "import pytest\n@pytest.mark.skipif(True, reason='x')\ndef f(): pass",
        "from pytest import importorskip as ask\nask('torch')",
        "import pytest\nmark = pytest.mark.xfail",
        "import unittest\nraise unittest.SkipTest",
    ],
)
def test_every_form_of_skip_is_found(text: str) -> None:
    assert own_skips("test_x.py", text)


def own_skips(name: str, text: str) -> list[str]:
    """Places where a test file skips in its own way; reading the outcome (`pytest.skip.Exception`) is none."""
    tree = ast.parse(text)
    read = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "Exception"}
    return [f"{name}:{node.lineno}" for node in ast.walk(tree) if id(node) not in read and _skips(node)]


def _skips(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module in MODULES and any(alias.name in WAYS_TO_SKIP for alias in node.names)
    if not isinstance(node, ast.Attribute) or node.attr not in WAYS_TO_SKIP:
        return False
    return getattr(node.value, "id", getattr(node.value, "attr", "")) in MODULES
