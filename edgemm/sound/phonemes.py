"""Text to phonemes by espeak-ng, which runs as a separate, long-lived program (it is GPL; nothing of it is linked).

Line protocol: a clause and a marker go in, the clause's IPA and the marker's come out, in under 2 ms. The program
ends lines at clauses and leaves punctuation out; a voice wants it, so clauses are cut here.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import threading
import time
import unicodedata
from collections.abc import Mapping, Sequence

from edgemm.errors import HostError, MissingExtraError

PROGRAM = "espeak-ng"
_MARKER = "[[QQQ]]"
_MARKER_IPA = "ɣɣɣ"
_DEADLINE_S = 2.0
_LINE_BYTES = 900
"""The program reads lines of at most 1000 bytes."""

_CLAUSE = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\be\.g)(?<!\bi\.e)([,;:.!?…]+)(?=[\s\"')\]]|$)"
)
_LANGUAGE_SWITCH = re.compile(r"\([a-z-]+\)")
_SENTENCE_END = ".!?"


def espeak_program() -> str:
    """Path of espeak-ng; MissingExtraError that names the package if it is not installed."""
    path = shutil.which(PROGRAM)
    if path is None:
        raise MissingExtraError(
            f"the program {PROGRAM} is not installed", remedy=f"Install it: apt-get install {PROGRAM}"
        )
    return path


def clauses(text: str) -> list[tuple[str, str]]:
    """Clauses of a text with the mark that ends each: `,`, `;`, `:`, `.`, `!`, `?`, or nothing at the end."""
    parts = _CLAUSE.split(" ".join(text.split()))
    found = []
    for words, marks in zip(parts[::2], [*parts[1::2], ""], strict=True):
        mark = marks.replace("…", ".")[:1]
        if any(character.isalnum() for character in words):
            found.append((words.strip(), mark))
    return found


class Phonemiser:
    """One espeak-ng for one language. Safe to call from several threads; a program that dies is started again."""

    def __init__(self, voice: str) -> None:
        self._voice = voice
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    def start(self) -> None:
        """Start the program now, so that the first sentence does not wait for it."""
        self.phonemes("ready")

    def phonemes(self, text: str) -> str:
        """IPA of a text with its punctuation, decomposed (NFD): `aɪ sˈiː ɐ kˈʌp, ɔnðə tˈeɪbəl.`

        Raises MissingExtraError without espeak-ng, HostError if it fails twice on the same text.
        """
        pieces = clauses(text)
        with self._lock:
            spoken = self._ask([words for words, _ in pieces]) if pieces else []
        joined = " ".join(ipa + mark for ipa, (_, mark) in zip(spoken, pieces, strict=True) if ipa)
        return unicodedata.normalize("NFD", joined)

    def close(self) -> None:
        """End the program."""
        with self._lock:
            self._stop()

    def _ask(self, texts: Sequence[str]) -> list[str]:
        try:
            return [self._exchange(text) for text in texts]
        except OSError:
            self._stop()
        try:
            return [self._exchange(text) for text in texts]
        except OSError as error:
            self._stop()
            raise HostError(f"{PROGRAM} does not answer", found=error, remedy=f"Try `{PROGRAM} hello`.") from error

    def _exchange(self, text: str) -> str:
        """IPA of one clause, whatever number of lines the program makes of it."""
        process = self._process or self._spawn()
        assert process.stdin is not None
        line = text.encode("utf-8")[:_LINE_BYTES].decode("utf-8", "ignore").replace("[[", "[ [")
        process.stdin.write(f"{line}\n{_MARKER}\n".encode())
        process.stdin.flush()
        lines = []
        deadline = time.monotonic() + _DEADLINE_S
        while (found := self._read_line(process, deadline)) != _MARKER_IPA:
            lines.append(_LANGUAGE_SWITCH.sub("", found))
        return " ".join(line for line in lines if line)

    def _read_line(self, process: subprocess.Popen[bytes], deadline: float) -> str:
        assert process.stdout is not None
        while b"\n" not in self._unread:
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no answer within {_DEADLINE_S} s")
            block = os.read(process.stdout.fileno(), 1 << 16)
            if not block:
                raise BrokenPipeError(f"it ended with exit code {process.poll()}")
            self._unread += block
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode("utf-8").strip()

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [espeak_program(), "-q", "--ipa", "-b", "1", "-v", self._voice]
        # In a session of its own: Ctrl-C must not take away the voice of what is still to be said.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self._unread = b""
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


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
