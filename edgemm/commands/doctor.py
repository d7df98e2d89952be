"""`edgemm doctor`: what works on this host, and how to mend what does not."""

from __future__ import annotations

import sys
from dataclasses import asdict

from edgemm.bundles.pack import load_pack
from edgemm.cli import command_parser, write_json
from edgemm.commands.health import Check, check_host
from edgemm.commands.pack_arguments import add_pack_arguments
from edgemm.errors import HostError
from edgemm.host import host_signature

_MARKS = {"ok": "ok    ", "absent": "none  ", "broken": "BROKEN"}


def main(argv: list[str]) -> int:
    """Exit code 0 when everything needed works, 4 otherwise."""
    parser = command_parser("doctor")
    add_pack_arguments(parser)
    arguments = parser.parse_args(argv)
    checks = []
    for check in check_host(load_pack(arguments.pack), arguments.bundles, arguments.target):
        checks.append(check)
        if not arguments.json:
            sys.stdout.write(_line(check))
            sys.stdout.flush()
    if arguments.json:
        write_json(
            {
                "python": sys.version.split()[0],
                "host": host_signature().as_dict(),
                "checks": [asdict(check) for check in checks],
            }
        )
    return HostError.exit_code if any(check.state == "broken" for check in checks) else 0


def _line(check: Check) -> str:
    remedy = f"\n         → {check.remedy}" if check.remedy else ""
    return f"{_MARKS[check.state]}   {check.name}: {check.found}{remedy}\n"
