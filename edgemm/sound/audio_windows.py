"""Cut long sound into windows where it is quietest, so that no word is cut in two."""

from __future__ import annotations

import numpy as np

from edgemm.media import SAMPLE_RATE_HZ, Samples

_STEP_SAMPLES = SAMPLE_RATE_HZ // 100
_QUIET_S = 0.2
"""Length of sound whose energy must be low around a cut."""
_SOUNDING = 10 ** (-26 / 10)


def quiet_windows(samples: Samples, *, longest_s: float, search_s: float) -> list[tuple[int, int]]:
    """(first, past-last) sample of windows of at most `longest_s` that cover `samples` without overlap.

    Each cut lies where 0.2 s of sound has the least energy within the last `search_s` of its window
    (its second half at most).
    """
    longest = round(longest_s * SAMPLE_RATE_HZ)
    search = min(round(search_s * SAMPLE_RATE_HZ), longest // 2)
    windows, start = [], 0
    while len(samples) - start > longest:
        cut = _quietest(samples, start + longest - search, start + longest)
        windows.append((start, cut))
        start = cut
    return [*windows, (start, len(samples))] if start < len(samples) else windows


def loudest_rms(samples: Samples) -> float:
    """Root mean square of the loudest 10 ms; 0 for no sound. Shorter sound counts as one stretch."""
    if len(samples) < _STEP_SAMPLES:
        return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
    return float(np.sqrt(_energies(samples).max()))


def sounding_s(samples: Samples) -> float:
    """Seconds from the first to the last 10 ms that are at most 26 dB quieter than the loudest."""
    if len(samples) < _STEP_SAMPLES:
        return len(samples) / SAMPLE_RATE_HZ
    energies = _energies(samples)
    heard = np.flatnonzero(energies >= _SOUNDING * energies.max())
    return float(heard[-1] - heard[0] + 1) * _STEP_SAMPLES / SAMPLE_RATE_HZ


def halves(samples: Samples) -> list[tuple[int, int]]:
    """(first, past-last) sample of two windows that cover `samples`, cut where its middle fifth is quietest."""
    seconds = len(samples) / SAMPLE_RATE_HZ
    return quiet_windows(samples, longest_s=0.6 * seconds, search_s=0.2 * seconds)


def _energies(samples: Samples) -> Samples:
    """Mean square of each whole 10 ms."""
    whole = len(samples) // _STEP_SAMPLES * _STEP_SAMPLES
    return np.asarray(np.mean(samples[:whole].reshape(-1, _STEP_SAMPLES) ** 2, axis=1), dtype=np.float32)


def _quietest(samples: Samples, first: int, last: int) -> int:
    width = round(_QUIET_S * SAMPLE_RATE_HZ) // _STEP_SAMPLES
    smooth = np.convolve(_energies(samples[first:last]), np.ones(width), mode="valid")
    return first + (int(np.argmin(smooth)) + width // 2) * _STEP_SAMPLES
