"""Giving memory back to the system, where the C library is glibc; elsewhere nothing happens."""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX = -8  # glibc's malloc.h


def few_arenas() -> None:
    """Let the threads share two heaps. glibc gives each its own, and each keeps what was freed in it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def give_back() -> None:
    """Hand what was freed to the system: a change frees much at once, among what stays."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
