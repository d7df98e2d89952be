"""Pictures, folders and videos as cameras: what is passed over, what is lost, what ends."""

from __future__ import annotations

import itertools
import resource
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgemm.errors import InputError
from edgemm.media import NS_PER_MS, VideoFrame
from runtime.items import Item, SourceState
from runtime.settings.config import CameraConfig
from runtime.settings.config_layers import resolve_config
from runtime.sources import Source
from runtime.sources.camera import Camera
from runtime.sources.factory import camera_is_there, open_camera
from runtime.sources.network_camera import NetworkCamera
from runtime.sources.picture_folder import PictureFolder
from runtime.sources.retry import RetryingSource
from runtime.sources.video_file import VideoFile


def picture(path: Path, shade: int = 100) -> Path:
    cv2.imwrite(str(path), np.full((20, 20, 3), shade, np.uint8))
    return path


def shown(source: Source, reads: int) -> list[int | str]:
    """Shades of the frames, and what was told between them."""
    items: list[Item | None] = [source.read() for _ in range(reads)]
    return [
        int(item.pixels[0, 0, 0]) if isinstance(item, VideoFrame) else item.detail
        for item in items
        if isinstance(item, (VideoFrame, SourceState))
    ]


def folder_source(path: Path) -> PictureFolder:
    source = PictureFolder(path, fps=1000, hold_s=0.001)
    source.open()
    return source


def test_hidden_side_files_and_folders_are_no_pictures(tmp_path: Path) -> None:
    picture(tmp_path / "page.png")
    (tmp_path / "._page.png").write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ")
    (tmp_path / ".hidden.jpg").touch()
    (tmp_path / "album.png").mkdir()
    assert shown(folder_source(tmp_path), 4) == [100] * 4


def test_a_broken_picture_is_passed_over_and_told_once(tmp_path: Path) -> None:
    picture(tmp_path / "1.png", 10)
    (tmp_path / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "3.jpg").touch()
    picture(tmp_path / "4.png", 40)
    seen = shown(folder_source(tmp_path), 12)
    assert [shade for shade in seen if isinstance(shade, int)][:4] == [10, 40, 10, 40]
    told = [text for text in seen if isinstance(text, str)]
    assert len(told) == 2 and "2.png" in told[0] and "3.jpg" in told[1]


def test_a_folder_of_broken_pictures_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1.png").touch()
    source = folder_source(tmp_path)
    with pytest.raises(InputError, match=r"1\.png is empty"):
        source.read()


def test_pictures_that_come_and_go_are_seen_in_the_next_round(tmp_path: Path) -> None:
    picture(tmp_path / "1.png", 10)
    source = folder_source(tmp_path)
    assert shown(source, 1) == [10]
    picture(tmp_path / "2.png", 20)
    (tmp_path / "1.png").unlink()
    assert shown(source, 2) == [20, 20]


@pytest.mark.parametrize("how", ["vanishes", "empties", "was never there"])
def test_a_folder_that_is_gone_is_a_lost_camera_that_comes_back(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "pictures"
    camera = RetryingSource(PictureFolder(folder, fps=1000, hold_s=0.001), "camera", sleep=lambda _: None)
    if how != "was never there":
        folder.mkdir()
        picture(folder / "1.png")
        assert 100 in shown(camera, 4)
        shutil.rmtree(folder)
    if how == "empties":
        folder.mkdir()
    told = [state for state in (camera.read() for _ in range(4)) if isinstance(state, SourceState)]
    assert [state.state for state in told] == ["missing"]
    assert str(folder) in told[0].detail
    camera._open_at_ns = 0
    folder.mkdir(exist_ok=True)
    picture(folder / "1.png", 70)
    assert 70 in shown(camera, 5)


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))  # holds for root too, who may read everything
    try:
        with pytest.raises(InputError, match="cannot read the folder"):
            PictureFolder(tmp_path).open()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("source", ["a" * 400, "a" * 400 + ".mp4", "a" * 400 + "/film"])
def test_a_name_that_no_file_can_have_is_a_lost_camera_and_not_the_end_of_the_start(source: str) -> None:
    camera = open_camera(CameraConfig(source=source))
    assert camera is not None and not camera_is_there(CameraConfig(source=source))
    told = RetryingSource(camera, "camera", sleep=lambda _: None).read()
    assert isinstance(told, SourceState) and told.state == "missing"


