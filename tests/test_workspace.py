"""Where the export cache lies, and when a step of it counts as done."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgemm.errors import StorageError
from export.workshop.workspace import cache_root, once, prune, step_folder


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEMM_CACHE", "")
    assert cache_root() == Path(".cache/edgemm")
    monkeypatch.delenv("EDGEMM_CACHE")
    assert cache_root() == Path(".cache/edgemm")
    monkeypatch.setenv("EDGEMM_CACHE", "/elsewhere")
    assert cache_root() == Path("/elsewhere")


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, ValueError, SystemExit])
def test_a_step_that_was_interrupted_is_not_done(tmp_path: Path, stopped_by: type[BaseException]) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half.bin").write_bytes(b"half")
        raise stopped_by

    def whole(folder: Path) -> None:
        assert list(folder.iterdir()) == []
        (folder / "whole.bin").write_bytes(b"whole")

    with pytest.raises(stopped_by):
        once(tmp_path, "step", {"key": 1}, interrupted)
    assert not step_folder(tmp_path, "step", {"key": 1}).exists()
    assert list(tmp_path.iterdir()) == []
    assert [path.name for path in once(tmp_path, "step", {"key": 1}, whole).iterdir()] == ["whole.bin"]


def test_nothing_stands_under_the_steps_name_while_it_is_built(tmp_path: Path) -> None:
    """A process that is killed has no time to clear away."""

    def build(folder: Path) -> None:
        assert folder != step_folder(tmp_path, "step", 1)
        assert not step_folder(tmp_path, "step", 1).exists()

    once(tmp_path, "step", 1, build)


def test_a_step_is_done_once_for_each_key(tmp_path: Path) -> None:
    built: list[Path] = []
    for key in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": 3}):
        once(tmp_path, "step", key, built.append)
    assert len(built) == 2


def test_a_full_disk_while_a_step_is_built_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        once(tmp_path, "step", 1, full)
    assert list(tmp_path.iterdir()) == []


def test_what_a_running_process_builds_is_not_pruned(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        prune(tmp_path, set())
        assert folder.is_dir()

    kept = once(tmp_path, "kept", 1, build)
    once(tmp_path, "old", 1, lambda folder: None)
    prune(tmp_path, {kept})
    assert list(tmp_path.iterdir()) == [kept]
