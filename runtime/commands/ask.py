"""`edgemm ask`: one question about one picture, through the whole line that the daemon runs."""

from __future__ import annotations

import heapq
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edgemm.cli import command_parser, write_json
from edgemm.commands.infer_sounds import tell_of_a_missing_end
from edgemm.errors import EdgemmError, InputError, UsageError
from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, AudioChunk, VideoFrame
from edgemm.pictures.picture_files import read_picture
from edgemm.sound.sound_files import read_sound
from runtime.commands.options import add_config_options, config_from
from runtime.drivers.replay_driver import ReplayDriver
from runtime.items import Answer, Item, Playback, Transcript, TurnConfirmed, TurnRef, TurnText
from runtime.life.local_clock import LocalClock
from runtime.life.replay_run import SOURCES, still
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.sinks.wav_file import WavTrack
from runtime.table.assembly import assemble, models_of
from runtime.table.models import Models
from runtime.table.pipeline import pipeline
from runtime.telling.events import event_of

FRAMES_PER_S = 2.0
LEAD_S = 1.0
"""The picture is seen for so long before the question begins."""
PATIENCE_S = 60.0
"""Stream time in which the answer must have been spoken."""
CHUNK_SAMPLES = 512

Arrivals = Iterator[tuple[int, str, Item]]


class _Listener:
    """A tap: keeps the answer, and stops the driver when it is there and, if it is to be heard, has been spoken."""

    def __init__(self, spoken: bool) -> None:
        self.answer: Answer | None = None
        self.heard = ""
        self.driver: ReplayDriver | None = None
        self._spoken = spoken

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, Transcript) and item.purpose == "guess":
            self.heard = item.text
        elif isinstance(item, Answer) and producer == "floor":
            self.answer = item
            if not self._spoken or not item.text:
                self._stop()
        elif isinstance(item, Playback) and item.state != "started" and self._is_last(item):
            self._stop()

    def _is_last(self, played: Playback) -> bool:
        answer = self.answer
        return answer is not None and played.turn == answer.turn and answer.text.endswith(played.text)

    def _stop(self) -> None:
        assert self.driver is not None
        self.driver.stop()


def main(argv: list[str]) -> int:
    """Print the answer; the exit code is 0 for a refusal too, for it is an answer."""
    parser = command_parser("ask")
    parser.add_argument("text", nargs="*", help="the question; none: --audio, or a line of standard input")
    parser.add_argument("--image", type=Path, help="picture that the camera shows; without it there is no camera")
    parser.add_argument("--audio", type=Path, help="spoken question")
    parser.add_argument("--save", type=Path, help="write the spoken answer to this WAV file")
    parser.add_argument("--config", default="demo", help="name or file of the runtime configuration (default: demo)")
    add_config_options(parser)
    arguments = parser.parse_args(argv)
    question = _question(" ".join(arguments.text), arguments.audio)
    frame = read_picture(arguments.image) if arguments.image else None
    config = config_from(arguments.config, arguments).config
    config = config.model_copy(update={"alerts": False, "listen": "always"})
    track = WavTrack(arguments.save) if arguments.save else None
    started = time.perf_counter()
    result = _ask(config, models_of(config), frame, question, track)
    if track is not None:
        track.close()
    if arguments.json:
        write_json({**result, "took_ms": round((time.perf_counter() - started) * 1e3)})
    else:
        print(result["answer"])
    return 0


def _question(text: str, audio: Path | None) -> str | AudioChunk:
    if text and audio:
        raise UsageError("two questions", expected="TEXT or --audio", found="both")
    if audio is not None:
        clip = read_sound(audio)
        tell_of_a_missing_end(str(audio), clip)
        if clip.silent:
            raise InputError(f"{audio} is silent", expected="a spoken question", remedy="Check the recording's level.")
        return clip
    text = text or sys.stdin.readline()
    if not text.strip():
        raise UsageError(
            "no question", remedy='Ask in words, `edgemm ask --image F "is there a cup?"`, or with --audio.'
        )
    return text.strip()


def _ask(
    config: Any, models: Models, frame: VideoFrame | None, question: str | AudioChunk, track: Any
) -> dict[str, Any]:
    parts = assemble(config, models, VirtualSpeaker(track), LocalClock(), noise=0.0)
    # A picture file does not say how wide its camera saw: left, ahead and right, no clock face.
    parts = replace(
        parts,
        answers=replace(parts.answers, horizontal_fov_deg=None),
        notices=replace(parts.notices, on_duty=False),  # one question is asked, and nothing else is to be told
    )
    listener = _Listener(spoken=track is not None)
    driver = listener.driver = ReplayDriver(pipeline(parts), SOURCES, [listener])
    asked, length_s = _typed(question) if isinstance(question, str) else _spoken(question)
    seen = still(frame, LEAD_S + length_s + 3.0, FRAMES_PER_S) if frame is not None else iter(())
    driver.run(heapq.merge(seen, asked, key=lambda arrival: arrival[0]), int((length_s + PATIENCE_S) * NS_PER_S))
    answer = listener.answer
    if answer is None:
        raise EdgemmError(
            "no answer",
            found=f"heard {listener.heard!r}",
            remedy='Ask again; `edgemm ask "what can I ask?"` lists questions.',
        )
    event = event_of(0, "floor", answer)
    assert event is not None
    heard = question if isinstance(question, str) else listener.heard
    timings = {name: round(total_ms, 1) for name, total_ms in driver.timer.totals_ms().items() if total_ms >= 0.1}
    return {
        "question": heard,
        "answer": answer.text,
        "refused": answer.refused,
        "skill": answer.skill,
        "evidence": event["evidence"],
        "frame_age_ms": event["frame_age_ms"],
        "timings_ms": timings,
    }


def _typed(text: str) -> tuple[Arrivals, float]:
    turn, time_ns = TurnRef(-1, 0), int(LEAD_S * NS_PER_S)
    items: list[Item] = [TurnText(turn, text), TurnConfirmed(turn, time_ns)]
    return iter([(time_ns, "daemon", item) for item in items]), 0.0


def _spoken(clip: AudioChunk) -> tuple[Arrivals, float]:
    """The clip as the microphone would deliver it, with silence before and after."""
    silence = np.zeros(int(SAMPLE_RATE_HZ * LEAD_S), np.float32)
    samples = np.concatenate([silence, clip.samples, silence, silence])
    chunks = (samples[start : start + CHUNK_SAMPLES] for start in range(0, len(samples), CHUNK_SAMPLES))
    return _as_chunks(chunks), len(clip.samples) / SAMPLE_RATE_HZ + 2 * LEAD_S


def _as_chunks(pieces: Iterator[Any]) -> Arrivals:
    time_ns = 0
    for piece in pieces:
        chunk = AudioChunk(piece, SAMPLE_RATE_HZ, time_ns)
        time_ns = chunk.end_time_ns
        yield time_ns, "microphone", chunk
