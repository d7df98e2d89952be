"""The live assistant as a user runs it: a network camera, a virtual microphone and speaker, and what goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from mcap.reader import make_reader

from bench.live_line import noisy
from bench.processes import read_events
from bench.virtual_sound import PROGRAMS, VirtualSound, write_wav
from edgemm.media import SAMPLE_RATE_HZ
from export.data.voices import Voice, speak
from runtime.control.control_client import request
from runtime.sessions.session_reader import open_session
from tests.mjpeg_camera import MjpegCamera
from tests.needed import programs

PHOTOGRAPH = Path("configs/photographs/coffee.jpg")
VOICE = Voice("flite", "slt")
Event = dict[str, Any]


class Lab:
    """A running daemon and the world around it."""

    def __init__(self, folder: Path, bundles: Path, camera: MjpegCamera, sound: VirtualSound) -> None:
        self.folder, self.camera, self.sound = folder, camera, sound
        self._events = folder / "events.jsonl"
        config = folder / "lab.yaml"
        config.write_text(
            f"bundles: {bundles.resolve()}\nlisten: always\nstate_folder: {folder / 'state'}\n"
            f"camera: {{source: '{camera.url}', timeout_s: 1.0}}\n"
            f"audio: {{microphone: {sound.microphone}, speaker: {sound.speaker}, duplex: headset}}\n"
            f"log: {{events: {self._events}}}\n"
        )
        self.process = subprocess.Popen(
            [".venv/bin/edgemm", "run", str(config)],
            env={**os.environ, **sound.environment},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def press_ctrl_c(self) -> None:
        """As a terminal does: to the daemon and to every child in its group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def events(self) -> list[Event]:
        return read_events(self._events)

    def wait(self, wanted: Callable[[Event], bool], after: int = 0, timeout_s: float = 60.0) -> Event:
        """The first wanted event after the first `after` ones."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and self.process.poll() is None:
            for event in self.events()[after:]:
                if wanted(event):
                    return event
            time.sleep(0.05)
        told = "\n".join(map(str, self.events()[after:]))
        raise AssertionError(f"the wanted event never came; exit code {self.process.poll()}; since then:\n{told}")

    def ask_aloud(self, text: str) -> None:
        silence = np.zeros(SAMPLE_RATE_HZ // 3, np.float32)
        clip = np.concatenate([silence, speak(VOICE, text), silence])
        self.sound.feed(write_wav(self.folder / "question.wav", clip, SAMPLE_RATE_HZ)).wait()


def lost(source: str) -> Callable[[Event], bool]:
    return lambda event: event["event"] == "source" and event["source"] == source and event["state"] != "ok"


def is_event(kind: str, **fields: object) -> Callable[[Event], bool]:
    return lambda event: event["event"] == kind and all(event[name] == value for name, value in fields.items())


@pytest.fixture
def lab(tmp_path: Path, starter_bundles: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    programs("flite", *PROGRAMS)
    pixels = cv2.imread(str(PHOTOGRAPH))
    camera, sound = MjpegCamera(lambda number: noisy(pixels, number), period_s=0.1), VirtualSound(tmp_path)
    for name, value in sound.environment.items():
        monkeypatch.setenv(name, value)
    running = Lab(tmp_path, starter_bundles, camera, sound)
    try:
        running.wait(lambda event: event["event"] == "playback" and event["text"].startswith("Ready."))
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        camera.switch_off()
        sound.close()


def test_it_sees_hears_answers_aloud_and_stops_on_ctrl_c(lab: Lab) -> None:
    lab.wait(is_event("playback", state="finished"))
    with lab.sound.listening() as heard:
        before = len(lab.events())
        lab.ask_aloud("Is there a cup?")
        answer = lab.wait(is_event("answer"), before)
        lab.wait(is_event("playback", state="finished", turn=answer["turn"]), before)
    assert answer["skill"] == "is_there" and "cup" in answer["text"].lower() and not answer["refused"]
    assert answer["evidence"][0]["label"] == "cup" and answer["frame_age_ms"] >= 0
    assert np.count_nonzero(np.abs(heard[0]) > 0.02) > 2000, "the answer was not to be heard"
    before = len(lab.events())
    lab.press_ctrl_c()
    assert lab.process.wait(10) == 0
    assert lab.process.stderr is not None and "1 answered" in lab.process.stderr.read()
    assert not [event for event in lab.events()[before:] if event["event"] in ("source", "fault")]


def test_a_lost_camera_is_told_view_questions_are_refused_and_it_comes_back(lab: Lab) -> None:
    lab.camera.switch_off()
    lab.wait(lost("camera"))
    lab.wait(lambda event: event["event"] == "view" and event["state"] in ("stale", "missing"))
    before = len(lab.events())
    request({"command": "ask", "text": "is there a cup?"})
    assert lab.wait(is_event("answer"), before)["refused"]
    lab.camera.switch_on()
    lab.wait(is_event("view", state="ok"), before)
    answers: list[Event] = []
    while len(answers) < 10 and not (answers and not answers[-1]["refused"]):  # the first analysed frame takes a moment
        before = len(lab.events())
        request({"command": "ask", "text": "is there a cup?"})
        answers.append(lab.wait(is_event("answer"), before))
    assert not answers[-1]["refused"] and "cup" in answers[-1]["text"]


def test_a_lost_microphone_is_told_and_typed_questions_still_work(lab: Lab) -> None:
    lab.sound.microphone_server.kill()
    gone = lab.wait(
        lambda event: event["event"] == "source" and event["source"] == "microphone" and event["state"] != "ok"
    )
    assert gone["remedy"]
    lab.wait(lambda event: event["event"] == "playback" and "microphone" in event["text"])
    before = len(lab.events())
    request({"command": "ask", "text": "what can I ask?"})
    assert lab.wait(is_event("answer"), before)["skill"] == "help"
    lab.sound.microphone_server.start()
    lab.wait(is_event("source", source="microphone", state="ok"), before)


def test_stop_silences_a_long_answer_and_a_second_daemon_is_refused(lab: Lab) -> None:
    lab.wait(is_event("playback", state="finished"))
    before = len(lab.events())
    request({"command": "ask", "text": "what can I ask?"})
    lab.wait(is_event("playback", state="started"), before)
    assert subprocess.run([".venv/bin/edgemm", "stop"], capture_output=True).returncode == 0
    lab.wait(is_event("playback", state="cut"), before)
    second = subprocess.run(
        [".venv/bin/edgemm", "run", str(lab.folder / "lab.yaml")], capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 4 and "another edgemm daemon" in second.stderr


def test_what_is_recorded_is_a_whole_session_that_replays(lab: Lab) -> None:
    request({"command": "shutdown"})
    assert lab.process.wait(10) == 0
    session = lab.folder / "walk.mcap"
    command = [".venv/bin/edgemm", "record", str(session), "--duration", "3", "--config", str(lab.folder / "lab.yaml")]
    assert subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=120).returncode == 0
    with session.open("rb") as file:
        summary = make_reader(file).get_summary()
    assert summary is not None and summary.statistics is not None
    topics = {channel.topic for channel in summary.channels.values()}
    assert {"/camera", "/microphone", "/events"} <= topics
    recorded = open_session(session)
    assert recorded.frame_count > 3 and recorded.sound_ns > 1e9 and recorded.loss is None
    again = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert again.returncode == 2 and "exists" in again.stderr
