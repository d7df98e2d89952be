"""A pytest plugin: which lines each test that passes executes, and its seconds, as JSON into $EXECUTED_LINES."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

_PACKAGES = [str(Path.cwd() / name / "*") for name in ("edgemm", "runtime", "export")]
_coverage = coverage.Coverage(data_file=None, include=_PACKAGES, messages=False)
_seconds: dict[str, float] = {}
_failed: set[str] = set()


def pytest_configure() -> None:
    _coverage.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    _coverage.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        _coverage.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    _coverage.stop()
    data = _coverage.get_data()
    found = {}
    for test in sorted(set(_seconds) - _failed):
        data.set_query_context(test)
        lines = {str(Path(path).relative_to(Path.cwd())): data.lines(path) for path in data.measured_files()}
        found[test] = {"seconds": _seconds[test], "lines": {path: each for path, each in lines.items() if each}}
    Path(os.environ["EXECUTED_LINES"]).write_text(json.dumps(found), encoding="utf-8")
