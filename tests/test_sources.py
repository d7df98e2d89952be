"""Cameras of every kind, from real servers, files and programs, and what happens when they vanish."""

from __future__ import annotations

import itertools
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgemm.errors import DeviceError, InputError
from edgemm.media import NS_PER_MS, NS_PER_S, AudioChunk, VideoFrame
from runtime.items import Item, SourceState
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_reader import open_session
from runtime.sessions.session_writer import SessionWriter
from runtime.settings.config import CameraConfig
from runtime.sources import Source
from runtime.sources.camera import Camera
from runtime.sources.command import CommandCamera
from runtime.sources.factory import open_camera
from runtime.sources.network_camera import NetworkCamera
from runtime.sources.pace import Pace
from runtime.sources.picture_folder import PictureFolder
from runtime.sources.retry import RetryingSource
from runtime.sources.session import SessionSource
from runtime.sources.video_file import VideoFile
from tests.mjpeg_camera import MjpegCamera


def picture(number: int) -> np.ndarray:
    """A dark picture with a white square that tells its number."""
    pixels = np.zeros((120, 160, 3), np.uint8)
    left = 8 * (number % 16)
    pixels[40:72, left : left + 32] = 255
    return pixels


def read_until(source: Source, wanted: Callable[[Item], bool], limit: int = 400) -> list[Item]:
    """What the source delivers up to the wanted item."""
    seen: list[Item] = []
    for _ in range(limit):
        item = source.read()
        if item is not None:
            seen.append(item)
            if wanted(item):
                return seen
    raise AssertionError(f"the wanted item never came; seen: {[type(item).__name__ for item in seen]}")


def is_frame(item: Item) -> bool:
    return isinstance(item, VideoFrame)


@pytest.fixture
def mjpeg() -> Iterator[MjpegCamera]:
    camera = MjpegCamera(picture)
    yield camera
    camera.switch_off()


def test_a_network_camera_delivers_bgr_frames_with_their_times(mjpeg: MjpegCamera) -> None:
    camera = NetworkCamera(mjpeg.url)
    before_ns = time.monotonic_ns()
    camera.open()
    frames = [camera.read() for _ in range(3)]
    camera.close()
    assert [(frame.width, frame.height, frame.frame_id) for frame in frames] == [
        (160, 120, 1),
        (160, 120, 2),
        (160, 120, 3),
    ]
    assert before_ns < frames[0].capture_time_ns < frames[2].capture_time_ns <= time.monotonic_ns()
    assert frames[0].pixels.max() > 200


def test_a_network_camera_that_vanishes_is_told_and_recovers_by_itself(mjpeg: MjpegCamera) -> None:
    camera = RetryingSource(NetworkCamera(mjpeg.url, timeout_s=1.0), "camera")
    first = read_until(camera, is_frame)
    assert first[0] == SourceState("camera", "ok")
    mjpeg.switch_off()
    lost = read_until(camera, lambda item: isinstance(item, SourceState))[-1]
    assert isinstance(lost, SourceState)
    assert lost.state == "missing"
    assert lost.remedy
    mjpeg.switch_on()
    back = read_until(camera, is_frame)
    assert SourceState("camera", "ok") in back
    camera.close()


def test_a_network_camera_that_does_not_answer_is_a_device_error_without_its_password() -> None:
    with pytest.raises(DeviceError, match=r"127\.0\.0\.1:9/ does not answer") as caught:
        NetworkCamera("http://user:secret@127.0.0.1:9/", timeout_s=0.5).open()
    assert "secret" not in str(caught.value)


def test_a_camera_that_is_not_there_is_a_device_error_with_a_remedy() -> None:
    with pytest.raises(DeviceError, match=r"no camera /dev/video97.*edgemm devices"):
        Camera("97").open()


