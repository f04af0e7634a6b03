"""Training texts as token ids, and the samplers that draw (query, document) from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from indexer.train.sources import Pair, Text
from kb.fold import fold

Ids = npt.NDArray[np.int32]
_SENTENCE = re.compile(r"[^。！？；：\n]+[。！？；：\n]*")
LONGEST = 220  # tokens of a document side; 350 characters are about 200


def sentences(text: str) -> list[str]:
    return [s for s in _SENTENCE.findall(text) if len(s.strip()) > 1]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Many short texts, end to end: `ids[starts[i] : starts[i + 1]]` is text i."""

    ids: Ids
    starts: npt.NDArray[np.int64]

    def __getitem__(self, i: int) -> Ids:
        return self.ids[self.starts[i] : self.starts[i + 1]]


def encode(tokenizer: Any, texts: Sequence[str], chunk: int = 20000) -> Encoded:
    """Token ids without unknowns (id 0), folding first."""
    arrays, lengths = [], []
    for at in range(0, len(texts), chunk):
        batch = [fold(t) for t in texts[at : at + chunk]]
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            ids = np.array(encoding.ids, dtype=np.int32)
            ids = ids[ids > 0]
            arrays.append(ids)
            lengths.append(len(ids))
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Encoded(np.concatenate(arrays) if arrays else np.zeros(0, np.int32), starts)


@dataclass(frozen=True, slots=True)
class Batch:
    """Question i belongs to document i; documents beyond the questions are extra negatives.

    `same[i, j]` marks a document j that is no fair negative for question i.
    """

    questions: list[Ids]
    documents: list[Ids]
    same: npt.NDArray[np.bool_]  # (questions, documents)


class Sampler(Protocol):
    """A source of batches."""

    def __len__(self) -> int: ...

    def draw(self, rng: np.random.Generator, n: int) -> Batch: ...


def batch_of(rows: list[tuple[Ids, Ids, int]]) -> Batch:
    """(question, document, key) rows as a batch; documents of one key are no negatives of another."""
    full = [r for r in rows if len(r[0]) and len(r[1])]
    keys = np.array([r[2] for r in full])
    same = (keys[:, None] == keys[None, :]) & ~np.eye(len(keys), dtype=bool)
    return Batch([r[0] for r in full], [r[1] for r in full], same)


class TextSampler:
    """Sentence → rest of its text, and title → text (inverse cloze, Lee et al. 2019)."""

    def __init__(
        self, tokenizer: Any, texts: Iterable[Text], p_title: float = 0.1, keep: float = 0.25
    ) -> None:
        parts: list[str] = []
        self.first: list[int] = []  # of each text: its title's row in `parts`
        self.last: list[int] = []
        groups: list[str] = []
        for text in texts:
            body = sentences(text.body)
            if sum(map(len, body)) < 25:
                continue
            if len(body) == 1:
                body = [p for p in re.split(r"(?<=，)", body[0]) if p]
            self.first.append(len(parts))
            parts.append(text.title)
            parts.extend(body)
            self.last.append(len(parts))
            groups.append(text.group)
        self.encoded = encode(tokenizer, parts)
        self.p_title, self.keep = p_title, keep
        order = np.argsort(np.array(groups), kind="stable") if groups else np.zeros(0, np.int64)
        self.order = order  # texts of one group side by side

    def __len__(self) -> int:
        return len(self.first)

    def draw(self, rng: np.random.Generator, n: int) -> Batch:
        """Half of the batches come in runs of neighbours, which are the harder negatives."""
        if rng.random() < 0.5:
            picks = rng.integers(0, len(self), n)
        else:
            run = int(rng.choice([4, 8, 16]))
            reach = min(run * 3, len(self))
            heads = rng.integers(0, len(self) - reach + 1, n // run + 1)
            picks = np.concatenate([self.order[h + rng.permutation(reach)[:run]] for h in heads])[:n]
        return batch_of([self._one(rng, int(p)) for p in np.unique(picks)])

    def _one(self, rng: np.random.Generator, text: int) -> tuple[Ids, Ids, int]:
        title = self.encoded[self.first[text]]
        first, last = self.first[text] + 1, self.last[text]
        at = int(rng.integers(first, last))
        low, high, size = at, at + 1, len(self.encoded[at])
        room = int(rng.integers(40, LONGEST))
        while size < room and (low > first or high < last):
            down = low > first and (high >= last or rng.random() < 0.5)
            low, high = (low - 1, high) if down else (low, high + 1)
            size += len(self.encoded[low if down else high - 1])
        window = [self.encoded[i] for i in range(low, high)]
        if len(title) > 1 and rng.random() < self.p_title:
            return thin(rng, title, 0.1), np.concatenate(window)[:LONGEST], text
        query, rest = crop(rng, window[at - low], rng.random() < self.keep)
        window[at - low] = rest
        if rng.random() < 0.85:
            window.insert(0, title)
        return thin(rng, query, 0.1), np.concatenate(window)[:LONGEST], text


class PairSampler:
    """Question → its own text, as labelled."""

    def __init__(self, tokenizer: Any, pairs: Iterable[Pair], drop: float = 0.35) -> None:
        rows = [p for p in pairs if len(p.question) > 3 and len(p.body) > 5]
        self.questions = encode(tokenizer, [p.question for p in rows])
        self.bodies = encode(tokenizer, [f"{p.title}\n{p.body}" for p in rows])
        same: dict[str, int] = {}
        self.keys = [same.setdefault(p.body, len(same)) for p in rows]
        self.drop = drop

    def __len__(self) -> int:
        return len(self.keys)

    def draw(self, rng: np.random.Generator, n: int) -> Batch:
        return batch_of([self._one(rng, int(i)) for i in rng.permutation(len(self))[:n]])

    def _one(self, rng: np.random.Generator, i: int) -> tuple[Ids, Ids, int]:
        body = self.bodies[i][:LONGEST]
        return thin(rng, self.questions[i], self.drop), thin(rng, body, 0.1), self.keys[i]


def thin(rng: np.random.Generator, ids: Ids, share: float) -> Ids:
    """`ids` with about `share` of them left out, so that no single word carries a match."""
    kept = ids[rng.random(len(ids)) >= share]
    return kept if len(kept) else ids


def crop(rng: np.random.Generator, sentence: Ids, keep: bool) -> tuple[Ids, Ids]:
    """A question-long stretch of a sentence, and what stays in the document."""
    size = min(len(sentence), int(rng.integers(5, 32)))
    start = int(rng.integers(0, len(sentence) - size + 1)) if len(sentence) else 0
    query = sentence[start : start + size]
    rest = sentence if keep else np.concatenate([sentence[:start], sentence[start + size :]])
    return query, rest
