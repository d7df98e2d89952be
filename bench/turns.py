"""Turn taking: sentences with a pause inside that are cut short, and answers to speech that is meant for others.

Both run on the replay driver: the same stages, rule and models as live, in stream time and so the same on every run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice

import numpy as np

from bench import Context, Measurement
from bench.paused import PausedSentence, paused_sentences
from bench.questions import view_questions
from bench.voices import VOICES
from edgemm.bundles.figures import Figure
from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, AudioChunk, Samples
from export.data.speech_sentences import sentences
from runtime.drivers.replay_driver import ReplayDriver
from runtime.items import Item, Routed, SpeakerAudio, SpeechStarted, TurnConfirmed
from runtime.settings.config import RuntimeConfig
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.stages.clock import WallClock
from runtime.table.assembly import assemble
from runtime.table.parts import Parts
from runtime.table.pipeline import pipeline

SENTENCES, OTHER_SENTENCES, SEED = 120, 36, 11
OTHERS_SEED = 17
UNADDRESSED_S = 600.0
AT_MOST_CUT, AT_MOST_REPLIES = 3.0, 1.0
GAP_S = 2.5
"""Silence between sentences: longer than any pause that the rule waits for."""
LISTENING = ("voice_activity", "end_of_turn", "turn_completion", "recogniser", "route")
WINDOW = 512

OTHER_WORDS = (
    "Can you tell me how many chairs there are?",
    "Do you see a bottle on the table?",
    "I would like to know where the door is.",
    "Is there anything in front of me?",
    "Please tell me what you can see from here.",
    "Where did I leave my book?",
    "How many people are standing around me?",
    "Are there any birds in the picture?",
    "Which way is the nearest chair?",
    "What is lying on the table over there?",
    "Could you read the sign for me?",
    "What colour is the cup in front of me?",
)
"""Questions that are no skill's phrase; half of their beginnings are questions too, which nothing but time can tell."""

ASKING = (
    "is there",
    "how many",
    "where is",
    "can you see",
    "what colour",
    "please read",
    "which of the",
    "is anyone",
)
"""Sentences of the stream that ask what a skill answers: whoever says them is answered, and rightly."""


def measure(context: Context) -> Measurement:
    config = RuntimeConfig(pack=context.pack, bundles=context.bundles, target=context.target, listen="always")
    parts = assemble(
        config, context.models(), VirtualSpeaker(), WallClock(datetime(2026, 1, 1, tzinfo=timezone.utc)), noise=0.0
    )
    questions = [text for text, _ in view_questions()]
    cut = _cut(parts, paused_sentences(questions, VOICES, SENTENCES, SEED))
    other_cut = _cut(parts, paused_sentences(OTHER_WORDS, VOICES, OTHER_SENTENCES, SEED))
    replies = _replies(parts)
    figures = (
        _share("turns_cut_short", cut, AT_MOST_CUT),
        _share("turns_cut_short_in_other_words", other_cut, None),
        Figure(
            name="replies_in_10_min_of_speech_to_others", value=float(len(replies)), at_most=AT_MOST_REPLIES, samples=1
        ),
    )
    note = (
        "replay driver, stream time; the rule was tuned with other voices and pauses, and not on the other words; "
        f"replies: {'; '.join(replies) or 'none'}"
    )
    return Measurement(figures, note)


