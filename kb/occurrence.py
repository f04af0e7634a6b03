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
        """Every occurrence of the terms (different ones, folded, without line breaks), overlapping ones too.

        One pass finds where two characters stand that a term begins with; most terms are no longer than that.
        """
        heads = {head: i for i, head in enumerate(sorted({term[:2] for term in terms if len(term) > 1}))}
        at, head = self._pairs(list(heads))
        pairs = np.full(len(heads) + 1, -1, np.int64)  # of each head the term that is no longer
        numbers, places = [], []
        for number, term in enumerate(terms):
            if len(term) == 2:
                pairs[heads[term]] = number
                continue
            own = self._whole(term, at[head == heads[term[:2]]]) if len(term) > 2 else self._single(term)
            numbers.append(np.full(len(own), number))
            places.append(own)
        whole = pairs[head]
        is_term = whole >= 0
        return Places(
            np.concatenate([whole[is_term], *numbers]), np.concatenate([at[is_term], *places]), len(terms)
        )

    def _pairs(self, wanted: Sequence[str]) -> tuple[Ints, Ints]:
        """Where two characters stand that are one of `wanted` (in order), and which one."""
        if not wanted:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        pairs = np.array([[ord(c) for c in pair] for pair in wanted], np.int64)
        letters = self._letters(pairs)
        at = np.flatnonzero(letters[:-1] & letters[1:])
        keys = (self.codes[at].astype(np.int64) << 32) | self.codes[at + 1]
        known = (pairs[:, 0] << 32) | pairs[:, 1]
        where = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        found = known[where] == keys
        return at[found], where[found]

    def _letters(self, pairs: Ints) -> Bools:
        """(characters,) whether each is one that the pairs are made of."""
        highest = max(int(self.codes.max(initial=0)), int(pairs.max()))
        letters = np.zeros(highest + 1, bool)
        letters[pairs] = True
        return letters[self.codes]

    def _single(self, character: str) -> Ints:
        return np.flatnonzero(self.codes == ord(character))

    def _whole(self, term: str, at: Ints) -> Ints:
        """Of the places where a term's first two characters stand, those where all of it does."""
        at = at[at + len(term) <= len(self.codes)]
        for offset in range(2, len(term)):
            at = at[self.codes[at + offset] == ord(term[offset])]
        return at
