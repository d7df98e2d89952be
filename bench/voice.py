"""Voice to first sound: spoken questions about the view, from the end of speech to the sound of the answer."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import numpy as np

from bench import Context, Measurement
from bench.heard_aloud import heard_aloud_ms
from bench.live_line import TIMEOUT_S, Asked, LiveLine
from bench.paused import paused_sentences
from bench.questions import SpokenQuestion, spoken_questions, view_questions
from bench.voices import VOICES
from edgemm.bundles.figures import Figure
from edgemm.media import NS_PER_MS
from edgemm.pictures.picture_files import read_picture
from edgemm.settings.config import find_config
from runtime.settings.config import AudioConfig, RuntimeConfig, TonesConfig
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.skills import SKILLS
from runtime.stages.clock import WallClock
from runtime.table.assembly import assemble, warm_up

QUESTIONS, SENTENCES, ALOUD, SEED = 104, 100, 20, 12
AT_MOST_MS, AT_MOST_CUT, ROUTED_AT_LEAST = 500.0, 3.0, 97.0


def measure(context: Context) -> Measurement:
    questions = spoken_questions(QUESTIONS)
    with _line(context) as line:
        asked = _ask(line, questions)
        cut = _cut(line)
    load = f"{os.getloadavg()[0]:.1f}"
    aloud_ms = heard_aloud_ms(context, questions[:: max(1, len(questions) // ALOUD)][:ALOUD], _photograph())
    first_ms = [_ms(one.speech_end_ns, one.sound_ns) for one in asked]
    parts = [part for one in asked if (part := _parts(one)) is not None]
    right = [_is_right(question, one) for question, one in zip(questions, asked, strict=True)]
    figures = (
        _percentile("to_first_sound_p95", first_ms, 95, AT_MOST_MS),
        _percentile("to_first_sound_median", first_ms, 50),
        _percentile("to_first_sound_at_the_virtual_speaker_p95", aloud_ms, 95),
        _percentile("to_first_sound_at_the_virtual_speaker_median", aloud_ms, 50),
        _percentile("confirmed_to_first_sound_p95", [confirmed for confirmed, _, _ in parts], 95),
        _percentile("guess_to_first_sound_ready_p95", [ready for _, ready, _ in parts], 95),
        _percentile("guess_to_first_sound_ready_median", [ready for _, ready, _ in parts], 50),
        _percentile("end_of_speech_to_confirmed_p95", [waited for _, _, waited in parts], 95),
        Figure(
            name="recognised_and_routed_right",
            value=100 * float(np.mean(right)),
            unit="%",
            at_least=ROUTED_AT_LEAST,
            samples=len(right),
        ),
        Figure(
            name="turns_cut_short", value=100 * float(np.mean(cut)), unit="%", at_most=AT_MOST_CUT, samples=len(cut)
        ),
        Figure(
            name="answered",
            value=100 * float(np.mean([one.sound_ns is not None for one in asked])),
            unit="%",
            samples=len(asked),
        ),
    )
    wrong = [f"{q.text} heard as {_heard(one)}" for q, one, ok in zip(questions, asked, right, strict=True) if not ok]
    note = (
        f"load {load}; an unanswered question counts as {TIMEOUT_S:g} s; guess to ready: without end of turn; "
        f"not recognised and routed right: {'; '.join(wrong) or 'none'}"
    )
    series = {"first sound": first_ms, "at the virtual speaker": aloud_ms, "guess to ready": [r for _, r, _ in parts]}
    return Measurement(figures, note, series)


def _line(context: Context) -> LiveLine:
    config = RuntimeConfig(
        pack=context.pack,
        bundles=context.bundles,
        target=context.target,
        listen="always",
        audio=AudioConfig(tones=TonesConfig(listening=False, heard=False, thinking=False)),
    )
    parts = assemble(config, context.models(), VirtualSpeaker(), WallClock(datetime.now().astimezone()))
    warm_up(parts)
    return LiveLine(parts, read_picture(_photograph()).pixels)


def _ask(line: LiveLine, questions: list[SpokenQuestion]) -> list[Asked]:
    asked: list[Asked] = []
    for number, question in enumerate(questions, start=1):
        one = line.ask(question.samples)
        asked.append(one)
        sys.stderr.write(
            f"  {number}/{len(questions)} {question.text} ({question.voice.name}): "
            f"{_ms(one.speech_end_ns, one.sound_ns):.0f} ms, heard: {_heard(one)}\n"
        )
    return asked


def _heard(one: Asked) -> str:
    """The text that was answered, else all that was recognised."""
    routed = one.routed.get(one.turn) if one.turn is not None else None
    return routed[0].text if routed else "; ".join(found.text for found, _ in one.routed.values())


def _cut(line: LiveLine) -> list[bool]:
    cut: list[bool] = []
    for sentence in paused_sentences([text for text, _ in view_questions()], VOICES, SENTENCES, SEED):
        cut.append(line.cuts(sentence))
        sys.stderr.write(f"  {len(cut)}/{SENTENCES} {sentence.text}: {'cut' if cut[-1] else 'whole'}\n")
    return cut


def _photograph() -> Path:
    return find_config("photographs", "photographs").parent / "coffee.jpg"


def _ms(start_ns: int, end_ns: int | None) -> float:
    return TIMEOUT_S * 1e3 if end_ns is None else (end_ns - start_ns) / NS_PER_MS


def _parts(one: Asked) -> tuple[float, float, float] | None:
    """Confirmed → sound, guess → first sound ready, end of speech → confirmed, in ms; None when unanswered."""
    if one.turn is None or one.sound_ns is None:
        return None
    confirmed_ns = dict(one.confirmed)[one.turn]
    return (
        _ms(confirmed_ns, one.sound_ns),
        _ms(one.guess_ns[one.turn], one.ready_ns[one.turn]),
        _ms(one.speech_end_ns, confirmed_ns),
    )


def _is_right(question: SpokenQuestion, one: Asked) -> bool:
    """The skill that was asked for answers, for the thing that was asked for."""
    skill = SKILLS[question.skill]
    routed = one.routed.get(one.turn) if one.turn is not None else None
    return routed is not None and routed[0].skill == question.skill and routed[0].slots == skill.slots(question.text)


def _percentile(name: str, values: list[float], percent: float, at_most: float | None = None) -> Figure:
    return Figure(
        name=name, value=float(np.percentile(values, percent)), unit="ms", at_most=at_most, samples=len(values)
    )
