"""Sentences for the embedder and the voice: calibration and evaluation differ, the truth uses the skills' names."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import runtime.skills
from edgemm.tasks.examples import read_examples
from export.data import sentences, text
from export.data.phrases import PHRASES
from runtime.skills.skill import Skill


def texts(folder: Path, group: str) -> list[str]:
    return [example.text or "" for example in read_examples(folder) if example.group == group]


def test_no_sentence_is_asked_twice_or_in_both_sets(tmp_path: Path) -> None:
    sentences.build_evaluation(tmp_path / "evaluation")
    sentences.build_calibration(tmp_path / "calibration")
    evaluation = texts(tmp_path / "evaluation", "question")
    assert len(evaluation) == len(set(evaluation)) >= 250
    assert not set(evaluation) & set(texts(tmp_path / "calibration", "question"))


def test_a_thousand_words_are_spoken_and_none_twice(tmp_path: Path) -> None:
    sentences.build_spoken_evaluation(tmp_path / "evaluation")
    sentences.build_spoken_calibration(tmp_path / "calibration")
    evaluation = texts(tmp_path / "evaluation", "answer")
    assert len(set(evaluation)) == len(evaluation)
    assert sum(len(sentence.split()) for sentence in evaluation) >= 1000
    assert not set(evaluation) & set(texts(tmp_path / "calibration", "answer"))


def test_the_truth_names_skills_that_exist(tmp_path: Path) -> None:
    skills = {
        value.name
        for module in pkgutil.iter_modules(runtime.skills.__path__)
        for value in vars(importlib.import_module(f"runtime.skills.{module.name}")).values()
        if isinstance(value, Skill)
    }
    sentences.build_evaluation(tmp_path)
    asked = {example.label for example in read_examples(tmp_path)}
    assert asked <= skills and set(PHRASES) <= skills


def test_the_same_pictures_of_text_come_out_every_time(tmp_path: Path) -> None:
    for name in ("first", "second"):
        text._build(tmp_path / name, [("Exit",), ("Gate 4", "Boarding")], seed=1, codes=1)
    for path in sorted((tmp_path / "first").iterdir()):
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_codes_hold_what_the_truth_says(tmp_path: Path) -> None:
    import zxingcpp

    from edgemm.pictures.picture_files import read_picture

    text._build(tmp_path, [], seed=2, codes=20)
    codes = [example for example in read_examples(tmp_path) if example.group == "code"]
    found = [zxingcpp.read_barcodes(read_picture(example.image).pixels) for example in codes if example.image]
    read = [bool(results) and results[0].text == example.text for results, example in zip(found, codes, strict=True)]
    assert len(codes) == 20 and sum(read) >= 18
