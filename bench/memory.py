"""PSS of the daemon and its children over the built-in session at live speed, and who owns it."""

from __future__ import annotations

import time

from bench import Context, Measurement
from bench.processes import RunningDaemon
from edgemm.bundles.figures import Figure
from runtime.sessions.session_reader import find_session, open_session

AT_MOST_MB = 400.0
PERIOD_S = 2.0
OWNERS = 10


def measure(context: Context) -> Measurement:
    duration_s = open_session(find_session("demo")).duration_ns / 1e9
    config, events = context.folder / "memory.yaml", context.folder / "events.jsonl"
    config.write_text(
        f"pack: {context.pack}\nbundles: {context.bundles.resolve()}\ntarget: {context.target}\n"
        f"camera: {{source: null}}\naudio: {{microphone: null}}\nlog: {{events: {events.resolve()}}}\n"
        f"state_folder: {(context.folder / 'state').resolve()}\n",
        encoding="utf-8",
    )
    samples: list[float] = []
    owners: dict[str, float] = {}
    with RunningDaemon(config, events, ["--demonstrate"]) as daemon:
        daemon.wait_for(lambda told: any(event["event"] == "scene" for event in told), timeout_s=60)
        ends = time.monotonic() + duration_s
        while time.monotonic() < ends and not daemon.ended:
            now = daemon.pss_mb()
            if now:
                owners = now
                samples.append(sum(now.values()))
            time.sleep(PERIOD_S)
    largest = sorted(owners.items(), key=lambda owner: -owner[1])[:OWNERS]
    figures = (
        Figure(name="pss_after_session", value=samples[-1], unit="MB", at_most=AT_MOST_MB),
        Figure(name="pss_peak", value=max(samples), unit="MB", samples=len(samples)),
        *(Figure(name=f"owner {name}", value=size, unit="MB") for name, size in largest),
    )
    return Measurement(figures, "the session asks for the reader too", {"daemon and children": samples}, "MB")
