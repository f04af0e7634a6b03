"""How well an embedder finds: exact search over unit rows, nothing else.

STARD: questions of one part over all 58,649 articles, nDCG@10 and recall@100.
NCP: development questions over passages of at most 350 characters, among the passages
of other policy documents; a passage counts when it holds the whole gold answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.embed import Embedder
from indexer.train import sources
from kb.fold import fold

Ranking = npt.NDArray[np.int64]


def top(queries: npt.NDArray[np.float32], documents: npt.NDArray[np.float32], k: int) -> Ranking:
    """(queries, k) positions of the nearest documents, best first."""
    ranked = []
    for at in range(0, len(queries), 64):
        cosines = queries[at : at + 64] @ documents.T
        best = np.argpartition(-cosines, k, axis=1)[:, :k]
        order = np.take_along_axis(-cosines, best, axis=1).argsort(axis=1, kind="stable")
        ranked.append(np.take_along_axis(best, order, axis=1))
    return np.concatenate(ranked)


def ndcg(ranked: Sequence[int], gold: set[int], k: int = 10) -> float:
    """Binary nDCG@k (Järvelin & Kekäläinen 2002)."""
    gain = sum(1 / np.log2(i + 2) for i, doc in enumerate(ranked[:k]) if doc in gold)
    return float(gain / sum(1 / np.log2(i + 2) for i in range(min(len(gold), k))))


def stard(embedder: Embedder, data: Path, part: sources.Split) -> dict[str, float]:
    articles = list(sources.records(data / "stard" / "corpus.jsonl.xz"))
    rows = {r["id"]: i for i, r in enumerate(articles)}
    documents = embedder.encode([fold(f"{sources.law_title(r)}\n{r['text']}") for r in articles])
    asked = [r for r, _ in sources.stard_questions(data, part)]
    ranked = top(embedder.encode([fold(r["question"]) for r in asked]), documents, 100)
    golds = [{rows[g] for g in r["gold_ids"] if g in rows} for r in asked]
    return {
        "questions": len(asked),
        "ndcg@10": float(np.mean([ndcg(r, g) for r, g in zip(ranked.tolist(), golds, strict=True)])),
        "recall@100": float(
            np.mean([len(g & set(r)) / len(g) for r, g in zip(ranked.tolist(), golds, strict=True)])
        ),
    }


def cut(text: str, size: int = 350) -> list[tuple[int, int]]:
    """Spans of at most `size` characters that end where sentences end."""
    spans, start, end = [], 0, 0
    for match in re.finditer(r"[^。！？；\n]*[。！？；\n]*", text):
        for piece_end in [*range(match.start() + size, match.end(), size), match.end()]:
            if piece_end - start > size and end > start:
                spans.append((start, end))
                start = end
            end = piece_end
    if end > start:
        spans.append((start, end))
    return spans


def ncp(embedder: Embedder, data: Path, part: sources.Split, others: int = 300) -> dict[str, float]:
    """`others` further policy documents stand among the measured ones."""
    documents = list(sources.records(data / "ncp_dev" / "documents.jsonl.xz"))
    texts = [(str(d["_id"]), d["text"]) for d in documents]
    for i, r in enumerate(sources.records(data / "hebei" / "policies.jsonl.xz")):
        if i < others and r["text"]:
            texts.append((f"other{i}", f"{r['title']}\n{r['text']}"))
    passages = [(doc, s, text[s:e]) for doc, text in texts for s, e in cut(text)]
    rows = embedder.encode([fold(p) for _, _, p in passages])
    asked = [
        q
        for q in sources.records(data / "ncp_dev" / "questions.jsonl.xz")
        if sources.ncp_split(q["docid"]) == part
    ]
    ranked = top(embedder.encode([fold(q["question"]) for q in asked]), rows, 20)
    places = []
    for q, row in zip(asked, ranked.tolist(), strict=True):
        start = q["answer_start"]
        hit = [
            passages[i][0] == q["docid"]
            and passages[i][1] <= start
            and start + len(q["answer"]) <= passages[i][1] + len(passages[i][2])
            for i in row
        ]
        places.append(hit.index(True) + 1 if True in hit else 99)
    found = {f"passage@{k}": float(np.mean(np.array(places) <= k)) for k in (1, 5, 20)}
    return {"questions": len(asked), "passages": len(passages), **found}
