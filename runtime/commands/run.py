"""`edgemm run`: the live assistant. With `--demonstrate`, the built-in session where there is no device."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from edgemm import __version__
from edgemm.cli import command_parser
from edgemm.media import NS_PER_MS
from runtime.assembly import assemble, models_of, warm_up
from runtime.commands.devices import sound_devices
from runtime.commands.options import add_config_options, config_from
from runtime.commands.replay import find_session
from runtime.config import RuntimeConfig
from runtime.config_layers import print_config
from runtime.console import Console
from runtime.daemon import READY, Daemon
from runtime.demonstration import GREETING, Demonstration
from runtime.items import Effect, Item
from runtime.kept_state import load_state, save_state
from runtime.pipeline import pipeline
from runtime.replay import session_config
from runtime.replay_driver import Tap
from runtime.session import SessionInfo
from runtime.session_reader import open_session
from runtime.session_writer import SessionWriter
from runtime.sinks.event_log import EventLog, RotatingFile
from runtime.sinks.recorder import Recorder
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.sinks.wav_file import WavTrack
from runtime.sound.microphone import Microphone
from runtime.sound.speaker import Speaker, SpeakerDevice
from runtime.sources import Source
from runtime.sources.button import Button
from runtime.sources.factory import open_camera
from runtime.sources.keyboard import Keyboard
from runtime.sources.retry import RetryingSource
from runtime.stages import Stage
from runtime.stages.answer import WallClock

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
    return _live(resolved.config)


def has_devices(config: RuntimeConfig) -> bool:
    """Whether there is a camera to open or a microphone to listen to."""
    source = config.camera.source
    has_camera = config.camera.command is not None or (
        source is not None and ("://" in source or Path(source).exists())
    )
    return has_camera or (config.audio.microphone is not None and bool(sound_devices()["microphones"]))


class StateKeeper:
    """A tap: what was set by voice is kept for the next start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._state = load_state(folder)

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, Effect) and producer == "floor" and item.name in ("volume", "rate"):
            self._state = replace(self._state, **{item.name: item.value})
            save_state(self._folder, self._state)


def _live(config: RuntimeConfig) -> int:
    device = SpeakerDevice(config.audio.speaker) if config.audio.speaker else None
    sources = _sources(config, device)
    return _run(config, sources, Speaker(device) if device else VirtualSpeaker(), READY, None)


def _demonstrate(config: RuntimeConfig) -> int:
    session = open_session(find_session("demo"))
    demonstration = Demonstration(session)
    sys.stderr.write(f"{GREETING} What is said goes into {DEMONSTRATION_WAV}.\n")
    track = WavTrack(DEMONSTRATION_WAV, time.monotonic_ns())
    try:
        config = session_config(config, session.info)
        greeting = f"{GREETING} {READY}"
        return _run(config, demonstration.sources, VirtualSpeaker(track), greeting, demonstration)
    finally:
        track.close()
        sys.stderr.write(f"sound: {DEMONSTRATION_WAV}\n")


def _sources(config: RuntimeConfig, speaker: SpeakerDevice | None) -> list[Source]:
    camera = open_camera(config.camera)
    sources: list[Source] = []
    if camera is not None:
        sources.append(RetryingSource(camera, "camera", config.camera.timeout_s))
    if config.audio.microphone:
        sources.append(RetryingSource(Microphone(config.audio.microphone), "microphone"))
    if speaker is not None:
        sources.append(RetryingSource(speaker, "speaker"))
    if config.button:
        sources.append(RetryingSource(Button(Path(config.button)), "button", stall_s=NEVER_S))
    if sys.stdin.isatty():
        sources.append(Keyboard())
    return sources


def _run(
    config: RuntimeConfig,
    sources: Sequence[Source],
    speaker: Stage,
    greeting: str,
    demonstration: Demonstration | None,
) -> int:
    start_ns = time.monotonic_ns()
    clock = WallClock(datetime.now().astimezone(), start_ns)
    parts = assemble(config, models_of(config), speaker, clock, load_state(config.state_folder))
    warm_up(parts)
    console = Console(sys.stderr, start_ns)
    with ExitStack() as stack:
        taps: list[Tap] = [console, StateKeeper(config.state_folder), *_files(config, start_ns, stack)]
        daemon = Daemon(pipeline(parts), sources, taps, greeting)
        if demonstration is not None:
            demonstration.when_over(daemon.request_stop)
        daemon.run(sys.stderr)
    sys.stderr.write(f"{console.summary()}; ran {(time.monotonic_ns() - start_ns) / NS_PER_MS / 1000:.0f} s\n")
    return 0


def _files(config: RuntimeConfig, start_ns: int, stack: ExitStack) -> list[Tap]:
    """The event log and the recording, where they are wanted."""
    taps: list[Tap] = []
    if config.log.events is not None:
        log = RotatingFile(config.log.events, int(config.log.max_mb * 1e6))
        stack.callback(log.close)
        taps.append(EventLog(log, start_ns))
    if config.recording.enabled:
        path = config.recording.folder / f"{datetime.now():%Y-%m-%d-%H%M%S}.mcap"
        info = SessionInfo(
            start_unix_ns=time.time_ns(),
            horizontal_fov_deg=config.camera.horizontal_fov_deg,
            listen=config.listen_mode,
            duplex=config.audio.duplex,
            version=__version__,
        )
        recorder = Recorder(SessionWriter(path, info), start_ns)
        stack.callback(recorder.close)
        taps.append(recorder)
    return taps
