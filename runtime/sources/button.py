"""A push button as a Linux input device (`/dev/input/event…`): any key of it, pressed, counts.

Record layout: `struct input_event` of the kernel's Documentation/input/input.rst, section "Event interface".
"""

from __future__ import annotations

import os
import select
import struct
from pathlib import Path

from edgemm.errors import DeviceError
from runtime.items import Press

READ_TIMEOUT_S = 0.2
_EVENT = struct.Struct("@llHHi")
_KEY_EVENT, _PRESSED = 1, 1


class Button:
    """Yields Press when a key goes down."""

    name = "button"

    def __init__(self, device: Path) -> None:
        self._device = device
        self._descriptor: int | None = None

    def open(self) -> None:
        self.close()
        try:
            self._descriptor = os.open(self._device, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise self._gone(error) from error

    def read(self) -> Press | None:
        assert self._descriptor is not None, "read before open"
        ready, _, _ = select.select([self._descriptor], [], [], READ_TIMEOUT_S)
        if not ready:
            return None
        try:
            record = os.read(self._descriptor, _EVENT.size)
        except OSError as error:
            raise self._gone(error) from error
        if len(record) < _EVENT.size:
            raise self._gone("end of file")
        _, _, kind, _, value = _EVENT.unpack(record)
        return Press("button") if (kind, value) == (_KEY_EVENT, _PRESSED) else None

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _gone(self, found: object) -> DeviceError:
        return DeviceError(
            f"cannot read the button {self._device}",
            found=found,
            remedy="Plug it in, add yourself to the group `input`, or name another with `button:`.",
        )
