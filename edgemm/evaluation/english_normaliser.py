"""Whisper's English text normaliser (Radford et al. 2022, appendix C), so that WER counts words and not spelling.

Rules in order: drop text in brackets, hesitations ("um"); join apostrophes; expand contractions and titles; unify
numbers ("twenty one", "21"; `english_numbers`); drop other symbols. British and American spelling are not unified.
"""

from __future__ import annotations

import re
import unicodedata

from edgemm.evaluation.english_numbers import with_digits

_HESITATIONS = re.compile(r"\b(hmm|mm|mhm|mmm|uh|um)\b")
_BRACKETED = re.compile(r"[<\[][^>\]]*[>\]]|\(([^)]+?)\)")

_EXPANSIONS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in {
        r"\bwon't\b": "will not",
        r"\bcan't\b": "can not",
        r"\blet's\b": "let us",
        r"\bain't\b": "aint",
        r"\by'all\b": "you all",
        r"\bwanna\b": "want to",
        r"\bgotta\b": "got to",
        r"\bgonna\b": "going to",
        r"\bi'ma\b": "i am going to",
        r"\bimma\b": "i am going to",
        r"\bwoulda\b": "would have",
        r"\bcoulda\b": "could have",
        r"\bshoulda\b": "should have",
        r"\bma'am\b": "madam",
        r"\bmr\b": "mister ",
        r"\bmrs\b": "missus ",
        r"\bst\b": "saint ",
        r"\bdr\b": "doctor ",
        r"\bprof\b": "professor ",
        r"\bcapt\b": "captain ",
        r"\bgov\b": "governor ",
        r"\bald\b": "alderman ",
        r"\bgen\b": "general ",
        r"\bsen\b": "senator ",
        r"\brep\b": "representative ",
        r"\bpres\b": "president ",
        r"\brev\b": "reverend ",
        r"\bhon\b": "honorable ",
        r"\basst\b": "assistant ",
        r"\bassoc\b": "associate ",
        r"\blt\b": "lieutenant ",
        r"\bcol\b": "colonel ",
        r"\bjr\b": "junior ",
        r"\bsr\b": "senior ",
        r"\besq\b": "esquire ",
        r"'d been\b": " had been",
        r"'s been\b": " has been",
        r"'d gone\b": " had gone",
        r"'s gone\b": " has gone",
        r"'d done\b": " had done",
        r"'s got\b": " has got",
        r"n't\b": " not",
        r"'re\b": " are",
        r"'s\b": " is",
        r"'d\b": " would",
        r"'ll\b": " will",
        r"'t\b": " not",
        r"'ve\b": " have",
        r"'m\b": " am",
    }.items()
)

_KEPT_IN_NUMBERS = ".%$¢€£"


def normalised(text: str) -> str:
    """`text` in lower case without punctuation, contractions expanded, numbers in digits."""
    text = _BRACKETED.sub("", text.lower())
    text = _HESITATIONS.sub("", text)
    text = re.sub(r"\s+'", "'", text)
    for pattern, replacement in _EXPANSIONS:
        text = pattern.sub(replacement, text)
    text = re.sub(r"(\d),(\d)", r"\1\2", text)
    text = re.sub(r"\.([^0-9]|$)", r" \1", text)
    text = with_digits(_letters(text))
    text = re.sub(r"[.$¢€£]([^0-9])", r" \1", text)
    text = re.sub(r"([^0-9])%", r"\1 ", text)
    return re.sub(r"\s+", " ", text).strip()


def words(text: str) -> list[str]:
    """Words of the normalised text."""
    return normalised(text).split()


def _letters(text: str) -> str:
    """Accents dropped; marks, symbols and punctuation become spaces, except those that belong to numbers."""
    characters = []
    for character in unicodedata.normalize("NFKD", text):
        category = unicodedata.category(character)
        if character in _KEPT_IN_NUMBERS:
            characters.append(character)
        elif category != "Mn":
            characters.append(" " if category[0] in "MSP" else character)
    return "".join(characters)
