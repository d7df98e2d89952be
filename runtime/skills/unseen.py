"""Why there is nothing to see: the state of the camera and of its picture, in words with a remedy."""

from __future__ import annotations

from runtime.items import SourceState, ViewState

VIEW_REASONS = {
    "dark": "the picture is dark. Turn the light on or uncover the camera.",
    "bright": "the picture is too bright. Turn the camera away from the light.",
    "blurred": "the picture is blurred. Hold the camera still, or wipe its lens.",
    "covered": "something covers the camera. Uncover it, or move it back.",
    "frozen": "the picture is frozen. Unplug the camera and plug it in again.",
    "stale": "the camera has stopped sending pictures. Check its cable.",
    "missing": "there is no picture from the camera. Check its cable.",
}

UNUSABLE_VIEWS = frozenset({"dark", "covered", "frozen", "stale", "missing"})
"""In which nothing can be watched. A bright or blurred one still shows something large that comes closer."""


def source_reason(source: SourceState) -> str | None:
    """What is wrong with a source; None while it works."""
    if source.state == "ok":
        return None
    if source.state == "ended":  # no fault: its word for it stands where a remedy would
        return source.remedy[:1].lower() + source.remedy[1:] or f"the {source.source} has ended."
    return f"the {source.source} is {source.state}. {source.remedy}".strip()


def why_unseen(
    camera: SourceState | None, view: ViewState | None, ignoring: frozenset[str] = frozenset()
) -> str | None:
    """The camera's fault, or else the picture's; None while nothing is known against it."""
    fault = None if camera is None else source_reason(camera)
    if fault is not None or view is None or view.state == "ok" or view.state in ignoring:
        return fault
    return VIEW_REASONS[view.state]
