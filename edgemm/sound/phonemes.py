"""Text to phonemes by espeak-ng, which runs as separate, long-lived programs (it is GPL; nothing of it is linked).

Line protocol: a clause and a marker go in, the clause's IPA and the marker's come out, in under 2 ms. The program
ends lines at clauses and leaves punctuation out; a voice wants it, so clauses are cut here.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence

from edgemm.errors import HostError
from edgemm.sound.espeak_program import PROGRAM, EspeakProcess, after_s
from edgemm.sound.speakable import speakable

_MARKER = "[[QQQ]]"
_MARKER_IPA = "ɣɣɣ"
PATIENCE_S = (0.25, 5.0)
"""Waited for each clause: of a program that runs, then of a fresh one, which must start first."""
_START_PATIENCE_S = 10.0
_MOST_ANSWER_BYTES = 1 << 16
"""A clause's IPA is a few times as long as the clause: more is no answer."""
_LINE_BYTES = 900
"""The program reads lines of at most 1000 bytes."""

_CLAUSE = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\be\.g)(?<!\bi\.e)([,;:.!?…]+)(?=[\s\"')\]]|$)"
)
_LANGUAGE_SWITCH = re.compile(r"\([a-z-]+\)")
_SENTENCE_END = ".!?"


def clauses(text: str) -> list[tuple[str, str]]:
    """Clauses of a text with the mark that ends each: `,`, `;`, `:`, `.`, `!`, `?`, or nothing at the end.

    What holds neither letter nor digit is left out; a clause too long for the program is several, without a mark.
    """
    parts = _CLAUSE.split(speakable(text))
    found = []
    for words, marks in zip(parts[::2], [*parts[1::2], ""], strict=True):
        if any(character.isalnum() for character in words):
            *first, last = _lines(words.strip())
            found += [(line, "") for line in first]
            found.append((last, marks.replace("…", ".")[:1]))
    return found


def _lines(words: str) -> list[str]:
    """Pieces of at most `_LINE_BYTES`, cut between words where there are any."""
    lines = []
    while len(encoded := words.encode()) > _LINE_BYTES:
        most = len(encoded[:_LINE_BYTES].decode("utf-8", "ignore"))
        cut = words.rfind(" ", 1, most)
        cut = cut if cut > 0 else most
        lines.append(words[:cut])
        words = words[cut:].lstrip()
    return [*lines, words]


class Phonemiser:
    """espeak-ng for one language. Safe to call from several threads, each of which is answered by a program of its own:
    nobody waits behind a program that hangs. One that dies, hangs or answers nonsense is replaced."""

    def __init__(self, voice: str, patience_s: Sequence[float] = PATIENCE_S) -> None:
        """`patience_s`: for each attempt, how long a clause may take."""
        self._voice = voice
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._idle: list[_Phonemes] = []

    def start(self) -> None:
        """Start a program now, so that the first sentence does not wait for it. Raises as `phonemes`."""
        self._ask(["ready"], (_START_PATIENCE_S,))

    def phonemes(self, text: str) -> str:
        """IPA of a text with its punctuation, decomposed (NFD): `aɪ sˈiː ɐ kˈʌp, ɔnðə tˈeɪbəl.`

        Empty where nothing can be pronounced. Raises MissingExtraError without espeak-ng, HostError if every attempt
        fails.
        """
        pieces = clauses(text)
        spoken = self._ask([words for words, _ in pieces], self._patience_s) if pieces else []
        joined = " ".join(ipa + mark for ipa, (_, mark) in zip(spoken, pieces, strict=True) if ipa)
        return unicodedata.normalize("NFD", joined)

    def close(self) -> None:
        """End the programs that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for program in idle:
            program.process.end()

    def _ask(self, texts: Sequence[str], patiences_s: Sequence[float]) -> list[str]:
        failure: Exception | None = None
        for patience_s in patiences_s:
            program = self._take()
            try:
                answers = [program.ipa(text, patience_s) for text in texts]
            except (OSError, UnicodeDecodeError) as error:
                failure = error
                program.process.end()
                self.close()  # what stopped this one has stopped the others that wait, too
            else:
                self._give_back(program)
                return answers
        self._give_back(self._spawn())  # it loads while the caller does something else
        raise HostError(f"{PROGRAM} does not answer", found=failure, remedy=f"Try `{PROGRAM} hello`.") from failure

    def _take(self) -> _Phonemes:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._spawn()

    def _give_back(self, program: _Phonemes) -> None:
        with self._lock:
            self._idle.append(program)

    def _spawn(self) -> _Phonemes:
        return _Phonemes(EspeakProcess("-q", "--ipa", "-b", "1", "-v", self._voice))


class _Phonemes:
    """The line protocol with one program."""

    def __init__(self, process: EspeakProcess) -> None:
        self.process = process
        self._unread = b""

    def ipa(self, text: str, patience_s: float) -> str:
        """IPA of one clause, whatever number of lines the program makes of it. Raises OSError, UnicodeDecodeError."""
        deadline_s = after_s(patience_s)
        self.process.write(f"{text.replace('[[', '[ [')}\n{_MARKER}\n".encode(), deadline_s)
        lines, answer_bytes = [], 0
        while (found := self._line(deadline_s)) != _MARKER_IPA:
            lines.append(_LANGUAGE_SWITCH.sub("", found))
            answer_bytes += len(found)
            _check_length(answer_bytes)
        return " ".join(line for line in lines if line)

    def _line(self, deadline_s: float) -> str:
        while b"\n" not in self._unread:
            block = self.process.read(deadline_s)
            if not block:
                raise BrokenPipeError("it ended")
            self._unread += block
            _check_length(len(self._unread))
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode("utf-8").strip()


def _check_length(count: int) -> None:
    if count > _MOST_ANSWER_BYTES:
        raise OSError("it answers without end")


def phoneme_ids(phonemes: str, id_map: Mapping[str, Sequence[int]]) -> list[int]:
    """Ids for a Piper voice: `^` and `$` around, `_` after each (`phoneme_id_map` of the voice's JSON file).

    Phonemes that the voice was not trained on are left out.
    """
    pad = id_map["_"]
    ids = [*id_map["^"], *pad]
    for phoneme in phonemes:
        if phoneme in id_map:
            ids += [*id_map[phoneme], *pad]
    return [*ids, *id_map["$"]]


def sentences(phonemes: str, max_phonemes: int) -> list[str]:
    """Pieces to synthesise one after another: whole sentences; one that is too long is cut at a clause or a word."""
    pieces: list[str] = []
    for sentence in re.findall(rf"[^{_SENTENCE_END}]+[{_SENTENCE_END}]*", phonemes):
        rest = sentence.strip()
        while len(rest) > max_phonemes:
            cuts = [rest.rfind(mark, 0, max_phonemes) for mark in (", ", "; ", ": ", " ")]
            cut = next((position + 1 for position in cuts if position > 0), max_phonemes)
            pieces.append(rest[:cut].strip())
            rest = rest[cut:].strip()
        if rest:
            pieces.append(rest)
    return pieces
