"""What a person at the terminal reads of the run."""

from __future__ import annotations

import pytest

from runtime.telling.console import line_of


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        ([], "sees    nothing it knows"),
        (["person"], "sees    a person"),
        (["person", "person", "knife", "knife", "knife"], "sees    three knives and two people"),
        (["sheep", "sheep", "tv"], "sees    two sheep and a television"),
    ],
)
def test_what_is_seen_is_counted_in_words(labels: list[str], line: str) -> None:
    assert line_of({"event": "scene", "things": [{"label": label} for label in labels]}) == line


@pytest.mark.parametrize(
    ("state", "complete", "line"),
    [
        ("final", True, "hears   is there a cup"),
        ("final", False, "hears   is there a cup …"),
        ("partial", True, "hears   is there a cup …"),
    ],
)
def test_what_is_heard_shows_if_more_was_said(state: str, complete: bool, line: str) -> None:
    assert line_of({"event": "transcript", "text": "is there a cup", "state": state, "complete": complete}) == line
