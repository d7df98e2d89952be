"""Route: which skill a transcript asks for, by the nearest of the skills' example phrases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from runtime.items import Cancel, Item, Routed, Transcript, TurnText
from runtime.nearest_phrase import NearestPhrase, SentenceEmbedder
from runtime.unfinished import Beginnings

THRESHOLD = 0.55
"""Cosine to the nearest phrase below which a text asks for no skill."""
OVERHEARD_THRESHOLD = 0.6
"""The same for a text that nobody was asked for: it is for us only if it is closer.

MiniLM on 71 written questions to us and 37 everyday sentences: the questions' scores begin at 0.64, the others' end at
0.51 but for two that ask what a skill answers ("have you seen my keys", "what time does the movie start"). Of 390
longer sentences that ask nothing of us, 5 are at 0.55 to 0.60 and none above.
"""

Slots = tuple[tuple[str, str], ...]


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
        overheard_threshold: float = OVERHEARD_THRESHOLD,
    ) -> None:
        self._skills = skills
        self._fallback = fallback
        self._threshold = threshold
        self._overheard_threshold = overheard_threshold
        phrases = {name: skill.phrases for name, skill in skills.items()}
        self._nearest = NearestPhrase(embedder, phrases)
        self._beginnings = Beginnings(phrases)

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, TurnText):
            yield self._routed(item, for_us=True, end_time_ns=now_ns)
        elif isinstance(item, Transcript) and item.purpose == "guess":
            routed = self._routed(item, for_us=item.woken and bool(item.text), end_time_ns=item.end_time_ns)
            yield routed
            if not routed.addressed:
                yield Cancel(item.turn, "not_addressed")

    def _routed(self, item: Transcript | TurnText, *, for_us: bool, end_time_ns: int) -> Routed:
        name, score = self._nearest.find(item.text)
        fits = score >= self._threshold
        skill = self._skills[name] if fits else self._fallback
        return Routed(
            item.turn,
            item.text,
            skill.name,
            score,
            for_us or score >= self._overheard_threshold,
            skill.slots(item.text),
            end_time_ns,
            self._beginnings.unfinished(item.text),
        )
