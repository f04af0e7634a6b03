"""Each word of a question by itself: whether what is quoted, what stands around it and the whole documents have it.

A near miss has every word of the question but one, and which one is lacking decides. So the second judge also sees the
words one by one, not only how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .evidence_asked import Asked, Floats

WORD = (
    "weight", "share", "near", "after", "distance", "sought_after", "sought_before",
    "quoted", "paragraph", "heading", "document", "clause", "soft_quoted", "soft_best", "soft_found", "characters",
    "length", "numeral", "place", "counts", "whether", "lists",
)  # fmt: skip
TELLING_WEIGHT = 6.0  # of a telling word (`Asked.words`), as the unit of `weight` and of a gap
FAR = 12.0  # characters from the question word, as the unit of `distance`


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is quoted (folded), the lines it stands in, the headings and titles above it, the documents whole, and the
    clauses with the form asked for; of each word how near the nearest one is in it, in the best sentence and in all found."""

    text: str
    paragraphs: str
    headings: str
    documents: str
    clauses: str
    soft: Floats  # (3, words)


def words(asked: Asked, quoted: Quoted, is_place: Callable[[str], bool], asking: Sequence[int]) -> Floats:
    """(question words, len(WORD)); `asking`: where the question words stand in the folded question."""
    if not asked.words:
        return np.zeros((0, len(WORD)), np.float32)
    question = asked.understood.text
    total = sum(weight for _, weight in asked.words) or 1.0
    near_total = sum(asked.near) or 1.0
    after, before = asked.understood.sought
    at_question = list(asking) or [len(question)]
    kind = asked.type
    always = (float(kind in ("number", "date")), float(kind == "yesno"), float(kind in ("list", "who", "where")))
    rows = []
    for (word, weight), near, soft in zip(asked.words, asked.near, quoted.soft.T, strict=True):
        at = question.find(word)
        distance = min((at - w for w in at_question), key=abs)
        rows.append((
            weight / TELLING_WEIGHT, weight / total, near / near_total, float(distance > 0), min(abs(distance) / FAR, 2.0),
            float(word == after), float(word == before),
            float(word in quoted.text), float(word in quoted.paragraphs), float(word in quoted.headings), float(word in quoted.documents),
            float(word in quoted.clauses) if quoted.clauses else 0.5, *map(float, soft), sum(c in quoted.text for c in word) / len(word),
            len(word) / 4, float(any(c.isdigit() for c in word)), float(is_place(word)), *always,
        ))  # fmt: skip
    return np.array(rows, np.float32)


__all__ = ["WORD", "Quoted", "words"]
