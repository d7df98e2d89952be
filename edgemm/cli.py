"""The program `edgemm`: a table of commands, and how every error reaches the user.

Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 a gate did not hold, 4 this host or device cannot,
130 interrupted. Errors go to standard error; `--debug` shows where they came from.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

from edgemm import __version__
from edgemm.complaints import as_edgemm_error, complain
from edgemm.errors import EdgemmError, UsageError
from edgemm.process_start import asked_to_end, end_on_signals, open_streams

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    open_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug, as_json = "--debug" in arguments, "--json" in arguments
    if debug:
        arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        end_on_signals()
        code = _dispatch(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        code = 0  # whoever read our output has left: nothing more to say
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        code = _interrupted(as_json)
    except Exception as error:  # the outermost frame: every failure becomes one message and a code
        if debug:
            raise
        code = _interrupted(as_json) if asked_to_end() else _failed(error, arguments, as_json)
    _let_go_of_output()
    return code


class _Parser(argparse.ArgumentParser):
    """Its errors are told as all others are."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, remedy=f"`{self.prog} --help` explains it.")


def command_parser(name: str) -> argparse.ArgumentParser:
    """Parser of a command with its help, its example and `--json`, which every command takes."""
    command = COMMANDS[name]
    parser = _Parser(
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
    return run(rest)


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


def _failed(error: Exception, arguments: list[str], as_json: bool) -> int:
    name = arguments[0] if arguments else ""
    known = as_edgemm_error(error, name, COMMANDS[name].extra if name in COMMANDS else "")
    complain(known, known.exit_code, as_json)
    return known.exit_code


def _interrupted(as_json: bool) -> int:
    if as_json:
        complain(EdgemmError("interrupted"), INTERRUPTED, as_json)
    return INTERRUPTED


def _let_go_of_output() -> None:
    """What cannot be written (the reader has left, the disk is full) is not tried again at exit, with another code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
