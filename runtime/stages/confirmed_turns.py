"""Which turns count: of each confirmed turn the revision that was confirmed."""

from __future__ import annotations

from runtime.items import TurnRef

REMEMBERED_TURNS = 64


class ConfirmedTurns:
    """The newest `REMEMBERED_TURNS` turns that were confirmed and not cancelled since."""

    def __init__(self) -> None:
        self._revisions: dict[int, int] = {}

    def add(self, turn: TurnRef) -> None:
        self._revisions[turn.turn_id] = turn.revision
        while len(self._revisions) > REMEMBERED_TURNS:
            del self._revisions[next(iter(self._revisions))]

    def counts(self, turn: TurnRef | None) -> bool:
        """Whether what belongs to `turn` may be heard; what belongs to none may."""
        return turn is None or self._revisions.get(turn.turn_id) == turn.revision

    def turns(self) -> set[TurnRef]:
        return {TurnRef(*confirmed) for confirmed in self._revisions.items()}

    def drop(self, cancelled: TurnRef) -> None:
        for turn in self.turns():
            if is_void(turn, cancelled):
                del self._revisions[turn.turn_id]


def is_void(turn: TurnRef | None, cancelled: TurnRef) -> bool:
    """Whether `turn` is covered by the cancellation of `cancelled`."""
    return turn is not None and turn.turn_id == cancelled.turn_id and turn.revision <= cancelled.revision
