"""Validity 时效性: which documents are in force on a day, and the words that prove it.

Pure functions over plain values; nothing here reads a file or a store.
"""

from __future__ import annotations

from .facts import Facts, Incoming, Override, Proof, Verdict, facts_of
from .graph import affected, incoming, resolve
from .rules import BY_HAND, status_of
from .titles import title_keys, version_key

__all__ = [
    "BY_HAND",
    "Facts",
    "Incoming",
    "Override",
    "Proof",
    "Verdict",
    "affected",
    "facts_of",
    "incoming",
    "resolve",
    "status_of",
    "title_keys",
    "version_key",
]
