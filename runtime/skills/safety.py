"""Safety: whether it is safe, or one may go. That is never answered, whatever is or isn't seen: a miss could kill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runtime.language.words import words_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

_QUESTION = re.compile(
    r"(?:(?:so|and|but|then|now|hey|ok|okay|please|sorry|well) )*"
    r"(?:is|are|am|was|isnt|arent|aint|can|cant|could|may|might|must|should|shall|do|does|did|has|have|had|will|would|"
    r"what|which|when|where|how|who|whether|if|any|all|no|safe|clear|good|free|green|red)\b"
    r"|.*\b(?:tell|say|know|whether|if|check|sure|wonder|ask|right|ok|okay|yes|no|isnt|arent|wont|cant)\b"
)
"""How a question or a request to tell begins, or what makes one of a statement: "it's safe, right"."""

_ROAD = r"(?:road|roads|street|streets|way|path|coast|lane|junction|crossing|crosswalk|intersection|track|tracks|side)"
_SIGNAL = r"(?:traffic )?(?:lights?|lamps?|signals?)"
_SHOWN = r"(?:green|red|amber|yellow)"
_ON = (
    r"(?: (?:now|here|yet|ahead|on|out|across|over|straight|left|right|first|already|please|then|forwards?|back|"
    r"backwards?|through|away|by|past|down|up|in|it|this|that|ok|okay|safely|into|onto|at|along|the|a|car|bus|truck|"
    rf"lorry|bike|{_ROAD}))*$"
)
_GO = rf"(?:(?:go|walk|drive|move|proceed|step|run|ride|cycle|continue|pass|turn|enter|leave|pull|back up|head){_ON})"
_WAIT = rf"(?:(?:wait|stop|brake|slow down|yield|give way|hold on){_ON})"
_ACROSS = r"(?:cross|overtake|merge|reverse|jaywalk|(?:get|go|walk|step|run|come|make it) (?:across|over)\b|make it\b)"
_MAY = (
    r"(?:can|cant|may|could|should|shall|must|might) (?:i|we|one|he|she|they|you)",
    r"(?:i|we|one) (?:can|cant|may|could|should|shall|must|might|will|just)",
    r"(?:ok|okay|alright|all right|fine|good|clear|free|allowed|able|possible|time|room|space|gap|permitted|wise) "
    r"(?:for (?:me|us) )?to",
    r"(?:need|have|has|want|ready|try|going) to",
)
_ASKS_FOR_SAFETY = re.compile(
    "|".join(
        rf"\b(?:{pattern})"
        for pattern in (
            r"(?:un)?safe(?:ly|r|ty)?\b",
            r"(?:danger|risk|hazard|peril)(?:s|ous|ously|y)?\b",
            r"(?:is|are|am|it|its|be) (?:it |this |that |we |i )?(?:save|saved|safes)\b",
            rf"(?:{'|'.join(_MAY)}) (?:(?:now|just|please|safely|still|already) )*(?:{_GO}|{_WAIT}|{_ACROSS})",
            r"(?<!a )(?<!the )(?<!any )(?<!zebra )(?<!red )cross(?:ed)?\b",
            r"(?:am|are|be) (?:i|we) (?:\w+ )?crossing\b",
            rf"{_ROAD} (?:is |are )?(?:\w+ ){{0,2}}(?:clear|free|empty|blocked|busy|quiet)\b",
            r"(?:it|all|everything|way|we|i|im|that|left|right) (?:is |are |am )?(?:(?:all|now|still|really) )*clear\b",
            r"clear (?:to|of|on|now)\b",
            rf"(?:clear|free|empty|busy) {_ROAD}\b",
            r"(?:is there|there|any|much|is the|has the|no) traffic(?! (?:light|signal|sign|cone))\b",
            rf"{_SIGNAL} (?:\w+ ){{0,3}}{_SHOWN}\b",
            rf"(?:{_SHOWN}|walk) (?:{_SIGNAL}|man|figure|person|arrow)\b",
            rf"(?:man|figure|arrow) (?:is |now |already |still )*{_SHOWN}\b",
            rf"(?:is|has|did|its|it) (?:it )?(?:(?:now|already|still|turned|turning|gone|turn|become|to) )*{_SHOWN}"
            r"(?: (?:now|yet|already|again|for (?:me|us|you|cars|pedestrians)|right|ok|okay|please|there|ahead))*$",
            rf"colou?r (?:\w+ ){{0,3}}{_SIGNAL}(?! (?:bulb|switch))\b",
            rf"(?:has|have|did) the {_SIGNAL} (?:\w+ )?(?:chang|turn|switch|go)",
            r"(?:will|would|do|did) (?:i|we) make it\b",
            r"(?:my|our) turn\b",
            r"right of way\b",
        )
    )
)
_A_SAFE = re.compile(r"\b(?:a|the|my|any) safe(?: (?:here|there|in|on|near|now|please|around|from)\b.*)?$")
"""The box with a lock."""


def asks_for_safety(text: str) -> bool:
    """Whether `text` asks if it is safe, clear or allowed to go, in whatever words, also "it's safe, right?"."""
    plain = " ".join(words_of(text))
    if not _ASKS_FOR_SAFETY.search(plain) or _A_SAFE.search(plain):
        return False
    return "?" in text or _QUESTION.match(plain) is not None


def answer(request: Request, look: Look) -> Iterator[Step]:
    yield Sentence("I can't tell whether it is safe: I miss things and look only where the camera does.", refused=True)


SKILL = Skill(
    name="safety",
    phrases=(
        "is it safe to cross",
        "can I cross now",
        "is the road clear",
        "may I walk",
        "can I go",
        "is the light green",
        "is it green for me",
        "is it safe to go",
        "is it safe to overtake",
        "is it dangerous",
        "am I safe here",
        "should I wait",
    ),
    answer=answer,
    takes=asks_for_safety,
    looks=False,
)
