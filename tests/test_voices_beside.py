"""What keeps a live run speaking: alerts made beforehand by a voice of their own, and a second voice. Not in replay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest

from runtime.items import Say, SpeechAudio, Tick
from runtime.settings.config import RuntimeConfig
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.stages.clock import WallClock
from runtime.stages.hazard import alert_texts
from runtime.table.assembly import assemble, models_of
from runtime.table.models import Models
from runtime.table.parts import Parts
from runtime.table.pipeline import pipeline
from tests.broken_espeak import BreakableEspeak
from tests.stage_harness import run_stage


@pytest.fixture(scope="module")
def models(starter_bundles: Path) -> Models:
    return models_of(RuntimeConfig(bundles=starter_bundles))


def parts_of(models: Models, noise: float | None = None, *, alerts: bool = True) -> Parts:
    return assemble(
        RuntimeConfig(alerts=alerts),
        models,
        VirtualSpeaker(),
        WallClock(datetime(2026, 1, 2, tzinfo=timezone.utc)),
        noise=noise,
    )


@pytest.fixture
def live(models: Models, espeak: BreakableEspeak) -> Iterator[Parts]:
    parts = parts_of(models)
    yield parts
    parts.alert_synthesiser.phonemiser.close()


def test_a_live_run_makes_its_alerts_beforehand_and_says_them_without_espeak(
    live: Parts, espeak: BreakableEspeak
) -> None:
    assert live.alert_texts == alert_texts(live.answers.horizontal_fov_deg)
    live.alert_synthesiser.start()
    row = next(row for row in pipeline(live) if row.name == "alert_voice")
    assert row.tick_ms is not None
    run_stage(row.stage, [("tick", Tick(), n) for n in range(20)])
    espeak.uninstall()
    told = run_stage(row.stage, [("say", Say(live.alert_texts[0], "alert"), 0)])
    said = np.concatenate([item.samples for item in told if isinstance(item, SpeechAudio)])
    assert len(said) > live.synthesiser.sample_rate_hz and said.std() > 0.01


def test_alerts_share_the_graphs_and_no_program_with_answers(live: Parts) -> None:
    assert live.alert_synthesiser._sessions is live.synthesiser._sessions
    assert live.alert_synthesiser.phonemiser is not live.synthesiser.phonemiser
    assert live.second_voice is not None


def test_without_alerts_none_is_made(models: Models) -> None:
    assert parts_of(models, alerts=False).alert_texts == ()


def test_a_replay_depends_on_no_deadline(models: Models) -> None:
    parts = parts_of(models, noise=0.0)
    assert (parts.alert_synthesiser, parts.second_voice, parts.alert_texts) == (None, None, ())
    assert all(row.tick_ms is None for row in pipeline(parts) if row.name == "alert_voice")
