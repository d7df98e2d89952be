"""Whether an answer about a photograph is right, wrong, hedged or refused.

Only what is said plainly can be right or wrong. A clause with "perhaps" or "not sure" is hedged, whatever it says.
"I don't see a cup" is wrong when there is one, unless it fills less than 3 % of the picture: then it counts as hedged,
for it does not say that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from bench.kinds import goes_by
from bench.question_set import Asked
from edgemm.pictures.photographs import Photograph
from runtime.language.directions import angle_deg
from runtime.language.things import THING_OF_WORD

Verdict = Literal["right", "wrong", "hedged", "refused"]

HORIZONTAL_FOV_DEG = 60.0
HOUR_TOLERANCE_DEG = 15.0 + 8.0
"""Half an hour of the clock face, and what a centre that was judged by eye leaves open."""
LEAST_WORDS_READ = 0.9
_REASONS = {"dark": "is dark", "blurred": "is blurred", "covered": "covers the camera"}

_NUMBERS = {word: n for n, word in enumerate("no one two three four five six seven eight nine ten".split())}  # noqa: SIM905
_HEDGE = re.compile(r"\bperhaps\b|\bnot sure\b|\bmay be\b", re.IGNORECASE)
_HOURS = dict(zip("twelve one two three four five six seven eight nine ten eleven".split(), range(12), strict=True))  # noqa: SIM905
_CLAUSE = re.compile(r"[,.;?!]| and (?!white\b)|: ")
_PLACE = re.compile(r"\b(?:at|on the left|on the right|ahead|near|far away)\b.*", re.IGNORECASE)


def judge(asked: Asked, answer: str, refused: bool) -> Verdict:
    """The verdict on `answer`, as spoken."""
    if asked.kind in ("unusable", "unknown", "nothing written"):
        return _refusal_wanted(asked, answer, refused)
    if refused:
        return "refused"
    return {
        "describe": _describe,
        "present": _present,
        "absent": _absent,
        "where": _where,
        "count": _count,
        "none": _absent,
        "colour": _colour,
        "read": _read,
        "light": _light,
    }[asked.kind](asked, answer)


def _refusal_wanted(asked: Asked, answer: str, refused: bool) -> Verdict:
    """A refusal that names the right reason is the right answer here."""
    if refused:
        return "right" if asked.kind != "unusable" or _REASONS[asked.truth] in answer else "refused"
    return "hedged" if _HEDGE.search(answer) else "wrong"


def _not_seen(answer: str) -> bool:
    return "don't see" in answer


def _missed(asked: Asked) -> Verdict:
    return "hedged" if asked.thing in asked.photograph.small else "wrong"


def _present(asked: Asked, answer: str) -> Verdict:
    if _not_seen(answer):
        return _missed(asked)
    if _HEDGE.search(answer):
        return "hedged"
    return "right" if answer.startswith("Yes") else "wrong"


def _absent(asked: Asked, answer: str) -> Verdict:
    if _HEDGE.search(answer):
        return "hedged"
    return "right" if _not_seen(answer) else "wrong"


def _where(asked: Asked, answer: str) -> Verdict:
    if _not_seen(answer):
        return _missed(asked)
    if _HEDGE.search(answer):
        return "hedged"
    true_deg = angle_deg(float(asked.truth), HORIZONTAL_FOV_DEG)
    hours = re.findall(r"(\w+) o'clock", answer)
    off_deg = [abs((_HOURS[hour] * 30.0 - true_deg + 180.0) % 360.0 - 180.0) for hour in hours]
    return "right" if len(off_deg) == 1 and off_deg[0] <= HOUR_TOLERANCE_DEG else "wrong"


def _count(asked: Asked, answer: str) -> Verdict:
    if _not_seen(answer):
        return _missed(asked)
    if _HEDGE.search(answer):
        return "hedged"
    return "right" if _number(answer.split()[0]) == int(asked.truth) else "wrong"


def _number(word: str) -> int | None:
    word = word.lower()
    return int(word) if word.isdigit() else 1 if word in ("a", "an") else _NUMBERS.get(word)


def _colour(asked: Asked, answer: str) -> Verdict:
    if _not_seen(answer):
        return _missed(asked)
    if _HEDGE.search(answer):
        return "hedged"
    said = answer.lower()
    return "right" if any(re.search(rf"\b{name}\b", said) for name in asked.truth.split(" or ")) else "wrong"


def _read(asked: Asked, answer: str) -> Verdict:
    if _HEDGE.search(answer):
        return "hedged"
    wanted, heard = _words(asked.truth), set(_words(answer))
    return "right" if sum(word in heard for word in wanted) >= LEAST_WORDS_READ * len(wanted) else "wrong"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _light(asked: Asked, answer: str) -> Verdict:
    return "right" if re.search(rf"\b{asked.truth}\b", answer) else "wrong"


def _describe(asked: Asked, answer: str) -> Verdict:
    """Wrong with one plain thing that is not there; right with one that is, if all plain ones are."""
    plain = [_is_true(claim, asked.photograph) for claim in _plain_claims(answer)]
    if False in plain:
        return "wrong"
    return "right" if True in plain else "hedged"


def _plain_claims(answer: str) -> Iterator[str]:
    """Clauses that name a thing without a hedge: "two people", "a cup". Of "two people, perhaps three" the number is
    hedged, the people are not."""
    clauses = [_PLACE.sub("", clause.strip()).strip().lower() for clause in _CLAUSE.split(answer)]
    for clause, following in zip(clauses, [*clauses[1:], ""], strict=True):
        if not clause or _HEDGE.search(clause):
            continue
        number_hedged = re.fullmatch(r"perhaps (\w+)", following) and _number(following.split()[1]) is not None
        yield clause.partition(" ")[2] if number_hedged else clause


def _is_true(claim: str, photo: Photograph) -> bool | None:
    """None for a name that people may see either way."""
    first, _, rest = claim.partition(" ")
    number = _number(first)
    name = rest if number is not None or first == "the" else claim
    thing = THING_OF_WORD.get(name, name)
    if thing in photo.unsure:
        return None
    if thing in photo.things:
        return number is None or first in ("a", "an") or photo.things[thing] in (number, "several")
    return any(goes_by(name, true) for true in (*photo.also, *photo.things))
