"""The C library's allocator, told to give memory back: thirty threads otherwise keep each its peak for ever."""

from __future__ import annotations

import ctypes

_ARENA_MAX, _TRIM_THRESHOLD, _MMAP_THRESHOLD = -8, -1, -3
"""Parameters of mallopt(3), as in glibc's malloc.h."""


def frugal() -> bool:
    """One arena, and large blocks mapped so that freeing them returns them. False where libc has no mallopt."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    settings = ((_ARENA_MAX, 1), (_TRIM_THRESHOLD, 128 << 10), (_MMAP_THRESHOLD, 256 << 10))
    taken = [mallopt(parameter, value) == 1 for parameter, value in settings]
    return all(taken)
