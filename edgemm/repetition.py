"""Guard against a decoder that loops: how text models fail when they see less sound than they were trained on."""

from __future__ import annotations

from collections.abc import Sequence

MAX_PERIOD = 12
"""Longest loop looked for, in tokens."""

MIN_LOOP_TOKENS = 9
MIN_REPEATS = 3


def loop_period(tokens: Sequence[int]) -> int | None:
    """Length of the shortest run of tokens that `tokens` ends by repeating, or None.

    A loop is at least 3 repeats that cover at least 9 tokens: "no, no, no" and "two two two" are speech.
    """
    for period in range(1, MAX_PERIOD + 1):
        length = max(MIN_REPEATS * period, -(-MIN_LOOP_TOKENS // period) * period)
        if length > len(tokens):
            continue
        tail = tokens[-length:]
        if all(tail[i] == tail[i % period] for i in range(length)):
            return period
    return None


def without_loop(tokens: Sequence[int]) -> tuple[int, ...]:
    """`tokens` with the loop at their end passed through once; unchanged if there is none."""
    period = loop_period(tokens)
    if period is None:
        return tuple(tokens)
    end = len(tokens)
    while end >= 2 * period and tokens[end - 2 * period : end - period] == tokens[end - period : end]:
        end -= period
    return tuple(tokens[:end])


MIN_DOUBLED_TOKENS = 3


def said_once(tokens: Sequence[int]) -> tuple[int, ...]:
    """The first half of `tokens` where the second is the same: at short context a decoder may end on its second time
    through ("What time is it? What time is it?"). Halves under 3 tokens are speech: "no, no"."""
    half, odd = divmod(len(tokens), 2)
    doubled = not odd and half >= MIN_DOUBLED_TOKENS and tuple(tokens[:half]) == tuple(tokens[half:])
    return tuple(tokens[:half] if doubled else tokens)
