"""The virtual speaker is busy for as long as real speech lasts, and its WAV file holds what was heard, when."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from edgemm.errors import StorageError
from edgemm.media import NS_PER_MS, AudioChunk, VideoFrame
from runtime.drivers.replay_driver import ReplayDriver
from runtime.drivers.table import Link, Row
from runtime.evidence import Evidence
from runtime.items import Item, Playback, Say, Scene, SpeakerAudio, SpeakerClear, ViewState
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_reader import open_session
from runtime.sessions.session_writer import SessionWriter
from runtime.sinks.recorder import Recorder
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.sinks.wav_file import WavTrack

RATE_HZ = 22_050


def piece(utterance_id: int, ms: int, last: bool = True, level: float = 0.5, rate_hz: int = RATE_HZ) -> SpeakerAudio:
    samples = np.full(rate_hz * ms // 1000, level, np.float32)
    return SpeakerAudio(utterance_id, "answer", f"sentence {utterance_id}", samples, rate_hz, last)


def played(arrivals: list[tuple[int, Item]], track: WavTrack | None = None) -> list[tuple[int, str, int]]:
    """What the speaker tells of sound that arrives at times in ms: (ms, state, utterance)."""
    told: list[tuple[int, str, int]] = []

    def tap(time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, Playback):
            told.append((time_ns // NS_PER_MS, item.state, item.utterance_id))

    links = (Link("floor", SpeakerClear, "clear"), Link("floor", SpeakerAudio, "audio"))
    rows = (Row("speaker", VirtualSpeaker(track), links, tick_ms=20.0),)
    feed = [(time_ms * NS_PER_MS, "floor", item) for time_ms, item in arrivals]
    ReplayDriver(rows, ["floor"], [tap]).run(feed, 3_000 * NS_PER_MS)
    return told


def test_a_sentence_starts_when_it_arrives_and_finishes_when_its_samples_are_over() -> None:
    assert played([(100, piece(1, 500))]) == [(100, "started", 1), (600, "finished", 1)]


def test_a_sentence_in_pieces_is_started_and_finished_once() -> None:
    pieces = [(100, piece(1, 300, last=False)), (150, piece(1, 300, last=False)), (200, piece(1, 200))]
    assert played(pieces) == [(100, "started", 1), (900, "finished", 1)]


def test_a_second_sentence_waits_for_the_first() -> None:
    assert played([(100, piece(1, 500)), (120, piece(2, 200))]) == [
        (100, "started", 1),
        (600, "finished", 1),
        (600, "started", 2),
        (800, "finished", 2),
    ]


def test_a_piece_that_comes_late_makes_a_gap_and_no_new_start() -> None:
    assert played([(100, piece(1, 100, last=False)), (400, piece(1, 100))]) == [
        (100, "started", 1),
        (500, "finished", 1),
    ]


def test_a_clear_cuts_what_is_being_said_and_what_waits() -> None:
    arrivals = [(100, piece(1, 500)), (120, piece(2, 200)), (300, SpeakerClear("alert")), (300, piece(3, 100))]
    assert played(arrivals) == [
        (100, "started", 1),
        (300, "cut", 1),
        (300, "cut", 2),
        (300, "started", 3),
        (400, "finished", 3),
    ]


def test_a_clear_in_a_gap_cuts_the_sentence_that_is_not_yet_whole() -> None:
    assert played([(100, piece(1, 100, last=False)), (400, SpeakerClear("interrupted"))]) == [
        (100, "started", 1),
        (400, "cut", 1),
    ]


def test_a_clear_of_silence_cuts_nothing() -> None:
    assert played([(100, piece(1, 100)), (400, SpeakerClear("stopped"))]) == [(100, "started", 1), (200, "finished", 1)]


def levels(path: Path) -> list[tuple[int, int, float]]:
    """The runs of equal level in a sound file: (from ms, to ms, level)."""
    samples, rate_hz = soundfile.read(path, dtype="float32")
    edges = np.flatnonzero(np.abs(np.diff(samples)) > 0.05) + 1
    starts = [0, *edges.tolist()]
    ends = [*edges.tolist(), len(samples)]
    return [
        (round(start * 1000 / rate_hz), round(end * 1000 / rate_hz), round(float(samples[(start + end) // 2]), 1))
        for start, end in zip(starts, ends, strict=True)
    ]


def test_the_wav_file_holds_what_was_heard_when_it_was_heard(tmp_path: Path) -> None:
    track = WavTrack(tmp_path / "said.wav")
    played([(100, piece(1, 500)), (120, piece(2, 200, level=0.3))], track)
    track.close(2_000 * NS_PER_MS)
    assert levels(tmp_path / "said.wav") == [(0, 100, 0.0), (100, 600, 0.5), (600, 800, 0.3), (800, 2000, 0.0)]


def test_what_was_cut_is_not_in_the_wav_file(tmp_path: Path) -> None:
    track = WavTrack(tmp_path / "said.wav")
    played([(100, piece(1, 500)), (300, SpeakerClear("alert")), (320, piece(2, 100, level=0.3))], track)
    track.close()
    assert levels(tmp_path / "said.wav") == [(0, 100, 0.0), (100, 300, 0.5), (300, 320, 0.0), (320, 420, 0.3)]


def test_pieces_of_a_sentence_follow_each_other_without_a_click(tmp_path: Path) -> None:
    track = WavTrack(tmp_path / "said.wav")
    played([(100, piece(1, 101, last=False)), (110, piece(1, 103, last=False)), (120, piece(1, 97))], track)
    track.close()
    assert levels(tmp_path / "said.wav") == [(0, 100, 0.0), (100, 401, 0.5)]


def test_sound_of_another_rate_is_resampled(tmp_path: Path) -> None:
    track = WavTrack(tmp_path / "said.wav")
    played([(100, piece(1, 400, rate_hz=16_000))], track)
    track.close()
    samples, rate_hz = soundfile.read(tmp_path / "said.wav")
    assert rate_hz == RATE_HZ
    assert len(samples) == pytest.approx(0.5 * RATE_HZ, abs=2)


def test_a_wav_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot write the sound file"):
        WavTrack(tmp_path / "file" / "said.wav")


def test_a_recorded_run_is_a_session_with_its_frames_sound_and_events(tmp_path: Path) -> None:
    start_ns = 5_000 * NS_PER_MS
    recorder = Recorder(SessionWriter(tmp_path / "run.mcap", SessionInfo(start_unix_ns=10**18)), start_ns)
    pixels = np.zeros((48, 64, 3), np.uint8)
    for number in range(30):  # a camera of 30 frames a second
        time_ns = start_ns + number * 33 * NS_PER_MS
        recorder(time_ns + NS_PER_MS, "camera", VideoFrame(pixels, time_ns, number))
    for number in range(10):
        chunk = AudioChunk(np.zeros(1600, np.float32), 16_000, start_ns + number * 100 * NS_PER_MS)
        recorder(chunk.end_time_ns, "microphone", chunk)
    frame = VideoFrame(pixels, start_ns, 0)
    cup = Evidence("object", "cup", 0.9, (0.1, 0.1, 0.2, 0.2), "nanodet", start_ns, 0)
    recorder(start_ns + 10**9, "look", Scene(frame, (cup,), ViewState(0, start_ns, "ok")))
    recorder(start_ns + 10**9, "answer", Say("never told as an event", "answer"))
    recorder.close()
    session = open_session(tmp_path / "run.mcap")
    assert 9 <= session.frame_count <= 11
    assert session.sound_ns == 10**9
    assert [event["event"] for event in session.events] == ["scene"]
    assert session.events[0]["time_ms"] == 1000.0
    first = next(iter(session.arrivals("camera")))
    assert (first.time_ns, first.item.capture_time_ns) == (NS_PER_MS, 0)