def test_a_file_that_is_no_camera_is_a_device_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "video9").touch()
    with pytest.raises(DeviceError, match=r"cannot be opened.*other programs"):
        Camera(str(tmp_path / "video9")).open()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 50.0, (160, 120))
    for number in range(10):
        writer.write(picture(number))
    writer.release()
    return path


def test_a_video_file_is_played_once_at_its_own_rate(video: Path) -> None:
    source = VideoFile(video)
    source.open()
    frames: list[VideoFrame] = []
    while not source.ended:
        frame = source.read()
        if frame is not None:
            frames.append(frame)
    source.close()
    assert len(frames) == 10
    steps_ns = {b.capture_time_ns - a.capture_time_ns for a, b in itertools.pairwise(frames)}
    assert steps_ns == {20 * NS_PER_MS}


def test_a_video_file_that_is_missing_or_no_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such video file"):
        VideoFile(tmp_path / "nowhere.mp4").open()
    (tmp_path / "text.mp4").write_text("What do you see?\n")
    with pytest.raises(InputError, match="cannot read the video file"):
        VideoFile(tmp_path / "text.mp4").open()


def test_a_folder_of_pictures_is_held_picture_by_picture_over_and_over(tmp_path: Path) -> None:
    for number in range(2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((20, 20, 3), 100 * number, np.uint8))
    (tmp_path / "notes.txt").write_text("not a picture")
    source = PictureFolder(tmp_path, fps=100, hold_s=0.02)
    source.open()
    shades = [int(frame.pixels[0, 0, 0]) for frame in (source.read() for _ in range(6)) if frame is not None]
    assert shades == [0, 0, 100, 100, 0, 0]


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no pictures"):
        PictureFolder(tmp_path).open()


@pytest.mark.needs("ffmpeg")
def test_a_command_delivers_i420_frames_in_the_right_colours() -> None:
    command = "ffmpeg -v error -f lavfi -i color=red:size=640x360:rate=30 -pix_fmt yuv420p -f rawvideo -"
    camera = CommandCamera(command, 640, 360, timeout_s=20)
    camera.open()
    frames = [camera.read() for _ in range(3)]
    camera.close()
    blue, green, red = frames[2].pixels[180, 320]
    assert (frames[2].height, frames[2].width) == (360, 640)
    assert red > 230
    assert max(blue, green) < 25
    assert frames[0].pixels.tobytes() == frames[1].pixels.tobytes()


def python(program: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(program)}"


def test_a_command_that_writes_nothing_is_a_device_error_at_its_deadline() -> None:
    camera = CommandCamera(python("import time; time.sleep(60)"), 64, 48, timeout_s=0.2)
    camera.open()
    with pytest.raises(DeviceError, match=r"stopped delivering.*no whole frame in 0\.2 s"):
        camera.read()
    camera.close()


def test_a_command_that_ends_is_a_device_error_with_its_exit_code() -> None:
    camera = CommandCamera(python("raise SystemExit(3)"), 64, 48, timeout_s=20)
    camera.open()
    with pytest.raises(DeviceError, match="ended with exit code 3"):
        camera.read()
    camera.close()


def test_a_command_is_started_again_after_it_ended(tmp_path: Path) -> None:
    one_frame = python(f"import sys; sys.stdout.buffer.write(bytes({64 * 48 * 3 // 2}))")
    camera = RetryingSource(CommandCamera(one_frame, 64, 48, timeout_s=20), "camera")
    seen = [*read_until(camera, is_frame), *read_until(camera, is_frame)]
    camera.close()
    states = [item.state for item in seen if isinstance(item, SourceState)]
    assert states == ["ok", "missing", "ok"]


