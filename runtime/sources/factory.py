"""Choose a camera by what the configuration says."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from edgemm.addresses import address_of
from runtime.settings.config import CameraConfig
from runtime.settings.source_path import FILE_SCHEME, holds, is_there, path_of
from runtime.sources import Source
from runtime.sources.camera import Camera, device_path
from runtime.sources.command import CommandCamera
from runtime.sources.network_camera import NetworkCamera
from runtime.sources.picture_folder import SUFFIXES, PictureFolder
from runtime.sources.video_file import VideoFile

Kind = Literal["command", "device", "network", "pictures", "video"]


def open_camera(config: CameraConfig) -> Source | None:
    """The camera that `config` names, not yet opened; None when it says that there is none."""
    kind, spec = kind_of_camera(config), config.source or ""
    if kind == "command":
        return CommandCamera(config.command or "", config.width, config.height, config.timeout_s)
    if kind == "device":
        return Camera(spec, config.width, config.height, config.fps)
    if kind == "network":
        return NetworkCamera(spec, config.timeout_s)
    if kind == "pictures":
        return PictureFolder(path_of(spec), min(config.fps, 10.0))
    return VideoFile(path_of(spec)) if kind == "video" else None


def kind_of_camera(config: CameraConfig) -> Kind | None:
    """What `config` names, whether or not it is there."""
    if config.command is not None:
        return "command"
    spec = config.source
    if spec is None:
        return None
    if spec.isdecimal() or spec.startswith("/dev/"):
        return "device"
    if _is_network(spec):
        return "network"
    path = path_of(spec)
    nameless = not path.suffix and not holds(path.is_file)  # a folder that is not there yet: videos have a suffix
    return "pictures" if holds(path.is_dir) or path.suffix.lower() in SUFFIXES or nameless else "video"


def camera_is_there(config: CameraConfig) -> bool:
    """Whether it is worth trying to open: a camera in the network and a command can only be tried."""
    kind, spec = kind_of_camera(config), config.source or ""
    if kind == "device":
        return Path(device_path(spec)).exists()
    return kind is not None and (kind in ("command", "network") or is_there(path_of(spec)))


def _is_network(spec: str) -> bool:
    """Also what was meant to be an address (`rtsp:/user:word@host`): its name must not be told as that of a file."""
    if spec.lower().startswith(FILE_SCHEME):
        return False
    return address_of(spec) is not None or ("@" in spec and ":" in spec and not is_there(path_of(spec)))
