"""What all skills that look share: when to refuse, and what is in view."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from runtime.claims import Claim, claims_of
from runtime.directions import direction, nearness
from runtime.evidence import Evidence
from runtime.evidence.contest import contest, doubtful
from runtime.evidence.labels import MOST_CROPS
from runtime.items import Working
from runtime.phrasing import listed, plural
from runtime.skills.skill import Look, Sentence
from runtime.things import THINGS

_REASONS = {
    "dark": "the picture is dark. Turn the light on or uncover the camera.",
    "bright": "the picture is too bright. Turn the camera away from the light.",
    "blurred": "the picture is blurred. Hold the camera still, or wipe its lens.",
    "covered": "something covers the camera. Uncover it, or move it back.",
    "frozen": "the picture is frozen. Unplug the camera and plug it in again.",
    "stale": "the camera has stopped sending pictures. Check its cable.",
    "missing": "there is no picture from the camera. Check its cable.",
}


def cannot_see(look: Look, *, ignoring: frozenset[str] = frozenset()) -> Sentence | None:
    """The refusal that the state of the camera and of the picture asks for; None when the picture supports answers."""
    camera = look.sources.get("camera")
    if camera is not None and camera.state != "ok":
        return _refusal((camera.remedy and f"the camera is {camera.state}. {camera.remedy}") or _REASONS["missing"])
    if look.view is not None and look.view.state != "ok" and look.view.state not in ignoring:
        return _refusal(_REASONS[look.view.state])
    if look.scene is None:
        return _refusal(_REASONS["missing"])
    if look.now_ns - look.scene.frame.capture_time_ns > look.max_age_ns:
        return _refusal(_REASONS["stale"])
    return None


def _refusal(reason: str) -> Sentence:
    return Sentence(f"I can't see: {reason}", refused=True)


def gather_evidence(look: Look) -> Generator[Working, None, tuple[Evidence, ...]]:
    """The scene's evidence; doubtful detections are shown to the classifier, which confirms or contests them."""
    seen = look.scene.evidence if look.scene is not None else ()
    unnamed = {e.region for e in seen if doubtful(e)}
    labels: tuple[Evidence, ...] = ()
    if unnamed:
        for labels in look.watch("label"):
            if len(unnamed & {e.region for e in labels}) == min(len(unnamed), MOST_CROPS):
                break  # the crops come before the whole picture, which only some answers need
            yield Working()
    return (*contest(seen, labels), *labels)


def gather_claims(look: Look) -> Generator[Working, None, tuple[Claim, ...]]:
    """What is in view, largest first."""
    return claims_of((yield from gather_evidence(look)))


def known_name(look: Look, thing: str) -> str | None:
    """The detector's or the classifier's name of `thing`, in the singular; None when no model has a class for it."""
    endings = (("", ""), ("s", ""), ("es", ""), ("ies", "y"))
    names = (thing.removesuffix(many) + one for many, one in endings if thing.endswith(many))
    return next((name for name in names if name in THINGS or name in look.label_names), None)


def does_not_know(thing: str) -> Sentence:
    """The refusal for a thing that no model has a class for."""
    return Sentence(
        f"I can't recognise {plural(thing.removesuffix('s'))}. I know people, animals, vehicles, furniture, food and "
        "household things.",
        refused=True,
    )


def place(look: Look, claim: Claim) -> str:
    """ "at two o'clock, near"."""
    frame = look.scene.frame if look.scene is not None else None
    aspect = frame.width / frame.height if frame is not None else 1.0
    distance = nearness(claim.label, claim.region, look.horizontal_fov_deg, aspect)
    return ", ".join(filter(None, (direction(claim.region, look.horizontal_fov_deg), distance)))


def places(look: Look, claims: Iterable[Claim]) -> str:
    """Where each is, left to right, without repeating: "at ten o'clock and at two o'clock"."""
    ordered = sorted(claims, key=lambda claim: claim.region[0] + claim.region[2])
    return listed(list(dict.fromkeys(direction(claim.region, look.horizontal_fov_deg) for claim in ordered)))


def evidence_of(claims: Iterable[Claim]) -> tuple[Evidence, ...]:
    return tuple(e for claim in claims for e in claim.evidence)
