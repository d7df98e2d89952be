"""`edgemm bench`: measure, print one table, write JSON and plots."""

from __future__ import annotations

import sys
from pathlib import Path

from bench import BENCHES, Context, Measurement, bench
from bench.host import describe_host
from bench.report import print_table, write_json, write_plots
from edgemm.cli import command_parser
from edgemm.cli import write_json as write_result
from edgemm.errors import UsageError
from edgemm.host import host_target


def main(argv: list[str]) -> int:
    """Run the asked-for benchmarks. A bound that does not hold is printed as it is; it is no failure of the program."""
    parser = command_parser("bench")
    parser.add_argument("pack", nargs="?", default="starter", help="name or file of the pack (default: starter)")
    parser.add_argument("--only", action="append", metavar="NAME", help=f"one of {', '.join(BENCHES)}; repeatable")
    parser.add_argument("--bundles", type=Path, default=Path("bundles"), help="folder of bundles")
    parser.add_argument("--target", default=host_target(), help="export target of the bundles")
    parser.add_argument("--out", type=Path, default=Path("out/bench"), help="where JSON and plots go")
    arguments = parser.parse_args(argv)
    names = arguments.only or list(BENCHES)
    if unknown := [name for name in names if name not in BENCHES]:
        raise UsageError("unknown benchmark", expected=", ".join(BENCHES), found=", ".join(unknown))
    measurements: dict[str, Measurement] = {}
    for number, name in enumerate(names, start=1):
        sys.stderr.write(f"[{number}/{len(names)}] {name}\n")
        folder = arguments.out / name
        folder.mkdir(parents=True, exist_ok=True)
        context = Context(arguments.pack, arguments.bundles, arguments.target, folder)
        host = describe_host()
        measurements[name] = bench(name).measure(context)
        write_json(arguments.out / "bench.json", host, name, measurements[name])
    plots = write_plots(arguments.out, measurements)
    if arguments.json:
        write_result({"json": str(arguments.out / "bench.json"), "plots": [str(path) for path in plots]})
    else:
        print_table(describe_host(), measurements)
        print(f"written: {arguments.out / 'bench.json'} {' '.join(map(str, plots))}")
    return 0
