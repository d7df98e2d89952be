"""Set edgemm up: system packages, a virtual environment, Python packages. Asks nothing; does only what is lacking.

    python3 scripts/setup.py PROFILE [--python PYTHON] [--torch-index URL]

Runs under any Python 3.8+ with the standard library alone. A stamp in the environment makes a second run instant.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
JETSON_RELEASE = Path("/etc/nv_tegra_release")

RUN_PACKAGES = ("libportaudio2", "libasound2-plugins", "espeak-ng")
EXPORT_PACKAGES = ("flite", "fonts-dejavu-core")
TEST_PACKAGES = (
    "pulseaudio",
    "pulseaudio-utils",
    "alsa-utils",
    "ffmpeg",
    "python3-gi",
    "gir1.2-gst-rtsp-server-1.0",
    "gstreamer1.0-tools",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-ugly",
    "gstreamer1.0-libav",
    "gstreamer1.0-rtsp",
)


@dataclass(frozen=True)
class Profile:
    """What a `make` command needs. `download_mb` was measured on x86-64, without torch."""

    extras: tuple[str, ...]
    system: tuple[str, ...]
    oldest_python: tuple[int, int]
    download_mb: int
    torch: bool


PROFILES = {
    "runtime": Profile(("runtime",), RUN_PACKAGES, (3, 10), 100, torch=False),
    "export": Profile(("export",), RUN_PACKAGES + EXPORT_PACKAGES, (3, 11), 240, torch=True),
    "test": Profile(
        ("export", "test", "check"), RUN_PACKAGES + EXPORT_PACKAGES + TEST_PACKAGES, (3, 11), 270, torch=True
    ),
    "bench": Profile(("export", "bench"), RUN_PACKAGES + EXPORT_PACKAGES + TEST_PACKAGES, (3, 11), 330, torch=True),
}
NEWEST_PYTHON = (3, 13)
TORCH_CPU_MB = 200
WEIGHTS_MB = 450
"""Weights and evaluation clips of the starter pack, which `edgemm export starter` fetches once."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("profile", choices=PROFILES)
    parser.add_argument("--python", default="", help="interpreter for the environment")
    parser.add_argument("--torch-index", default="", help="package index that has the CPU build of torch")
    arguments = parser.parse_args()
    profile = PROFILES[arguments.profile]
    if is_set_up(profile) and not (arguments.python and version_of(arguments.python) != version_of(str(VENV_PYTHON))):
        return 0
    install_system_packages(profile.system)
    make_venv(arguments.python, profile.oldest_python)
    install_python_packages(profile, arguments.torch_index)
    stamp(arguments.profile).write_text(fingerprint(profile), encoding="utf-8")
    say("set-up is complete")
    return 0


def is_set_up(profile: Profile) -> bool:
    """Whether this profile, or one that contains it, has been set up as it is now described."""
    return any(
        stamp(name).is_file() and stamp(name).read_text(encoding="utf-8") == fingerprint(other)
        for name, other in PROFILES.items()
        if set(profile.extras) <= set(other.extras) and set(profile.system) <= set(other.system)
    )


def stamp(name: str) -> Path:
    return VENV / f".edgemm-{name}"


def say(text: str) -> None:
    sys.stdout.write(f"set-up: {text}\n")
    sys.stdout.flush()


