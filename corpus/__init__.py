"""The texts that ship with the product, and where each fact in them comes from.

`documents/<standards|actions|cases|policies>/NAME.md` are digests in our own words;
`SOURCES.csv` names, for each of them, where its facts stand. Both travel in the wheel.
"""

from __future__ import annotations

import csv
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def documents() -> tuple[Path, ...]:
    """The shipped Markdown documents, in the order of their paths."""
    return tuple(sorted((_HERE / "documents").glob("*/*.md")))


def sources() -> list[dict[str, str]]:
    """The rows of `SOURCES.csv`: `file`, `fact`, `source` and `where` in that source.

    `file` is relative to `documents/`, with forward slashes.
    """
    with (_HERE / "SOURCES.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
