"""Text recognition: character error rate against the truth by group, and between two bundles."""

from __future__ import annotations

from collections.abc import Sequence

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.errors import InputError
from edgemm.pictures.picture_files import read_picture
from edgemm.tasks.examples import Example
from edgemm.tasks.text_recognition import TextReader

CODES = "code"
"""Group of pictures that hold codes, not text."""


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Character error rate by group; lines are joined by spaces, as they are spoken."""
    chosen = _with_text(examples)
    found = _texts(bundle, chosen)
    groups = sorted({example.group for example in chosen})
    figures = [_error_rate("character_error_rate_to_truth", [_truth(example) for example in chosen], found)]
    for group in groups:
        pairs = [(_truth(e), text) for e, text in zip(chosen, found, strict=True) if e.group == group]
        figures.append(_error_rate(f"character_error_rate_{group}", *map(list, zip(*pairs, strict=True))))
    return tuple(figures)


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Character error rate of the candidate against the reference's text, and both against the truth, in points."""
    chosen = _with_text(examples)
    truth = [_truth(example) for example in chosen]
    expected, found = _texts(reference, chosen), _texts(candidate, chosen)
    before, after = (_error_rate("", truth, texts).value for texts in (expected, found))
    return (
        _error_rate("character_error_rate", expected, found),
        Figure(
            name="character_error_increase_points", value=100 * (after - before), unit="points", samples=len(chosen)
        ),
        Figure(name="character_error_rate_to_truth", value=after, samples=len(chosen)),
    )


def _with_text(examples: Sequence[Example]) -> list[Example]:
    chosen = [e for e in examples if e.image is not None and e.text and e.group != CODES]
    if not chosen:
        raise InputError("the data set holds no pictures of text", expected="examples with `image` and `text`")
    return chosen


def _truth(example: Example) -> str:
    return " ".join((example.text or "").split())


def _texts(bundle: Bundle, examples: Sequence[Example]) -> list[str]:
    reader = TextReader(bundle)
    frames = (read_picture(example.image) for example in examples if example.image is not None)
    return [" ".join(line.text for line in reader.read(frame)) for frame in frames]


def _error_rate(name: str, expected: list[str], found: list[str]) -> Figure:
    """Edits per character of what is expected; texts where nothing is expected count each found character."""
    import jiwer

    pairs = [(e, f) for e, f in zip(expected, found, strict=True) if e]
    extra = sum(len(f) for e, f in zip(expected, found, strict=True) if not e)
    characters = sum(len(e) for e, _ in pairs)
    if not pairs:
        return Figure(name=name, value=float(extra), samples=0)
    edits = jiwer.cer([e for e, _ in pairs], [f for _, f in pairs]) * characters
    return Figure(name=name, value=float((edits + extra) / characters), samples=characters)
