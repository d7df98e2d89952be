"""The sentences that a voice makes beforehand are all that an alert can say."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.evidence import Evidence
from runtime.language.directions import direction, directions
from runtime.stages.hazard import Hazard, HazardRule, alert_texts

FIELDS_DEG = [None, 30.0, 60.0, 66.0, 102.0, 179.0]


@pytest.mark.parametrize("fov_deg", FIELDS_DEG)
def test_every_direction_in_the_picture_is_known_beforehand(fov_deg: float | None) -> None:
    rng = np.random.default_rng(7)
    regions = [(left, 0.0, right, 1.0) for left, right in np.sort(rng.random((5000, 2)), axis=1)]
    assert {direction(region, fov_deg) for region in regions} <= set(directions(fov_deg))


@pytest.mark.parametrize("fov_deg", FIELDS_DEG)
def test_every_alert_is_among_the_sentences_made_beforehand(fov_deg: float | None) -> None:
    texts = alert_texts(fov_deg)
    hazard = Hazard(fov_deg)
    for label in HazardRule().labels:
        for left in np.linspace(0.0, 0.9, 40):
            seen = Evidence("object", label, 0.9, (left, 0.2, left + 0.1, 0.9), "detector", 0, 0)
            assert hazard._alert(seen, 1.0).text in texts
    assert len(texts) == len(set(texts)) == len(HazardRule().labels) * len(directions(fov_deg))


def test_what_is_straight_ahead_is_made_first() -> None:
    assert alert_texts(None)[0].endswith("ahead, coming closer.")
    assert "twelve" in alert_texts(60.0)[0]