@dataclass
class _Timeline:
    """A tap: where turns began and ended, and what was said aloud."""

    turns: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Turn id → start and end in ns."""
    said: dict[int, str] = field(default_factory=dict)
    """Turn id → what was heard, and the first sentence of the answer."""
    _heard: dict[int, str] = field(default_factory=dict)

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, SpeechStarted):
            self.turns[item.turn.turn_id] = (item.start_time_ns, -1)
        elif isinstance(item, TurnConfirmed):
            self.turns[item.turn.turn_id] = (self.turns[item.turn.turn_id][0], time_ns)
        elif isinstance(item, Routed):
            self._heard[item.turn.turn_id] = item.text
        elif isinstance(item, SpeakerAudio) and item.kind == "answer" and item.turn is not None:
            self.said.setdefault(item.turn.turn_id, f"{self._heard[item.turn.turn_id]} → {item.text}")


def _cut(parts: Parts, spoken_sentences: Sequence[PausedSentence]) -> list[bool]:
    """Whether each sentence was not taken as one turn from its first half to its end."""
    cuts = []
    for start in range(0, len(spoken_sentences), 20):
        batch = spoken_sentences[start : start + 20]
        heard = _Timeline()
        rows = [row for row in pipeline(parts) if row.name in LISTENING]
        driver = ReplayDriver(rows, ["microphone", "speaker"], [heard])
        sound, starts = _stream([sentence.samples for sentence in batch])
        driver.run(_chunks(sound), len(sound) * NS_PER_S // SAMPLE_RATE_HZ)
        for sentence, begin in zip(batch, starts, strict=True):
            is_cut = not is_one_turn(sentence, begin, heard.turns.values())
            cuts.append(is_cut)
            if is_cut:
                halves = sentence.pause_start / SAMPLE_RATE_HZ, sentence.pause_end / SAMPLE_RATE_HZ
                sys.stderr.write(f"  cut: {sentence.text} ({sentence.voice.name}, {halves[0]:.2f}-{halves[1]:.2f} s)\n")
        sys.stderr.write(f"  {len(cuts)}/{len(spoken_sentences)} sentences, {sum(cuts)} cut\n")
    return cuts


def is_one_turn(sentence: PausedSentence, begin: int, turns_ns: Iterable[tuple[int, int]]) -> bool:
    """Whether a turn (start, end) holds both halves of a sentence whose first sample is sample `begin`, and no more."""
    begin_ns, pause_ns, second_ns, end_ns = (
        (begin + sample) * NS_PER_S // SAMPLE_RATE_HZ
        for sample in (0, sentence.pause_start, sentence.pause_end, len(sentence.samples))
    )
    around_ns = int(GAP_S * NS_PER_S)
    return any(
        begin_ns - around_ns < turn_start_ns < pause_ns and second_ns < turn_end_ns < end_ns + around_ns
        for turn_start_ns, turn_end_ns in turns_ns
    )


def _replies(parts: Parts) -> list[str]:
    """What is said aloud while people talk to each other."""
    heard = _Timeline()
    driver = ReplayDriver(pipeline(parts), ["camera", "microphone", "daemon"], [heard])
    clips: list[Samples] = []
    stream = (text for text in sentences(OTHERS_SEED) if not text.lower().startswith(ASKING))
    random = np.random.default_rng(OTHERS_SEED)
    for number, text in enumerate(islice(stream, 1000)):
        gap = np.zeros(int(random.uniform(0.4, 2.0) * SAMPLE_RATE_HZ), np.float32)
        clips += [VOICES[number % len(VOICES)].say(text), gap]
        if sum(map(len, clips)) >= UNADDRESSED_S * SAMPLE_RATE_HZ:
            break
    sound = np.concatenate(clips)
    driver.run(_chunks(sound), len(sound) * NS_PER_S // SAMPLE_RATE_HZ)
    return list(heard.said.values())


def _stream(clips: Sequence[Samples]) -> tuple[Samples, list[int]]:
    """Clips one after another with silence between, and the sample at which each begins."""
    gap = np.zeros(int(GAP_S * SAMPLE_RATE_HZ), np.float32)
    starts, parts, length = [], [gap], len(gap)
    for clip in clips:
        starts.append(length)
        parts += [clip, gap]
        length += len(clip) + len(gap)
    return np.concatenate(parts), starts


def _chunks(sound: Samples) -> Iterator[tuple[int, str, Item]]:
    """As a microphone delivers it: a chunk arrives when its last sample has been heard."""
    for start in range(0, len(sound) - WINDOW + 1, WINDOW):
        time_ns = start * NS_PER_S // SAMPLE_RATE_HZ
        arrival_ns = (start + WINDOW) * NS_PER_S // SAMPLE_RATE_HZ
        yield arrival_ns, "microphone", AudioChunk(sound[start : start + WINDOW], SAMPLE_RATE_HZ, time_ns)


def _share(name: str, cut: Sequence[bool], at_most: float | None) -> Figure:
    return Figure(
        name=name,
        value=100 * float(np.mean(cut)),
        unit="%",
        at_most=at_most,
        samples=len(cut),
        interval=_wilson(sum(cut), len(cut)),
    )


def _wilson(count: int, total: int) -> tuple[float, float]:
    """95 % interval of a share, in percent."""
    z, share = 1.96, count / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return 100 * float(max(0.0, centre - half)), 100 * float(min(1.0, centre + half))
