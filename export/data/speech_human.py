"""Human speech with transcripts out of ordinary packages: readings, card names, commands. 245 words."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edgemm.media import Samples
from edgemm.sound.sound_files import read_sound
from export.settings.recipe_config import SourceConfig
from export.sources.checkpoints import materialise

_AUSTEN = "sense_and_sensibility_01_austen_64kb"
_READING = (
    "it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness it "
)
_READING += (
    "was the epoch of belief it was the epoch of incredulity it was the season of light it was the season of darkness "
)
_READING += (
    "it was the spring of hope it was the winter of despair we had everything before us we had nothing before us we "
)
_READING += (
    "were all going direct to heaven we were all going direct the other way in short the period was so far like the "
)
_READING += (
    "present period that some of its noisiest authorities insisted on its being received for good or for evil in the "
)
_READING += "superlative degree of comparison only"

TRANSCRIPTS = {
    "austen-0870.wav": "and mister john dashwood had then leisure to consider how much there might be prudently in "
    "his power to do for them",
    "austen-0880.wav": "he was not an ill disposed young man",
    "austen-0890.wav": "unless to be rather cold hearted and rather selfish is to be ill disposed",
    "austen-0920.wav": "had he married a more amiable woman he might have been made still more respectable than he was",
    "austen-0930.wav": "he might even have been made amiable himself",
    "cards-001.wav": "ten of clubs",
    "cards-002.wav": "four queen of clubs",
    "cards-003.wav": "seven of clubs",
    "cards-004.wav": "five five",
    "cards-005.wav": "eight of spades four of clubs seven of hearts",
    "goforward.raw": "go forward ten meters",
    "something.raw": "go somewhere and do something",
    "dickens.wav": _READING,
    "beckett.wav": "ever tried ever failed no matter try again fail again fail better",
}
"""Clip → what is said in it."""

POCKETSPHINX = SourceConfig(
    sdist="pocketsphinx==5.1.1",
    files={
        **{f"austen-{number}.wav": f"test/data/librivox/{_AUSTEN}-{number}.wav" for number in (
            "0870", "0880", "0890", "0920", "0930")},
        **{f"cards-{number}.wav": f"test/data/cards/{number}.wav" for number in ("001", "002", "003", "004", "005")},
        "goforward.raw": "test/data/goforward.raw",
        "something.raw": "test/data/something.raw",
    },
    sha256={
        "austen-0870.wav": "b0557cf95c974d930577e58e46b7f068c432a6e3afcc286563d88922b2a5315c",
        "austen-0880.wav": "fbec491ef00ee734a67f0ee318e98c51c157b479e1629ff4f4426861ecac0414",
        "austen-0890.wav": "5793ffbdee55fb8bfd284943a6866864c832d9d4accf2661cabd39915c84ee10",
        "austen-0920.wav": "40882414ef4cc51f3ff7a63bad0c8c87e7f595ffeb8209fbf756c8ebc5c28a59",
        "austen-0930.wav": "954adbf0b56ac8a148cbe77b39ca18d76b5f2a1e1f405565bd786ce3e68a68b7",
        "cards-001.wav": "899951e768666f27c8f8b1d4090b96fe7909cae9cec01bec0a5d5d1b8a8d566e",
        "cards-002.wav": "a3f9eae6fdb69a1231989e39a14d62388a6f52fb59666c76d95005318fadafec",
        "cards-003.wav": "00d283e46bc257ae479e4aa86593cadb541656eba1d19fc8abeece37f6a5a18b",
        "cards-004.wav": "4c44a8177f5b128b99f078cdeb918119933155574231f1833e8840d1af09c521",
        "cards-005.wav": "090f18f5f76cf8b2b43cd9e6b07823f4685a4742d9a36cd98b174a6586c18cf9",
        "goforward.raw": "f15c60ec54059d8b66e410d0064945a0b0a04ea56e1ddca1958e493c0cf70e71",
        "something.raw": "eb95b74ce3f3037487e49dcfd935bbcf8c158b5f4083dd19451729c3ee694f5f",
    },
    licence="BSD-2-Clause",
    upstream="cmusphinx/pocketsphinx; readings by LibriVox, public domain",
)  # fmt: skip

MOONSHINE = SourceConfig(
    package="moonshine-voice==0.1.5",
    files={
        "dickens.wav": "moonshine_voice/assets/two_cities.wav",
        "beckett.wav": "moonshine_voice/assets/beckett.wav",
    },
    sha256={
        "dickens.wav": "f3348494d77cb74a02862f5e685ed09faf3e75832c5cc5c80703282c2cd8b52e",
        "beckett.wav": "e5a26b3d29e5b0bc8dbd72c11d16a3808a4ec0ac45b21f12a27d2a2fe5c5ae61",
    },
    licence="MIT (package); the recordings' own is not stated",
    upstream="moonshine-ai/moonshine",
)


def human_clips() -> dict[str, Samples]:
    """Sound at 16 kHz by the names of `TRANSCRIPTS`. Raises CheckpointError when a package cannot be fetched."""
    folders = [
        materialise("speech-pocketsphinx", [POCKETSPHINX]).folder,
        materialise("speech-moonshine", [MOONSHINE]).folder,
    ]
    paths = {path.name: path for folder in folders for path in folder.iterdir() if path.name in TRANSCRIPTS}
    return {name: _read(paths[name]) for name in TRANSCRIPTS}


def _read(path: Path) -> Samples:
    """A WAV file, or headerless 16-bit samples at 16 kHz."""
    if path.suffix == ".raw":
        return np.asarray(np.fromfile(path, dtype="<i2") / 32768.0, dtype=np.float32)
    return read_sound(path).samples
