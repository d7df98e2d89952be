"""Process start to microphone open and first frame analysed, files cached, on virtual devices."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench import Context, Measurement
from bench.processes import RunningDaemon
from bench.virtual_sound import VirtualSound
from edgemm.bundles.figures import Figure
from runtime.sessions.session_reader import find_session, open_session

STARTS = 5
AT_MOST_S = 3.0


def measure(context: Context) -> Measurement:
    with tempfile.TemporaryDirectory() as folder:
        sound = VirtualSound(Path(folder))
        try:
            times_s = [_start(context, sound, Path(folder)) for _ in range(STARTS + 1)][1:]
        finally:
            sound.close()
    figure = Figure(
        name="start_to_ready", value=float(np.median(times_s)), unit="s", at_most=AT_MOST_S, samples=len(times_s)
    )
    return Measurement((figure,), "median; camera: a folder of pictures", {"start": times_s}, "s")


def _start(context: Context, sound: VirtualSound, folder: Path) -> float:
    import cv2

    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    frame = next(iter(open_session(find_session("demo")).arrivals("camera"))).item
    cv2.imwrite(str(pictures / "frame.png"), frame.pixels)  # type: ignore[union-attr]
    config, events = folder / "start.yaml", folder / "events.jsonl"
    config.write_text(
        f"pack: {context.pack}\nbundles: {context.bundles.resolve()}\ntarget: {context.target}\nlisten: always\n"
        f"camera: {{source: {pictures}}}\naudio: {{microphone: {sound.microphone}, speaker: {sound.speaker}}}\n"
        f"log: {{events: {events}}}\nstate_folder: {folder / 'state'}\n",
        encoding="utf-8",
    )
    with RunningDaemon(config, events, environment=sound.environment) as daemon:
        return daemon.wait_for(_ready, timeout_s=60)


def _ready(told: list[dict[str, Any]]) -> bool:
    hears = any(
        event["event"] == "source" and event["source"] == "microphone" and event["state"] == "ok" for event in told
    )
    return hears and any(event["event"] == "scene" for event in told)
