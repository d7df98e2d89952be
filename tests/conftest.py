"""What several tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edgemm.host import host_target
from edgemm.pack import bundle_folders, load_pack


@pytest.fixture(scope="session")
def starter_bundles() -> Path:
    """The folder with every bundle of the starter pack for this host: EDGEMM_BUNDLES or ./bundles.

    Skips naming what is missing; with EDGEMM_REQUIRE_BUNDLES=1 (`make test`) that is a failure.
    """
    root = Path(os.environ.get("EDGEMM_BUNDLES", "bundles"))
    folders = bundle_folders(load_pack("starter"), root, host_target())
    missing = [str(folder) for folder in folders.values() if not (folder / "manifest.json").is_file()]
    if missing:
        complain = pytest.fail if os.environ.get("EDGEMM_REQUIRE_BUNDLES") == "1" else pytest.skip
        complain(f"missing: {', '.join(missing)}; `edgemm export starter` makes them")
    return root
