"""What a text that asks for nothing we know was meant to be, by its sound: "is there a cut" for "is there a cup".

A recogniser that is not sure writes other words of about the same sound. So the text's phonemes are compared with those
of the skills' example phrases: whole, and where a phrase names a thing, with each known thing's name in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from edgemm.errors import HostError, MissingExtraError
from runtime.language.everyday_nouns import is_everyday
from runtime.language.finding import asked_noun, without_place
from runtime.language.likeness import LikenessRule, Nearest
from runtime.language.phrase_forms import THING, normal, without_articles, without_names
from runtime.language.pronunciation import Costs, Phonemes, Words, phonemes_of
from runtime.language.things import THING_OF_WORD

_ARTICLES = ("", "a", "an", "the", "my", "any")
_SAME_SOUND = 0.05
"""Cost up to which two pronunciations are one: "tooth brush"."""
_NAMES_KEPT = 12
"""More than one thing has names, so that the nearest of another thing is among them."""
_FRAME_COST = 0.6
"""Cost up to which the words around a thing are those of a phrase: "which weighs the", not "when is the"."""
_OUT_OF_REACH = np.float32(1e3)
_FRAMES_TRIED = 4
_FRAME_MARGIN = 1.2
"""Frames that are further from the text than the nearest one by more than this are not tried."""


@dataclass(frozen=True)
class _Frame:
    """A phrase around its thing. One that differs from others in the article only has their `stem`."""

    skill: str
    stem: str
    before: str
    after: str


@dataclass(frozen=True)
class _Table:
    """Pronunciations of everything that can be meant."""

    phrases: Sequence[tuple[str, str]]
    """(skill, phrase that names no thing)."""
    whole: Words
    frames: Sequence[_Frame]
    before: Words
    after: Mapping[str, Phonemes]
    names: Sequence[str]
    things: Words


class SoundsLike:
    """Made once. The table is filled beside the rest of the start, and waited for when it is first needed."""

    def __init__(
        self, ipa: Callable[[str], str], phrases: Mapping[str, Sequence[str]], rule: LikenessRule | None = None
    ) -> None:
        self._ipa = ipa
        self._phrases = [(skill, normal(phrase)) for skill, examples in phrases.items() for phrase in examples]
        self._words = {word for _, plain in self._phrases for word in plain.split()}
        self._rule = rule or LikenessRule()
        self._table: Future[_Table] | None = None

    def start(self) -> None:
        """Begin to fill the table, beside whatever else goes on."""
        if self._table is None:
            worker = ThreadPoolExecutor(1, "sounds-like")
            self._table = worker.submit(self._fill)
            worker.shutdown(wait=False)

    def meant(self, text: str, log_probability: float) -> Nearest | None:
        """What was meant; None when nothing is near enough, or without espeak-ng: then what was heard stands.

        `log_probability`: the recogniser's, mean over the text's tokens.
        """
        try:
            nearest = self.nearest(text)
        except (MissingExtraError, HostError):
            return None
        if nearest is None or not self._rule.holds(nearest, log_probability):
            return None
        said = nearest.thing and nearest.cost > _SAME_SOUND and self._names_another(text, nearest)
        return None if said else nearest

    def nearest(self, text: str) -> Nearest | None:
        """The nearest text; None for one without sound. Raises as `edgemm.sound.phonemes.Phonemiser` does."""
        plain = normal(text)
        heard = self._sound(plain)
        if not len(heard):
            return None
        self.start()
        assert self._table is not None
        table = self._table.result()
        core = without_place(plain)
        without = heard if core == plain else self._sound(core)
        found = sorted([*_whole(table, heard), *_with_things(table, without)], key=lambda one: one.cost)
        best = found[0]
        rival = next((one.cost for one in found if (one.skill, one.thing) != (best.skill, best.thing)), np.inf)
        return replace(best, rival=rival)

    def _sound(self, text: str) -> Phonemes:
        """Its phonemes; "the" is one word, before vowels too."""
        return phonemes_of(self._ipa(text).replace("ðɪ ", "ðə ").replace("ði ", "ðə "))

    def _names_another(self, text: str, nearest: Nearest) -> bool:
        """Where the thing would be stands a thing that people do ask for, or a word of other phrases."""
        named = set((asked_noun(text) or "").split()[-1:]) - set(nearest.text.split())
        return any(is_everyday(word) or word in self._words for word in named)

    def _fill(self) -> _Table:
        whole = [(skill, plain) for skill, plain in self._phrases if without_names(plain) == plain]
        frames = list(dict.fromkeys(frame for skill, plain in self._phrases for frame in _frames(skill, plain)))
        names = list(THING_OF_WORD)
        thing = len(self._sound(THING))
        return _Table(
            whole,
            Words([self._sound(phrase) for _, phrase in whole]),
            frames,
            # Said with a thing, or else "a" is a letter's name
            Words([self._sound(f"{frame.before} {THING}")[:-thing] for frame in frames]),
            {frame.after: self._sound(f"{THING} {frame.after}")[thing:] for frame in frames},
            names,
            Words([self._sound(name) for name in names]),
        )


def _frames(skill: str, plain: str) -> Iterable[_Frame]:
    """ "is there a cup" → "is there", "is there a", "is there the" … before a thing."""
    before, found, after = without_names(plain).partition(THING)
    stem = without_articles(before)
    if found and stem and THING not in after:
        for end in dict.fromkeys([after.strip(), ""] if " " in stem else [after.strip()]):
            yield from (_Frame(skill, f"{stem}|{end}", f"{stem} {article}".strip(), end) for article in _ARTICLES)


def _whole(table: _Table, heard: Phonemes) -> Iterable[Nearest]:
    costs = table.whole.costs(heard)[:, -1]
    for (skill, phrase), cost, length in zip(table.phrases, costs, table.whole.lengths, strict=True):
        yield Nearest(phrase, skill, "", float(cost), np.inf, max(int(length), len(heard)))


def _with_things(table: _Table, heard: Phonemes) -> Iterable[Nearest]:
    """The best name of each thing in each frame that may be there."""
    before = table.before.costs(heard)
    after = {text: _rest(phonemes, heard) for text, phonemes in table.after.items()}
    for number in _likely(table.frames, before, after):
        frame = table.frames[number]
        costs = (table.things.costs(heard, _near(before[number])) + _near(after[frame.after])).min(axis=1)
        for place in np.argsort(costs)[:_NAMES_KEPT]:
            name = table.names[place]
            text = f"{frame.before} {name} {frame.after}".strip()
            length = int(table.things.lengths[place])
            yield Nearest(text, frame.skill, THING_OF_WORD[name], float(costs[place]), np.inf, length)


def _rest(phonemes: Phonemes, heard: Phonemes) -> Costs:
    """`(position,)`: the cost of `phonemes` for what was heard from each position on."""
    return Words([phonemes[::-1]]).costs(heard[::-1])[0, ::-1]


def _near(costs: Costs) -> Costs:
    return np.where(costs <= _FRAME_COST, costs, _OUT_OF_REACH)


def _likely(frames: Sequence[_Frame], before: Costs, after: Mapping[str, Costs]) -> list[int]:
    """Frames by number, nearest first: of those that differ in the article the nearest, with whatever thing."""
    afterwards = {text: np.minimum.accumulate(costs[::-1])[::-1] for text, costs in after.items()}
    best: dict[str, tuple[float, int, int]] = {}
    for number, frame in enumerate(frames):
        cost = float((before[number] + afterwards[frame.after]).min())
        of_frame = (round(cost, 3), -len(frame.before), number)  # what fits as well and says more is no part of a name
        best[frame.stem] = min(best.get(frame.stem, of_frame), of_frame)
    ranked = sorted(best.values())[:_FRAMES_TRIED]
    return [number for cost, _, number in ranked if cost <= ranked[0][0] + _FRAME_MARGIN]