def fingerprint(profile: Profile) -> str:
    """Changes when what is to be installed changes, or when the checkout has moved."""
    digest = hashlib.sha256(f"{ROOT} {profile}".encode())
    for name in ("pyproject.toml", "constraints.txt", "constraints-py310.txt", "scripts/setup.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def install_system_packages(wanted: tuple[str, ...]) -> None:
    """Install what is missing when root on a Debian-like system; otherwise say what to run, and go on."""
    missing = [name for name in wanted if not has_system_package(name)]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not shutil.which("apt-get"):
        say(f"this system has no apt-get; install what corresponds to: {' '.join(missing)}")
        return
    if os.geteuid() != 0:
        say(f"system packages are missing, run:  sudo {' '.join(command)}")
        return
    say(f"installing system packages: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run([*command, "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0:
        return
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)  # the lists were missing or too old
    subprocess.run([*command, "-qq"], env=environment, stdout=subprocess.DEVNULL, check=True)


def has_system_package(name: str) -> bool:
    query = (
        subprocess.run(["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True, check=False)
        if shutil.which("dpkg-query")
        else None
    )
    return query is not None and query.stdout.endswith(" installed")


def make_venv(asked_for: str, oldest: tuple[int, int]) -> None:
    if VENV_PYTHON.exists() and oldest <= version_of(str(VENV_PYTHON)) <= NEWEST_PYTHON and not asked_for:
        return
    python = find_python(asked_for, oldest)
    if VENV_PYTHON.exists() and version_of(str(VENV_PYTHON)) == version_of(python):
        return
    major, minor = version_of(python)
    if not succeeds([python, "-c", "import ensurepip, venv"]):
        install_system_packages((f"python{major}.{minor}-venv",))
    say(f"making the environment {VENV.name} with Python {major}.{minor}")
    options = ["--system-site-packages"] if JETSON_RELEASE.exists() else []
    subprocess.run([python, "-m", "venv", "--clear", *options, str(VENV)], check=True)


def find_python(asked_for: str, oldest: tuple[int, int]) -> str:
    others = [f"python3.{minor}" for minor in (12, 13, 11, 10)]
    candidates = [asked_for] if asked_for else ["python3", *others, sys.executable]
    for name in candidates:
        path = shutil.which(name)
        if path and oldest <= version_of(path) <= NEWEST_PYTHON:
            return path
    fits = f"Python {oldest[0]}.{oldest[1]} to {NEWEST_PYTHON[0]}.{NEWEST_PYTHON[1]}"
    sys.exit(f"set-up: no {fits} found (tried {', '.join(candidates)}). Install one, or name it: make PYTHON=/path …")


def version_of(python: str) -> tuple[int, int]:
    code = "import sys; print(*sys.version_info[:2])"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.split()
    return (int(found[0]), int(found[1])) if len(found) == 2 else (0, 0)


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install_python_packages(profile: Profile, torch_index: str) -> None:
    announce(profile, torch_index)
    old = version_of(str(VENV_PYTHON)) < (3, 11)
    constraints = ROOT / ("constraints-py310.txt" if old else "constraints.txt")
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(constraints)]
    if profile.torch:
        index = ["--extra-index-url", torch_index] if torch_index else []
        subprocess.run([*pip, *index, "torch"], check=True)
    if JETSON_RELEASE.exists():
        subprocess.run([*pip, *requirements_not_on_the_system(profile.extras)], check=True)
        subprocess.run([*pip, "--no-deps", "-e", str(ROOT)], check=True)
    else:
        subprocess.run([*pip, "-e", f"{ROOT}[{','.join(profile.extras)}]"], check=True)


def announce(profile: Profile, torch_index: str) -> None:
    say(f"downloading Python packages, about {profile.download_mb} MB (what is here already is not fetched again)")
    if not profile.torch:
        return
    say(f"exporting the starter pack will later fetch its weights, once: about {WEIGHTS_MB} MB")
    if succeeds([str(VENV_PYTHON), "-c", "import torch"]):
        return
    if torch_index:
        say(f"and the CPU build of torch, about {TORCH_CPU_MB} MB, from TORCH_INDEX")
        return
    say(f"and torch: about {TORCH_CPU_MB} MB if the package index offers the CPU build; the ordinary x86-64 build")
    say("brings CUDA libraries and takes several gigabytes: `make TORCH_INDEX=URL …` names an index with the CPU build")


def requirements_not_on_the_system(extras: tuple[str, ...]) -> list[str]:
    """Requirements of the project and its extras without ONNX Runtime and OpenCV where the system's own import."""
    code = (
        "import json, sys\n"
        "try: import tomllib\n"
        "except ImportError: from pip._vendor import tomli as tomllib\n"
        "p = tomllib.load(open(sys.argv[1], 'rb'))['project']\n"
        "print(json.dumps([p['dependencies'], p['optional-dependencies']]))"
    )

    command = [str(VENV_PYTHON), "-c", code, str(ROOT / "pyproject.toml")]
    base, optional = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    requirements = [*base, *(line for extra in extras for line in expand(extra, optional))]
    for package, module in (("onnxruntime", "onnxruntime"), ("opencv-python-headless", "cv2")):
        if succeeds([str(VENV_PYTHON), "-c", f"import {module}"]):
            say(f"keeping this system's own {module}")
            requirements = [line for line in requirements if re.split(r"[<>=!~\[; ]", line)[0] != package]
    return requirements


def expand(extra: str, optional: dict[str, list[str]]) -> list[str]:
    """Requirements of an extra; `edgemm[a,b]` stands for the extras a and b."""
    lines: list[str] = []
    for line in optional[extra]:
        own = re.fullmatch(r"edgemm\[(.+)\]", line)
        lines += [inner for name in own[1].split(",") for inner in expand(name, optional)] if own else [line]
    return lines


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"set-up: `{' '.join(map(str, error.cmd[:8]))} …` failed with exit code {error.returncode}; see above")
    except KeyboardInterrupt:
        sys.exit(130)
