"""How a failure reaches whoever ran the command: one message on standard error, with `--json` one object as well."""

from __future__ import annotations

import errno
import json
import sys

from edgemm.errors import EdgemmError, MissingExtraError, StorageError

OWN_PACKAGES = ("edgemm", "export", "runtime", "bench")


def as_edgemm_error(error: Exception, command: str, extra: str) -> EdgemmError:
    """What the user is told of `error` in `command`, which needs the packages of `extra`."""
    if isinstance(error, EdgemmError):
        return error
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] not in OWN_PACKAGES:
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


def complain(error: EdgemmError, exit_code: int, as_json: bool) -> None:
    """Tell it."""
    sys.stderr.write(f"edgemm: error: {error}\n")
    if as_json:
        told = {"what": error.what, "expected": error.expected, "found": error.found, "remedy": error.remedy}
        sys.stdout.write(json.dumps({"error": {**told, "exit_code": exit_code}}, ensure_ascii=False, indent=2) + "\n")
