"""Damaged input for readers: the same every time, by a seed.

for damaged in damaged_bytes(good, seed=1, count=500): ...
for damaged in damaged_trees({"a": [1]}, seed=1, count=500): ...
assert only_our_errors(read, damaged_bytes(good, seed=1, count=500)) > 0
"""

from __future__ import annotations

import copy
import random
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Literal, TypeVar

from edgemm.errors import EdgemmError

T = TypeVar("T")
Place = tuple[Any, ...]
"""Keys and indices from the root of a tree to one of its values."""

_LENGTHS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)
_BYTE_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
_ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 2**31, -(2**31) - 1, 2**63, 2**64, 10**400, 0.5, -0.0, 1e308,
    float("nan"), float("inf"),
    "", "x", "x" * 3000, "\x00", "../../x", "/etc/passwd", "é\u202e😀", "1", "true", [], {}, [None], {"": None}, [[]],
)  # fmt: skip


def damaged_bytes(good: bytes, *, seed: int, count: int) -> Iterator[bytes]:
    """`count` damaged copies: bits flipped, lengths overwritten, pieces cut out, doubled, swapped, invented."""
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(good)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            chance.choice(_BYTE_DAMAGES)(chance, data)
        yield bytes(data)


def damaged_trees(good: Any, *, seed: int, count: int) -> Iterator[Any]:
    """`count` damaged copies of a JSON-like tree: fields dropped, renamed, doubled, of another type, size or place."""
    chance = random.Random(seed)
    for _ in range(count):
        tree = copy.deepcopy(good)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            tree = _damage_tree(chance, tree)
        yield tree


def only_our_errors(read: Callable[[T], object], inputs: Iterable[T], *, hang_s: float = 20.0) -> int:
    """Read each input. Returns how many were refused; fails when another error comes out or `read` does not return.

    `hang_s` is far more than any reader needs: it tells a hang from work. To be called from the main thread.
    """
    refused = 0
    for number, damaged in enumerate(inputs):
        try:
            with _no_longer_than(hang_s):
                read(damaged)
        except EdgemmError as error:
            assert str(error), f"input {number}: an error without words"
            refused += 1
        except Exception as error:
            shown = repr(damaged)[:400]
            raise AssertionError(f"input {number} gave {type(error).__name__}: {error}\n{shown}") from error
    return refused


@contextmanager
def _no_longer_than(limit_s: float) -> Iterator[None]:
    def hung(_: int, __: FrameType | None) -> None:
        raise TimeoutError(f"not back after {limit_s} s")

    before = signal.signal(signal.SIGALRM, hung)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _piece(chance: random.Random, data: bytearray) -> slice:
    """Somewhere in the data, mostly short."""
    start = chance.randrange(len(data) + 1)
    return slice(start, min(len(data), start + chance.choice((1, 1, 2, 4, 8, 64, len(data)))))


def _flip(chance: random.Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _overwrite_length(chance: random.Random, data: bytearray) -> None:
    width = chance.choice((1, 2, 4, 8))
    if len(data) >= width:
        start = chance.randrange(len(data) - width + 1)
        value = chance.choice(_LENGTHS) % (1 << 8 * width)
        data[start : start + width] = value.to_bytes(width, chance.choice(_BYTE_ORDERS))


def _cut_out(chance: random.Random, data: bytearray) -> None:
    del data[_piece(chance, data)]


def _cut_off(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _double(chance: random.Random, data: bytearray) -> None:
    piece = _piece(chance, data)
    data[piece.start : piece.start] = data[piece]


def _swap(chance: random.Random, data: bytearray) -> None:
    one, other = _piece(chance, data), _piece(chance, data)
    length = min(one.stop - one.start, other.stop - other.start)
    first, second = slice(one.start, one.start + length), slice(other.start, other.start + length)
    data[first], data[second] = data[second], data[first]


def _invent(chance: random.Random, data: bytearray) -> None:
    piece = _piece(chance, data)
    fill = chance.choice((None, 0x00, 0xFF))
    data[piece] = bytes(chance.randrange(256) if fill is None else fill for _ in range(piece.stop - piece.start))


_BYTE_DAMAGES = (_flip, _flip, _overwrite_length, _overwrite_length, _cut_out, _cut_off, _double, _swap, _invent)


def _places(tree: Any) -> list[Place]:
    """Every value of the tree by its path, the root last."""
    found: list[Place] = []
    waiting: list[tuple[Place, Any]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        found.append(path)
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting.extend(((*path, key), item) for key, item in items)
    return found[::-1]


def _at(tree: Any, path: Sequence[Any]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _damage_tree(chance: random.Random, tree: Any) -> Any:
    places = _places(tree)
    path = chance.choice(places)
    if not path:
        return copy.deepcopy(chance.choice(_ODD_VALUES))
    parent, key = _at(tree, path[:-1]), path[-1]
    value, damage = parent[key], chance.randrange(6)
    if damage == 0:
        del parent[key]
    elif damage == 1 and isinstance(parent, dict):
        parent[chance.choice((f"{key}_", str(key)[1:], str(key).upper()))] = parent.pop(key)
    elif damage == 2 and isinstance(parent, list):
        parent.insert(chance.randrange(len(parent) + 1), copy.deepcopy(value))
    elif damage == 3:
        parent[key] = copy.deepcopy(_at(tree, chance.choice(places)))
    elif damage == 4:
        parent[key] = _near(chance, value)
    else:
        parent[key] = copy.deepcopy(chance.choice(_ODD_VALUES))
    return tree


def _near(chance: random.Random, value: Any) -> Any:
    """A value of the same type that means something else."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice((-value, value + 1, value - 1, value * 1000, value << 40))
    if isinstance(value, float):
        return chance.choice((-value, value * 1e10, value * 1e-10, float("nan")))
    if isinstance(value, str):
        return chance.choice((value[:-1], value + "x", value.upper(), value[::-1], f" {value}", value * 50))
    if isinstance(value, list):
        return chance.choice((value[::-1], value * 3, value[1:], [value], dict(enumerate(value))))
    if isinstance(value, dict):
        return list(value.values())
    return chance.choice(_ODD_VALUES)
