"""Choose a camera by what the configuration says."""

from __future__ import annotations

from pathlib import Path

from runtime.settings.config import CameraConfig
from runtime.sources import Source
from runtime.sources.camera import Camera
from runtime.sources.command import CommandCamera
from runtime.sources.network_camera import NetworkCamera
from runtime.sources.picture_folder import SUFFIXES, PictureFolder
from runtime.sources.video_file import VideoFile

URL_SCHEMES = ("rtsp://", "rtsps://", "http://", "https://", "udp://", "tcp://")


def open_camera(config: CameraConfig) -> Source | None:
    """The camera that `config` names, not yet opened; None when it says that there is none."""
    if config.command is not None:
        return CommandCamera(config.command, config.width, config.height, config.timeout_s)
    spec = config.source
    if spec is None:
        return None
    if spec.startswith(URL_SCHEMES):
        return NetworkCamera(spec, config.timeout_s)
    if spec.isdecimal() or spec.startswith("/dev/"):
        return Camera(spec, config.width, config.height, config.fps)
    path = Path(spec).expanduser()
    if path.is_dir() or path.suffix.lower() in SUFFIXES:
        return PictureFolder(path, min(config.fps, 10.0))
    return VideoFile(path)
