"""The wake word: microWakeWord's small streaming models, as pymicro-wakeword carries them."""

from __future__ import annotations

import numpy as np

from edgemm.errors import ConfigError, MissingExtraError
from edgemm.media import Samples

DEFAULT_WAKE_WORD = "hey_jarvis"


class WakeWord:
    """A stream of 16 kHz sound in which one phrase is looked for. About 0.3 ms of work for each 30 ms of sound."""

    def __init__(self, name: str = DEFAULT_WAKE_WORD) -> None:
        """`name`: alexa, hey_jarvis, hey_mycroft or okay_nabu.

        Raises MissingExtraError without pymicro-wakeword, ConfigError for another name.
        """
        try:
            from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model
        except ImportError as error:
            raise MissingExtraError(
                "the wake word needs pymicro-wakeword",
                remedy="Install edgemm[runtime], or set `listen: button` or `listen: always`.",
            ) from error
        names = [model.value for model in Model]
        if name not in names:
            raise ConfigError("unknown wake word", expected=", ".join(names), found=name)
        self._model = MicroWakeWord.from_builtin(Model(name))
        self._features = MicroWakeWordFeatures()

    def push(self, samples: Samples) -> bool:
        """Whether the wake word ends in `samples: (sample,)` float32 in -1..1, of any length."""
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        heard = False
        for features in self._features.process_streaming(pcm):  # to its end: it keeps what is left for the next call
            heard = bool(self._model.process_streaming(features)) or heard
        return heard

    def reset(self) -> None:
        """Forget the stream."""
        self._features.reset()
        self._model.reset()
