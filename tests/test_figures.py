"""A figure is a gate when it has a bound, and holds at the bound itself; a tensor fits its spec or is named."""

from __future__ import annotations

import numpy as np
import pytest

from edgemm.bundles.figures import Figure
from edgemm.bundles.tensors import TensorSpec
from edgemm.errors import BundleError


@pytest.mark.parametrize(
    ("value", "at_most", "at_least", "holds"),
    [
        (1.0, 1.0, None, True),
        (1.0001, 1.0, None, False),
        (1.0, None, 1.0, True),
        (0.9999, None, 1.0, False),
        (0.5, 1.0, 0.0, True),
        (2.0, 1.0, 0.0, False),
        (-1.0, 1.0, 0.0, False),
        (float("nan"), 1.0, None, False),
        (float("nan"), None, 0.0, False),
        (float("inf"), 1.0, None, False),
    ],
)
def test_a_gate_holds_within_its_bounds(
    value: float, at_most: float | None, at_least: float | None, holds: bool
) -> None:
    figure = Figure(name="wer", value=value, at_most=at_most, at_least=at_least)
    assert figure.is_gate and figure.holds == holds
    assert Figure(name="wer", value=value).gated(at_most, at_least) == figure or value != value


def test_a_figure_without_bounds_is_no_gate_but_must_be_a_number() -> None:
    assert not Figure(name="wer", value=3.0).is_gate and Figure(name="wer", value=3.0).holds
    assert not Figure(name="wer", value=float("nan")).holds
    assert Figure(name="wer", value=0.0, at_most=0.0).is_gate, "a bound of zero is one"


SPEC = TensorSpec(name="tokens", dtype="int64", axes=("text", "token", 3))


def test_a_tensor_that_fits_binds_the_names_of_its_axes() -> None:
    assert SPEC.check(np.zeros((2, 5, 3), np.int64)) == {"text": 2, "token": 5}
    assert SPEC.check(np.zeros((2, 5, 3), np.int64), {"text": 2, "other": 7}) == {"text": 2, "token": 5, "other": 7}


@pytest.mark.parametrize(
    ("array", "bound"),
    [
        (np.zeros((2, 5, 3), np.int32), {}),
        (np.zeros((2, 5, 4), np.int64), {}),
        (np.zeros((2, 5), np.int64), {}),
        (np.zeros((2, 5, 3, 1), np.int64), {}),
        (np.zeros((2, 5, 3), np.int64), {"token": 6}),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(array: np.ndarray, bound: dict[str, int]) -> None:
    with pytest.raises(BundleError, match=r"tensor 'tokens': expected int64 \(text, token, 3\), found"):
        SPEC.check(array, bound)


def test_one_name_has_one_size_in_a_tensor() -> None:
    square = TensorSpec(name="pairs", dtype="float32", axes=("side", "side"))
    assert square.check(np.zeros((4, 4), np.float32)) == {"side": 4}
    with pytest.raises(BundleError):
        square.check(np.zeros((4, 5), np.float32))
