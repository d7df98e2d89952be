"""The run as it happens, for a person at a terminal: what is seen, heard and said, and a summary at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TextIO

from runtime.items import Item
from runtime.language.phrasing import counted, listed
from runtime.telling.lines import Teller


class Console:
    """A tap that prints one line for each event worth reading, and counts for the summary."""

    def __init__(self, stream: TextIO, teller: Teller | None = None) -> None:
        self._stream = stream
        self._teller = teller or Teller()
        self._counts: Counter[str] = Counter()
        self._ages_ms: list[float] = []

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        event = self._teller.event_of(time_ns, producer, item)
        if event is None:
            return
        self._count(event)
        line = line_of(event)
        if line is not None:
            self._stream.write(f"{event['time_ms'] / 1000:7.1f} s  {line}\n")
            self._stream.flush()

    def summary(self) -> str:
        """Questions, answers, refusals, interruptions, alerts; the oldest picture that an answer rested on."""
        counted = ", ".join(f"{self._counts[name]} {name}" for name in _COUNTED)
        age = f"; oldest picture in an answer {max(self._ages_ms):.0f} ms" if self._ages_ms else ""
        return f"{counted}{age}"

    def _count(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "answer":
            self._counts["refused" if event["refused"] else "answered"] += 1
            if event["frame_age_ms"] is not None:
                self._ages_ms.append(event["frame_age_ms"])
        elif kind == "alert":
            self._counts["alerts"] += 1
        elif kind == "cancelled" and event["reason"] == "interrupted":
            self._counts["interrupted"] += 1
        elif kind == "fault":
            self._counts["faults"] += 1


_COUNTED = ("answered", "refused", "interrupted", "alerts", "faults")


def line_of(event: dict[str, Any]) -> str | None:
    """What a person reads of an event; None for those that are for machines."""
    writer = _LINES.get(event["event"])
    return writer(event) if writer else None


def _scene(event: dict[str, Any]) -> str:
    labels = Counter(thing["label"] for thing in event["things"])
    return "sees    " + (
        listed([counted(count, label) for label, count in sorted(labels.items())]) or "nothing it knows"
    )


def _transcript(event: dict[str, Any]) -> str | None:
    goes_on = event["state"] == "partial" or not event["complete"]
    return f"hears   {event['text']}" + (" …" if goes_on else "") if event["text"] else None


def _playback(event: dict[str, Any]) -> str | None:
    if not event["text"] or event["state"] == "finished":
        return None
    return ("says    " if event["state"] == "started" else "cut     ") + str(event["text"])


def _source(event: dict[str, Any]) -> str:
    return f"device  {event['source']} {event['state']}" + (f": {event['detail']}" if event["detail"] else "")


_LINES: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "scene": _scene,
    "transcript": _transcript,
    "playback": _playback,
    "source": _source,
    "typed": lambda event: f"reads   {event['text']}",
    "view": lambda event: f"view    {event['state']}",
    "wake": lambda event: f"woken   by {event['by']}",
    "alert": lambda event: f"ALERT   {event['text']}",
    "fault": lambda event: f"fault   {event['stage']}: {event['message']}",
    "dropped": lambda event: f"dropped {event['count']} on {event['link']}",
}
