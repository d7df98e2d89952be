"""`edgemm eval BUNDLE DATA`: quality of a bundle on a data set, by the same task code as the daemon."""

from __future__ import annotations

import sys
from pathlib import Path

from edgemm.bundles.bundle import Bundle
from edgemm.cli import command_parser, write_json
from edgemm.commands.inspect import figure_line
from edgemm.evaluation import evaluator
from edgemm.tasks.examples import read_examples


def main(argv: list[str]) -> int:
    """Evaluate a bundle. Raises BundleError or InputError."""
    parser = command_parser("eval")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="folder of a bundle")
    parser.add_argument("data", type=Path, metavar="DATA", help="folder with manifest.jsonl, or that file")
    arguments = parser.parse_args(argv)
    bundle = Bundle.open(arguments.bundle)
    examples = read_examples(arguments.data)
    evaluate, _ = evaluator(bundle.manifest.task)
    figures = evaluate(bundle, examples)
    if arguments.json:
        write_json(
            {
                "bundle": str(arguments.bundle),
                "task": bundle.manifest.task,
                "examples": len(examples),
                "figures": [figure.model_dump(mode="json", exclude_defaults=True) for figure in figures],
            }
        )
    else:
        sys.stdout.write("".join(f"{figure_line(figure)}\n" for figure in figures))
    return 0
