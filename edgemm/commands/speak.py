"""`edgemm speak TEXT`: text → speech, to a file, to standard output or to the default speaker."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from edgemm.cli import command_parser, write_json
from edgemm.commands.pack_arguments import add_pack_arguments, open_role
from edgemm.errors import DeviceError, InputError, UsageError
from edgemm.media import Samples, playable
from edgemm.sound.sound_files import write_sound
from edgemm.sound.speakable import audible

MAX_LETTERS = 30_000
"""About half an hour of speech. Standard input may have no end, and a file's sound is held in memory."""


def main(argv: list[str]) -> int:
    """Speak; pieces sound while the rest is still being made."""
    parser = command_parser("speak")
    parser.add_argument("text", nargs="?", default="-", help="what to say; - or nothing: standard input")
    parser.add_argument("--save", metavar="FILE", help=".wav, .flac or .ogg file; - writes WAV to standard output")
    parser.add_argument("--rate", type=float, default=1.0, help="speaking rate, 0.5 to 3 (default: 1)")
    add_pack_arguments(parser)
    arguments = parser.parse_args(argv)
    if arguments.json and arguments.save == "-":
        raise UsageError("--json and --save - both want standard output")
    text = _standard_input() if arguments.text == "-" else arguments.text
    if not text.strip():
        raise InputError("nothing to say", expected="a text")
    if len(text) > MAX_LETTERS:
        raise InputError(
            "the text is too long",
            expected=f"at most {MAX_LETTERS} letters",
            remedy="Speak it in parts, each to a file.",
        )
    voice = open_role(arguments, "voice")
    pieces = audible(voice.synthesise(text, rate=arguments.rate), text)
    count = _deliver(pieces, voice.sample_rate_hz, arguments.save)
    if arguments.json:
        seconds = round(count / voice.sample_rate_hz, 3)
        write_json(
            {
                "text": text.strip(),
                "duration_s": seconds,
                "sample_rate_hz": voice.sample_rate_hz,
                "file": arguments.save,
            }
        )
    return 0


def _standard_input() -> str:
    if sys.stdin is None:  # closed by whoever started us
        return ""
    try:
        return sys.stdin.read(MAX_LETTERS + 1)
    except UnicodeDecodeError as error:
        raise InputError("standard input is no text", expected="UTF-8", found=error) from error


def _deliver(pieces: Iterator[Samples], rate_hz: int, destination: str | None) -> int:
    """Send the sound where it should go; the number of samples."""
    if destination is None:
        return _play(pieces, rate_hz)
    samples = np.concatenate(list(pieces))
    if destination == "-":
        sys.stdout.buffer.write(wav_bytes(samples, rate_hz))
    else:
        write_sound(Path(destination), samples, rate_hz)
    return len(samples)


def wav_bytes(samples: Samples, rate_hz: int) -> bytes:
    """A 16-bit WAV file in memory."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, playable(samples), rate_hz, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _play(pieces: Iterator[Samples], rate_hz: int) -> int:
    try:
        import sounddevice
    except OSError as error:
        raise DeviceError("cannot play", found=error, remedy="sudo apt-get install libportaudio2") from error
    count = 0
    try:
        with sounddevice.OutputStream(samplerate=rate_hz, channels=1, dtype="float32") as stream:
            for piece in pieces:
                stream.write(playable(piece))
                count += len(piece)
    except sounddevice.PortAudioError as error:
        remedy = "Plug in a speaker, or write a file with --save; `edgemm devices` lists what is there."
        raise DeviceError("cannot play", found=error, remedy=remedy) from error
    return count
