"""A recipe may be judged on the user's own data, a folder with a manifest: another content is another data set."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edgemm.errors import ConfigError, InputError
from export.data.cache import data_set, data_set_hash


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "my clips"
    folder.mkdir()
    soundfile.write(folder / "1.wav", np.full(1600, 0.1, np.float32), 16_000)
    (folder / "manifest.jsonl").write_text(json.dumps({"audio": "1.wav", "text": "hello"}) + "\n", encoding="utf-8")
    return folder


def test_the_folder_is_taken_as_it_is(clips: Path) -> None:
    assert data_set(str(clips)) == clips


def test_another_word_or_another_recording_is_another_data_set(clips: Path) -> None:
    before = data_set_hash(str(clips))
    assert data_set_hash(str(clips)) == before
    soundfile.write(clips / "1.wav", np.full(1600, 0.2, np.float32), 16_000)
    other_sound = data_set_hash(str(clips))
    (clips / "manifest.jsonl").write_text(json.dumps({"audio": "1.wav", "text": "hallo"}) + "\n", encoding="utf-8")
    assert len({before, other_sound, data_set_hash(str(clips))}) == 3


def test_what_is_neither_built_here_nor_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such data set"):
        data_set(str(tmp_path))
    (tmp_path / "manifest.jsonl").write_text("{}}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        data_set_hash(str(tmp_path))
