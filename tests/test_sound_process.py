"""The child that owns a sound device: it always leaves, says why, and tells what was lost and what has been heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgemm.errors import DeviceError
from edgemm.media import AudioChunk
from runtime.items import Overrun, SpeakerAudio, SpeakerPosition
from runtime.sound import frames
from runtime.sound.child import OUTBOX_MESSAGES, Outbox
from runtime.sound.microphone import Microphone
from runtime.sound.process import SoundProcess
from runtime.sound.speaker import SpeakerDevice
from tests.portaudio_stub import BROKEN, HANGS, install, works

Install = Callable[[str], None]


@pytest.fixture
def portaudio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    return lambda source: install(tmp_path, monkeypatch, source)


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("role", ["microphone", "speaker"])
def test_whatever_ends_the_child_is_a_device_error_with_its_last_words(portaudio: Install, role: str, how: str) -> None:
    source, words = BROKEN[how]
    portaudio(source)
    with pytest.raises(DeviceError, match=words) as caught:
        SoundProcess(role, None)  # type: ignore[arg-type]
    assert role in str(caught.value) and caught.value.remedy


def child(role: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "runtime.sound.child", role]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("source", [HANGS, works()], ids=["hangs in the driver", "works"])
@pytest.mark.parametrize("role", ["microphone", "speaker"])
def test_a_child_ends_with_the_daemon(portaudio: Install, role: str, source: str) -> None:
    portaudio(source)
    orphan = child(role)
    orphan.stdin.close()  # type: ignore[union-attr]
    assert orphan.wait(60) == 0


def test_a_child_whose_sound_nobody_takes_any_more_ends(portaudio: Install) -> None:
    portaudio(works())
    orphan = child("microphone")
    orphan.stdout.close()  # type: ignore[union-attr]
    assert orphan.wait(60) == 1


def test_an_unknown_device_is_no_reason_to_stay(portaudio: Install) -> None:
    portaudio(works())
    assert child("kettle").wait(60) == 1


@pytest.mark.parametrize("role", ["microphone", "speaker"])
def test_a_stopped_child_is_noticed_and_closed(portaudio: Install, role: str) -> None:
    portaudio(works())
    process = SoundProcess(role, None)  # type: ignore[arg-type]
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(DeviceError, match="no callback"):
        while True:
            process.read()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_closing_waits_for_no_child_that_the_kernel_holds(portaudio: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio(works())
    process = SoundProcess("speaker", None)
    monkeypatch.setattr("runtime.sound.process.END_TIMEOUT_S", 0.01)
    with monkeypatch.context() as unkillable:
        unkillable.setattr(process._child, "kill", lambda: None)
        process.close()
        process.close()
    process.close()


def test_input_that_overflows_is_told(portaudio: Install) -> None:
    portaudio(works(overflow=True))
    microphone = Microphone()
    microphone.open()
    told = [microphone.read() for _ in range(6)]
    microphone.close()
    assert [item.link for item in told if isinstance(item, Overrun)] == ["microphone.overflow"] * 3
    assert [item.count for item in told if isinstance(item, Overrun)] == [1] * 3
    assert sum(isinstance(item, AudioChunk) for item in told) == 3


def test_a_healthy_device_loses_nothing(portaudio: Install) -> None:
    portaudio(works())
    microphone = Microphone()
    microphone.open()
    assert all(isinstance(microphone.read(), AudioChunk) for _ in range(6))
    microphone.close()


def test_output_that_runs_dry_is_told_while_something_is_said(portaudio: Install) -> None:
    portaudio(works(underflow=True))
    speaker = SpeakerDevice()
    speaker.open()
    assert all(isinstance(speaker.read(), SpeakerPosition) for _ in range(4)), "silence that breaks off is silence"
    speaker.play(SpeakerAudio(1, "answer", "", np.ones(1024, np.float32), 22_050, last=True))
    told: list[Overrun] = []
    while len(told) < 2:
        item = speaker.read()
        told += [item] if isinstance(item, Overrun) else []
    speaker.close()
    assert told == [Overrun("speaker.underflow", 1)] * 2


def test_what_the_device_holds_has_not_been_heard(portaudio: Install) -> None:
    portaudio(works(delay_s=1.9))
    process = SoundProcess("speaker", None)
    process.send(frames.pack(frames.SOUND, payload=bytes(2 * 512)))
    first = process.read()
    while (frame := process.read()).kind == frames.POSITION and frame.time_ns < first.time_ns + 300_000_000:
        assert frames.unpack_count(frame.payload) == 0
    process.send(frames.pack(frames.CLEAR))
    while (frame := process.read()).kind != frames.CLEAR:
        pass
    assert frames.unpack_count(frame.payload) == 512, "it is in the device, and will be heard"
    while frames.unpack_count(process.read().payload) < 512:
        pass
    process.close()


def test_sound_that_the_daemon_does_not_fetch_is_lost_counted_and_told() -> None:
    outbox = Outbox()
    for _ in range(OUTBOX_MESSAGES):
        assert outbox.offer(frames.SOUND, b"")
    for _ in range(3):
        outbox.lose(not outbox.offer(frames.SOUND, b""))
    for _ in range(OUTBOX_MESSAGES):
        outbox.get()
    outbox.lose(0)
    assert outbox.get().endswith(frames.pack_count(3))


def test_a_message_is_taken_whole_however_it_arrives() -> None:
    sent = frames.pack(frames.SOUND, 5, b"abcd") + frames.pack(frames.CLEAR)
    unread, found = bytearray(), []
    for byte in sent:
        unread.append(byte)
        if frame := frames.take_frame(unread):
            found.append(frame)
    assert found == [frames.Frame(frames.SOUND, 5, b"abcd"), frames.Frame(frames.CLEAR, 0, b"")] and not unread
