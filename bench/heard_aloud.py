"""The same question as a person hears it: out of a virtual loudspeaker, after a virtual microphone took it in.

Two recorders of one kind listen to what enters the microphone and to what leaves the loudspeaker; each block is
stamped when it comes, so what the recorders add is the same on both sides. The daemon runs as `edgemm run`.
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench import Context
from bench.processes import RunningDaemon
from bench.questions import SpokenQuestion
from bench.virtual_sound import VirtualSound, write_wav
from bench.voices import QUIET_DB
from edgemm.media import SAMPLE_RATE_HZ, Samples
from runtime.control.control_client import request

BLOCK = 160
LOUD = 0.003
"""Peak above which a block of the loudspeaker holds sound: -50 dBFS."""
TIMEOUT_S = 5.0
READY_TIMEOUT_S = 60.0


class Ear:
    """Listens to a monitor of a sound server; keeps 10 ms blocks and the monotonic time at which each came."""

    def __init__(self, monitor: str, environment: Mapping[str, str]) -> None:
        command = ["parec", "-d", monitor, "--format=s16le", f"--rate={SAMPLE_RATE_HZ}", "--channels=1"]
        self._recorder = subprocess.Popen(
            [*command, "--latency-msec=10"], env=dict(environment), stdout=subprocess.PIPE, bufsize=0
        )
        self.peaks: list[tuple[float, float]] = []
        """Time and peak of each block."""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._recorder.stdout is not None
        while block := self._recorder.stdout.read(2 * BLOCK):
            peak = float(np.abs(np.frombuffer(block[: len(block) // 2 * 2], "<i2")).max(initial=0)) / 32768
            self.peaks.append((time.monotonic(), peak))

    def close(self) -> None:
        self._recorder.terminate()
        self._recorder.wait()


def heard_aloud_ms(context: Context, questions: Sequence[SpokenQuestion], picture: Path) -> list[float]:
    """Milliseconds from the end of each question in the microphone to the answer's sound out of the loudspeaker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = VirtualSound(folder)
        try:
            return _ask(context, questions, picture, sound, folder)
        finally:
            sound.close()


def _ask(
    context: Context, questions: Sequence[SpokenQuestion], picture: Path, sound: VirtualSound, folder: Path
) -> list[float]:
    config, events = folder / "voice.yaml", folder / "events.jsonl"
    config.write_text(
        f"pack: {context.pack}\nbundles: {context.bundles.resolve()}\ntarget: {context.target}\nlisten: always\n"
        f"camera: {{source: {picture}}}\n"
        f"audio: {{microphone: {sound.microphone}, speaker: {sound.speaker}, tones: "
        "{listening: false, heard: false, thinking: false}}\n"
        f"log: {{events: {events}}}\nstate_folder: {folder / 'state'}\n",
        encoding="utf-8",
    )
    with RunningDaemon(config, events, environment=sound.environment) as daemon:
        daemon.wait_for(
            lambda told: any(event["event"] == "playback" and event["state"] == "finished" for event in told),
            READY_TIMEOUT_S,
        )
        microphone = Ear("micfeed.monitor", sound.microphone_server.environment)
        speaker = Ear("spk.monitor", sound.speaker_server.environment)
        try:
            return [_once(question.samples, sound, folder, microphone, speaker) for question in questions]
        finally:
            microphone.close()
            speaker.close()


def _once(samples: Samples, sound: VirtualSound, folder: Path, microphone: Ear, speaker: Ear) -> float:
    """One question; the rest of the answer is silenced."""
    silence = np.zeros(SAMPLE_RATE_HZ // 2, np.float32)
    time.sleep(1.0)
    microphone.peaks.clear()
    speaker.peaks.clear()
    sound.feed(write_wav(folder / "question.wav", np.concatenate([silence, samples, silence]), SAMPLE_RATE_HZ)).wait()
    deadline = time.monotonic() + TIMEOUT_S
    while (onset := _onset(speaker)) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)  # the speaker has told that it began: before that there is nothing to silence
    request({"command": "silence"}, folder / "edgemm.sock")
    end = _end(microphone)
    return TIMEOUT_S * 1e3 if onset is None or end is None else (onset - end) * 1e3


def _onset(ear: Ear) -> float | None:
    """When sound was first heard. The null sink is silent to the last bit where nothing plays."""
    return next((at for at, peak in list(ear.peaks) if peak > LOUD), None)


def _end(ear: Ear) -> float | None:
    """When the last block within `QUIET_DB` of the loudest was heard."""
    heard = list(ear.peaks)
    loudest = max((peak for _, peak in heard), default=0.0)
    return max((at for at, peak in heard if loudest and peak >= loudest * 10 ** (-QUIET_DB / 20)), default=None)
