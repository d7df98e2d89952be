"""`edgemm infer BUNDLE INPUT...`: any task, its result as text, JSON, a drawn picture or sound."""

from __future__ import annotations

import sys
from pathlib import Path

from edgemm.bundles.bundle import Bundle
from edgemm.cli import command_parser, write_json
from edgemm.commands.inferences import Inference, show_of
from edgemm.errors import UsageError
from edgemm.tasks import open_task


def main(argv: list[str]) -> int:
    """Run one bundle on files (pictures, sound) or texts."""
    parser = command_parser("infer")
    parser.add_argument("bundle", type=Path, help="folder of a bundle")
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="picture, sound file or text, as the task asks")
    parser.add_argument("--save", type=Path, metavar="FILE", help="drawn picture, sound, vectors (.npy) or .json")
    parser.add_argument("--threads", type=int, default=1, help="threads of the model (default: 1)")
    arguments = parser.parse_args(argv)
    if arguments.save is not None and len(arguments.inputs) != 1:
        raise UsageError("--save takes one result", expected="one INPUT", found=len(arguments.inputs))
    bundle = Bundle.open(arguments.bundle)
    task = open_task(bundle, threads=arguments.threads)
    results = show_of(bundle.manifest.task)(task, arguments.inputs)
    if arguments.save is not None:
        _save(results[0], arguments.save, bundle.manifest.task)
    if arguments.json:
        found = [{"input": name, **result.data} for name, result in zip(arguments.inputs, results, strict=True)]
        write_json({"bundle": str(bundle.folder), "task": bundle.manifest.task, "results": found})
        return 0
    for name, result in zip(arguments.inputs, results, strict=True):
        heading = f"{name}:\n" if len(results) > 1 else ""
        sys.stdout.write(f"{heading}{result.text}\n")
    return 0


def _save(result: Inference, path: Path, task: str) -> None:
    suffixes = (*result.saves, ".json")
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"a result of {task} cannot be saved as {path.name}", expected=", ".join(suffixes))
    result.write(path)
