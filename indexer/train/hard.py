"""Lay legal questions against the articles that the model now confuses with the right ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from indexer.train import sources
from indexer.train.encoded import LONGEST, Batch, Encoded, encode, thin
from indexer.train.evaluate import top

Floats = npt.NDArray[np.float32]


class HardSampler:
    """STARD training questions (and their lawyers' answers) with mined negatives.

    A negative is one of the best-ranked articles that is neither gold nor nearly the
    same text as a gold one. Before the first mining, random articles stand in.
    """

    def __init__(self, tokenizer: Any, data: Path, depth: int = 60, each: int = 4) -> None:
        articles = list(sources.records(data / "stard" / "corpus.jsonl.xz"))
        rows = {r["id"]: i for i, r in enumerate(articles)}
        asked = [r for r, golds in sources.stard_questions(data, "train") if golds]
        self.golds = [[rows[g] for g in r["gold_ids"] if g in rows] for r in asked]
        self.articles = encode(tokenizer, [f"{sources.law_title(r)}\n{r['text']}" for r in articles])
        self.questions = encode(tokenizer, [r["question"] for r in asked])
        answers = [re.sub(r"^您好[，,]?", "", r.get("answer_lecoqa") or r["question"])[:150] for r in asked]
        self.answers = encode(tokenizer, answers)
        self.depth, self.each = depth, each
        self.near = np.random.default_rng(0).integers(0, max(len(articles), 1), (len(asked), depth))

    def __len__(self) -> int:
        return len(self.golds)

    def mine(self, table: Floats) -> None:
        """Find each question's nearest wrong articles by the vectors of `table`."""
        documents = vectors(self.articles, table)
        ranked = top(vectors(self.questions, table), documents, self.depth + 20)
        for i, golds in enumerate(self.golds):
            twins = (documents[ranked[i]] @ documents[golds].T).max(axis=1) > 0.93
            wrong = [int(d) for d, twin in zip(ranked[i], twins, strict=True) if not twin and d not in golds]
            self.near[i] = np.resize(wrong or self.near[i], self.depth)

    def draw(self, rng: np.random.Generator, n: int) -> Batch:
        picks = rng.permutation(len(self))[: max(1, n // (1 + self.each))]
        questions, documents, gold_keys, keys = [], [], [], []
        for i in picks.tolist():
            asked = self.questions[i] if rng.random() < 0.75 else self.answers[i]
            gold = int(rng.choice(self.golds[i]))
            questions.append(thin(rng, asked, 0.35))
            documents.append(thin(rng, self.articles[gold][:LONGEST], 0.05))
            keys.append(gold)
            gold_keys.append(set(self.golds[i]))
        # nearer ones more often: a geometric draw over the ranks
        ranks = np.minimum(rng.geometric(0.06, (len(picks), self.each)) - 1, self.depth - 1)
        for extra in np.unique(np.take_along_axis(self.near[picks], ranks, axis=1)).tolist():
            documents.append(self.articles[extra][:LONGEST])
            keys.append(extra)
        same = np.array([[key in golds for key in keys] for golds in gold_keys])
        same[np.arange(len(picks)), np.arange(len(picks))] = False
        return Batch(questions, documents, same)


def vectors(encoded: Encoded, table: Floats) -> Floats:
    """Unit vectors of encoded texts, (n, dim)."""
    ones = np.ones(len(encoded.ids), dtype=np.float32)
    shape = (len(encoded.starts) - 1, len(table))
    sums: Floats = csr_matrix((ones, encoded.ids, encoded.starts), shape=shape) @ table
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    return sums
