"""Plant faults one at a time in a copy of the checkout and count how many the tests notice.

    python scripts/mutants.py [--seed 1] [--sample 60] [--only runtime/stages]

A seeded sample of the faults of edgemm, runtime and export. Each meets the test files nearest to it by import: of a
file those tests run, quickest first, that execute the fault's lines (asked once per file, under coverage), until one
fails. Tests that take longer than SLOW_S, or fail without any fault, are left out. Exit code 1 below LEAST.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

from faults import Fault, faults_of, planted
from nearness import ROOT, nearest_tests, test_files

PACKAGES = ("edgemm", "runtime", "export")
LEAST = 0.85
SLOW_S = 20
MOST = 40
"""Tests of one file that a fault meets."""
LONGEST_S = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample")
    parser.add_argument("--sample", type=int, default=60, help="how many faults")
    parser.add_argument("--only", default="", help="beginning of the path of the modules, such as runtime/stages")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    faults = sample(arguments.only, arguments.sample, arguments.seed)
    if not faults:
        parser.error(f"no module under '{arguments.only}'")
    survived = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: Queue[Copy] = Queue()
        executed = Executed()
        for number in range(arguments.workers):
            copies.put(Copy(Path(folder) / str(number), executed))

        def judged(fault: Fault) -> tuple[Fault, str]:
            copy = copies.get()
            try:
                return fault, copy.noticed_by(fault)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(arguments.workers) as pool:
            for fault, test in pool.map(judged, faults):
                say(f"{'killed  ' if test else 'SURVIVED'} {fault}" + (f"   {test}" if test else ""))
                survived += [] if test else [fault]
    score = 1 - len(survived) / len(faults)
    say(f"\n{score:.0%} noticed: {len(faults) - len(survived)} of {len(faults)}, seed {arguments.seed}; survived:")
    for fault in survived:
        say(f"  {fault}")
    return 0 if score >= LEAST else 1


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def sample(only: str, size: int, seed: int) -> list[Fault]:
    """A seeded choice among all faults of the modules whose path begins with `only`."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    everything = [fault for name in names if name.startswith(only) for fault in faults_of(name, source(name))]
    return random.Random(seed).sample(everything, min(size, len(everything)))


def source(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


class Executed:
    """What the tests of each file execute, shared by the copies."""

    def __init__(self) -> None:
        self.asking = {file: threading.Lock() for file in test_files()}
        self.by_file: dict[str, dict[str, Any]] = {}


class Copy:
    """A copy of the checkout in which one fault at a time is planted."""

    def __init__(self, folder: Path, executed: Executed) -> None:
        self._folder, self._executed = folder, executed
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for name in listed.stdout.splitlines():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        for name in (".venv", "bundles", ".cache"):
            if (ROOT / name).exists():
                (folder / name).symlink_to((ROOT / name).resolve())

    def noticed_by(self, fault: Fault) -> str:
        """The test that fails with the fault, or what else tells it; nothing if all pass."""
        original = source(fault.path)
        with_fault = planted(fault, original)
        for file in nearest_tests(fault.path):
            if not (tests := self._tests_of(fault, file)):
                continue
            (self._folder / fault.path).write_text(with_fault, encoding="utf-8")
            try:
                done = self._pytest(["-x", "--tb=no", "-rfE", "--timeout=60", *tests], timeout_s=LONGEST_S)
            except subprocess.TimeoutExpired:
                return f"{file} did not end"
            finally:
                (self._folder / fault.path).write_text(original, encoding="utf-8")
            if done.returncode != 0:
                failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
                return failed[1] if failed else f"{file} could not be collected"
        return ""

    def _tests_of(self, fault: Fault, file: str) -> list[str]:
        """Tests of a file that execute the fault's lines, or, where only an import does, anything of its module."""
        lines = set(range(fault.first_line, fault.line + 1))
        passing = self._executed_by(file)
        users = {test: set(each["lines"].get(fault.path, ())) for test, each in passing.items()}
        chosen = [test for test, executed in users.items() if executed & lines]
        chosen = chosen or [test for test, executed in users.items() if executed]
        return sorted(chosen, key=lambda test: float(passing[test]["seconds"]))[:MOST]

    def _executed_by(self, file: str) -> dict[str, Any]:
        """What each passing, quick test of a file executes; asked once, by whoever comes first."""
        with self._executed.asking[file]:
            if file not in self._executed.by_file:
                found = self._folder / "executed.json"
                found.unlink(missing_ok=True)
                done = self._pytest(["-p", "executed_lines", f"--timeout={SLOW_S}", file], EXECUTED_LINES=str(found))
                if not found.exists():
                    sys.exit(f"pytest did not get through {file}:\n{done.stdout}\n{done.stderr}")
                self._executed.by_file[file] = json.loads(found.read_text(encoding="utf-8"))
            return self._executed.by_file[file]

    def _pytest(
        self, arguments: list[str], timeout_s: float = 600, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join([str(self._folder), str(Path(__file__).resolve().parent)])
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
        environment |= {"EDGEMM_REQUIRE_BUNDLES": "0", **settings}
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *arguments]
        return subprocess.run(
            command, cwd=self._folder, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
        )


if __name__ == "__main__":
    sys.exit(main())
