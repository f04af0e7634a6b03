"""Passages → what the word index holds of each, worked out on a second processor where there are many.

Cutting words is most of what it takes to index a passage and needs nothing but its text; meanwhile its vector
is worked out here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from kb.fold import fold_all
from kb.store import IndexRow

from .parse.isolate import WithoutMain
from .words import Words, grams

MANY = 20_000  # passages for which another process is worth its start


class Fields(NamedTuple):
    """Of one passage, each field's terms parted by blanks."""

    words: str
    bigrams: str
    title: str


def fields_of(rows: Sequence[IndexRow], words: Words) -> list[Fields]:
    headings = lru_cache(maxsize=4096)(lambda text: " ".join(words.index_tokens(text)))
    folded = fold_all([row.text for row in rows])
    return [
        Fields(" ".join(words.tokens(text)), " ".join(grams(text)), headings(f"{row.title} {row.number} {row.path}"))
        for row, text in zip(rows, folded, strict=True)
    ]


class Cutter:
    """Cuts batches of passages, of which `count` are expected. Use as a context manager."""

    def __init__(self, words: Words, count: int) -> None:
        self._words = words
        self._elsewhere: ProcessPoolExecutor | None = None
        if count >= MANY and (os.cpu_count() or 1) > 1:
            self._elsewhere = ProcessPoolExecutor(1, WithoutMain(), _begin, (words.user_lexicon,))

    def __enter__(self) -> Cutter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._elsewhere is not None:
            self._elsewhere.shutdown(wait=True, cancel_futures=True)

    def each(self, batches: Iterable[Sequence[IndexRow]]) -> Iterator[tuple[Sequence[IndexRow], Cut]]:
        """Every batch with its cutting, which is under way; so is that of the next one."""
        before: tuple[Sequence[IndexRow], Cut] | None = None
        for batch in batches:
            begun = (batch, Cut(batch, self._words, self._elsewhere))
            if before is not None:
                yield before
            before = begun
        if before is not None:
            yield before


class Cut:
    """A batch being cut."""

    def __init__(self, rows: Sequence[IndexRow], words: Words, elsewhere: ProcessPoolExecutor | None) -> None:
        self._rows, self._words = rows, words
        self._future: Future[list[Fields]] | None = None
        if elsewhere is not None:
            with suppress(BrokenProcessPool):
                self._future = elsewhere.submit(_fields_of, rows, words.lexicon_hash)

    def done(self) -> list[Fields]:
        """A passage's fields each, waited for; cut here where it could not be done elsewhere."""
        if self._future is not None:
            with suppress(BrokenProcessPool, _OtherWords):
                return self._future.result()
        return fields_of(self._rows, self._words)


# ---- in the other process ---------------------------------------------------------------


class _OtherWords(Exception):
    """The user's lexicon has changed meanwhile."""


def _begin(user_lexicon: Path | None) -> None:
    global _there
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _there = Words(user_lexicon)


def _end_with_parent() -> None:
    """One that is killed cannot say that there is nothing more to do."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


_there: Words


def _fields_of(rows: Sequence[IndexRow], lexicon_hash: str) -> list[Fields]:
    if _there.lexicon_hash != lexicon_hash:
        raise _OtherWords
    return fields_of(rows, _there)
