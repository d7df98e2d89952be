"""What the everyday commands have in common: a pack, and its bundles on this host."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.pack import Role, bundle_folders, load_pack
from edgemm.errors import UsageError
from edgemm.host import host_target
from edgemm.tasks import open_task


def add_pack_arguments(parser: argparse.ArgumentParser) -> None:
    """`--pack`, `--bundles` and `--target`."""
    parser.add_argument("--pack", default="starter", help="pack of models (default: starter)")
    parser.add_argument("--bundles", type=Path, default=Path("bundles"), help="folder of the bundles (./bundles)")
    parser.add_argument("--target", default=host_target(), help="export target (default: this host's)")


def open_role(arguments: argparse.Namespace, role: Role) -> Any:
    """The task object for a role of the pack. Raises UsageError when the pack has none, BundleError when it is bad."""
    folders = bundle_folders(load_pack(arguments.pack), arguments.bundles, arguments.target)
    if role not in folders:
        raise UsageError(f"the pack '{arguments.pack}' has no {role}", found=", ".join(folders))
    return open_task(Bundle.open(folders[role]))
