"""The damage that readers are tested with: the same for the same seed, different everywhere else."""

from __future__ import annotations

import json
import time

import pytest

from edgemm.errors import InputError
from tests.fuzzing import damaged_bytes, damaged_trees, only_our_errors

TREE = {"name": "x", "sizes": [1, 2, 3], "inner": {"flag": True, "scale": 0.5, "none": None}}


def test_a_seed_gives_the_same_damage_again_and_another_seed_another() -> None:
    data = bytes(range(64))
    once, again, other = (list(damaged_bytes(data, seed=seed, count=50)) for seed in (1, 1, 2))
    assert once == again != other
    trees, same = (json.dumps(list(damaged_trees(TREE, seed=3, count=50)), default=str) for _ in range(2))
    assert trees == same


def test_nearly_every_copy_is_damaged_and_the_original_never() -> None:
    before, data = json.dumps(TREE), bytes(range(64))
    assert sum(json.dumps(tree) != before for tree in damaged_trees(TREE, seed=4, count=200)) > 150
    assert json.dumps(TREE) == before
    assert sum(item != data for item in damaged_bytes(data, seed=4, count=200)) > 150


def test_nothing_at_all_can_be_damaged_too() -> None:
    assert len(list(damaged_bytes(b"", seed=5, count=20))) == len(list(damaged_trees({}, seed=5, count=20))) == 20


def test_our_errors_are_counted_and_others_fail() -> None:
    def refuse(number: int) -> None:
        if number % 2:
            raise InputError("odd")

    assert only_our_errors(refuse, range(10)) == 5
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        only_our_errors(lambda number: 1 / number, [1, 0])


def test_a_reader_that_hangs_fails() -> None:
    with pytest.raises(AssertionError, match="TimeoutError"):
        only_our_errors(time.sleep, [30], hang_s=0.05)
