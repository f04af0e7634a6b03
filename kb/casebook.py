"""“有哪些案例”: cases across documents, one line and one citation each."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from .evidence_asked import Asked, Floats
from .evidence_features import Candidate
from .model import Document
from .quoting import Pick
from .understand import FRAME

MOST = 10  # cases in one answer
COVERED = 0.6  # of the topic's weight a case must touch, as a share of what the best one touches
_ASKS = re.compile(
    r"(?:哪些|什么|哪几个|列出|列举|盘点|介绍一些|举).{0,12}(?:案例|案件|典型|先例|做法|样本|经验|例子)|(?:案例|案件|典型经验|例子|做法)(?:都)?(?:有哪些|有什么|有哪几个)"
)
_WORDS = frozenset("案例 案件 典型 经验 做法 样本 先例 优秀 例子 成功 实践 地方 列举 盘点 浙江 浙江省".split())


def asks_for_cases(text: str) -> bool:
    """Whether a folded question wants cases listed."""
    return bool(_ASKS.search(text)) and bool(re.search(r"案|例|先例|样本", text))


def listed(asked: Asked, found: Sequence[Candidate], scores: Floats, soft: Floats, documents: Sequence[Document]) -> list[Pick]:
    """The best sentence of each case that touches the topic, best first."""
    topic = np.array([0.0 if w in _WORDS or w in FRAME else weight for w, weight in asked.words], np.float32)
    touched = soft @ topic if topic.any() else np.ones(len(found), np.float32)
    best: dict[int, int] = {}
    for i, c in enumerate(found):
        sentence = c.source.reading.sentences[c.index]
        if documents[c.document].kind != "case" or sentence.heading or c.index == 0:
            continue
        if c.document not in best or scores[i] > scores[best[c.document]]:
            best[c.document] = i
    reach = {d: float(max(touched[i] for i, c in enumerate(found) if c.document == d)) for d in best}
    top = max(reach.values(), default=0.0)
    kept = [d for d in best if reach[d] >= COVERED * top]
    kept.sort(key=lambda d: -float(scores[best[d]]))
    return [Pick(d, (found[best[d]].span,), 1 / len(kept), "sentence") for d in kept[:MOST]]


__all__ = ["asks_for_cases", "listed"]
