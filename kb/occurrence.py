"""Where a question's terms stand in many texts: all texts at once, laid end to end as code points.

Asking `term in text` for each pair costs a call a pair. Here one pass over the characters finds the places
of all terms together; which text and which sentence they stand in follows from the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .fold import CODE_POINTS, fold_codes, text_of

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_STOP = np.zeros(CODE_POINTS, bool)
_STOP[[ord(c) for c in "。！？；!?;\n"]] = True


@dataclass(frozen=True, slots=True)
class Places:
    """Occurrences of terms: `terms[i]` (index) begins at character `at[i]` of all texts."""

    terms: Ints  # (n,)
    at: Ints  # (n,)
    count: int  # terms looked for

    def among(self, owners: Ints, size: int) -> Bools:
        """(size, count): which term stands in what, where `owners` is what each character belongs to."""
        found = np.zeros((size, self.count), bool)
        found[owners[self.at], self.terms] = True
        return found


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of all texts in order, of no length where two stops meet."""

    starts: Ints  # (sentences,)
    ends: Ints  # (sentences,)
    owners: Ints  # (characters,) the sentence each character belongs to
    first: Ints  # (texts,) the first sentence of each text
    counts: Ints  # (texts,) how many each has


class Texts:
    """Some texts, folded, a line break after each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        self.ends = np.cumsum(self.lengths + 1) - 1  # of each text, where its line break stands
        self.starts = self.ends - self.lengths
        self.codes = fold_codes("\n".join([*texts, ""]))

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def owners(self) -> Ints:
        """(characters,) the text each character belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths + 1)

    @cached_property
    def sentences(self) -> Sentences:
        ends = np.flatnonzero(_STOP[self.codes])
        starts = np.concatenate([[0], ends[:-1] + 1])
        owners = np.repeat(np.arange(len(ends)), ends + 1 - starts)
        first = owners[self.starts]
        return Sentences(starts, ends, owners, first, np.diff(first, append=len(ends)))

    @cached_property
    def folded(self) -> str:
        return text_of(self.codes)

    def places(self, terms: Sequence[str]) -> Places:
        """Every occurrence of the terms (different ones, folded, without line breaks), overlapping ones too."""
        alphabet = {c: i for i, c in enumerate(dict.fromkeys(c for term in terms for c in term[:2]), 1)}
        codes = [*map(ord, alphabet)]
        numbers = np.zeros(1 + max([int(self.codes.max(initial=0)), *codes]), np.uint32)
        numbers[codes] = np.arange(1, len(codes) + 1)
        heads = _heads(numbers[self.codes], [[alphabet[c] for c in term[:2]] for term in terms])
        places = [self._whole(term, at) for term, at in zip(terms, heads, strict=True)]
        counts = [len(at) for at in places]
        return Places(
            np.repeat(np.arange(len(terms)), counts),
            np.concatenate(places) if places else np.zeros(0, np.int64), len(terms),
        )  # fmt: skip

    def _whole(self, term: str, at: Ints) -> Ints:
        """Of the places where a term's first two characters stand, those where all of it does."""
        if len(term) > 2:
            at = at[at + len(term) <= len(self.codes)]
            for offset in range(2, len(term)):
                at = at[self.codes[at + offset] == ord(term[offset])]
        return at


def _heads(known: npt.NDArray[np.uint32], heads: Sequence[Sequence[int]]) -> list[Ints]:
    """Where each head, one number or two, stands in `known`, in which 0 is anything else."""
    at = np.flatnonzero((known[:-1] > 0) & (known[1:] > 0))
    keys = (known[at].astype(np.int64) << 32) | known[at + 1]
    order = np.argsort(keys, kind="stable")
    keys, at = keys[order], at[order]
    wanted = np.array([(head[0] << 32) | head[-1] for head in heads], np.int64)
    first, last = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    return [
        at[start:end] if len(head) == 2 else np.flatnonzero(known == head[0])
        for head, start, end in zip(heads, first, last, strict=True)
    ]
