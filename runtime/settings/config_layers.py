"""Flag > CONFIG > pack > default: which one a value came from, with file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from edgemm.addresses import without_secrets
from edgemm.bundles.pack import Pack
from edgemm.errors import ConfigError
from edgemm.settings.config import find_config, validate
from edgemm.settings.yaml_nodes import KeyPath
from edgemm.settings.yaml_source import Document, flag_document, merge, read_yaml
from runtime.settings.config import RuntimeConfig
from runtime.settings.source_path import found


@dataclass(frozen=True)
class ResolvedConfig:
    """A configuration, its pack, and the document that says where each value stands."""

    config: RuntimeConfig
    pack: Pack
    document: Document


def resolve_config(name: str, flags: Mapping[str, Any] | None = None) -> ResolvedConfig:
    """Read CONFIG by name or file, its pack, and lay flags (dotted key → value, None: not given) on top."""
    asked = merge(read_yaml(find_config("runtime", name)), flag_document(flags or {}))
    pack_document = read_yaml(_pack_file(asked))
    pack = validate(Pack, pack_document)
    document = merge(_section(pack_document, "runtime"), asked)
    return ResolvedConfig(_with_source_found(validate(RuntimeConfig, document), document), pack, document)


def print_config(resolved: ResolvedConfig) -> str:
    """Each value as YAML with its origin as a comment; passwords in addresses are left out."""
    lines = [(f"{'.'.join(map(str, path))}: {_yaml(value)}", path) for path, value in _leaves(resolved.config, ())]
    width = min(60, max(len(text) for text, _ in lines))
    origins = resolved.document.origins
    return "\n".join(f"{text:<{width}}  # {origins.get(path, 'default')}" for text, path in lines) + "\n"


def _pack_file(asked: Document) -> Path:
    name = asked.values.get("pack", RuntimeConfig.model_fields["pack"].default)
    try:
        return find_config("packs", str(name))
    except ConfigError as error:
        origin = asked.origin(("pack",))
        raise ConfigError(f"{origin}: {error.what}", expected=error.expected, remedy=error.remedy) from None


def _with_source_found(config: RuntimeConfig, document: Document) -> RuntimeConfig:
    """A picture or video that the working folder does not have is looked for beside the file that names it."""
    source, origin = config.camera.source, document.origin(("camera", "source"))
    if source is None or origin is None:
        return config
    camera = config.camera.model_copy(update={"source": found(source, Path(origin.name).parent)})
    return config.model_copy(update={"camera": camera})


def _leaves(model: BaseModel, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _yaml(value: Any) -> str:
    return json.dumps(without_secrets(value) if isinstance(value, str) else value, default=str, ensure_ascii=False)


def _section(document: Document, key: str) -> Document:
    """The part of a document under `key`, as a document of its own."""
    origins = {path[1:]: origin for path, origin in document.origins.items() if path[:1] == (key,) and len(path) > 1}
    return Document(document.values.get(key) or {}, origins)
