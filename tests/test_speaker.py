"""The speaker's stage and device around a child that is only recorded: what is sent, and what counts as heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import soxr

from runtime.items import Item, Playback, SpeakerAudio, SpeakerClear, SpeakerPosition
from runtime.sound import frames
from runtime.sound import speaker as speaker_module
from runtime.sound.speaker import Speaker, SpeakerDevice

VOICE_RATE_HZ = 22_050
DEVICE_ID = 7


class Recorded:
    """A sound process that keeps what it is sent."""

    sample_rate_hz = 48_000
    pid = DEVICE_ID

    def __init__(self, role: str, device: str | None) -> None:
        self.sent: list[frames.Frame] = []
        self.reads = True

    def send(self, message: bytes) -> bool:
        if self.reads:
            frame = frames.take_frame(bytearray(message))
            assert frame is not None
            self.sent.append(frame)
        return self.reads

    def close(self) -> None: ...

    @property
    def samples(self) -> np.ndarray:
        sound = b"".join(frame.payload for frame in self.sent if frame.kind == frames.SOUND)
        return np.frombuffer(sound, "<i2") / np.float32(32767)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> SpeakerDevice:
    monkeypatch.setattr(speaker_module, "SoundProcess", Recorded)
    device = SpeakerDevice()
    device.open()
    return device


def process_of(device: SpeakerDevice) -> Recorded:
    assert isinstance(device._process, Recorded)
    return device._process


def chirp(duration_s: float = 0.5, rate_hz: int = VOICE_RATE_HZ) -> np.ndarray:
    time_s = np.arange(int(rate_hz * duration_s)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * (200 + 3000 * time_s) * time_s)).astype(np.float32)


def cut(
    samples: np.ndarray, sizes: Sequence[int], utterance_id: int = 1, rate_hz: int = VOICE_RATE_HZ
) -> list[SpeakerAudio]:
    """Pieces of those sizes in turn, until the sound ends."""
    parts: list[np.ndarray] = []
    start = 0
    while start < len(samples):
        size = sizes[len(parts) % len(sizes)]
        parts.append(samples[start : start + size])
        start += size
    last = len(parts) - 1
    return [SpeakerAudio(utterance_id, "answer", "a", part, rate_hz, n == last) for n, part in enumerate(parts)]


@pytest.mark.parametrize("sizes", [[1], [7, 501, 3], [4096], [10_240], [1, 9999]])
@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000])
def test_pieces_of_any_size_sound_as_the_whole(device: SpeakerDevice, sizes: list[int], rate_hz: int) -> None:
    whole = chirp(0.1 if sizes == [1] else 0.5, rate_hz)
    sent = [device.play(piece) for piece in cut(whole, sizes, rate_hz=rate_hz)]
    expected = soxr.resample(whole, rate_hz, Recorded.sample_rate_hz)
    assert sum(filter(None, sent)) == len(process_of(device).samples) == len(expected)
    np.testing.assert_allclose(process_of(device).samples, expected, atol=1e-3)


def test_sentences_that_alternate_do_not_disturb_each_other(device: SpeakerDevice) -> None:
    first, second = cut(chirp(), [2000], 1), cut(-chirp(), [2000], 2)
    sent: dict[int, list[np.ndarray]] = {1: [], 2: []}
    for piece in [piece for pair in zip(first, second, strict=True) for piece in pair]:
        before = len(process_of(device).samples)
        device.play(piece)
        sent[piece.utterance_id].append(process_of(device).samples[before:])
    np.testing.assert_allclose(np.concatenate(sent[1]), -np.concatenate(sent[2]), atol=1e-3)


def test_after_a_clear_nothing_of_the_old_sentence_is_left(device: SpeakerDevice) -> None:
    device.play(cut(chirp(), [3000], 1)[0])
    device.clear()
    before = len(process_of(device).samples)
    whole = chirp(0.2)
    for piece in cut(whole, [1000], 1):
        device.play(piece)
    expected = soxr.resample(whole, VOICE_RATE_HZ, Recorded.sample_rate_hz)
    np.testing.assert_allclose(process_of(device).samples[before:], expected, atol=1e-3)


@pytest.mark.parametrize("rate_hz", [22_050, 48_000])
def test_no_sample_beyond_full_scale_and_none_that_is_no_number_reaches_the_device(
    device: SpeakerDevice, rate_hz: int
) -> None:
    wild = np.array([np.nan, np.inf, -np.inf, 3.4e38, 5.0, -5.0, 0.5] * 300, np.float32)
    device.play(SpeakerAudio(1, "answer", "a", wild, rate_hz, last=True))
    found = process_of(device).samples
    assert len(found) == len(wild) * 48_000 // rate_hz or abs(len(found) - len(wild) * 48_000 / rate_hz) < 2
    assert np.all(np.abs(found) <= 1.0)
    if rate_hz == 48_000:
        np.testing.assert_allclose(found[:7], [0, 0, 0, 1, 1, -1, 0.5], atol=1e-4)


def test_a_device_that_takes_nothing_cuts_the_sentence(device: SpeakerDevice) -> None:
    process_of(device).reads = False
    assert device.play(cut(chirp(), [3000])[0]) is None
    assert not device.clear()


class Plays:
    """A device at the voice's rate, of which the test says what has been heard."""

    def __init__(self) -> None:
        self.cleared = 0

    def play(self, audio: SpeakerAudio) -> int:
        return len(audio.samples)

    def clear(self) -> bool:
        self.cleared += 1
        return True


