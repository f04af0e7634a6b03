"""“有哪些案例”: cases across documents, one line and one citation each."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from .evidence_asked import Asked, Floats
from .evidence_features import Candidate
from .model import Document, Hit
from .quoting import Pick
from .understand import asks

MOST = 20  # cases in one answer: all of them, for no more passages than this are read
TOUCHED = 0.5  # of the topic's weight the best case must touch
COVERED = 0.8  # of what the best case touches any other must touch as well
FOUND = 0.45  # of the best case's score in the search another must reach
_CASES = r"(?:案例|案件|案子|先例|样本|例子|典型经验|典型做法|经验做法)"
_ASKS = re.compile(
    rf"(?:哪些|什么|哪几[个件]|列出|列举|盘点|介绍一些|举几个|有没有|有无|找一?些|找几个).{{0,16}}{_CASES}(?=[吗呢啊?？。,，!]|$|可以|可供|值得|都有)|"
    rf"{_CASES}[,，]?(?:都|分别|一共|主要)?(?:有哪些|有什么|有哪几[个件]|是哪些)"
)
_WORDS = frozenset("跟 方面 案子 案例 案件 典型 经验 做法 样本 先例 优秀 例子 成功 实践 地方 列举 盘点 浙江 浙江省".split())


def asks_for_cases(text: str) -> bool:
    """Whether a folded question wants cases listed."""
    return bool(_ASKS.search(text))


def listed(
    asked: Asked, found: Sequence[Candidate], scores: Floats, soft: Floats, documents: Sequence[Document], hits: Sequence[Hit]
) -> list[Pick]:
    """The best sentence of each case that touches the topic, best first; [] where none does."""
    topic = np.array([0.0 if w in _WORDS or asks(w) else weight for w, weight in asked.words], np.float32)
    touched = soft @ (topic / topic.sum()) if topic.any() else np.ones(len(found), np.float32)
    best: dict[int, int] = {}
    for i, c in enumerate(found):
        sentence = c.source.reading.sentences[c.index]
        if documents[c.document].kind != "case" or sentence.heading or not _says(c):
            continue
        if c.document not in best or scores[i] > scores[best[c.document]]:
            best[c.document] = i
    reach = {d: float(max(touched[i] for i, c in enumerate(found) if c.document == d)) for d in best}
    rank = {d: max(hits[c.hit].score for c in found if c.document == d) for d in best}
    top, first = max(reach.values(), default=0.0), max(rank.values(), default=0.0)
    if top < TOUCHED:
        return []
    kept = [d for d in best if reach[d] >= COVERED * top and rank[d] >= FOUND * first]
    kept.sort(key=lambda d: -float(scores[best[d]]))
    return [Pick(d, (found[best[d]].span,), 1 / len(kept), "sentence") for d in kept[:MOST]]


def _says(c: Candidate) -> bool:
    """Whether it is a sentence and not the title over the text."""
    return c.index > 0 or (c.text.rstrip()[-1:] in "。！？!?；;" and c.text.strip() not in c.source.folded_title)


__all__ = ["asks_for_cases", "listed"]
