"""Embedding: the nearest phrase of an index, right or not, and agreement of two bundles.

Examples of group `phrase` are the index, `label` what they mean; all others are questions with their label.
"""

from __future__ import annotations

from collections.abc import Sequence

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.bundles.tensors import Array
from edgemm.errors import InputError
from edgemm.tasks.embedding import Embedder
from edgemm.tasks.examples import Example

PHRASE = "phrase"


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Share of questions whose nearest phrase has their label."""
    phrases, questions = _split(examples)
    embedder = Embedder(bundle)
    nearest = (_vectors(embedder, questions) @ _vectors(embedder, phrases).T).argmax(axis=1)
    right = sum(phrases[index].label == question.label for index, question in zip(nearest, questions, strict=True))
    return (Figure(name="nearest_phrase_right", value=right / len(questions), samples=len(questions)),)


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Cosine of each question's two vectors; share of questions with the same nearest phrase and meaning.

    The candidate embeds its own index, as it does in the daemon.
    """
    phrases, questions = _split(examples)
    embedders = Embedder(reference), Embedder(candidate)
    vectors = [_vectors(embedder, questions) for embedder in embedders]
    nearest = [
        (found @ _vectors(embedder, phrases).T).argmax(axis=1)
        for embedder, found in zip(embedders, vectors, strict=True)
    ]
    cosines = (vectors[0] * vectors[1]).sum(axis=1)
    same = (nearest[0] == nearest[1]).mean()
    meaning = sum(phrases[a].label == phrases[b].label for a, b in zip(*nearest, strict=True)) / len(questions)
    return (
        Figure(name="cosine_mean", value=float(cosines.mean()), samples=len(questions)),
        Figure(name="cosine_min", value=float(cosines.min()), samples=len(questions)),
        Figure(name="nearest_phrase_agreement", value=float(same), samples=len(questions)),
        Figure(name="nearest_label_agreement", value=meaning, samples=len(questions)),
    )


def _split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    with_text = [example for example in examples if example.text]
    phrases = [example for example in with_text if example.group == PHRASE]
    questions = [example for example in with_text if example.group != PHRASE]
    if not phrases or not questions:
        raise InputError(
            "data set for embedding",
            expected="examples of group 'phrase' and questions, each with `text`",
            found=f"{len(phrases)} phrases, {len(questions)} questions",
        )
    return phrases, questions


def _vectors(embedder: Embedder, examples: Sequence[Example]) -> Array:
    return embedder.embed([example.text or "" for example in examples])
