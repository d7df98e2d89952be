"""Several channels become one, and what any of them holds is still in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from edgemm.sound.channels import mixing_weights
from edgemm.sound.sound_files import read_sound

RANDOM = np.random.default_rng(0)
RATE_HZ = 16_000
LENGTH = 3 * RATE_HZ


def voice(seed: int = 0) -> np.ndarray:
    """Noise as coloured as speech."""
    noise = np.random.default_rng(seed).normal(size=LENGTH)
    return np.asarray(0.1 * np.convolve(noise, np.ones(4) / 2, "same"), np.float32)


def mixed(channels: list[np.ndarray], folder: Path) -> np.ndarray:
    soundfile.write(folder / "clip.wav", np.stack(channels, axis=1), RATE_HZ, subtype="FLOAT")
    return read_sound(folder / "clip.wav").samples


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Of the wave forms, whatever their sign."""
    return float(abs(np.corrcoef(first, second)[0, 1]))


SAID, NOTHING = voice(), np.zeros(LENGTH, np.float32)
HUM = np.asarray(0.3 * np.sin(2 * np.pi * 50 * np.arange(LENGTH) / RATE_HZ), np.float32)
HISS = np.asarray(RANDOM.normal(scale=1e-4, size=LENGTH), np.float32)


@pytest.mark.parametrize(
    "channels",
    [
        [SAID, -SAID],
        [SAID, -0.5 * SAID],
        [SAID, -SAID, SAID, -SAID],
        [-SAID, SAID, SAID],
        [SAID + 0.2, -SAID + 0.2],
        [SAID, NOTHING],
        [NOTHING, SAID],
        [HISS, SAID],
        [NOTHING, NOTHING, SAID, NOTHING, NOTHING, NOTHING],
        [SAID, np.full(LENGTH, 0.5, np.float32)],
        [SAID, np.full(LENGTH, np.nan, np.float32)],
        [np.full(LENGTH, np.inf, np.float32), SAID],
    ],
    ids=["inverted", "inverted, quieter", "two of four inverted", "first of three inverted", "inverted with offset",
         "right dead", "left dead", "left only hiss", "only the centre", "an offset alone", "not a number", "infinite"],
)  # fmt: skip
def test_what_was_said_is_as_loud_as_in_its_channel(channels: list[np.ndarray], tmp_path: Path) -> None:
    found = mixed(channels, tmp_path)
    assert likeness(found, SAID) > 0.99
    assert 0.7 < found.std() / SAID.std() < 1.1


def test_hum_that_is_alike_in_both_channels_does_not_make_an_inverted_voice_cancel(tmp_path: Path) -> None:
    found = mixed([SAID + HUM, -SAID + HUM], tmp_path)
    assert likeness(found, SAID) > 0.9


def test_two_people_on_two_channels_are_both_heard(tmp_path: Path) -> None:
    other = voice(1)
    found = mixed([SAID, other], tmp_path)
    assert likeness(found, SAID) > 0.6 and likeness(found, other) > 0.6


def test_channels_that_agree_are_averaged() -> None:
    assert mixing_weights([np.stack([SAID, SAID], axis=1)]).tolist() == [0.5, 0.5]
    assert mixing_weights([np.zeros((100, 3), np.float32)]).tolist() == pytest.approx([1.0, 1.0, 1.0])


def test_not_a_number_in_one_channel_takes_nothing_from_the_other(tmp_path: Path) -> None:
    broken = SAID.copy()
    broken[1000] = np.nan
    assert np.isfinite(mixed([broken, SAID], tmp_path)).all()
    assert likeness(mixed([broken, SAID], tmp_path), SAID) > 0.99