class Flaky:
    """A source whose every step is told by a script: an item, None, or an error."""

    name = "camera"

    def __init__(self, script: list[Item | DeviceError | None], opens: list[DeviceError | None]) -> None:
        self._script = iter(script)
        self._opens = iter(opens)

    def open(self) -> None:
        error = next(self._opens)
        if error is not None:
            raise error

    def read(self) -> Item | None:
        step = next(self._script)
        if isinstance(step, DeviceError):
            raise step
        return step

    def close(self) -> None:
        """Nothing to let go of."""


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now_ns = NS_PER_S
        self.slept_s: list[float] = []

    def __call__(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += int(seconds * NS_PER_S)


GONE = DeviceError("the camera is gone", remedy="Plug it in.")


def test_a_missing_device_is_told_once_and_tried_with_growing_pauses() -> None:
    clock, attempts = Clock(), []

    class Missing(Flaky):
        def open(self) -> None:
            attempts.append(clock.now_ns / NS_PER_S)
            raise GONE

    source = RetryingSource(Missing([], []), "camera", clock_ns=clock, sleep=clock.sleep)
    told = [item for item in (source.read() for _ in range(300)) if item is not None]
    assert told == [SourceState("camera", "missing", "the camera is gone", "Plug it in.")]
    pauses = [round(b - a, 3) for a, b in itertools.pairwise(attempts)]
    assert pauses[:6] == pytest.approx([0.5, 1.0, 2.0, 4.0, 8.0, 8.0], abs=0.01)


def test_a_device_that_delivers_nothing_is_told_as_stalled_and_opened_again() -> None:
    clock = Clock()
    frame = VideoFrame(picture(0), 0, 1)

    class Slow(Flaky):
        def read(self) -> Item | None:
            clock.sleep(0.5)
            return super().read()

    source = RetryingSource(
        Slow([frame, None, None, None, None, None, frame], [None, None]), "camera", 2.0, clock, clock.sleep
    )
    told = read_until(source, is_frame) + read_until(source, is_frame)
    assert [item.state if isinstance(item, SourceState) else "frame" for item in told] == [
        "ok",
        "frame",
        "stalled",
        "ok",
        "frame",
    ]


def test_a_session_is_played_at_live_speed_with_both_lanes_in_step(tmp_path: Path) -> None:
    with SessionWriter(tmp_path / "a.mcap", SessionInfo(start_unix_ns=10**18)) as writer:
        for number in range(5):
            time_ns = number * 20 * NS_PER_MS
            writer.frame(time_ns, VideoFrame(picture(number), time_ns, number))
            writer.sound(time_ns, AudioChunk(np.zeros(320, np.float32), 16_000, time_ns))
    session, pace = open_session(tmp_path / "a.mcap"), Pace()
    camera, microphone = SessionSource(session, "camera", pace), SessionSource(session, "microphone", pace)
    camera.open()
    microphone.open()
    frames = read_until(camera, lambda item: isinstance(item, VideoFrame) and item.frame_id == 4)
    chunks = [item for item in (microphone.read() for _ in range(5)) if item is not None]
    assert len(frames) == len(chunks) == 5
    for frame, chunk in zip(frames, chunks, strict=True):
        assert isinstance(frame, VideoFrame)
        assert isinstance(chunk, AudioChunk)
        assert frame.capture_time_ns == chunk.capture_time_ns
    assert microphone.read() is None
    assert microphone.ended
    over = camera.read()
    assert isinstance(over, SourceState) and over.state == "ended", "it would be taken for a camera that was lost"
    assert camera.read() is None and camera.ended


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"source": "0"}, Camera),
        ({"source": "/dev/video2"}, Camera),
        ({"source": "rtsp://camera.local/1"}, NetworkCamera),
        ({"source": "http://camera.local/video"}, NetworkCamera),
        ({"source": "drive.mp4"}, VideoFile),
        ({"source": "kitchen.jpg"}, PictureFolder),
        ({"source": "."}, PictureFolder),
        ({"command": "rpicam-vid"}, CommandCamera),
        ({"source": None}, type(None)),
    ],
)
def test_the_configuration_chooses_the_kind_of_camera(settings: dict[str, str], kind: type) -> None:
    assert isinstance(open_camera(CameraConfig(**settings)), kind)
