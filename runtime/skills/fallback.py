"""Fallback: for what no skill can do or know, and for half of a text. The router never chooses it by score."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runtime.language.places import as_we_say
from runtime.language.words import words_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Slots, Step

_POLITE = re.compile(
    r"^(?:(?:please|hey|hi|hello|ok|okay|now|just|computer|assistant|so|and) |(?:can|could|would|will) you |"
    r"i (?:want|need) you to |i would like you to )+"
)
_POLITE_END = re.compile(r"(?: (?:please|now|thanks|thank you|for me|ok|okay))+$")
_COMMANDS = """
turn switch put set make open close shut lock unlock start stop play pause skip call phone ring dial send write text
message navigate take bring drive guide lead walk park go order buy pay book remind wake show give get tell sing
translate search google look heat cool warm dim record save delete share raise lower increase decrease reduce mute
silence cancel hold pick lift push pull carry clean cook connect disconnect pair update install download follow change
add remove move flash honk brake accelerate slow speed read repeat find count scan
describe say speak talk answer ask listen hear smell feel
"""
"""With which people begin what a device should do."""
_LONGEST_COMMAND = 9
"""Words: a longer text is not said back."""

_CANNOT_KNOW = (
    (
        r"\bwhere (?:am|are) (?:i|we)\b|\bwhere is (?:this|it)$",
        "I can't tell where you are: I only see what is in view.",
    ),
    (
        r"\b(?:how (?:far|close|near|long|high|deep|wide|big|tall|large|small)|distance|met(?:re|er)s?)\b",
        "I can't measure that: I only say whether a thing that I know is near or far away.",
    ),
    (r"(?:^|\b(?:tell me|know|see|and|so) )(?:who|whose|whom)\b", "I can't tell who somebody is, or whose a thing is."),
    (r"\bbehind (?:me|us|you)\b|\boutside\b", "I can't see that: I look only where the camera does."),
    (
        r"^(?:(?:so|and|but|then) )*(?:is|are|am|was|were|isnt|arent|do|does|did|has|have|what|which|why|when|how|"
        r"where|can|could|will|would|should|describe|tell)\b",
        "I can't tell that: I only name things, count them, say where they are and their colour, and read.",
    ),
)


HEARD_IN_PART: Slots = (("heard", "a part"),)
"""Of a text that was not heard to its end: what is missing may have changed what it asks."""


def answer(request: Request, look: Look) -> Iterator[Step]:
    if request.slots == HEARD_IN_PART:
        yield Sentence("I didn't hear all of that. Please say it again.", refused=True)
    else:
        yield Sentence(refusal(request.text), refused=True)


def refusal(text: str) -> str:
    """What cannot be done, by its name, or what cannot be known."""
    plain = " ".join(words_of(text))
    command = _POLITE_END.sub("", _POLITE.sub("", f"{plain} ").strip())
    if command.split()[:1] and command.split()[0] in _COMMANDS.split() and len(command.split()) <= _LONGEST_COMMAND:
        return f"I can't {as_we_say(command)}."
    said = next((said for pattern, said in _CANNOT_KNOW if re.search(pattern, plain)), None)
    return said or "I can't do that. Ask me: what can I ask?"


SKILL = Skill(name="fallback", phrases=(), answer=answer, looks=False)
