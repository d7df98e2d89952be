"""Whether something that comes closer would be announced now, and if not, why: no alert proves nothing by itself."""

from __future__ import annotations

from edgemm.media import NS_PER_S
from runtime.items import Watched

ALERTS_OFF = "alerts are switched off, I warn you of nothing."
NOT_WATCHING = "looking for it does not work right now."
BLIND = {
    "view": "the picture is not clear.",
    "unsteady": "the picture has just changed. Hold the camera still for a second and ask again.",
    "still": "the picture does not move at all.",
}

ALIVE_NS = NS_PER_S
"""A frame that was watched longer ago says nothing about now."""


def why_unwatched(alerts: bool, watched: Watched | None, now_ns: int) -> str | None:
    """Why an approach might go unannounced, although the picture may be good; None while it would be announced.

    `alerts`: whether they are wanted. `watched`: the newest frame that was watched.
    """
    if not alerts:
        return ALERTS_OFF
    if watched is None or now_ns - watched.capture_time_ns > ALIVE_NS:
        return NOT_WATCHING
    return BLIND[watched.blind] if watched.blind else None
