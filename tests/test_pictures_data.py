"""The photographs that come with edgemm, and the data sets made of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from edgemm.pictures.photographs import read_photographs
from edgemm.tasks.examples import read_examples
from export.data.pictures import build_calibration, build_evaluation
from export.families.nanodet import LABELS


def test_every_photograph_is_there_with_its_licence_and_nothing_unlisted() -> None:
    photographs = read_photographs()
    folder = photographs[0].file.parent
    assert {photo.file for photo in photographs} == set(folder.glob("*.jpg"))
    assert all(photo.licence and photo.source and photo.author for photo in photographs)
    assert len({photo.name for photo in photographs}) == len(photographs) >= 80


def test_truth_speaks_of_coco_classes_and_does_not_contradict_itself() -> None:
    names = set(LABELS.read_text().splitlines())
    for photo in read_photographs():
        assert set(photo.things) <= names and set(photo.unsure) <= names, photo.name
        assert not set(photo.things) & set(photo.unsure), photo.name


def test_calibration_and_evaluation_share_no_photograph_and_are_large_enough(tmp_path: Path) -> None:
    sets = {}
    for name, build in (("calibration", build_calibration), ("evaluation", build_evaluation)):
        (tmp_path / name).mkdir()
        build(tmp_path / name)
        sets[name] = read_examples(tmp_path / name)
    origins = {name: {example.origin for example in examples} for name, examples in sets.items()}
    assert not origins["calibration"] & origins["evaluation"]
    assert len(sets["evaluation"]) >= 150 and len(origins["evaluation"]) >= 50
    assert len(sets["calibration"]) >= 64
    for example in sets["evaluation"][:12]:
        assert cv2.imread(str(example.image)) is not None


def test_a_data_set_is_the_same_whenever_it_is_built(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        build_calibration(tmp_path / name)
    for path in sorted((tmp_path / "first").iterdir())[::17]:
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_variations_differ_from_their_photograph_and_from_each_other(tmp_path: Path) -> None:
    build_calibration(tmp_path)
    pictures = [cv2.imread(str(path)) for path in sorted(tmp_path.glob("gravel-*.jpg"))]
    assert len(pictures) >= 3
    for index, one in enumerate(pictures):
        for other in pictures[index + 1 :]:
            assert one.shape != other.shape or np.abs(one.astype(int) - other).mean() > 2.0
