"""Calibration looks at the whole data set, however few examples it takes."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.errors import ConfigError
from edgemm.tasks.examples import Example
from export.forms import calibration
from export.forms.calibration import calibration_inputs

BUNDLE = cast(Bundle, SimpleNamespace(manifest=SimpleNamespace(task="counting")))


class Counting:
    """A task with two graphs that see the number of the example."""

    def calibration_inputs(self, example: Example) -> Iterator[tuple[str, dict[str, Array]]]:
        number = np.array(int(example.text or ""))
        yield "encoder", {"x": number}
        yield "decoder", {"x": -number}


def seen(monkeypatch: pytest.MonkeyPatch, examples: int, count: int, role: str = "encoder") -> list[int]:
    monkeypatch.setattr(calibration, "open_task", lambda _: Counting())
    data = [Example(text=str(number)) for number in range(examples)]
    return [int(inputs["x"]) for inputs in calibration_inputs(BUNDLE, role, data, count)]


@pytest.mark.parametrize(("examples", "count"), [(100, 4), (99, 7), (64, 32), (10, 10), (1, 1)])
def test_examples_come_from_everywhere_in_the_data_set(
    monkeypatch: pytest.MonkeyPatch, examples: int, count: int
) -> None:
    """Data sets are often sorted: the first examples alone would be of one kind."""
    taken = seen(monkeypatch, examples, count)
    assert len(taken) == count and len(set(taken)) == count
    for part, number in enumerate(taken):
        assert part * examples / count - 1 <= number < (part + 1) * examples / count


def test_a_small_data_set_is_taken_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, 3, 64) == [0, 1, 2]


def test_only_calls_of_the_graph_that_is_calibrated_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, 4, 2, role="decoder") == [0, -2]


def test_a_task_that_cannot_be_calibrated_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "open_task", lambda _: cast(Any, object()))
    with pytest.raises(ConfigError, match="cannot be calibrated"):
        list(calibration_inputs(BUNDLE, "encoder", [], 1))
