"""YAML → pydantic models, with errors that point at the place; and where configuration files are looked up."""

from __future__ import annotations

import difflib
import os
import types
import typing
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from edgemm.addresses import without_secrets
from edgemm.errors import ConfigError
from edgemm.settings.yaml_nodes import KeyPath
from edgemm.settings.yaml_source import Document, read_yaml


class ConfigModel(BaseModel):
    """Base of configuration models: frozen, unknown keys refused, a string under a field documents it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def load_yaml(model: type[Model], path: Path | str) -> Model:
    """Read `path` as `model`. Raises ConfigError with file, line, key and the nearest known key."""
    return validate(model, read_yaml(Path(path)))


def validate(model: type[Model], document: Document) -> Model:
    """Check a document against `model`. Raises ConfigError that names the origin of the first wrong value."""
    try:
        return model.model_validate(document.values)
    except ValidationError as error:
        raise _config_error(model, document, error) from None  # whose text shows passwords


def config_folders() -> tuple[Path, ...]:
    """Folders searched for configuration, first hit wins: ./configs, the wheel's, the checkout's."""
    package = Path(__file__).parent.parent
    return (Path("configs"), package / "configs", package.parent / "configs")


def config_names(kind: str) -> tuple[str, ...]:
    """Names known for a kind: `export`, `export/targets`, `packs`, `runtime`."""
    return tuple(sorted({path.stem for folder in config_folders() for path in (folder / kind).glob("*.yaml")}))


def find_config(kind: str, name: str) -> Path:
    """The file of a name, or else a file by its path. Raises ConfigError that lists near names.

    A bare name is ours first: a file `default` that lies in the working folder is somebody else's.
    """
    named = [folder / kind / f"{name}.yaml" for folder in config_folders()]
    for path in [Path(name), *named] if os.sep in name else [*named, Path(name)]:
        if _is_file(path):
            return path
    known = config_names(kind)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    raise ConfigError(
        f"no {kind} configuration {_short(without_secrets(repr(name)))}",
        expected=f"a YAML file or one of {', '.join(known) or 'none yet'}",
        remedy=f"Did you mean {' or '.join(near)}?" if near else None,
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have: too long, a null character
        return False


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """JSON schema of a configuration file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def _config_error(model: type[BaseModel], document: Document, error: ValidationError) -> ConfigError:
    first = error.errors(include_url=False)[0]
    path = _path_in(document.values, first["loc"])
    place = f"{document.origin(path) or 'configuration'}: "
    dotted = ".".join(str(step) for step in path)
    if first["type"] == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
        remedy = f"Did you mean '{near[0]}'?" if near else f"Known keys: {', '.join(known)}."
        return ConfigError(f"{place}unknown key '{without_secrets(dotted)}'", remedy=remedy)
    if first["type"] == "missing":
        return ConfigError(f"{place}key '{'.'.join(str(step) for step in first['loc'])}' is missing")
    return ConfigError(
        f"{place}'{dotted}'",
        expected=first["msg"].removeprefix("Input should be ").removeprefix("Value error, "),
        found=_short(without_secrets(repr(first["input"]))),
    )


def _short(found: str) -> str:
    return found if len(found) <= 80 else f"{found[:79]}…"


def _path_in(values: Any, location: tuple[str | int, ...]) -> KeyPath:
    """The part of a pydantic location that names keys of the document (it also holds tags of unions)."""
    path: list[str | int] = []
    for step in location:
        inside = isinstance(values, dict) and step in values
        inside = inside or (isinstance(values, list) and isinstance(step, int) and step < len(values))
        if inside:
            values = values[step]
            path.append(step)
    return tuple(path)


def _known_keys(model: Any, path: KeyPath) -> list[str]:
    candidates = _models_and_containers(model)
    for step in path:
        candidates = [inner for candidate in candidates for inner in _step_into(candidate, step)]
    return sorted({name for candidate in candidates if _is_model(candidate) for name in candidate.model_fields})


def _step_into(annotation: Any, step: str | int) -> list[Any]:
    if _is_model(annotation):
        field = annotation.model_fields.get(str(step))
        return _models_and_containers(field.annotation) if field else []
    arguments = get_args(annotation)
    return _models_and_containers(arguments[-1 if get_origin(annotation) is dict else 0]) if arguments else []


def _models_and_containers(annotation: Any) -> list[Any]:
    """Members of unions, without `Annotated`."""
    if get_origin(annotation) is Annotated:
        return _models_and_containers(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [inner for member in get_args(annotation) for inner in _models_and_containers(member)]
    return [annotation]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and not typing.get_args(annotation) and issubclass(annotation, BaseModel)
