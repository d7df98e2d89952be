"""One benchmark run again replaces its own result in the file, and nobody else's."""

from __future__ import annotations

import json
from pathlib import Path

from bench import Measurement
from bench.report import write_json
from edgemm.bundles.figures import Figure


def test_a_benchmark_run_alone_leaves_the_others_results(tmp_path: Path) -> None:
    path = tmp_path / "out" / "bench.json"
    for load, name, value in (("0.1", "start", 2.0), ("0.2", "memory", 400.0), ("0.3", "start", 1.5)):
        write_json(path, {"load": load}, name, Measurement((Figure(name="figure", value=value),)))
    benches = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    assert {name: (bench["host"]["load"], bench["figures"][0]["value"]) for name, bench in benches.items()} == {
        "start": ("0.3", 1.5),
        "memory": ("0.2", 400.0),
    }
