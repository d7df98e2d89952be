"""Events: each follows the published schema, repeats are left out, the same items give the same lines."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from edgemm.media import NS_PER_MS, AudioChunk, VideoFrame
from runtime import items
from runtime.evidence import Evidence
from runtime.items import TurnRef
from runtime.sinks.event_log import EventList, EventLog, line_of
from runtime.telling.event_schema import EVENT_SCHEMA, Body
from runtime.telling.events import event_of
from runtime.telling.lines import Teller

TURN = TurnRef(3, 1)
FRAME = VideoFrame(np.zeros((4, 4, 3), np.uint8), 50 * NS_PER_MS, 7)
CUP = Evidence("object", "cup", 0.87654321, (0.1, 0.2, 1 / 3, 0.5), "nanodet", 50 * NS_PER_MS, 7, "bowl")
VIEW = items.ViewState(7, 50 * NS_PER_MS, "ok")
SILENCE = np.zeros(16, np.float32)

TOLD: list[items.Item] = [
    items.SourceState("camera", "missing", "gone", "plug it in"),
    VIEW,
    items.Scene(FRAME, (CUP,), VIEW),
    items.Wake("word"),
    items.Press("key"),
    items.SpeechStarted(TURN, 40 * NS_PER_MS),
    items.Transcript(TURN, "is there a", "partial", -0.333, 60 * NS_PER_MS),
    items.Transcript(TURN, "is there a cup", "guess", -0.25, 70 * NS_PER_MS),
    items.Transcript(TURN, "is there a cup and", "guess", -0.25, 70 * NS_PER_MS, complete=False),
    items.TurnText(TURN, "is there a cup"),
    items.Routed(TURN, "is there a cup", "is_there", 0.87654, True, (("thing", "cup"),)),
    items.TurnConfirmed(TURN, 70 * NS_PER_MS),
    items.Cancel(TURN, "interrupted"),
    items.Answer(TURN, "is_there", "I see a cup.", False, (CUP,), 123.456),
    items.Effect(TURN, "volume", 1.23456),
    items.Alert("car", 7, 50 * NS_PER_MS, (0.1, 0.2, 0.3, 0.4), 1.2345, "A car!"),
    items.Tone("heard"),
    items.Playback(1, "started", "I see a cup.", TURN),
    items.SpeakerClear("alert"),
    items.Overrun("look.frame", 4),
    items.Fault("look", "RuntimeError: no"),
]
UNTOLD: list[items.Item] = [
    FRAME,
    AudioChunk(SILENCE, 16_000, 0),
    items.Tick(),
    items.Working(),
    items.VoicedChunk(AudioChunk(SILENCE, 16_000, 0), 0.5),
    items.Say("I see a cup.", "answer", TURN),
    items.SpeakerAudio(1, "answer", "I see a cup.", SILENCE, 16_000, True),
]


@pytest.mark.parametrize("item", TOLD, ids=lambda item: type(item).__name__)
def test_each_item_worth_telling_is_an_event_of_the_published_schema(item: items.Item) -> None:
    event = event_of(100 * NS_PER_MS, "floor", item)
    assert event is not None
    assert list(event)[:3] == ["time_ms", "producer", "event"]
    body = {name: value for name, value in event.items() if name not in ("time_ms", "producer")}
    TypeAdapter(Body).validate_python(body)
    definitions = {
        definition["properties"]["event"]["const"]: definition
        for definition in EVENT_SCHEMA["$defs"].values()
        if "event" in definition["properties"]
    }
    definition = definitions[event["event"]]
    assert set(definition["properties"]) == set(event)
    assert set(definition["required"]) <= set(event)


def test_the_published_schema_is_that_of_the_code() -> None:
    published = Path(__file__).parent.parent / "docs" / "event-schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == EVENT_SCHEMA, "run: python scripts/event_schema.py"


@pytest.mark.parametrize("item", UNTOLD, ids=lambda item: type(item).__name__)
def test_frames_sound_and_unspoken_sentences_are_no_events(item: items.Item) -> None:
    assert event_of(0, "floor", item) is None


def test_an_answer_tells_its_frame_age_and_evidence_in_rounded_numbers() -> None:
    event = event_of(100 * NS_PER_MS, "answer", items.Answer(TURN, "is_there", "I see a cup.", False, (CUP,), 123.456))
    assert event == {
        "time_ms": 100.0,
        "producer": "answer",
        "event": "answer",
        "turn": 3,
        "revision": 1,
        "skill": "is_there",
        "text": "I see a cup.",
        "refused": False,
        "frame_age_ms": 123.5,
        "evidence": [
            {
                "kind": "object",
                "label": "cup",
                "score": 0.877,
                "region": [0.1, 0.2, 0.333, 0.5],
                "source": "nanodet",
                "frame_id": 7,
                "captured_ms": 50.0,
                "contested_by": "bowl",
            }
        ],
    }


@pytest.mark.parametrize("complete", [True, False])
def test_a_text_tells_whether_all_of_it_was_heard(complete: bool) -> None:
    event = event_of(0, "recogniser", items.Transcript(TURN, "is there a cup", "guess", -0.25, 0, complete=complete))
    assert event is not None
    assert event["complete"] is complete


def test_all_times_of_a_live_run_count_from_its_start() -> None:
    start_ns = 40 * NS_PER_MS
    event = Teller(start_ns).event_of(100 * NS_PER_MS, "look", items.Scene(FRAME, (CUP,), VIEW))
    assert event is not None
    assert (event["time_ms"], event["captured_ms"], event["things"][0]["captured_ms"]) == (60.0, 10.0, 10.0)


def scene(*labels: str) -> items.Scene:
    things = tuple(Evidence("object", label, 0.5, None, "nanodet", 0, 7) for label in labels)
    return items.Scene(FRAME, things, VIEW)


def test_a_view_is_told_when_it_changes_and_a_scene_at_most_once_a_second() -> None:
    log = EventList()
    for number in range(40):  # 4 s
        view = items.ViewState(number, 0, "dark" if 10 <= number < 20 else "ok")
        log(number * 100 * NS_PER_MS, "quality", view)
        log(number * 100 * NS_PER_MS, "look", scene("cup") if number % 2 else scene("cup", "spoon"))
    assert [(e["time_ms"], e["state"]) for e in log.events if e["event"] == "view"] == [
        (0.0, "ok"),
        (1000.0, "dark"),
        (2000.0, "ok"),
    ]
    times = [e["time_ms"] for e in log.events if e["event"] == "scene"]
    assert times[0] == 0.0
    assert len(times) == 4
    assert all(later - earlier >= 1000 for earlier, later in itertools.pairwise(times))


def test_the_same_scene_again_is_nothing_new() -> None:
    log = EventList()
    for number in range(5):
        log(number * 2_000 * NS_PER_MS, "look", scene("cup"))
    assert len(log.events) == 1


def test_the_same_items_give_the_same_lines() -> None:
    def lines() -> str:
        stream = io.StringIO()
        log = EventLog(stream)
        for number, item in enumerate([*TOLD, *UNTOLD]):
            log(number * NS_PER_MS, "floor", item)
        return stream.getvalue()

    assert lines() == lines()
    assert len(lines().splitlines()) == len(TOLD)
    assert all(line_of(json.loads(line)) == line for line in lines().splitlines())


TRANSCRIPT = items.Transcript(TURN, "my pin is 1234", "guess", -0.3, 70 * NS_PER_MS)
ROUTED = items.Routed(TURN, "my pin is 1234", "is_there", 0.2, False, (("thing", "pin"),))


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        (TRANSCRIPT, False),
        (replace(TRANSCRIPT, purpose="partial"), False),
        (replace(TRANSCRIPT, woken=True), True),
        (ROUTED, False),
        (replace(ROUTED, addressed=True), True),
        (items.TurnText(TURN, "my pin is 1234"), True),
    ],
)
def test_what_was_said_to_others_is_told_without_its_words(item: items.Item, kept: bool) -> None:
    discreet = Teller(overheard=False).event_of(0, "floor", item)
    assert ("pin" in json.dumps(discreet)) == kept
    assert discreet is not None
    assert "pin" in json.dumps(Teller(overheard=True).event_of(0, "floor", item))
