"""Data sets by name: those that are built here, in the export cache under the hash of the code and the files that they
are made from; and a user's own, by the path of the folder with its `manifest.jsonl`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from edgemm.bundles.bundle import sha256_of
from edgemm.errors import ConfigError
from edgemm.tasks.examples import read_examples
from export.data import DATA_SETS
from export.workshop.source_hash import source_hash
from export.workshop.workspace import cache_root, content_hash, once


def data_set(name: str) -> Path:
    """The folder of a data set; built if no earlier run built it with the same code. Raises ConfigError, InputError."""
    if name not in DATA_SETS:
        return _own(name)
    return once(cache_root() / "data", name, data_set_key(name), _builder(name))


def data_set_hash(name: str) -> str:
    """Changes with the code that builds the data set, or with the files of a user's own. Nothing is built."""
    if name not in DATA_SETS:
        examples = read_examples(_own(name))
        media = {str(path): sha256_of(path) for one in examples for path in (one.audio, one.image) if path is not None}
        return content_hash({"examples": [one.model_dump(mode="json") for one in examples], "media": media})
    return content_hash(data_set_key(name))


def data_set_key(name: str) -> dict[str, str]:
    """What goes into the name of a built set's folder."""
    module = DATA_SETS[name].partition(":")[0]
    inputs: Callable[[], list[Path]] = getattr(import_module(module), "inputs", list)
    files = {path.name: sha256_of(path) for path in inputs()}
    return {"builder": DATA_SETS[name], "source": source_hash(module), "inputs": content_hash(files)}


def _own(name: str) -> Path:
    """A user's own data set, by its path."""
    if not (Path(name) / "manifest.jsonl").is_file():
        expected = f"a folder with manifest.jsonl, or one of {', '.join(DATA_SETS)}"
        raise ConfigError("no such data set", expected=expected, found=name)
    return Path(name)


def _builder(name: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        module, _, function = DATA_SETS[name].partition(":")
        getattr(import_module(module), function)(folder)

    return build
