"""Sources: cameras, microphones, recordings. One file each.

A source opens a device, hands out what it delivers, and raises `DeviceError` when the device is gone. It never waits
longer than its own read deadline. `runtime.sources.retry` wraps a source so that a lost device is reopened.
"""

from __future__ import annotations

from typing import Protocol

from runtime.items import Item


class Source(Protocol):
    """A device or a recording. `name` is the producer that links of the stage table refer to."""

    @property
    def name(self) -> str: ...

    def open(self) -> None:
        """Open, or open again. Raises DeviceError."""
        ...

    def read(self) -> Item | None:
        """The next item; None when there is nothing yet. Raises DeviceError when the device is gone."""
        ...

    def close(self) -> None:
        """Let go of the device. Safe to call twice and before `open`."""
        ...
