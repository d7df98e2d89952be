"""Safety: whether it is safe, or one may go. That is never answered, whatever is or isn't seen: a miss could kill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runtime.language.words import words_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

_SO = r"(?:(?:so|and|but|then|now|hey|hi|hello|um|uh|er|oh|computer|ok|okay|please|sorry|well) )*"
_QUESTION = re.compile(
    rf"{_SO}(?:is|are|am|was|isnt|arent|aint|can|cant|could|may|might|must|should|shall|do|does|did|has|have|had|will|would|"
    r"what|which|when|where|how|who|whose|whether|if|any|all|no|safe|clear|good|free|green|red|looks?|"
    r"seems?|help|guide|take|lead|let|lets)\b"
    r"|.*\b(?:tell|say|know|whether|if|check|sure|wonder|ask|right|ok|okay|yes|no|isnt|arent|wont|cant)\b"
)
"""How a question or a request to tell begins, or what makes one of a statement: "it's safe, right"."""

_TAG = re.compile(
    r"(?: (?:please|right|correct|true|yes|huh|eh|ok|okay|or not|dont you think|"
    r"(?:is|isnt|are|arent|can|cant|does|doesnt|has|hasnt|have|havent) (?:it|they|i|we|that|there)))+$"
)
"""What makes a question of a statement when it follows: "it's green, isn't it"."""

_ROAD = (
    r"(?:roads?|streets?|way|path|coast|lanes?|junction|crossing|crosswalk|intersection|tracks?|side|kerb|curb|spot)"
)
_SIGNAL = r"(?:traffic )?(?:lights?|lamps?|signals?)"
_SHOWN = r"(?:green|red|amber|yellow)"
_ON = (
    r"(?: (?:now|here|yet|ahead|on|off|out|across|over|straight|left|right|first|already|please|then|forwards?|back|"
    r"backwards?|through|away|by|past|down|up|in|it|this|that|ok|okay|safely|into|onto|at|along|of|the|a|car|bus|truck|"
    rf"lorry|bike|train|{_ROAD}))*$"
)
_GOING = r"(?:going|walking|driving|moving|crossing|running|riding|cycling)"
_GO = (
    r"(?:(?:go|walk|drive|move|proceed|step|jump|run|ride|cycle|continue|carry on|set off|pass|"
    rf"turn(?! (?:it|this|that))|enter|board|leave|pull|back up|head|(?:change|switch) lanes|"
    rf"(?:start|begin|keep|stop|continue) {_GOING}|"
    rf"get(?= (?:on|off|in|out|through|past|by|down|up|into|onto)\b)){_ON})"
)
_WAIT = rf"(?:(?:wait|stop|stay|hurry|brake|slow down|speed up|yield|give way|hold on){_ON})"
_ACROSS = (
    r"(?:cross|overtake|merge|reverse|jaywalk|(?:get|go|walk|step|run|come|make it) (?:across|over)\b|make it\b|"
    r"come (?:through|past)\b)"
)
_MAY = (
    r"(?:can|cant|may|could|should|shall|must|might|would|do) (?:i|we|one|he|she|they)",
    r"(?:i|we|one) (?:can|cant|may|could|should|shall|must|might|will|just)",
    r"(?:ok|okay|alright|all right|fine|good|clear|free|allowed|able|possible|time|room|space|gap|permitted|wise) "
    r"(?:for (?:me|us) )?to",
    r"(?:need|have|has|want|ready|try|going|when|whether) to",
)
_BEFORE_A_CROSS = "a the any my your his her this that zebra red green white black gold golden wooden big small"
_NOUN = "".join(rf"(?<!\b{word} )" for word in _BEFORE_A_CROSS.split())
"""Not after these: the cross on the wall, that of the pharmacy."""
_COMPOUND = (
    r"(?! (?:signs?|labels?|notices?|instructions?|rules?|cards?|symbols?|belts?|vests?|helmets?|glasses|goggles|pins?|"
    r"nets?|cones?|barriers?|gates?|rails?|lights?|tape)\b)"
)
"""Not before these: the safety belt, the danger sign."""
_ASKS_FOR_SAFETY = re.compile(
    "|".join(
        rf"\b(?:{pattern})"
        for pattern in (
            r"(?:un)?safe(?:ly|r|st)?\b",
            rf"(?:safety|danger|risk|hazard|peril)\b{_COMPOUND}",
            r"(?:danger|risk|hazard|peril)(?:s|ous|ously|y)\b",
            r"(?:is|are|am|it|its|be) (?:it |this |that |we |i )?(?:save|saved|safes)\b",
            rf"(?:{'|'.join(_MAY)}) (?:(?:now|just|please|safely|still|already) )*(?:{_GO}|{_WAIT}|{_ACROSS})",
            # "can you stop" and "would you turn it up" ask something of us
            r"(?:can|could|may|should|shall|would|will) you (?:(?:now|just|please|safely|still|already) )*"
            rf"(?:go|walk|drive|pass|proceed|enter){_ON}",
            rf"{_NOUN}cross(?:ed)?\b",
            rf"^{_SO}(?:go|walk|drive)(?: now| here| on| ahead)+$",
            r"(?:go|walk|cross|drive|stop|wait) or (?:not|dont|go|walk|cross|drive|stop|wait)\b",
            r"(?:am|are|be) (?:i|we) (?:\w+ )?crossing\b",
            r"crossing (?:now|ok|okay|possible|allowed|wise)\b",
            r"(?:me|us) (?:get |to |safely )*across\b",
            rf"{_ROAD} (?:is |are )?(?:(?!(?:the|a|an|my)\b)\w+ ){{0,4}}(?:clear|free|empty|blocked|busy|quiet)\b",
            rf"(?:how|hows) (?:busy|quiet|clear|free|empty) (?:is |are )?(?:the |this )?{_ROAD}\b",
            r"(?:it|all|everything|way|we|i|im|that|left|right) (?:is |are |am |looks? |seems? |sounds? )?"
            r"(?:(?:all|now|still|really) )*clear(?:ed)?\b",
            r"clear (?:to|of|on|now)\b",
            rf"^{_SO}(?:(?:still|looks|seems|all|already) )*(?:clear|green)$",
            rf"(?:clear|free|empty|busy) {_ROAD}\b",
            r"(?:is|there|any|much|is the|has the|how the|hows the|no) traffic(?! (?:light|signal|sign|cone))\b",
            r"enough (?:time|room|space)\b",
            rf"{_SIGNAL} (?:\w+ ){{0,3}}(?:{_SHOWN}|favou?r)\b",
            rf"(?:is|are) the {_SIGNAL} (?:with|against|for) (?:me|us)\b",
            rf"{_SIGNAL} (?:\w+ ){{0,3}}chang(?:e|es|ed|ing)\b",
            r"traffic (?:lights?|signals?) (?:say|says|show|shows|showing)\b",
            r"(?:says?|shows?|showing|turns|turned) (?:a |the )*(?:walk\b|green$)",
            r"(?:i|we) (?:have |got )+(?:a |the )*green$",
            r"walk (?:sign|signal)\b",
            rf"{_SHOWN} (?:{_SIGNAL}|man|figure|person|arrow)\b",
            rf"(?:man|figure|arrow) (?:is |now |already |still )*{_SHOWN}\b",
            rf"(?:is|has|did|its|it) (?:it )?(?:(?:now|already|still|turned|turning|gone|turn|become|to) )*{_SHOWN}"
            r"(?: (?:now|yet|already|again|for (?:me|us|you|cars|pedestrians)|right|ok|okay|please|there|ahead))*$",
            r"colou?r (?:\w+ ){0,3}(?:lights?|signals?)(?! (?:bulb|switch))\b",
            rf"(?:has|have|did) the {_SIGNAL} (?:\w+ )?(?:chang|turn|switch|go)",
            r"(?:will|would|do|did) (?:i|we) make it\b",
            r"(?:my|our|whose) turn\b",
            r"(?:right of way|priority)\b",
        )
    )
)
_A_SAFE = re.compile(r"\b(?:a|the|my|any) safe(?: (?:here|there|in|on|near|now|please|around|from)\b.*)?$")
"""The box with a lock."""


def asks_for_safety(text: str) -> bool:
    """Whether `text` asks if it is safe, clear or allowed to go, in whatever words, also "it's safe, right?"."""
    plain = " ".join(words_of(text))
    asks = any(map(_ASKS_FOR_SAFETY.search, (plain, _TAG.sub("", plain))))
    if not asks or _A_SAFE.search(plain):
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
