"""Clips of a data set as microphone sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edgemm.errors import InputError
from edgemm.media import Samples
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.examples import Example

MOST_CLIPS = 80
"""More do not change a figure that is a share of thousands of windows, or agreement of two graphs."""


def clips(examples: Sequence[Example]) -> Iterator[Samples]:
    """Sound of at most 80 examples, evenly over the set, mono float32 at 16 kHz. InputError if none has any."""
    paths = [example.audio for example in examples if example.audio is not None]
    if not paths:
        raise InputError("the data set holds no sound", expected="examples with `audio`")
    stride = -(-len(paths) // MOST_CLIPS)
    return (read_sound(path).samples for path in paths[::stride])
