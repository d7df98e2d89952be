"""Draw docs/at-work.png: moments of the built-in session with what was found, heard and said. Run after `make demo`."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from edgemm.media import NS_PER_MS, VideoFrame
from runtime.sessions.session_reader import Session, find_session, open_session

EVENTS = Path("out/replay-events.jsonl")
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "at-work.png"
SKILLS = ("where_is", "read_text", "describe")

Event = dict[str, Any]


def frame_at(session: Session, time_ms: float) -> VideoFrame:
    """The last frame that had arrived by then."""
    last = None
    for arrival in session.arrivals("camera"):
        if arrival.time_ns > time_ms * NS_PER_MS and last is not None:
            break
        last = arrival.item
    assert isinstance(last, VideoFrame)
    return last


def moments(events: list[Event]) -> list[tuple[float, str, str, list[Event]]]:
    """Time, what was heard, what was said, and the evidence: an answer, a refusal, an alert."""
    heard = {event["turn"]: event["text"] for event in events if event["event"] == "transcript"}
    chosen: list[tuple[float, str, str, list[Event]]] = []
    for skill, refused in zip(SKILLS, (False, False, True), strict=True):
        answer = next(e for e in events if e["event"] == "answer" and e["skill"] == skill and e["refused"] == refused)
        chosen.append((answer["time_ms"], f"“{heard[answer['turn']]}”", answer["text"], answer["evidence"]))
    alert = next(event for event in events if event["event"] == "alert")
    chosen.append((alert["time_ms"], "(nobody asked)", alert["text"], [alert]))
    return chosen


def draw(session: Session, events: list[Event]) -> None:
    """One panel a moment."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.patches import Rectangle

    shown = moments(events)
    figure, panels = pyplot.subplots(1, len(shown), figsize=(4 * len(shown), 4.1))
    for axes, (time_ms, heard, said, evidence) in zip(panels, shown, strict=True):
        frame = frame_at(session, time_ms)
        axes.imshow(frame.pixels[..., ::-1])
        for found in evidence:
            if found["region"] is not None:
                x1, y1, x2, y2 = found["region"]
                corner, width, height = (x1 * frame.width, y1 * frame.height), x2 - x1, y2 - y1
                box = Rectangle(corner, width * frame.width, height * frame.height, fill=False, edgecolor="lime", lw=2)
                axes.add_patch(box)
        axes.set_axis_off()
        axes.set_title(heard, fontsize=12)
        words = textwrap.fill(said, 34)
        axes.text(0.5, -0.04, words, transform=axes.transAxes, ha="center", va="top", fontsize=12, weight="bold")
    figure.subplots_adjust(wspace=0.06)
    figure.savefig(PICTURE, dpi=80, bbox_inches="tight")


if __name__ == "__main__":
    draw(open_session(find_session("demo")), [json.loads(line) for line in EVENTS.read_text().splitlines()])
