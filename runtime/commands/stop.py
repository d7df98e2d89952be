"""`edgemm stop`: be quiet now; with `--daemon`, end the running daemon."""

from __future__ import annotations

from edgemm.cli import command_parser, write_json
from runtime.control.control_client import request


def main(argv: list[str]) -> int:
    """Ask the running daemon. Raises HostError when there is none."""
    parser = command_parser("stop")
    parser.add_argument("--daemon", action="store_true", help="end the daemon, not only what it says")
    arguments = parser.parse_args(argv)
    reply = request({"command": "shutdown" if arguments.daemon else "silence"})
    if arguments.json:
        write_json(reply)
    else:
        print(reply["did"])
    return 0
