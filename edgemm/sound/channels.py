"""Several channels of one recording as one, without losing what only one of them holds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from edgemm.media import Samples

_DEAD = 1e-2
"""A channel this much quieter than the loudest is added but not counted: the others keep their loudness."""


def mixing_weights(blocks: Iterable[npt.NDArray[np.float32]]) -> Samples:
    """Weight of each channel `(channel,)` for the mean of a recording given as blocks `(sample, channel)`.

    A channel that is wired the other way round gets a negative weight, so that it does not cancel the others: each,
    from the loudest down, takes the sign with which it adds to those before it. Differences from sample to sample are
    compared, which see speech and neither offset nor hum.
    """
    products: npt.NDArray[np.float64] = np.zeros((1, 1))
    for block in blocks:
        products = products + _products(block)
    loudness = np.sqrt(np.diag(products))
    signs = np.zeros(len(loudness))
    for channel in np.argsort(-loudness, kind="stable"):
        signs[channel] = -1.0 if signs @ products[:, channel] < 0 else 1.0
    counted = max(1, int(np.count_nonzero(loudness > _DEAD * loudness.max())))
    return np.asarray(signs / counted, np.float32)


def _products(block: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Products of the differences of every two channels, `(channel, channel)`."""
    differences = np.diff(block, axis=0).astype(np.float64)
    return np.asarray(differences.T @ differences)
