"""Every error that a user can meet, with its exit code.

    EdgemmError                 1   the work failed
    ├── StorageError            1   disk full, file not writable
    ├── UsageError              2   command line
    │   ├── ConfigError         2   YAML: a typo, a wrong type, a tab
    │   └── InputError          2   a picture, clip or session that cannot be used
    │       └── CheckpointError 2   weights: missing tensor, other family, unsafe pickle, wrong hash
    ├── GateError               3   a parity or accuracy gate did not hold
    └── HostError               4   this host or device cannot
        ├── BundleError         4   damaged, newer schema, built for another host
        ├── DeviceError         4   camera, microphone, speaker
        └── MissingExtraError   4   an optional package is not installed

A message says what was expected, what was found, and how to mend it.
"""

from __future__ import annotations


class EdgemmError(Exception):
    """Base of all errors with a message for the user; `exit_code` is the process's."""

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        expected: object | None = None,
        found: object | None = None,
        remedy: str | None = None,
    ) -> None:
        self.what = what
        self.expected = None if expected is None else str(expected)
        self.found = None if found is None else str(found)
        self.remedy = remedy
        super().__init__(self._message())

    def _message(self) -> str:
        facts = [
            f"{name} {value}"
            for name, value in (("expected", self.expected), ("found", self.found))
            if value is not None
        ]
        message = self.what + (": " + ", ".join(facts) if facts else "")
        return f"{message}. {self.remedy}" if self.remedy else message


class StorageError(EdgemmError):
    """The disk is full or a file cannot be written."""


class UsageError(EdgemmError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = 2


class ConfigError(UsageError):
    """A YAML file is malformed or has an unknown key or a wrong value."""


class InputError(UsageError):
    """A picture, clip, text or session given by the user cannot be used."""


class CheckpointError(InputError):
    """A checkpoint cannot be loaded: missing tensor, other family, unsafe pickle, wrong hash."""


class GateError(EdgemmError):
    """A parity or accuracy gate did not hold, so no bundle was written."""

    exit_code = 3


class HostError(EdgemmError):
    """This host or device cannot do what was asked."""

    exit_code = 4


class BundleError(HostError):
    """A bundle is damaged, incomplete, newer than this program, or built for another host."""


class DeviceError(HostError):
    """A camera, microphone or speaker is missing, busy or has stopped delivering."""


class MissingExtraError(HostError):
    """An optional package is not installed."""
