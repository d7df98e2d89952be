"""The runtime's configuration: a typed tree whose defaults work. `docs/configuration.md` is made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from edgemm.settings.config import ConfigModel
from edgemm.settings.user_path import expanded, expanded_or_none, expanded_source

UserPath = Annotated[Path, AfterValidator(expanded)]
CameraSource = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),  # to YAML, `source: 0` is a number
    AfterValidator(expanded_source),
]
ListenMode = Literal["button", "wake", "always"]


class CameraConfig(ConfigModel):
    """The eye."""

    source: CameraSource | None = "/dev/video0"
    """A device (`/dev/video0`, `0`), an address (`rtsp://…`, `http://…` of a stream or of a single picture), a video
    file, a picture or a folder of pictures (looked for in the working folder, then beside the configuration), or null:
    no camera. Ignored when `command` is set."""
    command: str | None = None
    """A shell command that writes raw I420 frames of `width` x `height` to its standard output (CSI cameras)."""
    width: int = Field(default=1280, ge=64, le=7680)
    """Picture width in pixels; even when `command` is set."""
    height: int = Field(default=720, ge=64, le=4320)
    """Picture height in pixels; even when `command` is set."""
    fps: float = Field(default=30.0, gt=0, le=240)
    """Frames a second asked of the camera."""
    analysed_per_s: float = Field(default=10.0, ge=2, le=240)
    """Frames a second that are looked at, at most: the rest of the processor is for listening and speaking."""
    horizontal_fov_deg: float | None = Field(default=None, gt=1, lt=180)
    """Horizontal field of view in degrees: what directions by clock face, near and far are computed from. null: not
    known, and directions are left, ahead and right."""
    timeout_s: float = Field(default=2.0, gt=0, le=3600)
    """Without a frame for so long, the camera counts as stalled and is opened again."""


class TonesConfig(ConfigModel):
    """Short sounds for those who cannot see a light."""

    listening: bool = True
    """When it begins to listen."""
    heard: bool = True
    """When the end of the question was heard."""
    thinking: bool = True
    """While an answer takes long."""


class AudioConfig(ConfigModel):
    """Ear and mouth."""

    microphone: str | None = "default"
    """Name, or part of the name, of the input device (`edgemm devices` lists them); null: no microphone."""
    speaker: str | None = "default"
    """Name, or part of the name, of the output device; null: no speaker."""
    duplex: Literal["speaker", "headset"] = "speaker"
    """`speaker`: the microphone is ignored while it speaks (interrupt by key, button or `edgemm stop`).
    `headset`: the microphone stays open and any speech interrupts."""
    volume: float = Field(default=1.0, ge=0.0, le=2.0)
    """Gain of all speech and tones."""
    tones: TonesConfig = TonesConfig()


class SpeechConfig(ConfigModel):
    """How it speaks."""

    voice: Literal["pack", "espeak-ng"] = "pack"
    """The pack's voice, or plain espeak-ng: lighter and quicker, less natural."""
    rate: float = Field(default=1.0, ge=0.5, le=3.0)
    """Speaking rate until the user asks for another; what was asked for is kept across restarts."""


class LogConfig(ConfigModel):
    """What is written down."""

    events: UserPath | None = Path("out/events.jsonl")
    """Event log, one JSON object a line; null: none."""
    max_mb: float = Field(default=64.0, gt=0, le=1e6)
    """The log is rotated at this size in megabytes; one old file is kept."""
    overheard: bool = False
    """Also write down what was said to others: words that no wake word, button or recognised request asked for."""


class RecordingConfig(ConfigModel):
    """Recording of pictures and sound. Off unless asked for."""

    enabled: bool = False
    """Record the session while running."""
    folder: UserPath = Path("out/sessions")
    """Where sessions are written, named by date and time."""
    max_mb: float = Field(default=8192.0, gt=0, le=1e9)
    """Megabytes that the recordings in the folder may take: the oldest are removed; one that alone is larger ends."""
    max_days: float = Field(default=30.0, gt=0, le=36_500)
    """Recordings in the folder that are older are removed when the next one is made."""


class RuntimeConfig(ConfigModel):
    """The whole."""

    pack: str = "starter"
    """Name or file of the pack of models."""
    bundles: UserPath = Path("bundles")
    """Folder that holds the bundles, as `RECIPE/TARGET`."""
    target: str | None = None
    """Export target of the bundles; null: the one for this host."""
    threads: int = Field(default=1, ge=1, le=64)
    """Threads of each model. More than 1 is often slower when stages share the cores."""
    camera: CameraConfig = CameraConfig()
    audio: AudioConfig = AudioConfig()
    listen: ListenMode | None = None
    """`button`: while or after it is pressed. `wake`: after the wake word. `always`: to everything that routes well
    enough. null: `button` when one is configured, else `wake`."""
    button: str | None = None
    """Input device of a push button, `/dev/input/event…`; any key of it counts."""
    wake_word: Literal["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"] = "hey_jarvis"
    """The word that wakes it."""
    follow_up_s: float = Field(default=8.0, ge=0.0, le=60.0)
    """After an answer, a further question needs no wake word for so long."""
    speech: SpeechConfig = SpeechConfig()
    alerts: bool = True
    """Warn of something large that comes close fast; an alert pre-empts all speech."""
    log: LogConfig = LogConfig()
    recording: RecordingConfig = RecordingConfig()
    state_folder: Annotated[Path | None, AfterValidator(expanded_or_none)] = Field(
        default=Path("~/.local/state/edgemm"), validate_default=True
    )
    """What is kept across restarts: volume and speaking rate; null, or `~` where there is no home: nothing."""

    @property
    def listen_mode(self) -> ListenMode:
        """`listen`, with its default worked out."""
        return self.listen or ("button" if self.button else "wake")
