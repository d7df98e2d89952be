"""Read text: what is written in view, line by line as the reader finds it, so that the first is heard early."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.evidence.text import is_legible
from runtime.items import Working
from runtime.language.phrasing import sentence
from runtime.skills.seeing import cannot_see
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

SURE_SCORE = 0.8
"""Mean character score below which a line is read with "perhaps"."""

LEAST_SCORE = 0.5


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
        return
    read, said = 0, 0
    for lines in look.watch("text"):
        yield Working()
        for line in lines[read:]:
            if line.score >= LEAST_SCORE and is_legible(line.label):
                said += 1
                yield Sentence(sentence(("" if line.score >= SURE_SCORE else "perhaps: ") + line.label), (line,))
        read = len(lines)
    if not said:
        yield Sentence("I can't read any text here. Hold it closer and still.", refused=True)


SKILL = Skill(
    name="read_text",
    phrases=(
        "read this",
        "read the text",
        "what does it say",
        "what does the sign say",
        "read it to me",
        "what is written here",
        "read the label",
        "can you read this letter",
    ),
    names="writing",
    words=(
        "aloud out loud all whole that number price from on in says said printed there here these those page next "
        "line first last more"
    ),
    answer=answer,
    help="read this",
)
