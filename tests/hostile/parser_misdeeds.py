"""Functions for the parser pool that misbehave on purpose; they run in its workers."""

from __future__ import annotations

import os
import time

from indexer.parse import Source
from kb.errors import TooLarge


def by_name(source: Source) -> str:
    """Do what the source's name says."""
    match source.name:
        case "crash":
            os.kill(os.getpid(), 11)
        case "exit":
            os._exit(3)
        case "hang":
            time.sleep(600)
        case "spin":
            while True:
                pass
        case "eat":
            held = bytearray(3_000_000_000)
            return str(len(held))
        case "fail":
            raise ValueError("内部错误\n第二行")
        case "refuse":
            raise TooLarge("太大：超过上限")
        case "unpicklable":
            return lambda: None  # type: ignore[return-value]
    return source.name


def process(source: Source) -> int:
    return os.getpid()
