"""Numbers in words → digits, as Whisper's text normaliser writes them.

Adjacent number words are one number: "twenty one" 21, "nineteen ninety nine" 1999, "two fifty" 250, "five five" 55.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_ONES = {word: number for number, word in enumerate((*_UNITS.split(), "eighteen", "nineteen"))} | {"oh": 0, "o": 0}
_TENS = {word: 10 * number for number, word in enumerate(
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2)}  # fmt: skip
_MULTIPLIERS = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_NUMBERS = _ONES | _TENS | _MULTIPLIERS

_IRREGULAR_ORDINALS = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
_ORDINALS = _IRREGULAR_ORDINALS | {
    (word[:-1] + "ieth" if word.endswith("y") else word + "th"): number
    for word, number in _NUMBERS.items()
    if word not in ("one", "two", "three", "five", "eight", "nine", "twelve", "oh", "o")
}
_PLURALS = {
    (word[:-1] + "ies" if word.endswith("y") else word + ("es" if word == "six" else "s")): number
    for word, number in _NUMBERS.items()
    if word not in ("oh", "o")
}

_SIGNS = {"minus": "-", "negative": "-", "plus": "+", "positive": "+"}
_CURRENCIES = {"dollar": "$", "dollars": "$", "pound": "£", "pounds": "£", "euro": "€", "euros": "€"}
_DIGITS = re.compile(r"\d+(\.\d+)?")


def with_digits(text: str) -> str:
    """`text` (lower case, words apart) with its numbers in digits."""
    text = re.sub(r"\band a half\b", "point five", text)
    text = re.sub(r"([a-z])([0-9])", r"\1 \2", text)
    text = re.sub(r"([0-9])([a-z])", r"\1 \2", text)
    text = re.sub(r"([0-9])\s+(st|nd|rd|th|s)\b", r"\1\2", text)
    joined = " ".join(_Reader(text.split()).read())
    joined = re.sub(r"([$£€])(\d+) and ([$£€]\d+ )?¢(\d{1,2})\b", lambda m: f"{m[1]}{m[2]}.{int(m[4]):02d}", joined)
    joined = re.sub(r"[$£€]0\.(\d\d?)\b", lambda m: f"¢{int(m[1])}", joined)
    # "one" is mostly a pronoun: said as a word and written as a digit must agree.
    return re.sub(r"\b1(s?)\b", r"one\1", joined)


class _Reader:
    """Reads words from left to right; `number` is the numeral being built, in digits."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = [*words]
        self.output: list[str] = []
        self.sign = ""
        self.number: str | None = None
        self.last = ""

    def read(self) -> list[str]:
        for index, word in enumerate(self.words):
            following = self.words[index + 1] if index + 1 < len(self.words) else ""
            self._word(word, following)
            self.last = word
        self._flush()
        return self.output

    def _word(self, word: str, following: str) -> None:
        follows_number = following in _NUMBERS or _DIGITS.fullmatch(following) is not None
        if word in _NUMBERS:
            self._extend(word)
        elif _DIGITS.fullmatch(word):
            self._digits(word)
        elif word in _ORDINALS:
            self._extend(word)
            self._flush(suffix=_ordinal_suffix(self.number or ""))
        elif word in _PLURALS:
            self._extend(word)
            self._flush(suffix="s")
        elif word in _SIGNS and follows_number:
            self._flush()
            self.sign = _SIGNS[word]
        elif word == "point" and (self.number is not None and "." not in self.number) and following in _ONES:
            self.number += "."
        elif word in ("double", "triple") and following in _ONES and _ONES[following] < 10:
            self.number = (self.number or "") + str(_ONES[following]) * (1 if word == "double" else 2)
        elif word == "and" and self.last in _MULTIPLIERS and follows_number:
            return
        elif self.number is not None and word in ("percent", "per") and (word == "percent" or following == "cent"):
            self._flush(suffix="%")
        elif word == "cent" and self.last == "per" and self.output and self.output[-1].endswith("%"):
            return
        elif self.number is not None and word in _CURRENCIES:
            self.sign = _CURRENCIES[word]
            self._flush()
        elif self.number is not None and word in ("cent", "cents"):
            self.sign = "¢"
            self._flush()
        else:
            self._flush()
            self.output.append(word)

    def _digits(self, word: str) -> None:
        if self.number is not None and self.number.endswith("."):
            self.number += word
            return
        self._flush()
        self.number = word

    def _extend(self, word: str) -> None:
        value = (_NUMBERS | _ORDINALS | _PLURALS)[word]
        if word in _MULTIPLIERS or value in _MULTIPLIERS.values():
            self._multiply(value)
        elif self.number is None:
            self.number = str(value)
        elif _DIGITS.fullmatch(self.last) and "." not in self.number:
            self._flush()
            self.number = str(value)
        elif self.last in _TENS and 0 < value < 10:
            self.number = self.number[:-1] + str(value)
        elif self.last in _MULTIPLIERS or (self.last == "and" and not self.number.endswith(".")):
            self.number = str(int(self.number) + value)
        else:
            self.number += str(value)

    def _multiply(self, value: int) -> None:
        if self.number is None:
            self.number = str(value)
        elif "." in self.number:
            self.number = f"{float(self.number) * value:.6f}".rstrip("0").rstrip(".")
        else:
            whole, rest = divmod(int(self.number), 1000)
            self.number = str(whole * 1000 + (rest or 1) * value)

    def _flush(self, suffix: str = "") -> None:
        if self.number is not None:
            self.output.append(self.sign + self.number.rstrip(".") + suffix)
        self.number, self.sign = None, ""


def _ordinal_suffix(number: str) -> str:
    if number[-2:] in ("11", "12", "13"):
        return "th"
    return {"1": "st", "2": "nd", "3": "rd"}.get(number[-1:], "th")
