"""Recordings have a limit of size and age, the oldest go first, and an end that nobody asked for is told."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import numpy as np
import pytest

from edgemm.errors import StorageError
from edgemm.media import NS_PER_S, AudioChunk
from runtime import items
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_reader import open_session
from runtime.sessions.session_writer import SessionWriter
from runtime.sinks.recorder import Recorder
from runtime.sinks.recordings import Recordings, Room
from tests.test_event_log import file_size_limit

INFO = SessionInfo(start_unix_ns=10**18)
DAY_S = 86_400


def noise(number: int) -> AudioChunk:
    samples = np.random.default_rng(number).uniform(-1, 1, 16_000).astype(np.float32)
    return AudioChunk(samples, 16_000, number * NS_PER_S)


def recording(folder: Path, name: str, size_bytes: int, age_days: float) -> Path:
    path = folder / name
    path.write_bytes(bytes(size_bytes))
    written_s = time.time() - age_days * DAY_S
    os.utime(path, (written_s, written_s))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_too_old_goes_and_nothing_that_is_not_ours(tmp_path: Path) -> None:
    recording(tmp_path, "2024-01-01-120000.mcap", 10, age_days=31)
    recording(tmp_path, "2024-02-01-120000.mcap", 10, age_days=29)
    for name in ("holiday.mcap", "2024-01-01-120000.txt", "2024-01-01-120000.mcap.copy"):
        recording(tmp_path, name, 10**6, age_days=4000)
    told: list[str] = []
    others = Recordings(tmp_path)
    Room(others.new(), 1000, 30, others, told.append).keep(0)
    assert names(tmp_path) == [
        "2024-01-01-120000.mcap.copy",
        "2024-01-01-120000.txt",
        "2024-02-01-120000.mcap",
        "holiday.mcap",
    ]
    assert len(told) == 1 and "2024-01-01-120000.mcap" in told[0] and "30 days" in told[0]


def test_the_oldest_go_until_there_is_room_and_the_current_one_stays(tmp_path: Path) -> None:
    for day in range(1, 6):
        recording(tmp_path, f"2024-01-0{day}-120000.mcap", 400_000, age_days=10 - day)
    current = recording(tmp_path, "2024-01-09-120000.mcap", 0, age_days=20)
    told: list[str] = []
    room = Room(current, 2_000_000, 30, Recordings(tmp_path), told.append)
    room.keep(0)
    assert not told
    room.keep(1_000_000)
    assert names(tmp_path) == ["2024-01-04-120000.mcap", "2024-01-05-120000.mcap", "2024-01-09-120000.mcap"]
    assert len(told) == 3
    with pytest.raises(StorageError, match="limit of 2 MB"):
        room.keep(2_000_001)
    assert current.exists()


def test_two_recordings_of_one_second_have_two_names(tmp_path: Path) -> None:
    others = Recordings(tmp_path)
    made = []
    for _ in range(5):
        made.append(others.new())
        made[-1].touch()
    assert len(set(made)) == 5 and len(others.oldest_first()) == 5


def test_a_recording_is_its_owners_alone(tmp_path: Path) -> None:
    SessionWriter(tmp_path / "a.mcap", INFO).close()
    assert stat.S_IMODE((tmp_path / "a.mcap").stat().st_mode) == 0o600


def test_a_recording_that_reaches_its_limit_ends_whole_and_says_so_once(tmp_path: Path) -> None:
    told: list[items.Item] = []
    path = tmp_path / "a.mcap"
    recorder = Recorder(SessionWriter(path, INFO, 16 * 1024), room=Room(path, 200_000), tell=told.append)
    for number in range(20):
        recorder((number + 1) * NS_PER_S, "microphone", noise(number))
    recorder.close()
    (state,) = told
    assert isinstance(state, items.SourceState) and (state.source, state.state) == ("recording", "stalled")
    assert "limit" in state.detail and "recording.max_mb" in state.remedy and recorder.ended is not None
    session = open_session(path)
    assert 5 * NS_PER_S < session.sound_ns < 10 * NS_PER_S
    assert path.stat().st_size < 300_000


def test_a_full_disk_ends_a_recording_it_is_told_once_and_what_is_there_can_be_read(tmp_path: Path) -> None:
    told: list[items.Item] = []
    path = tmp_path / "a.mcap"
    recorder = Recorder(SessionWriter(path, INFO, 16 * 1024), tell=told.append)
    with file_size_limit(200_000):
        for number in range(20):
            recorder((number + 1) * NS_PER_S, "microphone", noise(number))
    size = path.stat().st_size
    recorder(30 * NS_PER_S, "microphone", noise(30))
    recorder.close()
    assert path.stat().st_size == size, "it went on after the disk was full"
    (state,) = told
    assert isinstance(state, items.SourceState) and "too large" in state.detail.lower()
    assert open_session(path, recover=True).sound_ns > 3 * NS_PER_S


def test_without_anybody_to_tell_the_end_of_a_recording_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    recorder = Recorder(SessionWriter(path, INFO, 1024), room=Room(path, 1000))
    with pytest.raises(StorageError, match="limit"):
        for number in range(3):
            recorder((number + 1) * NS_PER_S, "microphone", noise(number))


def test_a_session_that_cannot_be_finished_says_that_it_can_be_recovered(tmp_path: Path) -> None:
    writer = SessionWriter(tmp_path / "a.mcap", INFO)
    writer.sound(0, noise(0))
    with file_size_limit(100), pytest.raises(StorageError, match="--recover"):
        writer.close()
    writer.close()