@pytest.mark.parametrize("content", [None, b"", b"What do you see?\n"])
def test_a_video_that_is_missing_or_none_is_a_lost_camera(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    camera = RetryingSource(VideoFile(path), "camera", sleep=lambda _: None)
    told = [item for item in (camera.read() for _ in range(5)) if item is not None]
    assert [item.state for item in told if isinstance(item, SourceState)] == ["missing"]


FRAME_TIMES_MS = (0, 120, 200, 800, 840, 920)


@pytest.fixture
def uneven_video(tmp_path: Path) -> Path:
    """Six pictures at `FRAME_TIMES_MS`, as phones and screen recorders write them."""
    durations = [b - a for a, b in zip(FRAME_TIMES_MS, (*FRAME_TIMES_MS[1:], 1000), strict=True)]
    for number in range(6):
        picture(tmp_path / f"{number}.png", 40 * number)
    listed = "".join(f"file {n}.png\nduration {d / 1000}\n" for n, d in enumerate(durations))
    (tmp_path / "list.txt").write_text(listed)
    concat = ["ffmpeg", "-v", "error", "-f", "concat", "-i", str(tmp_path / "list.txt"), "-fps_mode", "vfr"]
    path = tmp_path / "uneven.mkv"
    subprocess.run([*concat, "-c:v", "mpeg4", "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


def played(source: VideoFile) -> list[Item]:
    source.open()
    items: list[Item] = []
    while not items or not isinstance(items[-1], SourceState):
        item = source.read()
        if item is not None:
            items.append(item)
    return items


@pytest.mark.needs("ffmpeg")
def test_a_video_of_variable_rate_is_played_at_the_times_of_its_frames(uneven_video: Path) -> None:
    frames = [item for item in played(VideoFile(uneven_video)) if isinstance(item, VideoFrame)]
    first_ns, last_shade, times_ms = frames[0].capture_time_ns, -100, []
    for frame in frames:
        shade = int(frame.pixels[0, 0, 0])
        if abs(shade - last_shade) > 20:  # a new picture, no repetition of the one in view
            times_ms.append((frame.capture_time_ns - first_ns) / NS_PER_MS)
            last_shade = shade
    assert times_ms == pytest.approx(FRAME_TIMES_MS, abs=1)


@pytest.mark.needs("ffmpeg")
def test_a_picture_that_stays_long_in_a_video_is_shown_again(uneven_video: Path) -> None:
    times_ns = [item.capture_time_ns for item in played(VideoFile(uneven_video)) if isinstance(item, VideoFrame)]
    assert len(times_ns) == len(FRAME_TIMES_MS) + 1
    assert times_ns == sorted(set(times_ns))


@pytest.mark.needs("ffmpeg")
def test_a_video_without_times_is_played_at_its_rate(uneven_video: Path) -> None:
    raw = uneven_video.with_suffix(".m4v")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(uneven_video), "-r", "25", "-c:v", "libx264", "-f", "h264", str(raw)],
        check=True,
    )
    times_ns = [item.capture_time_ns for item in played(VideoFile(raw)) if isinstance(item, VideoFrame)]
    steps_ms = {round((b - a) / NS_PER_MS) for a, b in itertools.pairwise(times_ns)}
    assert len(steps_ms) == 1 and len(times_ns) > 10


@pytest.mark.needs("ffmpeg")
def test_a_video_that_is_over_has_ended_and_is_not_lost(uneven_video: Path) -> None:
    camera = RetryingSource(VideoFile(uneven_video), "camera")
    told: list[SourceState] = []
    while not told or told[-1].state != "ended":
        item = camera.read()
        told += [item] if isinstance(item, SourceState) else []
    assert [state.state for state in told] == ["ok", "ended"]
    assert "uneven.mkv has been played" in told[-1].detail
    assert camera.read() is None


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (0, Camera),
        ("RTSP://camera.local/1", NetworkCamera),
        ("rtmp://camera.local/1", NetworkCamera),
        ("rtsp:/admin:word@camera.local/1", NetworkCamera),
        (f"http://camera.local/video?token={'x' * 300}", NetworkCamera),
        ("my film.mp4", VideoFile),
        ("file:///media/my%20film.mp4", VideoFile),
        ("~/film.mov", VideoFile),
        ("/media/stick", PictureFolder),
        ("/media/stick/", PictureFolder),
        ("file:///media/page.JPG", PictureFolder),
        ("12 o'clock@home.png", PictureFolder),
    ],
)
def test_every_way_to_name_a_camera_is_understood(source: str | int, kind: type) -> None:
    assert isinstance(open_camera(CameraConfig.model_validate({"source": source})), kind)


def test_a_file_address_and_a_home_are_read_as_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    picture(tmp_path / "my page.png", 70)
    for source in (f"file://{tmp_path}/my%20page.png", f"file:{tmp_path}/my page.png", "~/my page.png"):
        config = CameraConfig(source=source)
        assert camera_is_there(config)
        camera = open_camera(config)
        assert camera is not None
        camera.open()
        assert shown(camera, 1) == [70]


def test_a_picture_is_looked_for_in_the_working_folder_then_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    config = tmp_path / "there" / "camera.yaml"
    config.write_text("camera: {source: page.png}\n")
    monkeypatch.chdir(tmp_path)
    assert resolve_config(str(config)).config.camera.source == "page.png"
    beside = picture(tmp_path / "there" / "page.png")
    assert resolve_config(str(config)).config.camera.source == str(beside)
    picture(tmp_path / "page.png")
    assert resolve_config(str(config)).config.camera.source == "page.png"
