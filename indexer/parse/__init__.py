"""How a file becomes canonical text with its layout."""

from __future__ import annotations

from .isolate import Outcome, ParsePool
from .registry import SUPPORTED, Limits, Parser, parse_bytes
from .sources import Failure, Source, iter_sources, parse_source

__all__ = [
    "SUPPORTED",
    "Failure",
    "Limits",
    "Outcome",
    "ParsePool",
    "Parser",
    "Source",
    "iter_sources",
    "parse_bytes",
    "parse_source",
]
