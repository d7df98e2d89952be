"""End of turn: whether a speaker has finished, from how the last seconds sound.

Graph `classifier`
    in   features (1, mel, frame)     log-mel of the last `max_s` seconds, padded with silence in front
    out  probability (1, 1)           0..1 that the turn is complete

The sound is brought to mean 0 and variance 1, its padding included, before the spectrogram (Smart Turn v3 is trained
so; pipecat, audio/turn/smart_turn/_whisper_features.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgemm.backends import open_session
from edgemm.backends.recorded import Call, recorded
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.manifest import LogMel
from edgemm.bundles.tensors import Array
from edgemm.errors import BundleError
from edgemm.media import Samples
from edgemm.sound.log_mel import log_mel
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.examples import Example

_VARIANCE_FLOOR = 1e-7


class EndOfTurnDetector:
    """One call a pause; keeps nothing between calls."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        steps = [step for step in bundle.manifest.preprocess if isinstance(step, LogMel)]
        if len(steps) != 1:
            raise BundleError(f"bundle {bundle.folder}: preprocess", expected="one log_mel step", found=len(steps))
        self._log_mel = steps[0]
        self._graph = bundle.graph("classifier", takes=("features",), gives=("probability",))
        self._sessions = {"classifier": open_session(bundle.graph_path("classifier"), threads=threads)}

    def probability(self, samples: Samples) -> float:
        """Probability that the speaker has finished at the end of `samples: (sample,)`, float32 at 16 kHz."""
        inputs, outputs = self._graph.inputs, self._graph.outputs
        found = self._sessions["classifier"].run({inputs["features"].name: self._features(samples)})
        return float(found[outputs["probability"].name].reshape(-1)[0])

    def calibration_inputs(self, example: Example) -> Iterator[Call]:
        """What the graph is given at the end of the example's sound."""
        if example.audio is not None:
            samples = read_sound(example.audio).samples
            yield from recorded(self._sessions, map(self.probability, [samples]))

    def _features(self, samples: Samples) -> Array:
        length = round(self._log_mel.max_s * self._log_mel.sample_rate_hz)
        heard = samples[-length:]
        window = np.pad(np.asarray(heard, dtype=np.float32), (length - len(heard), 0))
        normalised = (window - window.mean()) / np.sqrt(window.var() + np.float32(_VARIANCE_FLOOR))
        return log_mel(normalised, self._log_mel)[None]
