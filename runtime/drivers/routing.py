"""What both drivers share: where items go, how they wait, and which turns are void."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from runtime.drivers.table import Link, Row
from runtime.items import (
    Answer,
    Cancel,
    Effect,
    Item,
    Routed,
    Say,
    SpeechAudio,
    Transcript,
    TurnAudio,
    TurnCompletion,
    TurnText,
    turn_of,
)

VOIDABLE = (TurnAudio, TurnText, TurnCompletion, Transcript, Routed, Say, SpeechAudio, Answer, Effect)
"""Items that are work for a turn; a cancelled turn's are dropped. What reports on a turn (Playback, Cancel) is not."""

TICK_PORT = "tick"

ANY = "*"
"""Producer of a link that takes an item type from every stage and source."""


class VoidTurns:
    """Turns that have been cancelled: turn id → highest void revision."""

    def __init__(self) -> None:
        self._revisions: dict[int, int] = {}

    def add(self, cancel: Cancel) -> None:
        turn_id, revision = cancel.turn
        self._revisions[turn_id] = max(revision, self._revisions.get(turn_id, revision))

    def holds(self, item: Item) -> bool:
        """True when `item` is work for a cancelled turn."""
        if not isinstance(item, VOIDABLE):
            return False
        turn = turn_of(item)
        return turn is not None and turn.revision <= self._revisions.get(turn.turn_id, -1)


def close_job(job: Iterator[Item] | None) -> None:
    """End a stage's work between two yields; plain iterators have nothing to end."""
    close = getattr(job, "close", None)
    if close is not None:
        close()


class Mailbox:
    """The waiting items of one stage, a queue per port, served in the order of the row's links."""

    def __init__(self, row: Row) -> None:
        self._policies = {TICK_PORT: "latest"} | {link.port: link.policy for link in row.links}
        order = dict.fromkeys([*(link.port for link in row.links), TICK_PORT])
        self._queues: dict[str, deque[Item]] = {port: deque() for port in order}
        self.dropped: dict[str, int] = {}

    def put(self, port: str, item: Item) -> None:
        queue = self._queues[port]
        if self._policies[port] == "latest" and queue:
            queue.clear()
            if port != TICK_PORT:
                self.dropped[port] = self.dropped.get(port, 0) + 1
        queue.append(item)

    def pop(self) -> tuple[str, Item] | None:
        for port, queue in self._queues.items():
            if queue:
                return port, queue.popleft()
        return None

    def purge(self, void: VoidTurns) -> None:
        for port, queue in self._queues.items():
            if any(void.holds(item) for item in queue):
                self._queues[port] = deque(item for item in queue if not void.holds(item))

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))


class Routes:
    """(producer, item type) → the mailboxes and ports that want it. Checks the table once."""

    def __init__(self, rows: Sequence[Row], source_names: Sequence[str]) -> None:
        producers = [row.name for row in rows] + list(source_names)
        if len(set(producers)) != len(producers):
            raise ValueError(f"names in the table are not unique: {producers}")
        self._links: dict[tuple[str, type], list[tuple[str, Link]]] = {}
        for row in rows:
            for link in row.links:
                if link.producer not in (*producers, ANY):
                    raise ValueError(f"stage '{row.name}' listens to '{link.producer}', which is not in the table")
                self._links.setdefault((link.producer, link.item), []).append((row.name, link))

    def targets(self, producer: str, item: Item) -> list[tuple[str, str]]:
        """Stage name and port for each link that takes `item`."""
        links = [*self._links.get((producer, type(item)), ()), *self._links.get((ANY, type(item)), ())]
        return [(stage, link.port) for stage, link in links if link.where is None or link.where(item)]
