"""The table of stages: what runs, what each listens to, and what it costs. Read it from top to bottom.

    microphone ─▶ voice_activity ─▶ end_of_turn ─▶ recogniser ─▶ route ─▶ answer ─▶ voice ─▶ floor ─▶ speaker
    camera ─▶ frame_quality, look ─▶ hazard ─▶ floor

Costs are stream time for the replay driver, in milliseconds for each yielded item: round numbers near what one core of
a small computer needs. They are configured, not measured, so that a replay is the same on every run.
"""

from __future__ import annotations

from runtime.drivers.table import Row
from runtime.table.answering import answering_rows
from runtime.table.listening import listening_rows
from runtime.table.parts import Parts
from runtime.table.seeing import seeing_rows
from runtime.table.speaking import speaking_rows


def pipeline(parts: Parts) -> tuple[Row, ...]:
    """The rows of the assistant. A row's links are served in their order: the first is the most urgent."""
    return (*listening_rows(parts), *seeing_rows(parts), *answering_rows(parts), *speaking_rows(parts))
