"""Whether this host can do the work: one small check per function, each problem with the command that mends it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.pack import Pack, bundle_folders
from edgemm.errors import BundleError
from edgemm.fresh_python import run_code
from edgemm.host import host_signature

State = Literal["ok", "absent", "broken"]


@dataclass(frozen=True)
class Check:
    """One finding. `absent`: there is none, and the rest works without. `broken`: needed, and does not work."""

    name: str
    state: State
    found: str
    remedy: str = ""


def check_host(pack: Pack, bundles: Path, target: str) -> Iterator[Check]:
    """All checks, in the order in which things depend on each other."""
    yield check_python()
    yield check_packages()
    yield check_inference()
    yield check_cores()
    yield check_memory(Path("/proc/meminfo"), pack.budget.memory_mb)
    yield check_espeak()
    yield check_sound()
    yield check_cameras(Path("/sys/class/video4linux"))
    for folder in bundle_folders(pack, bundles, target).values():
        yield check_bundle(folder)


def check_python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 10) <= sys.version_info[:2] <= (3, 13)
    return Check("python", "ok" if fits else "broken", version, "" if fits else "Use Python 3.10 to 3.13.")


def check_packages() -> Check:
    """Every package of the runtime extra, with its version."""
    names = [re.split(r"[ <>=!~;\[]", line)[0] for line in metadata.requires("edgemm") or [] if _is_runtime(line)]
    versions = {name: _version(name) for name in names}
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        return Check("packages", "broken", f"missing: {', '.join(missing)}", "make setup-runtime")
    return Check("packages", "ok", ", ".join(f"{name} {version}" for name, version in versions.items()))


def check_inference() -> Check:
    signature = host_signature()
    if "CPUExecutionProvider" in signature.onnxruntime_providers:
        return Check(
            "onnxruntime", "ok", f"{signature.onnxruntime}, computes on {', '.join(signature.onnxruntime_providers)}"
        )
    return Check("onnxruntime", "broken", signature.onnxruntime or "not installed", "make setup-runtime")


def check_cores() -> Check:
    count = len(os.sched_getaffinity(0))
    busy = f"{count} usable, load {os.getloadavg()[0]:.1f}"
    return Check("cores", "ok", busy, "" if count > 1 else "Answers take about twice as long on one core.")


def check_memory(meminfo: Path, needed_mb: float) -> Check:
    match = re.search(r"MemAvailable:\s+(\d+) kB", meminfo.read_text(encoding="utf-8"))
    if match is None:
        return Check("memory", "absent", f"{meminfo} does not say")
    free_mb = int(match[1]) / 1024
    state: State = "ok" if free_mb >= needed_mb else "broken"
    remedy = "" if state == "ok" else f"Close other programs: the pack needs {needed_mb:.0f} MB."
    return Check("memory", state, f"{free_mb:.0f} MB free", remedy)


def check_espeak() -> Check:
    """The program that turns text into phonemes for the voice."""
    program = shutil.which("espeak-ng")
    if program is None:
        return Check("espeak-ng", "broken", "not installed", "sudo apt-get install espeak-ng")
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, UnicodeDecodeError, subprocess.SubprocessError) as error:
        return Check("espeak-ng", "broken", str(error), "sudo apt-get install --reinstall espeak-ng")
    return Check("espeak-ng", "ok", asked.stdout.split("Data at")[0].strip())


def check_sound() -> Check:
    """Sound devices, asked for in a process of its own: a wedged sound server hangs whoever asks."""
    code = "import sounddevice as s; d = s.query_devices(); print(*[x['name'] for x in d], sep='; ')"
    try:
        asked = subprocess.run(run_code(code), capture_output=True, text=True, timeout=10, check=False)
    except subprocess.TimeoutExpired:
        return Check(
            "sound", "broken", "the sound server does not answer", "systemctl --user restart pipewire pulseaudio"
        )
    if "PortAudio library not found" in asked.stderr:
        return Check("sound", "broken", "no PortAudio", "sudo apt-get install libportaudio2 libasound2-plugins")
    if asked.returncode != 0:
        return Check("sound", "broken", (asked.stderr.strip().splitlines() or ["?"])[-1], "make setup-runtime")
    names = asked.stdout.strip()
    return Check("sound", "ok", names) if names else Check("sound", "absent", "no device", "Plug in a headset.")


def check_cameras(devices: Path) -> Check:
    found = [f"/dev/{path.parent.name} {path.read_text().strip()}" for path in sorted(devices.glob("video*/name"))]
    refused = [name for name in found if not os.access(name.split()[0], os.R_OK | os.W_OK)]
    if refused:
        return Check(
            "cameras", "broken", f"no access to {refused[0]}", "sudo usermod -aG video $USER, then log in again"
        )
    if not found:
        return Check("cameras", "absent", "none", "Plug in a camera, or set camera.source or camera.command.")
    return Check("cameras", "ok", "; ".join(found))


def check_bundle(folder: Path) -> Check:
    """Schema, hashes, gates and host of one bundle."""
    name = f"bundle {folder.parent.name}"
    try:
        manifest = Bundle.open(folder).manifest
    except BundleError as error:
        return Check(name, "broken", f"{error.what}", f"edgemm export {folder.parent.name}")
    return Check(name, "ok", f"{manifest.task}, {manifest.precision}, {len(manifest.files)} files as they should be")


def _is_runtime(requirement: str) -> bool:
    return "extra ==" not in requirement or re.search(r"extra == ['\"]runtime['\"]", requirement) is not None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
