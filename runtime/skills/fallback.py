"""Fallback: for a request that no skill fits. It has no phrases, so the router never chooses it by score."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.skills.skill import Look, Request, Sentence, Skill, Step


def answer(request: Request, look: Look) -> Iterator[Step]:
    yield Sentence("I can't do that. Ask me: what can I ask?", refused=True)


SKILL = Skill(name="fallback", phrases=(), answer=answer, looks=False)
