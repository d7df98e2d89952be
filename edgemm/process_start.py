"""What the program owes to whoever starts it: streams that lead somewhere, and a clean end whenever it is asked to."""

from __future__ import annotations

import os
import signal
import sys
import threading
from io import TextIOWrapper
from types import FrameType

_asked_to_end = threading.Event()


def open_streams() -> None:
    """Standard streams that a service or `<&-` has closed lead nowhere: the next file would become one of them.

    What standard output cannot show (a file's name in another encoding, an umlaut in plain ASCII) is escaped.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)  # the lowest free number: that of the closed stream
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def end_on_signals() -> None:
    """From now on SIGTERM ends a command as Ctrl-C does: by KeyboardInterrupt. A signal that is ignored stays so."""
    if threading.current_thread() is threading.main_thread():
        for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
            if signal.getsignal(number) == usual:
                signal.signal(number, _end)


def asked_to_end() -> bool:
    """Whether a signal has come: libraries turn the exception that it raised into others, or swallow it."""
    return _asked_to_end.is_set()


def _end(number: int, frame: FrameType | None) -> None:
    _asked_to_end.set()
    raise KeyboardInterrupt
