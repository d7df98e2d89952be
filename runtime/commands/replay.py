"""`edgemm replay`: play a session faster than real time and hold what was said against its truth."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from edgemm.cli import command_parser, write_json
from edgemm.file_bytes import owner_only
from edgemm.media import NS_PER_S
from runtime.commands.options import add_config_options, config_from
from runtime.life.replay_run import replay
from runtime.sessions.session_reader import find_session, open_session
from runtime.sessions.truth import Verdict, check, unexpected_alerts
from runtime.sinks.event_log import EventList, EventLog
from runtime.sinks.wav_file import WavTrack
from runtime.table.assembly import models_of
from runtime.telling.console import Console


def main(argv: list[str]) -> int:
    """0: all of the truth held. 1: something did not."""
    parser = command_parser("replay")
    parser.add_argument("session", help="a session file, or `demo`: the built-in one")
    parser.add_argument("--config", default="demo", help="name or file of the runtime configuration (default: demo)")
    parser.add_argument("--events", type=Path, default=Path("out/replay-events.jsonl"), help="event log (JSON lines)")
    parser.add_argument("--wav", type=Path, default=Path("out/replay.wav"), help="what is said, as a WAV file")
    parser.add_argument("--recover", action="store_true", help="play what is whole of a session that is cut off")
    add_config_options(parser)
    arguments = parser.parse_args(argv)
    session = open_session(find_session(arguments.session), arguments.recover)
    if session.loss:
        sys.stderr.write(f"warning: {session.loss}\n")
    config = config_from(arguments.config, arguments).config
    console = Console(io.StringIO() if arguments.json else sys.stderr)
    kept, track = EventList(), WavTrack(arguments.wav)
    arguments.events.parent.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with open(arguments.events, "w", buffering=1, encoding="utf-8", opener=owner_only) as file:
        driver = replay(session, config, models_of(config), [console, kept, EventLog(file)], track)
    track.close()
    took_s = time.perf_counter() - started
    verdicts = check(kept.events, session.truth)
    false_alerts = unexpected_alerts(kept.events, session.truth)
    held = all(verdict.held for verdict in verdicts) and not false_alerts
    if arguments.json:
        stages = {name: summary.p50_ms for name, summary in driver.timer.summary().items()}
        write_json(
            {
                "held": held,
                "truth": [{"name": v.expectation.name, "held": v.held, "found": v.found} for v in verdicts],
                "false_alerts": list(false_alerts),
                "duration_s": session.duration_ns / NS_PER_S,
                "took_s": round(took_s, 2),
                "stage_p50_ms": stages,
                "events": str(arguments.events),
                "wav": str(arguments.wav),
            }
        )
    else:
        _print(verdicts, [event["text"] for event in false_alerts])
        print(console.summary())
        print(f"{session.duration_ns / NS_PER_S:.0f} s played in {took_s:.0f} s")
        print(f"events: {arguments.events}; sound: {arguments.wav}")
    return 0 if held else 1


def _print(verdicts: Sequence[Verdict], false_alerts: Sequence[str]) -> None:
    for verdict in verdicts:
        print(f"{'ok  ' if verdict.held else 'FAIL'} {verdict.expectation.name}: {verdict.found}")
    for text in false_alerts:
        print(f"FAIL false alert: {text}")
