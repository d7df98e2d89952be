"""End of turn on clips of whole utterances: complete at their end, incomplete in the middle of a word or clause."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.evaluation.clips import clips
from edgemm.tasks.end_of_turn import EndOfTurnDetector
from edgemm.tasks.examples import Example

COMPLETE_PROBABILITY = 0.5
_MIDDLE = 0.6
"""Part of a clip after which it is cut for the counter-example."""


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Share of clips called complete at their end, and (wrongly) after 60 % of their length."""
    detector = EndOfTurnDetector(bundle)
    pairs = np.array(
        [
            (detector.probability(clip), detector.probability(clip[: int(len(clip) * _MIDDLE)]))
            for clip in clips(examples)
        ]
    )
    at_end, in_the_middle = (pairs >= COMPLETE_PROBABILITY).mean(axis=0)
    return (
        Figure(name="complete_at_end", value=float(at_end), samples=len(pairs)),
        Figure(name="complete_in_the_middle", value=float(in_the_middle), samples=len(pairs)),
    )


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Largest difference in probability, and the share of clips with the same decision."""
    detectors = EndOfTurnDetector(reference), EndOfTurnDetector(candidate)
    pairs = np.array([[detector.probability(clip) for detector in detectors] for clip in clips(examples)])
    decisions = pairs >= COMPLETE_PROBABILITY
    return (
        Figure(name="probability_difference_max", value=float(np.ptp(pairs, axis=1).max()), samples=len(pairs)),
        Figure(
            name="decision_agreement",
            value=float((decisions[:, 0] == decisions[:, 1]).mean()),
            samples=len(pairs),
        ),
    )
