"""The vocabulary of the static model: jieba words, their characters, frequent collocations.

It becomes a `tokenizers` Unigram model, whose best path cuts much as jieba does.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models

from indexer.train.charsmap import fold_normalizer
from indexer.words import Words
from kb.fold import fold

Ints = npt.NDArray[np.int64]
UNKNOWN = "<unk>"


def is_han(word: str) -> bool:
    return all("\u3400" <= c <= "\u9fff" for c in word)


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each word stands, and each pair of neighbouring Han words."""

    words: Counter[str]
    pairs: list[tuple[str, str, int]]

    @property
    def total(self) -> int:
        return sum(self.words.values())


def count(texts: Iterable[str], least_pair: int = 60) -> Counts:
    """Word and neighbour counts of folded texts."""
    cutter = Words()
    ids: dict[str, int] = {}
    stream = np.fromiter(
        (ids.setdefault(w, len(ids)) for t in texts for w in chain(cutter.cut(t), "\n")), dtype=np.int64
    )
    names = list(ids)
    found = np.bincount(stream, minlength=len(names))
    han = np.array([is_han(n) for n in names])
    both = han[stream[:-1]] & han[stream[1:]]
    keys, n = np.unique(stream[:-1][both] * len(names) + stream[1:][both], return_counts=True)
    often = n >= least_pair
    pairs = [
        (names[k // len(names)], names[k % len(names)], int(c))
        for k, c in zip(keys[often].tolist(), n[often], strict=True)
    ]
    return Counts(Counter(dict(zip(names, found.tolist(), strict=True))), pairs)


def collocations(counts: Counts, most: int, longest: int = 8) -> list[tuple[str, int]]:
    """Neighbours worth a vector of their own: frequent and telling (count × normalised PMI)."""
    total, single = counts.total, counts.words
    scored = []
    for a, b, n in counts.pairs:
        if len(a) + len(b) <= longest and len(a) > 1 and len(b) > 1:
            npmi = math.log(n * total / (single[a] * single[b])) / -math.log(n / total)
            if npmi > 0.35:
                scored.append((math.sqrt(n) * npmi, a + b, n))
    return [(word, n) for _, word, n in sorted(scored, reverse=True)[:most]]


def pieces(counts: Counts, size: int, phrases: int) -> list[tuple[str, float]]:
    """`size` pieces with their log probabilities; every usual character is among them."""
    kept: dict[str, float] = {}
    for word, n in counts.words.items():
        if len(word) == 1 and word.isalnum() and (n > 2 or word >= "\u4e00"):
            kept[word] = n
    for c in _usual_characters() | set("abcdefghijklmnopqrstuvwxyz0123456789"):
        kept.setdefault(c, 0.2)
    for word, n in collocations(counts, phrases):
        kept.setdefault(word, n)
    for word, n in counts.words.most_common():
        if len(kept) >= size - 1:
            break
        if 1 < len(word) <= 12 and any(map(str.isalnum, word)):
            kept.setdefault(word, n)
    total = counts.total
    ordered = sorted(kept.items(), key=lambda item: -item[1])
    return [(UNKNOWN, -30.0)] + [(word, math.log(n / total)) for word, n in ordered]


def _usual_characters() -> set[str]:
    """The 6,763 characters of GB 2312."""
    return {
        bytes((high, low)).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    } - {""}


def build_tokenizer(vocabulary: Sequence[tuple[str, float]]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(list(vocabulary), unk_id=0))
    tokenizer.normalizer = fold_normalizer()
    return tokenizer


def components(vocabulary: Sequence[tuple[str, float]]) -> tuple[Ints, Ints, npt.NDArray[np.float32], int]:
    """What each piece is made of, as CSR arrays (indptr, ids, shares) and the number of rows.

    Rows: first the pieces themselves, then characters, then character bigrams that at
    least two pieces share. A piece is itself plus the mean of its characters plus the
    mean of its bigrams, so that rare words lean on their relatives.
    """
    names = [word for word, _ in vocabulary]
    grams: Counter[str] = Counter(g for w in names if is_han(w) and len(w) > 2 for g in _bigrams(w))
    rows: dict[str, int] = {}
    indptr, ids, shares = [0], [], []
    for i, word in enumerate(names):
        ids.append(i)
        shares.append(1.0)
        if is_han(word) and i > 0:
            made_of = list(word)
            ids += [len(names) + rows.setdefault("c" + c, len(rows)) for c in made_of]
            shares += [1 / len(made_of)] * len(made_of)
            shared = [g for g in _bigrams(word) if grams[g] > 1] if len(word) > 2 else []
            ids += [len(names) + rows.setdefault("b" + g, len(rows)) for g in shared]
            shares += [1 / len(shared)] * len(shared) if shared else []
        indptr.append(len(ids))
    return (
        np.array(indptr, dtype=np.int64), np.array(ids, dtype=np.int64),
        np.array(shares, dtype=np.float32), len(names) + len(rows),
    )  # fmt: skip


def _bigrams(word: str) -> list[str]:
    return [word[i : i + 2] for i in range(len(word) - 1)]


def save_counts(counts: Counts) -> str:
    return json.dumps({"words": counts.words, "pairs": counts.pairs}, ensure_ascii=False)


def folded(texts: Iterable[str]) -> Iterable[str]:
    return map(fold, texts)
