"""Route: which skill a transcript asks for, by the nearest of the skills' example phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from runtime.items import Cancel, Item, Routed, Transcript, TurnText

THRESHOLD = 0.5
"""Cosine to the nearest phrase below which a text is not for us."""

Slots = tuple[tuple[str, str], ...]


class SentenceEmbedder(Protocol):
    """Texts to unit vectors (`edgemm.tasks.embedding`)."""

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors `(text, dimension)` of length 1."""


class RoutableSkill(Protocol):
    """What the router needs of a skill (`runtime.skills.skill.Skill`)."""

    @property
    def name(self) -> str: ...

    @property
    def phrases(self) -> tuple[str, ...]: ...

    @property
    def slots(self) -> Callable[[str], Slots]: ...


class Route:
    """Ports: `text` (Transcript), `typed` (TurnText). Yields Routed, and Cancel(not_addressed) if nothing is asked.

    A turn that was woken or typed is meant for us: if it fits no skill it goes to `fallback`.
    """

    def __init__(
        self,
        embedder: SentenceEmbedder,
        skills: Mapping[str, RoutableSkill],
        fallback: RoutableSkill,
        threshold: float = THRESHOLD,
    ) -> None:
        """Embeds every phrase once: one call a skill, a few milliseconds each."""
        self._embedder = embedder
        self._skills = [skill for skill in skills.values() if skill.phrases]
        self._fallback = fallback
        self._threshold = threshold
        self._phrases = [embedder.embed([normal(phrase) for phrase in skill.phrases]) for skill in self._skills]

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, TurnText):
            yield self._routed(item, certain=True, end_time_ns=now_ns)
        elif isinstance(item, Transcript) and item.purpose == "guess":
            routed = self._routed(item, certain=item.woken, end_time_ns=item.end_time_ns)
            yield routed
            if not routed.addressed:
                yield Cancel(item.turn, "not_addressed")

    def nearest(self, text: str) -> tuple[RoutableSkill, float]:
        """The skill with the nearest phrase, and its cosine; `fallback` at 0 for a text without words."""
        wanted = normal(text)
        if not wanted:
            return self._fallback, 0.0
        vector = self._embedder.embed([wanted])[0]
        scores = [float((phrases @ vector).max()) for phrases in self._phrases]
        best = int(np.argmax(scores))
        return self._skills[best], scores[best]

    def _routed(self, item: Transcript | TurnText, *, certain: bool, end_time_ns: int) -> Routed:
        skill, score = self.nearest(item.text)
        fits = score >= self._threshold
        if not fits:
            skill = self._fallback
        slots = skill.slots(item.text)
        return Routed(
            item.turn, item.text, skill.name, score, fits or (certain and bool(normal(item.text))), slots, end_time_ns
        )


def normal(text: str) -> str:
    """Lower case, words only: how both phrases and transcripts are embedded."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower().replace("’", "'")))
