"""A press of key or button, or `edgemm stop`: silence if it speaks, listen if it does not."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.items import Cancel, Item, Playback, Press, SpeakerClear, TurnRef, Wake


class PressStage:
    """Ports: `press` (Press), `playback` (Playback). Yields Cancel and SpeakerClear, or Wake."""

    def __init__(self) -> None:
        self._sounding: dict[int, TurnRef | None] = {}

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Playback):
            if item.state == "started":
                self._sounding[item.utterance_id] = item.turn
            else:
                self._sounding.pop(item.utterance_id, None)
        elif isinstance(item, Press):
            if self._sounding:
                turns = {turn for turn in self._sounding.values() if turn is not None}
                for turn in sorted(turns):
                    yield Cancel(turn, "interrupted")
                yield SpeakerClear("interrupted")
            elif item.by != "command":
                yield Wake("button")
