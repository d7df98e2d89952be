"""Sessions from a script: photographs as the camera, speech engines as the people. `configs/sessions/NAME.yaml`.

python -m bench.session_script demo        # writes configs/sessions/demo.mcap
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from bench.film import Approach, Film, Still
from edgemm import __version__
from edgemm.media import NS_PER_MS, NS_PER_S, SAMPLE_RATE_HZ, AudioChunk, Samples
from edgemm.settings.config import ConfigModel, find_config, load_yaml
from export.data.voices import Voice, speak
from runtime.sessions.expectation import Expectation
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_writer import SessionWriter

CHUNK_SAMPLES = 512
"""What a microphone delivers at a time: 32 ms."""

FRAME_DELAY_NS = 30 * NS_PER_MS
"""From exposure to arrival, as a USB camera takes."""

STILL_CHUNK_BYTES = 2**21
"""Large enough that the pictures of a still shot come again within a chunk and compress to almost nothing."""

SPEECH_PEAK = 0.5
ROOM_NOISE = 1.0 / 32768
"""Standard deviation of the noise of a quiet room; a microphone that delivers exact zeros is broken."""


class Line(ConfigModel):
    """Somebody says something."""

    at_s: float = Field(ge=0.0)
    say: str
    voice: Literal["slt", "rms", "awb", "kal"] = "slt"
    """A voice of flite."""


class Shot(ConfigModel):
    """What the camera shows from `from_s` until the next shot."""

    from_s: float = Field(ge=0.0)
    picture: str | None = None
    """File in configs/photographs; null: darkness."""
    zoom: float = Field(default=1.0, ge=1.0)
    """How much closer than to fill the picture."""
    sign: tuple[str, ...] = ()
    """Lines of text on a board in front of the picture."""
    approach: Approach | None = None
    """Something that comes closer in front of the picture."""


class SessionScript(ConfigModel):
    """A session before it is filmed."""

    title: str
    start: datetime
    """Wall-clock time of its beginning, with time zone."""
    seconds: float = Field(gt=0.0)
    fps: float = Field(default=10.0, gt=0.0)
    width: int = 640
    height: int = 480
    horizontal_fov_deg: float = 60.0
    listen: Literal["button", "wake", "always"] = "always"
    duplex: Literal["speaker", "headset"] = "headset"
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...]
    truth: tuple[Expectation, ...]

    @model_validator(mode="after")
    def _in_order(self) -> SessionScript:
        for name, times in (("shots", [s.from_s for s in self.shots]), ("lines", [li.at_s for li in self.lines])):
            if times != sorted(times):
                raise ValueError(f"{name} are not in the order of their times")
        if not self.shots or self.shots[0].from_s != 0.0:
            raise ValueError("the first shot must begin at 0")
        return self


def read_script(name: str) -> SessionScript:
    """The script `configs/sessions/NAME.yaml`. Raises ConfigError."""
    return load_yaml(SessionScript, find_config("sessions", name))


def build_session(script: SessionScript, photographs: Path, path: Path) -> None:
    """Film and voice a script into the session file `path`. The same script gives the same bytes on one host."""
    info = SessionInfo(
        start_unix_ns=int(script.start.timestamp()) * NS_PER_S,
        title=script.title,
        horizontal_fov_deg=script.horizontal_fov_deg,
        listen=script.listen,
        duplex=script.duplex,
        version=__version__,
    )
    frames, chunks = _frames(script, photographs), _chunks(_sound(script))
    with SessionWriter(path, info, STILL_CHUNK_BYTES) as writer:
        for expectation in script.truth:
            writer.expectation(expectation)
        frame = next(frames, None)
        for chunk in chunks:
            while frame is not None and frame[0] + FRAME_DELAY_NS <= chunk.end_time_ns:
                captured_ns, number, jpeg = frame
                writer.encoded_frame(captured_ns + FRAME_DELAY_NS, jpeg, "jpeg", captured_ns, number)
                frame = next(frames, None)
            writer.sound(chunk.end_time_ns, chunk)


def _frames(script: SessionScript, photographs: Path) -> Iterator[tuple[int, int, bytes]]:
    """(capture time in ns, frame id, JPEG)."""
    films = [(shot.from_s, _film(script, shot, photographs)) for shot in script.shots]
    current = 0
    for number in range(int(script.seconds * script.fps)):
        time_s = number / script.fps
        while current + 1 < len(films) and films[current + 1][0] <= time_s:
            current += 1
        from_s, film = films[current]
        yield round(time_s * NS_PER_S), number + 1, film.jpeg(number, time_s - from_s)


def _film(script: SessionScript, shot: Shot, photographs: Path) -> Film:
    still = Still(script.width, script.height, photographs, shot.picture, shot.sign, shot.zoom)
    return Film(still, photographs, shot.approach)


def _sound(script: SessionScript) -> Samples:
    """The microphone's sound of the whole session, at 16 kHz."""
    count = int(script.seconds * SAMPLE_RATE_HZ)
    sound = np.random.default_rng(0).normal(0.0, ROOM_NOISE, count).astype(np.float32)
    for line in script.lines:
        speech = speak(Voice("flite", line.voice), line.say)
        speech = speech * (SPEECH_PEAK / max(float(np.abs(speech).max(initial=0.0)), 1e-6))
        first = int(line.at_s * SAMPLE_RATE_HZ)
        part = speech[: count - first]
        sound[first : first + len(part)] += part
    return sound


def _chunks(sound: Samples) -> Iterator[AudioChunk]:
    for first in range(0, len(sound) - CHUNK_SAMPLES + 1, CHUNK_SAMPLES):
        yield AudioChunk(sound[first : first + CHUNK_SAMPLES], SAMPLE_RATE_HZ, first * NS_PER_S // SAMPLE_RATE_HZ)


def main() -> None:
    """Write the sessions that the command line names beside their scripts."""
    for name in sys.argv[1:] or ["demo"]:
        script = find_config("sessions", name)
        path = script.with_suffix(".mcap")
        build_session(read_script(name), script.parent.parent / "photographs", path)
        sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
