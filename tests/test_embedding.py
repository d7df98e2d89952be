"""Embedding: unit vectors, near for sentences that mean the same."""

from __future__ import annotations

import numpy as np
import pytest

from edgemm.evaluation.embedding import compare, evaluate
from edgemm.tasks.embedding import Embedder
from edgemm.tasks.examples import Example
from tests.exported import exported


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(exported("minilm-l6"))


def test_vectors_have_length_one(embedder: Embedder) -> None:
    vectors = embedder.embed(["is there a cup", "read this", ""])
    assert vectors.shape == (3, embedder.dimension) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_sentence_has_the_same_vector_alone_and_among_longer_ones(embedder: Embedder) -> None:
    alone = embedder.embed(["read this"])[0]
    among = embedder.embed(["read this", "what do you see on the table in front of the large window over there"])[0]
    assert alone @ among > 0.99


def test_the_nearest_phrase_means_the_same(embedder: Embedder) -> None:
    phrases = embedder.embed(["how many people are there", "what time is it", "what colour is this"])
    questions = embedder.embed(["count the persons", "tell me the time", "is it red or blue"])
    assert (questions @ phrases.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_very_long_text_is_cut_and_not_refused(embedder: Embedder) -> None:
    assert embedder.embed(["word " * 5000]).shape == (1, embedder.dimension)


def test_a_bundle_agrees_with_itself() -> None:
    examples = [
        Example(text="what time is it", label="time", group="phrase"),
        Example(text="how many cups are there", label="count", group="phrase"),
        Example(text="count the cups", label="count"),
        Example(text="tell me the time", label="wrong on purpose"),
    ]
    bundle = exported("minilm-l6")
    figures = {
        figure.name: figure.value for figure in (*evaluate(bundle, examples), *compare(bundle, bundle, examples))
    }
    assert figures["nearest_phrase_right"] == 0.5
    assert figures["nearest_phrase_agreement"] == 1.0
    assert figures["cosine_min"] == pytest.approx(1.0, abs=1e-5)
