"""`edgemm transcribe CLIP`: sound file → text."""

from __future__ import annotations

import sys
from dataclasses import asdict

from edgemm.cli import command_parser, write_json
from edgemm.commands.pack_arguments import add_pack_arguments, open_role
from edgemm.sound.sound_files import read_sound


def main(argv: list[str]) -> int:
    """Print the text; with `--json` also language and segments. A silent clip gives an empty text."""
    parser = command_parser("transcribe")
    parser.add_argument("clip", help="WAV, FLAC or OGG file; any rate and number of channels")
    add_pack_arguments(parser)
    arguments = parser.parse_args(argv)
    clip = read_sound(arguments.clip)
    recogniser = open_role(arguments, "recogniser")
    if clip.silent:
        sys.stderr.write(f"{arguments.clip}: nothing to hear, the clip is silent\n")
        text, language, segments = "", recogniser.settings.language, []
    else:
        found = recogniser.transcribe(clip.samples)
        text, language, segments = found.text, found.language, [asdict(segment) for segment in found.segments]
    if arguments.json:
        write_json({"text": text, "language": language, "segments": segments})
    else:
        sys.stdout.write(text + "\n")
    return 0
