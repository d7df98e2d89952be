"""Latency and peak memory of a bundle on this host, in a process of its own.

`python -m export.proof.measure BUNDLE [DATA]` is that process.

A typical call is one call of each graph, with the inputs that the task makes of an example of DATA, or random inputs of
the right shape where the task cannot say. One thread; the median and the 95th percentile of 20 calls.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from pathlib import Path

from edgemm.backends import open_session
from edgemm.backends.probe import probe, random_inputs
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.manifest import Measured
from edgemm.bundles.tensors import Array
from edgemm.errors import EdgemmError
from edgemm.latency import percentiles

THREADS = 1
_WARM_UP_CALLS = 3
_CALLS = 20
_EXAMPLES_TRIED = 8


def measure(folder: Path, data: Path | None = None) -> Measured:
    """Run the measurement of the bundle at `folder` in a fresh process, so that its peak memory is its own."""
    command = [sys.executable, "-m", "export.proof.measure", str(folder), *([str(data)] if data else [])]
    root = Path(__file__).parent.parent.parent
    result = subprocess.run(
        [*command[:3], *(str(Path(path).resolve()) for path in command[3:])],
        capture_output=True, text=True, check=False, cwd=root,
    )  # fmt: skip
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines()
        raise EdgemmError(f"cannot measure {folder}", found=lines[-1] if lines else f"exit {result.returncode}")
    return Measured.model_validate_json(result.stdout.strip().splitlines()[-1])


def measure_here(bundle: Bundle, data: Path | None) -> Measured:
    """Measure in this process."""
    typical = typical_inputs(bundle, data)
    sessions = {role: open_session(bundle.graph_path(role), threads=THREADS) for role in bundle.manifest.graphs}
    for role, graph in bundle.manifest.graphs.items():
        typical.setdefault(role, random_inputs(graph, probe(sessions[role], graph)))
    durations_ms = []
    for number in range(_WARM_UP_CALLS + _CALLS):
        started = time.perf_counter()
        for role, session in sessions.items():
            session.run(typical[role])
        if number >= _WARM_UP_CALLS:
            durations_ms.append((time.perf_counter() - started) * 1e3)
    found = percentiles(durations_ms)
    return Measured(
        host=host_name(), latency_p50_ms=found.p50_ms, latency_p95_ms=found.p95_ms, peak_rss_mb=_peak_rss_mb(),
        threads=THREADS,
    )  # fmt: skip


def typical_inputs(bundle: Bundle, data: Path | None) -> dict[str, dict[str, Array]]:
    """Graph role → inputs of its first call on the first examples; roles are missing where the task cannot say."""
    from edgemm.tasks import open_task
    from edgemm.tasks.examples import read_examples
    from export.forms.calibration import Calibrated

    if data is None:
        return {}
    task = open_task(bundle, threads=THREADS)
    inputs: dict[str, dict[str, Array]] = {}
    if not isinstance(task, Calibrated):
        return inputs
    for example in read_examples(data)[:_EXAMPLES_TRIED]:
        for role, arrays in task.calibration_inputs(example):
            inputs.setdefault(role, {name: array.copy() for name, array in arrays.items()})
            if set(inputs) == set(bundle.manifest.graphs):
                return inputs
    return inputs


def _peak_rss_mb() -> float:
    """VmHWM: since this program was started. `ru_maxrss` also counts the parent's memory at the fork."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def host_name() -> str:
    """Processor and system, as a person would say it."""
    model = ""
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.is_file():
        names = [line.partition(":")[2].strip() for line in cpu_info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else ""
    return f"{model or platform.machine()}, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    opened = Bundle.open(Path(sys.argv[1]))
    sys.stdout.write(measure_here(opened, Path(sys.argv[2]) if len(sys.argv) > 2 else None).model_dump_json() + "\n")
