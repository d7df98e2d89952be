"""What several tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgemm.bundles.pack import bundle_folders, load_pack
from edgemm.host import host_target
from tests.broken_espeak import BreakableEspeak
from tests.exported import bundles_folder
from tests.needed import lack, programs


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        programs(*mark.args)


@pytest.fixture(scope="session")
def starter_bundles() -> Path:
    """The folder with every bundle of the starter pack for this host; without one of them see `lack`."""
    root = bundles_folder()
    folders = bundle_folders(load_pack("starter"), root, host_target())
    missing = [str(folder) for folder in folders.values() if not (folder / "manifest.json").is_file()]
    if missing:
        lack(f"missing: {', '.join(missing)}; `edgemm export starter` makes them")
    return root


@pytest.fixture
def espeak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BreakableEspeak:
    """espeak-ng on the PATH, which the test can break."""
    return BreakableEspeak(tmp_path, monkeypatch)
