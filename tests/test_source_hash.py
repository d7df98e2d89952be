"""What makes a step be done anew: the code behind it and the data files beside it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.workshop import source_hash as module
from export.workshop.source_hash import source_hash


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """export/families/thing.py imports edgemm/helper.py; labels lie beside it."""
    files = {
        "export/__init__.py": "", "export/other.py": "x = 1\n", "export/families/__init__.py": "",
        "export/families/thing.py": "def f():\n    from edgemm.helper import g\n", "edgemm/__init__.py": "",
        "edgemm/helper.py": "from edgemm.deep import h\n", "edgemm/deep.py": "h = 1\n",
        "export/families/labels/classes.txt": "cat\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(module, "_ROOT", tmp_path)
    return tmp_path


def hash_now() -> str:
    source_hash.cache_clear()
    return source_hash("export.families.thing")


@pytest.fixture(autouse=True)
def _forget() -> None:
    source_hash.cache_clear()


@pytest.mark.parametrize(
    "name", ["export/families/thing.py", "edgemm/helper.py", "edgemm/deep.py", "export/families/labels/classes.txt"]
)
def test_a_change_of_code_or_data_behind_a_step_changes_its_hash(tree: Path, name: str) -> None:
    before = hash_now()
    (tree / name).write_text((tree / name).read_text() + "# more\n")
    assert hash_now() != before


def test_a_data_file_that_is_renamed_or_added_changes_it_too(tree: Path) -> None:
    hashes = {hash_now()}
    (tree / "export/families/labels/classes.txt").rename(tree / "export/families/labels/labels.txt")
    hashes.add(hash_now())
    (tree / "export/families/labels/more.tsv").write_text("dog\n")
    hashes.add(hash_now())
    assert len(hashes) == 3


def test_code_that_it_does_not_use_changes_nothing(tree: Path) -> None:
    before = hash_now()
    (tree / "export/other.py").write_text("x = 2\n")
    assert hash_now() == before
