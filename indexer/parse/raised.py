"""Raised figures (10⁸, m²): written as superscripts, or the power would become part of the number."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_KNOWN = frozenset("0123456789+-−–=()n ")


def raised(text: str) -> str:
    """The text in superscripts where all of it can be; itself else."""
    return text.translate(_RAISED) if text.strip() and set(text) <= _KNOWN else text


__all__ = ["raised"]
