"""From YAML's nodes to values: plain mappings, lists, texts, numbers, booleans and null, each with its line.

What YAML allows beyond that is given its plain meaning (`<<` merges, an alias stands for what it names, a key and a
date are the text that was written) or refused with its line. Limits hold before anything is built: a few hundred bytes
of nested aliases would otherwise be gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from edgemm.errors import ConfigError

KeyPath = tuple[str | int, ...]
"""Way to a value from the top of the document: keys and list indices."""

MAX_NODES = 10_000
MAX_DEPTH = 40
MAX_NUMBER_LENGTH = 100

_YAML = "tag:yaml.org,2002:"
_MERGE = f"{_YAML}merge"
_TEXTS = frozenset(f"{_YAML}{name}" for name in ("str", "timestamp", "value", "merge"))
_PLAIN = frozenset(f"{_YAML}{name}" for name in ("null", "bool", "int", "float"))


class Nodes(yaml.SafeLoader):
    """The nodes of a text. Raises ConfigError while they are read, before they are too many or too deep."""

    def __init__(self, text: str, file: Path) -> None:
        super().__init__(text)
        self.file = file
        self._count = 0
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
        self._count += 1
        self._depth += 1
        if self._count > MAX_NODES or self._depth > MAX_DEPTH:
            raise _too_much(self.file, line)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


class Values:
    """The value of a document's top node; `lines` then says where each key and list element stands."""

    def __init__(self, nodes: Nodes, top: yaml.MappingNode) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._nodes = nodes
        self._count = 0
        self._open: list[yaml.Node] = []
        """The nodes around the one that is looked at."""
        self.values: dict[str, Any] = self._mapping(top, ())

    def _value(self, node: yaml.Node, path: KeyPath) -> Any:
        self._count += 1
        if self._count > MAX_NODES or len(self._open) > MAX_DEPTH:
            raise _too_much(self._nodes.file, line_of(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_YAML}map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_YAML}seq":
            self._enter(node)
            values = [self._element(element, (*path, index)) for index, element in enumerate(node.value)]
            self._open.pop()
            return values
        if isinstance(node, yaml.ScalarNode) and node.tag in _TEXTS:
            return self._text(node)
        if isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN:
            return self._plain(node)
        raise self._error(node, expected="a plain value", found=f"the tag {node.tag.replace(_YAML, '!!')}")

    def _element(self, node: yaml.Node, path: KeyPath) -> Any:
        self.lines[path] = line_of(node)
        return self._value(node, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        self._enter(node)
        for key, value in self._pairs(node):
            name = key.value
            self.lines[(*path, name)] = line_of(key)
            values[name] = self._value(value, (*path, name))
        self._open.pop()
        return values

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Keys and values, those that `<<` brings in last; a key that stands here wins over one that is brought in."""
        own: set[str] = set()
        merged: list[yaml.Node] = []
        for key, value in node.value:
            name = self._key(key)
            if name in own:
                raise self._error(key, f"key '{name}' is given twice")
            own.add(name)
            if key.tag == _MERGE:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
            else:
                yield key, value
        for part in merged:
            if not isinstance(part, yaml.MappingNode):
                raise self._error(part, expected="a mapping, or a list of them, after '<<'", found="something else")
            self._enter(part)
            for key, value in self._pairs(part):
                self._count += 1
                if self._count > MAX_NODES:
                    raise _too_much(self._nodes.file, line_of(key))
                if key.value not in own:
                    own.add(key.value)
                    yield key, value
            self._open.pop()

    def _key(self, key: yaml.Node) -> str:
        """A key as it is written: YAML 1.1 would read `on` as a boolean."""
        if not isinstance(key, yaml.ScalarNode):
            raise self._error(key, expected="a word as a key", found="a list or a mapping")
        return self._text(key)

    def _text(self, node: yaml.ScalarNode) -> str:
        text = str(node.value)
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self._error(node, expected="text", found="a character that is none")
        return text

    def _plain(self, node: yaml.ScalarNode) -> Any:
        try:
            if len(node.value) <= MAX_NUMBER_LENGTH:
                return self._nodes.construct_object(node)
        except (ValueError, KeyError, IndexError, OverflowError):
            pass  # `!!int x`, `!!bool x`, `!!int ""`: the same complaint
        kind = {"int": "a whole number", "float": "a number", "bool": "true or false", "null": "null"}
        found = repr(node.value) if len(node.value) <= MAX_NUMBER_LENGTH else f"{len(node.value)} characters"
        raise self._error(node, expected=kind[node.tag.removeprefix(_YAML)], found=found)

    def _enter(self, node: yaml.Node) -> None:
        if any(node is outer for outer in self._open):
            raise self._error(node, "an alias stands for what it is part of")
        if len(self._open) > MAX_DEPTH:
            raise _too_much(self._nodes.file, line_of(node))
        self._open.append(node)

    def _error(
        self, node: yaml.Node, what: str = "", *, expected: str | None = None, found: str | None = None
    ) -> ConfigError:
        place = f"{self._nodes.file}, line {line_of(node)}"
        return ConfigError(f"{place}: {what}" if what else place, expected=expected, found=found)


def line_of(node: yaml.Node) -> int:
    """Line of a node, from 1."""
    return int(node.start_mark.line) + 1


def _too_much(file: Path, line: int) -> ConfigError:
    return ConfigError(
        f"{file}, line {line}: more than a configuration holds",
        expected=f"at most {MAX_NODES} values, {MAX_DEPTH} levels deep, aliases written out",
    )
