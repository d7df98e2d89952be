"""What a text says again: a person said it twice, or a decoder loops, which is how text models fail when they see less
sound than they were trained on. The tokens do not tell one from the other; whoever has the sound decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_PERIOD = 12
"""Longest loop looked for, in tokens."""

MIN_LOOP_TOKENS = 9
MIN_REPEATS = 3
MIN_DOUBLED_TOKENS = 3


@dataclass(frozen=True)
class Repetition:
    """A text that ends by repeating itself: up to the end of what is repeated, and with one repeat."""

    once: tuple[int, ...]
    twice: tuple[int, ...]


def repetition(tokens: Sequence[int]) -> Repetition | None:
    """How `tokens` end by repeating: in a loop, or the whole text a second time. None where they do not.

    Of halves, those under 3 tokens are not looked at: "no, no".
    """
    period = loop_period(tokens)
    if period is not None:
        once = _without_loop(tokens, period)
        return Repetition(once, tuple(tokens[: len(once) + period]))
    half, odd = divmod(len(tokens), 2)
    if odd or half < MIN_DOUBLED_TOKENS or tuple(tokens[:half]) != tuple(tokens[half:]):
        return None
    return Repetition(tuple(tokens[:half]), tuple(tokens))


def loop_period(tokens: Sequence[int]) -> int | None:
    """Length of the shortest run of tokens that `tokens` ends by repeating, or None.

    A loop is at least 3 repeats that cover at least 9 tokens.
    """
    for period in range(1, MAX_PERIOD + 1):
        length = max(MIN_REPEATS * period, -(-MIN_LOOP_TOKENS // period) * period)
        if length > len(tokens):
            continue
        tail = tokens[-length:]
        if all(tail[i] == tail[i % period] for i in range(length)):
            return period
    return None


def _without_loop(tokens: Sequence[int], period: int) -> tuple[int, ...]:
    """`tokens` with the loop at their end passed through once."""
    end = len(tokens)
    while end >= 2 * period and tokens[end - 2 * period : end - period] == tokens[end - period : end]:
        end -= period
    return tuple(tokens[:end])
