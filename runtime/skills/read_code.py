"""Read a code: what a QR code or bar code holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

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
        yield Sentence(sentence(f"{name}: {_speakable(content)}"), (code,))
    if not codes:
        yield Sentence("I don't see a code that I can read. Hold it closer, flat and still.")


def _speakable(content: str) -> str:
    """A link by its host, the name of a wireless network, digits one by one, else the text."""
    if re.match(r"https?://", content, re.IGNORECASE):
        return f"a link to {urlsplit(content).hostname}"
    network = re.match(r"WIFI:.*?S:([^;]+);", content)
    if network:
        return f"the wireless network {network[1]}"
    return " ".join(content) if content.isdigit() else content


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
    answer=answer,
    help="read the code",
)
