"""Options that several commands share: the configuration and its overrides."""

from __future__ import annotations

import argparse
from pathlib import Path

from runtime.settings.config_layers import ResolvedConfig, resolve_config

FLAGS = ("pack", "bundles", "target", "threads")


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """--pack, --bundles, --target, --threads: flags stand above the configuration file."""
    parser.add_argument("--pack", help="name or file of the pack of models")
    parser.add_argument("--bundles", type=Path, help="folder of bundles")
    parser.add_argument("--target", help="export target of the bundles (default: this host's)")
    parser.add_argument("--threads", type=int, help="threads of each model")


def config_from(name: str, arguments: argparse.Namespace) -> ResolvedConfig:
    """The configuration `name` with the flags on top. Raises ConfigError."""
    flags = {flag: getattr(arguments, flag) for flag in FLAGS}
    return resolve_config(
        name, {flag: str(value) if isinstance(value, Path) else value for flag, value in flags.items()}
    )
