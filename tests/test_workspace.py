"""Where the export cache lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.workshop.workspace import cache_root


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEMM_CACHE", "")
    assert cache_root() == Path(".cache/edgemm")
    monkeypatch.delenv("EDGEMM_CACHE")
    assert cache_root() == Path(".cache/edgemm")
    monkeypatch.setenv("EDGEMM_CACHE", "/elsewhere")
    assert cache_root() == Path("/elsewhere")
