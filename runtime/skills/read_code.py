"""Read a code: what a QR code or bar code holds."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.evidence.code_content import said
from runtime.language.phrasing import sentence
from runtime.skills.seeing import cannot_see
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

NAME_AND_CONTENT = "\n"
"""Separates the kind of code from its content in the label of code evidence."""


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
        return
    codes = yield from look.gather("code")
    for code in codes:
        name, _, content = code.label.partition(NAME_AND_CONTENT)
        yield Sentence(sentence(f"{name}: {said(content)}"), (code,))
    if not codes:
        yield Sentence("I don't see a code that I can read. Hold it closer, flat and still.")


SKILL = Skill(
    name="read_code",
    phrases=(
        "read the code",
        "scan this code",
        "scan the QR code",
        "what is in the QR code",
        "read the bar code",
        "scan the barcode",
        "what does this code say",
    ),
    names="writing",
    words="on in from link product there here is it qr bar",
    answer=answer,
    help="read the code",
)