def sentence(utterance_id: int, *lengths: int) -> list[SpeakerAudio]:
    last = len(lengths) - 1
    return [
        SpeakerAudio(utterance_id, "answer", "a", np.zeros(length, np.float32), VOICE_RATE_HZ, n == last)
        for n, length in enumerate(lengths)
    ]


@pytest.fixture
def speaker() -> Speaker:
    return Speaker(Plays())  # type: ignore[arg-type]


def play(speaker: Speaker, *items: Item) -> list[tuple[int, str]]:
    return [
        (told.utterance_id, told.state)
        for item in items
        for told in speaker.step("", item, 0)
        if isinstance(told, Playback)
    ]


def heard(samples: int, *, cleared: bool = False, device_id: int = DEVICE_ID) -> SpeakerPosition:
    return SpeakerPosition(samples, device_id, cleared)


def test_a_sentence_has_started_with_its_first_sample_and_finished_with_its_last(speaker: Speaker) -> None:
    assert play(speaker, *sentence(1, 50, 50), heard(0)) == []
    assert play(speaker, heard(1)) == [(1, "started")]
    assert play(speaker, heard(60), heard(99)) == []
    assert play(speaker, heard(100)) == [(1, "finished")]


def test_while_a_clear_is_awaited_nothing_counts_as_heard(speaker: Speaker) -> None:
    play(speaker, *sentence(1, 100), heard(10))
    assert play(speaker, SpeakerClear("alert")) == [(1, "cut")]
    assert play(speaker, *sentence(2, 100)) == []
    assert play(speaker, heard(20), heard(60)) == [], "that is still the sentence that was cut"
    assert play(speaker, heard(70, cleared=True), heard(65), heard(70)) == [], "and so is what the device had taken"
    assert play(speaker, heard(71)) == [(2, "started")]
    assert play(speaker, heard(170)) == [(2, "finished")]


def test_each_clear_is_awaited(speaker: Speaker) -> None:
    play(speaker, *sentence(1, 100), heard(10), SpeakerClear("alert"), *sentence(2, 100), SpeakerClear("stopped"))
    assert play(speaker, *sentence(3, 100), heard(30, cleared=True), heard(60)) == []
    assert play(speaker, heard(80, cleared=True), heard(81)) == [(3, "started")]


def test_a_last_piece_without_a_sample_ends_the_sentence_before_it(speaker: Speaker) -> None:
    assert play(speaker, *sentence(1, 100, 0), heard(99)) == [(1, "started")]
    assert play(speaker, heard(100)) == [(1, "finished")]


def test_a_sentence_without_a_sample_is_over_at_once(speaker: Speaker) -> None:
    assert play(speaker, *sentence(1, 0, 0), heard(0)) == [(1, "started"), (1, "finished")]
    assert play(speaker, *sentence(2, 10), heard(10)) == [(2, "started"), (2, "finished")]


def test_a_device_that_was_lost_has_cut_what_it_held(speaker: Speaker) -> None:
    play(speaker, *sentence(1, 100), heard(10))
    assert play(speaker, heard(0, device_id=8)) == [(1, "cut")]
    assert play(speaker, *sentence(2, 50), heard(50, device_id=8)) == [(2, "started"), (2, "finished")]
