"""Whisper's log-mel spectrogram in NumPy (Radford et al. 2022, section 2.2), on one thread.

80 triangular filters on Slaney's mel scale (Slaney 1998, Auditory Toolbox: linear below 1 kHz, logarithmic above; each
filter has unit area, unlike those of the HTK book), power spectrum of 25 ms Hann windows every 10 ms, log10 with the
dynamic range cut to 8 decades below the maximum, then (x + 4) / 4.

Only frames that hold sound are computed; those of the zero padding are all one value, which is known.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from edgemm.bundles.manifest import LogMel
from edgemm.media import Samples

FloatArray = npt.NDArray[np.float32]

_FLOOR = 1e-10
_DECADES = 8.0
_LINEAR_HZ_PER_MEL = 200.0 / 3.0
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def log_mel(samples: Samples, step: LogMel, *, frames: int | None = None) -> FloatArray:
    """Log-mel of `samples: (sample,)` as `(mel, frame)` float32, as if zero-padded behind to `step.max_s` seconds.

    Sound beyond `max_s` is cut. `frames` returns only that many frames from the start (short context): the values are
    those of the full spectrogram. Sound that shall stand at the end is padded in front by the caller.
    """
    max_frames = max_frame_count(step)
    wanted = max_frames if frames is None else min(frames, max_frames)
    sound = samples[: max_frames * step.hop_samples]
    log_power = _log_power(sound, step, max_frames)
    loudest = max(float(log_power.max(initial=np.log10(_FLOOR))), float(np.log10(_FLOOR)))
    floor = max(loudest - _DECADES, float(np.log10(_FLOOR)))
    features = np.full((step.mel_bins, wanted), (floor + 4.0) / 4.0, dtype=np.float32)
    held = min(wanted, log_power.shape[0])
    features[:, :held] = (np.maximum(log_power[:held].T, floor) + 4.0) / 4.0
    return features


def max_frame_count(step: LogMel) -> int:
    """Frames in `step.max_s` seconds."""
    return round(step.max_s * step.sample_rate_hz) // step.hop_samples


def _log_power(sound: Samples, step: LogMel, max_frames: int) -> FloatArray:
    """log10 of mel power, `(frame, mel)`, of the frames that touch `sound`. Frame i is centred on sample i * hop."""
    half = step.window_samples // 2
    held = min(max_frames, -(-(len(sound) + half) // step.hop_samples))
    if len(sound) == 0:
        return np.empty((0, step.mel_bins), dtype=np.float32)
    padded = _reflect_padded(np.asarray(sound, dtype=np.float32), half, held, step, max_frames)
    windows = np.lib.stride_tricks.sliding_window_view(padded, step.window_samples)[:: step.hop_samples][:held]
    spectrum = np.fft.rfft(windows * _hann(step.window_samples), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    mel_power = power @ mel_filters(step.sample_rate_hz, step.window_samples, step.mel_bins).T
    return np.asarray(np.log10(np.maximum(mel_power, np.float32(_FLOOR))), dtype=np.float32)


def _reflect_padded(sound: Samples, half: int, held: int, step: LogMel, max_frames: int) -> FloatArray:
    """`sound` with half a window mirrored in front, and zeros (or, when it fills `max_s`, its mirror) behind."""
    total = max_frames * step.hop_samples
    front = np.zeros(half + 1, dtype=np.float32)
    front[: min(len(sound), half + 1)] = sound[: half + 1]
    padded = np.zeros(held * step.hop_samples + 2 * half, dtype=np.float32)
    padded[:half] = front[:0:-1]
    padded[half : half + len(sound)] = sound
    past_end = half + len(sound) - (half + total)
    if past_end > -half:  # the mirror behind reaches into the sound
        full = np.zeros(total, dtype=np.float32)
        full[: len(sound)] = sound
        padded[half + total : half + total + half] = full[-2 : -half - 2 : -1][: len(padded) - half - total]
    return padded


@lru_cache(maxsize=4)
def _hann(window_samples: int) -> FloatArray:
    """Periodic Hann window."""
    phase = 2.0 * np.pi * np.arange(window_samples) / window_samples
    return (0.5 - 0.5 * np.cos(phase)).astype(np.float32)


@lru_cache(maxsize=4)
def mel_filters(sample_rate_hz: int, window_samples: int, mel_bins: int) -> FloatArray:
    """Triangular filters of unit area, `(mel, frequency)`, from 0 Hz to half the sample rate."""
    frequencies_hz = np.linspace(0.0, sample_rate_hz / 2, window_samples // 2 + 1)
    edges_hz = _mel_to_hz(np.linspace(0.0, float(_hz_to_mel(np.array(sample_rate_hz / 2))), mel_bins + 2))
    low, centre, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising = (frequencies_hz - low) / (centre - low)
    falling = (high - frequencies_hz) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * 2.0 / (high - low), dtype=np.float32)


def _hz_to_mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _LINEAR_HZ_PER_MEL, above)


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _LINEAR_HZ_PER_MEL, above)
