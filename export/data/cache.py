"""Built data sets in the export cache, named after the hash of the code and the files that they are made from."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from edgemm.bundle import sha256_of
from edgemm.errors import ConfigError
from export.data import DATA_SETS
from export.source_hash import source_hash
from export.workspace import cache_root, content_hash, once


def data_set(name: str) -> Path:
    """The folder of a data set; built if no earlier run built it with the same code."""
    return once(cache_root() / "data", name, data_set_key(name), _builder(name))


def data_set_hash(name: str) -> str:
    """Changes with the code that builds the data set. Nothing is built."""
    return content_hash(data_set_key(name))


def data_set_key(name: str) -> dict[str, str]:
    """What goes into the name of the folder."""
    if name not in DATA_SETS:
        raise ConfigError("no such data set", expected=", ".join(DATA_SETS), found=name)
    module = DATA_SETS[name].partition(":")[0]
    inputs: Callable[[], list[Path]] = getattr(import_module(module), "inputs", list)
    files = {path.name: sha256_of(path) for path in inputs()}
    return {"builder": DATA_SETS[name], "source": source_hash(module), "inputs": content_hash(files)}


def _builder(name: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        module, _, function = DATA_SETS[name].partition(":")
        getattr(import_module(module), function)(folder)

    return build
