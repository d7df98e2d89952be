"""`edgemm devices`: cameras, microphones, speakers and buttons of this host, as a configuration names them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from edgemm.cli import command_parser, write_json
from edgemm.fresh_python import run_code

LIST_TIMEOUT_S = 10.0
_LIST_SOUND = """
import json, sounddevice
default = sounddevice.default.device
print(json.dumps([dict(name=d["name"], inputs=d["max_input_channels"], outputs=d["max_output_channels"],
    rate=d["default_samplerate"], default=[k for k, i in zip(("input", "output"), default) if i == n])
    for n, d in enumerate(sounddevice.query_devices())]))
"""


def main(argv: list[str]) -> int:
    """List devices. Nothing found is not an error."""
    arguments = command_parser("devices").parse_args(argv)
    found = {"cameras": cameras(), **sound_devices(), "buttons": buttons()}
    if arguments.json:
        write_json(found)
        return 0
    for kind, entries in found.items():
        print(f"{kind}:" + ("" if entries else " none"))
        for entry in entries:
            print("  " + "  ".join(str(value) for value in entry.values()))
    return 0


def cameras() -> list[dict[str, Any]]:
    """V4L2 devices: path and the driver's name for them."""
    names = Path("/sys/class/video4linux")
    return [
        {"source": str(path), "name": _read(names / path.name / "name")} for path in sorted(Path("/dev").glob("video*"))
    ]


def buttons() -> list[dict[str, Any]]:
    """Input devices that have keys, by their stable names where udev gives them."""
    events = sorted(Path("/sys/class/input").glob("event*"), key=lambda path: int(path.name[5:]))
    return [
        {"button": f"/dev/input/{path.name}", "name": _read(path / "device" / "name")}
        for path in events
        if _read(path / "device" / "capabilities" / "key").strip("0 ")
    ]


def sound_devices() -> dict[str, list[dict[str, Any]]]:
    """Microphones and speakers, asked for in a child process: a wedged sound server would hang us."""
    try:
        listed = subprocess.run(
            run_code(_LIST_SOUND), capture_output=True, text=True, timeout=LIST_TIMEOUT_S, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        reason = "the sound server does not answer" if isinstance(error, subprocess.TimeoutExpired) else error.stderr
        print(f"sound devices cannot be listed: {reason.strip().splitlines()[-1]}", file=sys.stderr)
        return {"microphones": [], "speakers": []}
    devices = json.loads(listed.stdout)
    return {
        kind: [
            {"name": device["name"], "rate": f"{device['rate']:.0f} Hz", "default": side in device["default"]}
            for device in devices
            if device[f"{side}s"]
        ]
        for kind, side in (("microphones", "input"), ("speakers", "output"))
    }


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
