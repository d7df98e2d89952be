"""Word to the service manager: ready, alive, stopping. The protocol of sd_notify(3): a datagram to $NOTIFY_SOCKET."""

from __future__ import annotations

import os
import socket

MOST_DIGITS = 16
"""Microseconds of three centuries: a number that is longer is none that a service manager writes."""


def notify(message: str) -> bool:
    """Send `message` ("READY=1", "WATCHDOG=1", "STOPPING=1"); False where no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(message.encode(), address)
        except OSError:
            return False
    return True


def period_s() -> float | None:
    """How often the service manager wants to hear that we live: half of what it allows. None: it does not ask us."""
    allowed_us = os.environ.get("WATCHDOG_USEC", "")
    asked = os.environ.get("WATCHDOG_PID") or str(os.getpid())
    sensible = allowed_us.isdecimal() and 0 < len(allowed_us) < MOST_DIGITS and int(allowed_us) > 0
    return int(allowed_us) / 2e6 if sensible and asked == str(os.getpid()) else None
