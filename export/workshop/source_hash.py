"""Hash of the source code behind a step: a module and what it imports from this project, found without importing it."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parent.parent.parent
_OURS = ("edgemm", "export")
_NO_EFFECT_ON_RESULTS = frozenset(
    {"edgemm", "export", "edgemm.errors", "edgemm.settings.config", "edgemm.settings.yaml_source",
     "edgemm.bundles.bundle", "edgemm.bundles.manifest", "edgemm.latency", "edgemm.tasks", "edgemm.evaluation",
     "export.families", "export.sources", "export.data", "export.workshop.workspace"}
)  # fmt: skip
"""Contracts and tables: a change there that matters shows in the modules that use them."""

TOOLS = ("edgemm", "torch", "transformers", "onnx", "onnxscript", "onnxruntime", "onnxruntime-genai", "numpy")


@cache
def source_hash(module: str) -> str:
    """SHA-256 (16 digits) over the text of `module` and all modules of this project that it imports, however deep,
    and over the data files beside it.
    """
    digest = hashlib.sha256()
    for name in sorted(_reachable(module)):
        path = _file(name)
        if path is not None:
            digest.update(name.encode())
            digest.update(path.read_bytes())
    for path in _data_files(module):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def tool_versions() -> dict[str, str]:
    """Installed versions of the packages that shape a bundle."""
    versions = {}
    for name in TOOLS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _reachable(module: str) -> set[str]:
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen or (name != module and name in _NO_EFFECT_ON_RESULTS):
            continue
        seen.add(name)
        path = _file(name)
        if path is not None:
            waiting.extend(_imports(path))
    return seen


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] in _OURS}


def _data_files(module: str) -> list[Path]:
    """Label lists and the like that lie beside the module."""
    path = _file(module)
    files = path.parent.rglob("*") if path else ()
    return sorted(file for file in files if file.is_file() and file.suffix not in (".py", ".pyc", ".typed"))


def _file(module: str) -> Path | None:
    base = _ROOT.joinpath(*module.split("."))
    for path in (base.with_name(base.name + ".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None
