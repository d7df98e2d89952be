"""`edgemm record`: a live run whose frames, sound and events go into a session file."""

from __future__ import annotations

from pathlib import Path

from edgemm.cli import command_parser
from edgemm.errors import UsageError
from runtime.commands.options import add_config_options, config_from
from runtime.commands.run import live


def main(argv: list[str]) -> int:
    """Record until Ctrl-C or `--duration`. The session is whole after either."""
    parser = command_parser("record")
    parser.add_argument("session", type=Path, help="the MCAP file to write; one that exists is not overwritten")
    parser.add_argument("--duration", type=float, metavar="S", help="seconds to record (default: until Ctrl-C)")
    parser.add_argument("--config", default="default", help="name or file of the runtime configuration")
    add_config_options(parser)
    arguments = parser.parse_args(argv)
    if arguments.session.exists():
        raise UsageError(f"{arguments.session} exists", remedy="Name another file, or move this one away.")
    return live(config_from(arguments.config, arguments).config, arguments.session, arguments.duration)
