"""Which test files are nearest to a module: by how many imports lie between them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path.cwd()
"""The checkout: where `make` stands."""
NEAREST = 12
"""Test files that a fault meets at most: with 6, faults survived that the seventh would have noticed."""
MODULE = re.compile(r"(?:edgemm|runtime|export|bench|tests)(?:\.\w+)+")


def nearest_tests(path: str) -> list[str]:
    """Test files by how many imports lie between them and the module, those that bear its name first."""
    far = {file: distance for file in test_files() if (distance := _distances(file).get(_module(path))) is not None}
    name = Path(path).stem
    return sorted(far, key=lambda file: (name not in file, far[file], file))[:NEAREST]


@cache
def test_files() -> tuple[str, ...]:
    return tuple(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests").glob("test_*.py")))


@cache
def _distances(file: str) -> dict[str, int]:
    """Imports between a test file and each module that it reaches."""
    found, level, distance = {_module(file): 0}, [_module(file)], 0
    while level:
        distance += 1
        level = [name for module in level for name in imports(module) if name not in found]
        found |= dict.fromkeys(level, distance)
        level = list(dict.fromkeys(level))
    return found


@cache
def imports(module: str) -> tuple[str, ...]:
    """Modules of this checkout that a module imports or names in a string (`edgemm.cli`'s table)."""
    found: list[str] = []
    for node in ast.walk(ast.parse(_text(module))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += MODULE.findall(node.value)
    return tuple(dict.fromkeys(name for name in _with_parents(found) if _file(name).is_file()))


def _with_parents(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield name
        yield f"{name}.__init__"


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _file(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


def _text(module: str) -> str:
    return _file(module).read_text(encoding="utf-8")
