"""Examples of a data set: a folder with `manifest.jsonl`, one JSON object per line, paths relative to the folder."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath

from pydantic import BaseModel, ConfigDict, ValidationError

from edgemm.errors import InputError
from edgemm.file_bytes import read_bytes

_MOST_BYTES = 200_000_000


class Box(BaseModel):
    """A labelled box in pixels, corners x1, y1, x2, y2."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    xyxy: tuple[float, float, float, float]


class Example(BaseModel):
    """One line of a manifest. Which fields are set depends on the task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    audio: Path | None = None
    image: Path | None = None
    text: str | None = None
    """Transcript of `audio`, text in `image`, or the sentence itself."""
    label: str | None = None
    boxes: tuple[Box, ...] | None = None
    group: str = "default"
    """Figures are reported per group: `human`, `synthetic`, `short`, …"""
    speaker: str | None = None
    origin: str | None = None
    """The recording or photograph that this example was made from: figures say how many distinct ones there are."""


def read_examples(folder: Path) -> Sequence[Example]:
    """Examples of a data set with absolute paths. Raises InputError with file and line."""
    path = folder / "manifest.jsonl" if folder.is_dir() else folder
    if not path.is_file():
        raise InputError(f"no data set at {folder}", expected="a folder with manifest.jsonl")
    examples = [_example(path, number, line) for number, line in _lines(path)]
    if not examples:
        raise InputError(f"{path} is empty", expected="at least one example")
    return examples


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and content of each line that is not blank, whatever system's line ends they have."""
    data = read_bytes(path, "data set", _MOST_BYTES)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(
            f"{path} is UTF-16", expected="UTF-8", remedy="Save it as UTF-8, or: iconv -f UTF-16 -t UTF-8 OLD > NEW"
        )
    lines = data.removeprefix(codecs.BOM_UTF8).splitlines()
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _example(manifest: Path, number: int, line: bytes) -> Example:
    try:
        example = Example.model_validate(json.loads(line.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise InputError(f"{manifest}, line {number}: not a text", expected="UTF-8", found=error.reason) from error
    except RecursionError:
        raise InputError(f"{manifest}, line {number}: not an example", found="too many brackets") from None
    except (ValueError, ValidationError) as error:
        raise InputError(f"{manifest}, line {number}: not an example", found=error) from error
    named = {name: getattr(example, name) for name in ("audio", "image")}
    return example.model_copy(
        update={name: _located(manifest.parent, file) for name, file in named.items() if file is not None}
    )


def _located(folder: Path, file: Path) -> Path:
    """`file` of the data set in `folder`; a path written on Windows is understood where no file has that very name."""
    path = folder / file
    if "\\" in str(file) and not path.exists():
        return folder / PureWindowsPath(file).as_posix()
    return path
