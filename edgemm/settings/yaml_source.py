"""YAML that remembers where each value stands: file and line of every key and list element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from edgemm.errors import ConfigError
from edgemm.settings.yaml_nodes import KeyPath, Nodes, Values, line_of

MAX_BYTES = 256 * 1024
"""A configuration is written by hand; a larger file is something else."""


class Origin(NamedTuple):
    """Where a value comes from. `line` counts from 1; 0 for values that stand in no file (a flag)."""

    name: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.name}, line {self.line}" if self.line else self.name


@dataclass(frozen=True)
class Document:
    """A mapping and the origin of everything in it."""

    values: dict[str, Any]
    origins: dict[KeyPath, Origin] = field(default_factory=dict)

    def origin(self, path: KeyPath) -> Origin | None:
        """Origin of the value at `path`, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return None


def read_yaml(path: Path) -> Document:
    """Read a YAML mapping. Raises ConfigError with file and line for whatever is not plain (`yaml_nodes`)."""
    text = _read_text(path)
    try:
        return _document(text, path)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(path, text, error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(
            f"{path}, line {line}", expected="text", found=f"the control character #{error.character:x}"
        ) from error


def merge(*documents: Document) -> Document:
    """Lay documents over one another, the last one on top; mappings are merged, all else is replaced."""
    values: dict[str, Any] = {}
    origins: dict[KeyPath, Origin] = {}
    for document in documents:
        values = _overlay(values, document.values)
        for path in [path for path in document.origins if not _is_mapping(document.values, path)]:
            for old in [old for old in origins if old[: len(path)] == path]:
                del origins[old]
        origins.update(document.origins)
    return Document(values, origins)


def flag_document(flags: Mapping[str, Any]) -> Document:
    """A document from command-line flags: dotted path → value; None means that the flag was not given."""
    values: dict[str, Any] = {}
    origins: dict[KeyPath, Origin] = {}
    for dotted, value in flags.items():
        if value is None:
            continue
        *sections, key = dotted.split(".")
        target = values
        for section in sections:
            target = target.setdefault(section, {})
        target[key] = value
        origins[(*sections, key)] = Origin(f"--{dotted}")
    return Document(values, origins)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(f"no file {path}") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}", expected="a YAML file", found=error.strerror) from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path} is too large", expected=f"a YAML file of at most {MAX_BYTES >> 10} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}", expected="text in UTF-8", found=error.reason) from error


def _document(text: str, path: Path) -> Document:
    nodes = Nodes(text, path)
    try:
        top = nodes.get_single_node()
        origins: dict[KeyPath, Origin] = {(): Origin(str(path), 1)}
        if top is None:
            return Document({}, origins)
        if not isinstance(top, yaml.MappingNode):
            raise ConfigError(f"{path}, line {line_of(top)}", expected="a mapping of keys to values", found=top.tag)
        values = Values(nodes, top)
        origins.update((place, Origin(str(path), line)) for place, line in values.lines.items())
        return Document(values.values, origins)
    finally:
        nodes.dispose()


def _syntax_error(path: Path, text: str, error: yaml.MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    found = error.problem or error.context or str(error)
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    if line <= len(lines) and "\t" in lines[line - 1]:
        return ConfigError(
            f"{path}, line {line}", expected="spaces", found="a tab", remedy="Replace the tab with spaces."
        )
    return ConfigError(f"{path}, line {line}: not valid YAML", found=found.removeprefix("found "))


def _overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _overlay(merged[key], value) if both else value
    return merged


def _is_mapping(values: Any, path: KeyPath) -> bool:
    for step in path:
        values = values[step]
    return isinstance(values, dict)
