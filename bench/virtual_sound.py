"""A virtual microphone and speaker: two PulseAudio servers (facts: with one, a removed source moves to the speaker)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

PROGRAMS = ("pulseaudio", "paplay", "parec", "pactl")
"""What the virtual devices need on the PATH."""

ASOUND = """\
</usr/share/alsa/alsa.conf>
pcm.{device} {{ type pulse server "unix:{socket}" device {name} hint {{ show on description "{device}" }} }}
"""


class PulseServer:
    """One PulseAudio server with one null sink."""

    def __init__(self, folder: Path, name: str, sink: str, rate_hz: int) -> None:
        self.socket = folder / f"{name}.sock"
        self._home = folder / name
        self._home.mkdir(exist_ok=True)
        self._script = folder / f"{name}.pa"
        self._script.write_text(
            f"load-module module-native-protocol-unix socket={self.socket} auth-anonymous=1\n"
            f"load-module module-null-sink sink_name={sink} rate={rate_hz} channels=1 norewinds=1\n"
        )
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PULSE_SERVER": f"unix:{self.socket}", "XDG_RUNTIME_DIR": str(self._home)}

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        (self._home / "pulse").mkdir(exist_ok=True)
        (self._home / "pulse" / "pid").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            "pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --disallow-exit=yes --realtime=no "
            f"--high-priority=no -F {self._script}".split(),
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while subprocess.run(["pactl", "info"], env=self.environment, capture_output=True).returncode:
            assert time.monotonic() < deadline, "PulseAudio did not start"
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


class VirtualSound:
    """Feed the microphone, listen to the speaker."""

    microphone = "labmic"
    speaker = "labspeaker"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        devices = (("labmic", "mic", "micfeed.monitor"), ("labspeaker", "speaker", "spk"))
        (folder / "asound.conf").write_text(
            "".join(
                ASOUND.format(device=device, socket=folder / f"{server}.sock", name=name)
                for device, server, name in devices
            )
        )
        self.microphone_server = PulseServer(folder, "mic", "micfeed", 16_000)
        self.speaker_server = PulseServer(folder, "speaker", "spk", 22_050)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to find the devices by name."""
        return {"ALSA_CONFIG_PATH": str(self._folder / "asound.conf"), "XDG_RUNTIME_DIR": str(self._folder)}

    def feed(self, wav: Path) -> subprocess.Popen[bytes]:
        """Play a WAV file into the microphone."""
        return subprocess.Popen(["paplay", str(wav)], env=self.microphone_server.environment)

    @contextmanager
    def listening(self, rate_hz: int = 22_050) -> Iterator[list[np.ndarray]]:
        """Record the speaker; the list holds one array of samples when the block has ended."""
        heard: list[np.ndarray] = []
        raw = self._folder / "heard.raw"
        with raw.open("wb") as file:
            recorder = subprocess.Popen(
                [
                    "parec",
                    "-d",
                    "spk.monitor",
                    "--format=s16le",
                    f"--rate={rate_hz}",
                    "--channels=1",
                    "--latency-msec=20",
                ],
                env=self.speaker_server.environment,
                stdout=file,
            )
            time.sleep(0.3)
            try:
                yield heard
                time.sleep(0.5)
            finally:
                recorder.terminate()
                recorder.wait()
        heard.append(np.frombuffer(raw.read_bytes()[: raw.stat().st_size // 2 * 2], "<i2").astype(np.float32) / 32768)

    def close(self) -> None:
        self.microphone_server.kill()
        self.speaker_server.kill()


def write_wav(path: Path, samples: np.ndarray, rate_hz: int) -> Path:
    soundfile.write(path, samples, rate_hz, subtype="PCM_16")
    return path


def similarity(heard: np.ndarray, played: np.ndarray) -> float:
    """Largest normalised cross-correlation of `played` inside `heard`."""
    size = 1 << (len(heard) + len(played)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size)), size)[: len(heard)]
    energy = (heard.astype(np.float64) ** 2).cumsum()
    windows = np.concatenate([energy[len(played) - 1 :], np.full(len(played) - 1, energy[-1])])
    windows[1:] -= energy[: len(windows) - 1]
    scale = np.sqrt(np.maximum(windows, 1e-3) * np.sum(played.astype(np.float64) ** 2))
    return float(np.max(product / scale))
