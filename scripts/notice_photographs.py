"""Write the photographs' part of NOTICE from configs/photographs/photographs.yaml: `make docs`."""

from __future__ import annotations

from pathlib import Path

from edgemm.photographs import read_photographs

NOTICE = Path(__file__).resolve().parent.parent / "NOTICE"
HEADING = "Photographs (configs/photographs; scaled, re-encoded as JPEG). Source, author and licence as stated there."


def section() -> str:
    """One paragraph a photograph."""
    entries = [
        f"{photo.file.name}\n    source    {photo.source}\n    author    {photo.author}\n    licence   {photo.licence}"
        for photo in sorted(read_photographs(), key=lambda photo: photo.file.name)
    ]
    return "\n\n".join([HEADING, "\n".join(entries)]) + "\n"


def notice() -> str:
    """The whole file: what is written by hand, then the photographs."""
    by_hand = NOTICE.read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
    return f"{by_hand}\n\n{section()}"


if __name__ == "__main__":
    NOTICE.write_text(notice(), encoding="utf-8")
