"""`edgemm run`: the live assistant. With `--demonstrate`, the built-in session where there is no device."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from edgemm.cli import command_parser
from runtime.commands.devices import sound_devices
from runtime.commands.options import add_config_options, config_from
from runtime.control.place import claimed
from runtime.life.daemon import READY
from runtime.life.demonstration import GREETING, Demonstration, SoundFile
from runtime.life.live_run import LiveRun
from runtime.life.replay_run import session_config
from runtime.sessions.session_reader import find_session, open_session
from runtime.settings.config import RecordingConfig, RuntimeConfig
from runtime.settings.config_layers import print_config
from runtime.sinks.recordings import Recording, Recordings, Room
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.sinks.wav_file import WavTrack
from runtime.sound.microphone import Microphone
from runtime.sound.speaker import Speaker, SpeakerDevice
from runtime.sources import Source
from runtime.sources.button import Button
from runtime.sources.factory import camera_is_there, open_camera
from runtime.sources.keyboard import Keyboard
from runtime.sources.retry import RetryingSource
from runtime.stages import Stage

NEVER_S = 1e9
"""A button that nobody presses is no fault."""
DEMONSTRATION_WAV = Path("out/demonstration.wav")


def main(argv: list[str]) -> int:
    """Run until a signal. Errors at start (bundles, configuration) are raised; device faults are told and retried."""
    parser = command_parser("run")
    parser.add_argument("config", nargs="?", default="default", help="name or file of the runtime configuration")
    parser.add_argument("--print-config", action="store_true", help="print each value and where it stands, and end")
    parser.add_argument(
        "--demonstrate",
        action="store_true",
        help="on a terminal without camera and microphone, play the built-in session",
    )
    add_config_options(parser)
    arguments = parser.parse_args(argv)
    resolved = config_from(arguments.config, arguments)
    if arguments.print_config:
        print(print_config(resolved), end="")
        return 0
    if arguments.demonstrate and not has_devices(resolved.config):
        return _demonstrate(resolved.config)
    return live(resolved.config)


def has_devices(config: RuntimeConfig) -> bool:
    """Whether there is a camera to open or a microphone to listen to."""
    return camera_is_there(config.camera) or (
        config.audio.microphone is not None and bool(sound_devices()["microphones"])
    )


def live(config: RuntimeConfig, session: Path | None = None, duration_s: float | None = None) -> int:
    """Run on the configured devices; `session` is a file to record into."""
    with claimed() as place:
        speaker, speaker_sources = _speaker(config.audio.speaker)
        run = LiveRun(config, speaker, READY, place, _recording(config.recording, session))
        return run([*_sources(config), *speaker_sources], duration_s=duration_s)


def _recording(config: RecordingConfig, session: Path | None) -> Recording | None:
    max_bytes = int(config.max_mb * 1e6)
    if session is not None:
        return Recording(session, Room(session, max_bytes), is_the_task=True)
    if not config.enabled:
        return None
    others = Recordings(config.folder)
    path = others.new()
    return Recording(path, Room(path, max_bytes, config.max_days, others, lambda line: print(line, file=sys.stderr)))


def _demonstrate(config: RuntimeConfig) -> int:
    with claimed() as place:
        session = open_session(find_session("demo"))
        demonstration = Demonstration(session)
        sys.stderr.write(f"{GREETING} What is said goes into {DEMONSTRATION_WAV}.\n")
        track = WavTrack(DEMONSTRATION_WAV, time.monotonic_ns())
        speaker, speaker_sources = _speaker(config.audio.speaker if sound_devices()["speakers"] else None)
        try:
            run = LiveRun(session_config(config, session.info), speaker, f"{GREETING} {READY}", place)
            demonstration.when_over(run.stop)
            return run([*demonstration.sources, *speaker_sources], [SoundFile(track)])
        finally:
            track.close()
            sys.stderr.write(f"sound: {DEMONSTRATION_WAV}\n")


def _speaker(name: str | None) -> tuple[Stage, list[Source]]:
    """The speaker's stage and its device as a source; without a name, a speaker that only takes time."""
    if name is None:
        return VirtualSpeaker(), []
    device = SpeakerDevice(name)
    return Speaker(device), [RetryingSource(device, "speaker")]


def _sources(config: RuntimeConfig) -> list[Source]:
    camera = open_camera(config.camera)
    sources: list[Source] = []
    if camera is not None:
        sources.append(RetryingSource(camera, "camera", config.camera.timeout_s))
    if config.audio.microphone:
        sources.append(RetryingSource(Microphone(config.audio.microphone), "microphone"))
    if config.button:
        sources.append(RetryingSource(Button(Path(config.button)), "button", stall_s=NEVER_S))
    if sys.stdin.isatty():
        sources.append(Keyboard())
    return sources
