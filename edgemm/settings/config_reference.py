"""Configuration models → a reference page in Markdown. The words are those that stand beside the keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel


def reference(title: str, model: type[BaseModel]) -> str:
    """A chapter: a table of keys for the model, and one for each model inside it."""
    schema = model.model_json_schema()
    sections = [(title, schema), *sorted(schema.get("$defs", {}).items())]
    return "\n".join(line for name, section in sections for line in _section(name, section, top=section is schema))


def _section(name: str, schema: dict[str, Any], top: bool) -> Iterator[str]:
    if "properties" not in schema:
        return
    yield f"{'##' if top else '###'} {name}\n"
    if "description" in schema:
        yield _one_line(schema["description"]) + "\n"
    yield "| key | type | default | meaning |"
    yield "|---|---|---|---|"
    required = schema.get("required", [])
    for key, entry in schema["properties"].items():
        default = "required" if key in required else _default(entry)
        yield f"| `{key}` | {_type(entry)} | {default} | {_cell(entry.get('description', ''))} |"
    yield ""


def _type(entry: dict[str, Any]) -> str:
    if "$ref" in entry:
        name = entry["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "const" in entry or "enum" in entry:
        return ", ".join(f"`{value}`" for value in entry.get("enum", [entry.get("const")]))
    for choice in ("anyOf", "oneOf"):
        if choice in entry:
            return " or ".join(_type(option) for option in entry[choice])
    if entry.get("type") == "array" and isinstance(entry.get("items"), dict):
        return f"list of {_type(entry['items'])}"
    if entry.get("type") == "object":
        inner = entry.get("additionalProperties")
        return f"mapping to {_type(inner)}" if isinstance(inner, dict) else "mapping"
    limits = [
        f"{sign} {entry[name]:g}"
        for name, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
        if name in entry
    ]
    return " ".join([str(entry.get("format") or entry.get("type", "anything")), *limits])


def _default(entry: dict[str, Any]) -> str:
    if "$ref" in entry or "default" not in entry or isinstance(entry["default"], dict | list):
        return "" if entry.get("default") else "empty" if entry.get("type") in ("array", "object") else ""
    return f"`{json.dumps(entry['default'], ensure_ascii=False)}`"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())
