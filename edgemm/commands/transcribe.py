"""`edgemm transcribe CLIP`: sound file → text."""

from __future__ import annotations

import sys

from edgemm.cli import command_parser, write_json
from edgemm.commands.infer_sounds import tell_of_a_missing_end, transcription_json
from edgemm.commands.pack_arguments import add_pack_arguments, open_role
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.transcription import Transcription


def main(argv: list[str]) -> int:
    """Print the text; with `--json` also language, segments, and if it is complete. A silent clip gives no text."""
    parser = command_parser("transcribe")
    parser.add_argument("clip", help="WAV, FLAC or OGG file of any rate and number of channels; `-`: standard input")
    add_pack_arguments(parser)
    arguments = parser.parse_args(argv)
    clip = read_sound(arguments.clip)
    tell_of_a_missing_end(arguments.clip, clip)
    recogniser = open_role(arguments, "recogniser")
    if clip.silent:
        sys.stderr.write(f"{arguments.clip}: nothing to hear, the clip is silent\n")
        found = Transcription("", (), (), 0.0, recogniser.settings.language, retried=False)
    else:
        found = recogniser.transcribe(clip.samples)
    if not found.complete:
        sys.stderr.write(f"{arguments.clip}: words may be missing, a part of it came to no end\n")
    if arguments.json:
        write_json(transcription_json(found))
    else:
        sys.stdout.write(found.text + "\n")
    return 0
