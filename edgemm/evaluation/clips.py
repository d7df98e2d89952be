"""Clips of a data set as microphone sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edgemm.errors import InputError
from edgemm.evaluation.examples import Example
from edgemm.media import Samples
from edgemm.media_files import read_sound


def clips(examples: Sequence[Example]) -> Iterator[Samples]:
    """The sound of each example that has any, mono float32 at 16 kHz. InputError if none has."""
    paths = [example.audio for example in examples if example.audio is not None]
    if not paths:
        raise InputError("the data set holds no sound", expected="examples with `audio`")
    return (read_sound(path).samples for path in paths)
