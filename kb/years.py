"""The years a text names."""

from __future__ import annotations

import re

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=\s*年|年度|[-—至]|\D)")  # in a folded text
_SPAN = re.compile(r"((?:19|20)\d{2})年?\s*[-—–~至]+\s*((?:19|20)\d{2})年?")


def years_of(text: str) -> set[str]:
    """The years a (folded) text names, those within a span too: 2023-2025年."""
    years = set(YEAR.findall(text))
    for first, last in _SPAN.findall(text):
        years |= {str(year) for year in range(int(first), min(int(last), int(first) + 50) + 1)}
    return years


__all__ = ["YEAR", "years_of"]
