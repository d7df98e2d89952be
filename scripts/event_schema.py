"""Write docs/event-schema.json, the published schema of the event log, from the event models."""

from __future__ import annotations

import json
from pathlib import Path

from runtime.telling.event_schema import EVENT_SCHEMA

FILE = Path(__file__).resolve().parent.parent / "docs" / "event-schema.json"


def event_schema() -> str:
    """The file's text."""
    return json.dumps(EVENT_SCHEMA, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(event_schema(), encoding="utf-8")
