"""Quality of a classifier: how often its first guess is right, or the same as another's."""

from __future__ import annotations

from collections.abc import Sequence

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.errors import InputError
from edgemm.tasks.classification import Classifier
from edgemm.tasks.detection import example_frame
from edgemm.tasks.examples import Example


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """`top1_accuracy` and `top5_accuracy` against `label` (a synset or a name). Raises InputError without labels."""
    classifier = Classifier(bundle)
    first, among = 0, 0
    for example in examples:
        if example.label is None:
            raise InputError("cannot measure a classifier", expected="`label` in every example", found=example.image)
        guesses = [{guess.synset, guess.label} for guess in classifier.classify(example_frame(example), top=5)]
        first += example.label in guesses[0]
        among += any(example.label in names for names in guesses)
    return _share("top1_accuracy", first, examples), _share("top5_accuracy", among, examples)


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """`top1_agreement`: share of pictures for which `candidate` and `reference` guess the same first."""
    classifier, other = Classifier(reference), Classifier(candidate)
    same = 0
    for example in examples:
        frame = example_frame(example)
        same += classifier.classify(frame, top=1)[0].synset == other.classify(frame, top=1)[0].synset
    return (_share("top1_agreement", same, examples),)


def wilson_interval(hits: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927); 95 % for the default z."""
    share, spread = hits / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * ((share * (1 - share) + spread / 4) / trials) ** 0.5 / (1 + spread)
    return middle - half, middle + half


def _share(name: str, hits: int, examples: Sequence[Example]) -> Figure:
    origins = {example.origin or str(example.image) for example in examples}
    return Figure(
        name=name,
        value=hits / len(examples),
        samples=len(examples),
        interval=wilson_interval(hits, len(examples)),
        note=f"{len(origins)} distinct photographs",
    )
