"""Route: which skill a transcript asks for: of those in whose words it is asked, the one with the nearest phrase."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from runtime.items import Cancel, Item, Routed, Transcript, TurnText
from runtime.language.finding import find_thing, known_as
from runtime.language.nearest_phrase import NearestPhrase, SentenceEmbedder
from runtime.language.sounds_like import SoundsLike
from runtime.language.unfinished import Beginnings
from runtime.language.wording import Names, Wording
from runtime.skills.fallback import HEARD_IN_PART
from runtime.skills.skill import Slots

THRESHOLD = 0.55
"""Cosine to the nearest phrase below which a text asks for no skill."""
OVERHEARD_THRESHOLD = 0.6
"""The same for a text that nobody was asked for: it is for us only if it is closer.

MiniLM on 71 written questions to us and 37 everyday sentences: the questions' scores begin at 0.64, the others' end at
0.51 but for two that ask what a skill answers ("have you seen my keys", "what time does the movie start"). Of 390
longer sentences that ask nothing of us, 5 are at 0.55 to 0.60 and none above.
"""

PLAIN = 0.8
"""Cosine from which a text is as good as a phrase."""


class RoutableSkill(Protocol):
    """What the router needs of a skill (`runtime.skills.skill.Skill`)."""

    @property
    def name(self) -> str: ...

    @property
    def phrases(self) -> tuple[str, ...]: ...

    @property
    def names(self) -> Names: ...

    @property
    def words(self) -> str: ...

    @property
    def words_after(self) -> str: ...

    @property
    def in_part(self) -> bool: ...

    @property
    def takes(self) -> Callable[[str], bool]: ...

    @property
    def slots(self) -> Callable[[str], Slots]: ...


class Route:
    """Ports: `text` (Transcript), `typed` (TurnText). Yields Routed, and Cancel(not_addressed) if nothing is asked.

    A turn that was woken or typed is meant for us: if it fits no skill it goes to `fallback`. With `sounds`, a spoken
    text that does not fit, or names a thing that is not known, is taken for one of about the same sound that does.
    A text that was not heard to its end goes to `fallback` too, unless a part of it is enough for its skill.
    """

    def __init__(
        self,
        embedder: SentenceEmbedder,
        skills: Mapping[str, RoutableSkill],
        fallback: RoutableSkill,
        threshold: float = THRESHOLD,
        overheard_threshold: float = OVERHEARD_THRESHOLD,
        sounds: SoundsLike | None = None,
        known_names: Container[str] = frozenset(),
    ) -> None:
        self._skills = skills
        self._fallback = fallback
        self._threshold = threshold
        self._overheard_threshold = overheard_threshold
        self._sounds = sounds
        self._known_names = known_names
        phrases = phrases_of(skills)
        self._nearest = NearestPhrase(embedder, phrases)
        self._beginnings = Beginnings(phrases)
        self._wordings = {
            name: Wording(skill.phrases, skill.names, skill.words, skill.words_after) for name, skill in skills.items()
        }

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, TurnText):
            yield self._routed(item, self._asked(item.text), for_us=True, end_time_ns=now_ns)
        elif isinstance(item, Transcript) and item.purpose == "guess":
            for_us = item.woken and bool(item.text)
            asked = self._heard(item)
            if not item.complete and not asked.skill.in_part:
                asked = _Asked(asked.text, self._fallback, asked.score, is_part=True)
            routed = self._routed(item, asked, for_us=for_us, end_time_ns=item.end_time_ns)
            yield routed
            if not routed.addressed:
                yield Cancel(item.turn, "not_addressed")

    def _asked(self, text: str) -> _Asked:
        taking = next((skill for skill in self._skills.values() if skill.takes(text)), None)
        if taking is not None:
            return _Asked(text, taking, 1.0)
        ranked = self._nearest.ranked(text)
        near = (one for one in ranked if one[1] >= self._threshold and self._wordings[one[0]].fits(text))
        name, score = next(near, ("", ranked[0][1] if ranked else 0.0))
        return _Asked(text, self._skills.get(name, self._fallback), score)

    def _heard(self, heard: Transcript) -> _Asked:
        """The same for a text that may have been misheard: what is not plain as it stands is tried by its sound."""
        asked = self._asked(heard.text)
        thing = None if asked.skill.takes(heard.text) else find_thing(heard.text)
        knows_thing = thing is None or known_as(thing, self._known_names) is not None
        plain = asked.score >= PLAIN and knows_thing and asked.skill is not self._fallback
        if self._sounds is None or plain:
            return asked
        meant = self._sounds.meant(heard.text, heard.mean_log_probability)
        return asked if meant is None else _Asked(meant.text, self._skills[meant.skill], meant.likeness)

    def _routed(self, item: Transcript | TurnText, asked: _Asked, *, for_us: bool, end_time_ns: int) -> Routed:
        return Routed(
            item.turn,
            item.text,
            asked.skill.name,
            asked.score,
            for_us or asked.score >= self._overheard_threshold,
            HEARD_IN_PART if asked.is_part else asked.skill.slots(asked.text),
            end_time_ns,
            asked.is_part or self._beginnings.unfinished(item.text) or self._beginnings.unfinished(asked.text),
        )


def phrases_of(skills: Mapping[str, RoutableSkill]) -> dict[str, tuple[str, ...]]:
    """Each skill's example phrases."""
    return {name: skill.phrases for name, skill in skills.items()}


@dataclass(frozen=True)
class _Asked:
    """What a text asks for, and how sure that is. `text` is in the words that were meant."""

    text: str
    skill: RoutableSkill
    score: float
    is_part: bool = False
