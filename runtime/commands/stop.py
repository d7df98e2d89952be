"""`edgemm stop`: be quiet now; with `--daemon`, end the running daemon."""

from __future__ import annotations

import argparse
import json

from runtime.control import request


def main(argv: list[str]) -> int:
    """Ask the running daemon. Raises HostError when there is none."""
    parser = argparse.ArgumentParser(prog="edgemm stop", description=__doc__)
    parser.add_argument("--daemon", action="store_true", help="end the daemon, not only what it says")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments = parser.parse_args(argv)
    reply = request({"command": "shutdown" if arguments.daemon else "silence"})
    print(json.dumps(reply) if arguments.json else reply["did"])
    return 0
