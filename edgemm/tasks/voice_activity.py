"""Voice activity: the probability that a window of sound holds speech.

Graph `detector`
    in   samples (1, 576)        64 samples of context, then 512 new ones; float32 in -1..1 at 16 kHz
         state (2, 1, 128)       recurrent state, zeros at the start
    out  probability (1, 1)      0..1
         state (2, 1, 128)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgemm.backends import open_session
from edgemm.backends.recorded import Call, recorded
from edgemm.bundles.bundle import Bundle
from edgemm.errors import InputError
from edgemm.media import Samples
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.examples import Example

WINDOW_SAMPLES = 512
CONTEXT_SAMPLES = 64
"""Samples of the window before that the model sees again (silero_vad/utils_vad.py, OnnxWrapper)."""


class VoiceActivityDetector:
    """A stream: `push` windows of 512 samples in order; `reset` between streams."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        self._graph = bundle.graph("detector", takes=("samples", "state"), gives=("probability", "state"))
        self._sessions = {"detector": open_session(bundle.graph_path("detector"), threads=threads)}
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        state = self._graph.inputs["state"]
        self._state = np.zeros([axis for axis in state.axes if isinstance(axis, int)], dtype=np.float32)
        self._heard = np.zeros((1, CONTEXT_SAMPLES + WINDOW_SAMPLES), dtype=np.float32)

    def push(self, window: Samples) -> float:
        """Probability of speech in `window: (512,)` float32 at 16 kHz, given the windows before it."""
        if window.shape != (WINDOW_SAMPLES,):
            raise InputError("voice activity window", expected=f"({WINDOW_SAMPLES},)", found=window.shape)
        self._heard[0, :CONTEXT_SAMPLES] = self._heard[0, -CONTEXT_SAMPLES:]
        self._heard[0, CONTEXT_SAMPLES:] = window
        inputs, outputs = self._graph.inputs, self._graph.outputs
        found = self._sessions["detector"].run({inputs["samples"].name: self._heard, inputs["state"].name: self._state})
        self._state = found[outputs["state"].name]
        return float(found[outputs["probability"].name][0, 0])

    def calibration_inputs(self, example: Example) -> Iterator[Call]:
        """What the graph is given on the example's sound."""
        if example.audio is None:
            return
        samples = read_sound(example.audio).samples
        whole = samples[: len(samples) // WINDOW_SAMPLES * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)
        self.reset()
        yield from recorded(self._sessions, map(self.push, whole))
