"""The program `edgemm`: a table of commands, and how every error reaches the user.

Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 a gate did not hold, 4 this host or device cannot,
130 interrupted. Errors go to standard error; `--debug` shows where they came from.
"""

from __future__ import annotations

import argparse
import difflib
import errno
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from edgemm import __version__
from edgemm.errors import EdgemmError, MissingExtraError, StorageError, UsageError

INTERRUPTED = 130


@dataclass(frozen=True)
class Command:
    """One row: where the function `(argv) -> exit code` is, the extra that it needs, help and an example."""

    function: str
    extra: str
    help: str
    example: str


COMMANDS: dict[str, Command] = {
    "export": Command(
        "export.commands:export_command", "export", "checkpoint → verified, quantised bundles", "edgemm export starter"
    ),
    "infer": Command(
        "edgemm.commands.infer:main",
        "runtime",
        "run one bundle on inputs: text, JSON, a drawn picture, sound",
        "edgemm infer bundles/nanodet/cpu-x86 street.jpg --save street-seen.png",
    ),
    "transcribe": Command(
        "edgemm.commands.transcribe:main", "runtime", "sound file → text", "edgemm transcribe question.wav --json"
    ),
    "speak": Command(
        "edgemm.commands.speak:main", "runtime", "text → speech", 'edgemm speak "Good morning." --save hello.wav'
    ),
    "ask": Command(
        "runtime.commands.ask:main",
        "runtime",
        "one question about one picture, through the whole line",
        'edgemm ask --image kitchen.jpg "is there a cup?"',
    ),
    "eval": Command(
        "edgemm.commands.eval:main",
        "evaluation",
        "quality of a bundle on a data set",
        "edgemm eval bundles/whisper-tiny.en/cpu-x86 my-clips/",
    ),
    "inspect": Command(
        "edgemm.commands.inspect:main", "runtime", "what a bundle is", "edgemm inspect bundles/nanodet/cpu-x86"
    ),
    "verify": Command(
        "edgemm.commands.verify:main",
        "runtime",
        "check a bundle: hashes, gates, a run on this host",
        "edgemm verify bundles/nanodet/cpu-x86",
    ),
    "bench": Command("bench.commands:main", "bench", "measure; one table, JSON and plots", "edgemm bench"),
    "run": Command("runtime.commands.run:main", "runtime", "the live assistant", "edgemm run default"),
    "replay": Command(
        "runtime.commands.replay:main", "runtime", "play a session, check it against its truth", "edgemm replay demo"
    ),
    "record": Command(
        "runtime.commands.record:main", "runtime", "record a session", "edgemm record walk.mcap --duration 60"
    ),
    "stop": Command("runtime.commands.stop:main", "runtime", "silence the running assistant", "edgemm stop"),
    "devices": Command(
        "runtime.commands.devices:main", "runtime", "cameras, microphones, speakers, buttons", "edgemm devices"
    ),
    "doctor": Command(
        "edgemm.commands.doctor:main", "", "what works on this host, and how to mend what does not", "edgemm doctor"
    ),
}

OWN_PACKAGES = ("edgemm", "export", "runtime", "bench")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    if debug:
        arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left: nothing more to say, and no complaint at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception as error:  # the outermost frame: every failure becomes one message and a code
        if debug:
            raise
        known = _as_edgemm_error(error, arguments[0])
        sys.stderr.write(f"edgemm: error: {known}\n")
        return known.exit_code


def command_parser(name: str) -> argparse.ArgumentParser:
    """Parser of a command with its help, its example and `--json`, which every command takes."""
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"edgemm {name}",
        description=command.help,
        epilog=f"example:\n  {command.example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser


def write_json(result: Mapping[str, Any]) -> None:
    """The one object that `--json` promises on standard output."""
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(_overview())
        return 0 if arguments else UsageError.exit_code
    if arguments[0] == "--version":
        sys.stdout.write(f"edgemm {__version__}\n")
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        raise UsageError(
            f"no command '{name}'",
            remedy=f"Did you mean 'edgemm {near[0]}'?" if near else "`edgemm --help` lists the commands.",
        )
    module, _, function = COMMANDS[name].function.partition(":")
    run: Callable[[list[str]], int] = getattr(import_module(module), function)
    code = run(rest)
    sys.stdout.flush()
    return code


def _overview() -> str:
    rows = "".join(f"  {name:<11} {row.help}\n  {'':<11}   {row.example}\n" for name, row in COMMANDS.items())
    return (
        "usage: edgemm COMMAND ... [--json] [--debug]\n\n"
        "From a multimodal checkpoint to a talking, seeing edge device.\n\n"
        f"commands, each with an example:\n{rows}\n"
        "`edgemm COMMAND --help` explains a command. `--version` prints the version.\n"
        "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 a gate did not hold, "
        "4 this host or device cannot, 130 interrupted.\n"
    )


def _as_edgemm_error(error: Exception, command: str) -> EdgemmError:
    if isinstance(error, EdgemmError):
        return error
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] not in OWN_PACKAGES:
        extra = COMMANDS[command].extra if command in COMMANDS else ""
        return MissingExtraError(
            f"`edgemm {command}` needs the package '{error.name.split('.')[0]}', which is not installed",
            remedy=f'Run `pip install "edgemm[{extra}]"`.' if extra else "Run `pip install --upgrade edgemm`.",
        )
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return StorageError(str(error), remedy="Free some space and run it again." if full else None)
    return EdgemmError(
        f"internal error in `edgemm {command}`: {type(error).__name__}: {error}",
        remedy="Run it again with --debug and report the traceback.",
    )


if __name__ == "__main__":
    sys.exit(main())
