"""The built-in session: small, made of free photographs, the same as its script, and true to what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.session_script import build_session, read_script
from edgemm.errors import InputError
from edgemm.media import AudioChunk
from edgemm.pictures.photographs import read_photographs
from runtime.sessions.session import Arrival
from runtime.sessions.session_reader import find_session, open_session
from runtime.stages.frame_quality import FrameQuality

PHOTOGRAPHS = Path(__file__).parent.parent / "configs" / "photographs"
FREE = ("CC0", "CC-BY", "public domain", "no known copyright")


@pytest.fixture(scope="module")
def arrivals() -> list[Arrival]:
    return list(open_session(find_session("demo")).arrivals())


def test_it_is_found_by_its_name_and_another_name_is_refused() -> None:
    assert find_session("demo").name == "demo.mcap"
    with pytest.raises(InputError, match=r"no session 'dmeo': expected a file, or one of demo"):
        find_session("dmeo")


def test_it_is_small_enough_to_come_with_the_program() -> None:
    assert find_session("demo").stat().st_size < 6e6


def test_it_is_what_its_script_says() -> None:
    session, script = open_session(find_session("demo")), read_script("demo")
    assert session.truth == script.truth
    assert session.info.start_unix_ns == int(script.start.timestamp()) * 10**9
    assert (session.info.listen, session.info.duplex) == ("always", "headset")
    assert session.frame_count == script.seconds * script.fps
    assert session.sound_ns / 1e9 == pytest.approx(script.seconds, abs=0.1)


def test_its_photographs_may_be_passed_on() -> None:
    licences = {photograph.file.name: photograph.licence for photograph in read_photographs()}
    script = read_script("demo")
    used = {shot.picture for shot in script.shots if shot.picture} | {
        shot.approach.picture for shot in script.shots if shot.approach
    }
    assert used
    for picture in used:
        assert licences[picture].startswith(FREE), f"{picture}: {licences[picture]}"


def test_its_truth_asks_for_every_kind_of_behaviour() -> None:
    truth = read_script("demo").truth
    assert {expectation.kind for expectation in truth} == {
        "speech",
        "answer",
        "refusal",
        "interruption",
        "alert",
        "silence",
    }
    assert len({expectation.name for expectation in truth}) == len(truth)
    assert any(expectation.pre_empts for expectation in truth)


def test_items_arrive_in_order_and_after_they_were_captured(arrivals: list[Arrival]) -> None:
    times = [arrival.time_ns for arrival in arrivals]
    assert times == sorted(times)
    assert all(arrival.item.capture_time_ns <= arrival.time_ns for arrival in arrivals)


def test_each_line_is_heard_when_the_script_says_and_the_room_is_never_perfectly_still(arrivals: list[Arrival]) -> None:
    chunks = [arrival.item for arrival in arrivals if isinstance(arrival.item, AudioChunk)]
    sound = np.concatenate([chunk.samples for chunk in chunks])
    assert all(np.any(chunk.samples) for chunk in chunks)
    for line in read_script("demo").lines:
        first = int(line.at_s * 16_000)
        assert np.abs(sound[first : first + 16_000]).max() > 0.3, line.say
        assert np.abs(sound[first - 4_800 : first]).max() < 0.001, f"something is said just before {line.say!r}"


def test_the_camera_is_alive_and_dark_only_where_the_script_says(arrivals: list[Arrival]) -> None:
    quality = FrameQuality()
    states = [
        (arrival.time_ns / 1e9, view.state)
        for arrival in arrivals
        if arrival.source == "camera"
        for view in quality.step("frame", arrival.item, arrival.time_ns)
    ]
    assert [state for _, state in states] == ["ok", "dark", "ok"]
    [dark] = [shot for shot in read_script("demo").shots if shot.picture is None]
    assert dark.from_s < states[1][0] < dark.from_s + 0.5


@pytest.mark.needs("flite")
def test_the_same_script_gives_the_same_session(tmp_path: Path) -> None:
    script = read_script("demo")
    short = script.model_copy(update={"seconds": 3.0, "lines": (script.lines[0].model_copy(update={"at_s": 0.5}),)})
    for name in ("a.mcap", "b.mcap"):
        build_session(short, PHOTOGRAPHS, tmp_path / name)
    assert (tmp_path / "a.mcap").read_bytes() == (tmp_path / "b.mcap").read_bytes()
    assert open_session(tmp_path / "a.mcap").frame_count == 30
