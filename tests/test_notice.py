"""NOTICE names every weight file's package and every photograph with its licence."""

from __future__ import annotations

from edgemm.pack import load_pack
from edgemm.photographs import read_photographs
from scripts.notice_photographs import NOTICE, notice


def test_the_photographs_in_notice_are_those_that_ship() -> None:
    assert NOTICE.read_text(encoding="utf-8") == notice(), "run `make docs`"
    assert {photo.file for photo in read_photographs()} == set(read_photographs()[0].file.parent.glob("*.jpg"))


def test_every_recipe_of_the_pack_has_its_entry() -> None:
    told = NOTICE.read_text(encoding="utf-8").splitlines()
    assert all(recipe in told for recipe in load_pack("starter").roles.values())
