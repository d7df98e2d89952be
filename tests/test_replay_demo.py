"""`make demo`: what is said in the built-in session is right, and two runs tell the same story to the letter."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest


def replayed(bundles: Path, folder: Path) -> tuple[dict[str, Any], str]:
    folder.mkdir()
    events = folder / "events.jsonl"
    command = [".venv/bin/edgemm", "replay", "demo", "--json", "--bundles", str(bundles)]
    command += ["--events", str(events), "--wav", str(folder / "said.wav")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), events.read_text()


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_the_session_holds_its_truth_and_two_runs_give_identical_logs(tmp_path: Path, starter_bundles: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    with ThreadPoolExecutor() as pool:
        (result, log), (_, log_again) = pool.map(partial(replayed, starter_bundles), (first, second))
    assert result["held"] and all(verdict["held"] for verdict in result["truth"])
    events = [json.loads(line) for line in log.splitlines()]
    kinds = {event["event"] for event in events}
    assert {"scene", "transcript", "answer", "alert", "cancelled", "cleared", "playback"} <= kinds
    assert {event["state"] for event in events if event["event"] == "transcript"} == {"partial", "final"}
    answers = [event for event in events if event["event"] == "answer"]
    assert any(answer["refused"] for answer in answers)
    assert all(answer["frame_age_ms"] is not None for answer in answers if answer["evidence"])
    assert log_again == log
    assert (first / "said.wav").read_bytes() == (second / "said.wav").read_bytes()
