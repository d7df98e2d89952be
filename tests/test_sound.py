"""Microphone and speaker through a real sound server: what is fed is heard, and every way to fail is told in time."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.virtual_sound import PROGRAMS, VirtualSound, similarity, write_wav
from edgemm.errors import DeviceError
from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, AudioChunk
from runtime.items import Playback, SpeakerAudio, SpeakerClear, SpeakerPosition
from runtime.sound import frames
from runtime.sound.microphone import Microphone
from runtime.sound.speaker import Speaker, SpeakerDevice
from tests.needed import programs

VOICE_RATE_HZ = 22_050


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualSound]:
    programs(*PROGRAMS)
    virtual = VirtualSound(tmp_path)
    for name, value in virtual.environment.items():
        monkeypatch.setenv(name, value)
    yield virtual
    virtual.close()


def chirp(rate_hz: int, duration_s: float = 1.5) -> np.ndarray:
    time_s = np.arange(int(rate_hz * duration_s)) / rate_hz
    return (0.4 * np.sin(2 * np.pi * (300 + 400 * time_s) * time_s)).astype(np.float32)


def record(microphone: Microphone, duration_s: float) -> list[AudioChunk]:
    """So much sound, however long that takes."""
    chunks: list[AudioChunk] = []
    while sum(chunk.duration_ns for chunk in chunks) < duration_s * NS_PER_S:
        item = microphone.read()
        chunks += [item] if isinstance(item, AudioChunk) else []
    return chunks


def test_what_is_fed_to_the_microphone_arrives_whole_and_in_order(sound: VirtualSound, tmp_path: Path) -> None:
    played = chirp(SAMPLE_RATE_HZ)
    microphone = Microphone(sound.microphone)
    microphone.open()
    try:
        feeding = sound.feed(write_wav(tmp_path / "chirp.wav", played, SAMPLE_RATE_HZ))
        chunks = record(microphone, 2.5)
        feeding.wait()
    finally:
        microphone.close()
    heard = np.concatenate([chunk.samples for chunk in chunks])
    assert similarity(heard, played) > 0.95
    assert np.all(np.diff([chunk.capture_time_ns for chunk in chunks]) > 0)


def run_speaker(speaker: Speaker, device: SpeakerDevice, duration_s: float) -> list[Playback]:
    """What is told while the device calls back for so long."""
    told: list[Playback] = []
    deadline = time.monotonic() + duration_s
    while time.monotonic() < deadline:
        position = device.read()
        if isinstance(position, SpeakerPosition):
            told += [item for item in speaker.step("position", position, 0) if isinstance(item, Playback)]
    return told


def run_until_finished(speaker: Speaker, device: SpeakerDevice) -> list[Playback]:
    told: list[Playback] = []
    while not any(item.state == "finished" for item in told):
        told += run_speaker(speaker, device, 0.05)
    return told


def pieces(samples: np.ndarray, utterance_id: int) -> list[SpeakerAudio]:
    parts = np.array_split(samples, 3)
    return [
        SpeakerAudio(utterance_id, "answer", "hello", part, VOICE_RATE_HZ, last=number == len(parts) - 1)
        for number, part in enumerate(parts)
    ]


def test_the_speaker_plays_whole_sentences_and_says_when_they_start_and_end(sound: VirtualSound) -> None:
    played = chirp(VOICE_RATE_HZ)
    device = SpeakerDevice(sound.speaker)
    speaker = Speaker(device)
    device.open()
    try:
        with sound.listening() as heard:
            told = run_speaker(speaker, device, 0.2)
            for piece in pieces(played, 1):
                told += list(speaker.step("audio", piece, 0))
            told += run_until_finished(speaker, device)
    finally:
        device.close()
    assert similarity(heard[0], played) > 0.95
    assert [(item.utterance_id, item.state) for item in told] == [(1, "started"), (1, "finished")]


def test_a_cleared_speaker_falls_silent_and_plays_what_comes_next(sound: VirtualSound) -> None:
    device = SpeakerDevice(sound.speaker)
    speaker = Speaker(device)
    device.open()
    try:
        with sound.listening() as heard:
            told = run_speaker(speaker, device, 0.2)
            for piece in pieces(chirp(VOICE_RATE_HZ, 20.0), 1):
                told += list(speaker.step("audio", piece, 0))
            told += run_speaker(speaker, device, 0.7)
            told += list(speaker.step("clear", SpeakerClear("alert"), 0))
            for piece in pieces(chirp(VOICE_RATE_HZ, 0.5), 2):
                told += list(speaker.step("audio", piece, 0))
            told += run_until_finished(speaker, device)
    finally:
        device.close()
    assert [(item.utterance_id, item.state) for item in told] == [
        (1, "started"),
        (1, "cut"),
        (2, "started"),
        (2, "finished"),
    ]
    sounding = np.count_nonzero(np.abs(heard[0]) > 0.01) / VOICE_RATE_HZ
    assert 0.8 < sounding < 2.5, "twenty seconds were cut to under one, half a second followed"


def read_until_error(microphone: Microphone, timeout_s: float) -> DeviceError:
    deadline = time.monotonic() + timeout_s
    with pytest.raises(DeviceError) as caught:
        while time.monotonic() < deadline:
            microphone.read()
    return caught.value


def test_a_killed_sound_server_is_a_device_error_and_the_microphone_opens_again(sound: VirtualSound) -> None:
    microphone = Microphone(sound.microphone)
    microphone.open()
    record(microphone, 0.2)
    sound.microphone_server.kill()
    error = read_until_error(microphone, 5.0)
    assert "microphone" in str(error) and error.remedy
    with pytest.raises(DeviceError):
        microphone.open()
    sound.microphone_server.start()
    microphone.open()
    assert record(microphone, 0.5)
    microphone.close()


def test_a_wedged_sound_server_is_noticed_although_portaudio_would_hang(sound: VirtualSound) -> None:
    microphone = Microphone(sound.microphone)
    microphone.open()
    record(microphone, 0.2)
    sound.microphone_server.process.send_signal(signal.SIGSTOP)
    error = read_until_error(microphone, 5.0)
    assert "no callback" in str(error)
    sound.microphone_server.process.send_signal(signal.SIGCONT)
    microphone.open()
    assert record(microphone, 0.5)
    microphone.close()


def test_a_device_that_is_not_there_is_an_error_with_a_remedy() -> None:
    with pytest.raises(DeviceError, match="edgemm devices"):
        Microphone("no such microphone").open()


def test_a_message_cut_in_the_middle_ends_the_stream() -> None:
    import io

    whole = frames.pack(frames.SOUND, 5, b"abcd")
    stream = io.BytesIO(whole + whole[:-1])
    assert frames.read_frame(stream) == frames.Frame(frames.SOUND, 5, b"abcd")
    assert frames.read_frame(stream) is None
