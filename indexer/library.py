"""The assembled knowledge base: one store, one index, one searcher that follows the store.

Many processes may read a data folder; one at a time may write, and holds `write.lock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import NamedTuple

from kb.database import open_engine, storage_errors
from kb.errors import BrokenIndex, Locked, StaleIndex, StorageFailed
from kb.model import Document, Filters, Hit, Mode
from kb.settings import Settings
from kb.standing import Standing
from kb.store import Store
from kb.validity import Verdict

from .catalog import Catalog
from .embed import load_embedder
from .index import Index, Manifest, Progress
from .rank import Ranker
from .search import Searcher
from .vectors import VectorIndex
from .words import Words

USUAL_INTERVAL = sys.getswitchinterval()
LOOK_AGAIN = 0.25  # seconds after which an index behind its store is looked at again
NONE = ("",)  # ids: of no document


class Edition(NamedTuple):
    """What a search rests on. Processes whose libraries are of one edition find the same for the same question."""

    indexed: int  # generation of the index
    listed: int  # generation of the catalog
    day: date | None  # that the statuses are of
    today: date


class Opened(NamedTuple):
    """A searcher and what it was opened on; replaced as a whole."""

    searcher: Searcher
    indexed: int  # generation of its index; behind the store's while a writer is at work
    day: date | None  # that its statuses are of
    version: int  # another one for each
    generation: int  # of the store when it was opened,
    stamp: tuple[int, int]  # of the manifest then,
    looked: date  # the day then,
    when: float  # and `time.monotonic`


class Turns:
    """So many threads at a time; one that has its turn keeps it through what it calls."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(max(1, count))
        self._mine = threading.local()

    def __enter__(self) -> None:
        depth = getattr(self._mine, "depth", 0)
        if not depth:
            self._free.acquire()
        self._mine.depth = depth + 1

    def __exit__(self, *_: object) -> None:
        self._mine.depth -= 1
        if not self._mine.depth:
            self._free.release()


class Library:
    """A data folder, opened. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        home = settings.home
        with storage_errors(str(home)):
            home.mkdir(parents=True, exist_ok=True)
        self.store = Store(open_engine(settings.database_url))
        lexicon = home / "lexicon.txt"
        self.words = Words(lexicon if lexicon.is_file() else None)
        self.embedder = load_embedder(settings.embedder, base=home)
        self.index = Index(home / "index", self.words, self.embedder)
        self._opening = threading.Lock()
        # Threads that compute at a time; more would take the interpreter from each other (measured:
        # 8 clients 104 answers/s with as many threads as clients, 154 with two on two processors).
        self.turns = Turns(os.cpu_count() or 1)
        self._opened: Opened | None = None
        self._at_work = False  # whether this process is writing
        self._held = threading.local()
        self._versions = count()
        self.standing = Standing(self.store)

    # ---- reading -------------------------------------------------------------------------

    def searcher(self) -> Searcher:
        """The searcher of the newest generation; a new one is opened without dropping a request."""
        return self._newest().searcher

    def version(self) -> int:
        """Another number whenever the same question may be answered otherwise than before."""
        return self._newest().version

    def edition(self) -> Edition:
        """What this thread's questions are answered from at this moment."""
        return _edition(self._newest())

    def edition_open(self) -> Edition | None:
        """As `edition`, without a look at whether there is a newer one."""
        return None if self._opened is None else _edition(self._opened)

    @property
    def at_work(self) -> bool:
        """Whether this process is writing: until it is done it answers from before the change."""
        return self._at_work

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Whatever this thread asks inside is answered by one and the same generation."""
        outer = getattr(self._held, "opened", None)
        self._held.opened = outer or self._newest()
        try:
            yield
        finally:
            self._held.opened = outer

    def _newest(self) -> Opened:
        held: Opened | None = getattr(self._held, "opened", None)
        if held is not None:
            return held
        opened = self._opened
        if opened is not None and (self._at_work or _is_newest(opened, self.store.generation(), self.index)):
            return opened  # the writer exchanges it, whole, before it is done
        with self._opening:
            opened, generation = self._opened, self.store.generation()
            if opened is None or not _is_newest(opened, generation, self.index):
                opened = self._opened = self._open(opened, generation)
            return opened

    def _open(self, before: Opened | None, generation: int) -> Opened:
        seen = (generation, self.index.stamp(), date.today(), time.monotonic())
        try:
            searcher, indexed = self._open_searcher(before.searcher if before else None)
        except StorageFailed:
            # Nobody can write the new day's statuses; what is open is otherwise true, and reading goes on.
            if before is None or before.searcher.catalog.generation != generation:
                raise
            return Opened(*before[:4], *seen)
        return Opened(searcher, indexed, self.store.status_day(), next(self._versions), *seen)

    def search(
        self, text: str, filters: Filters = Filters(), k: int = 10, mode: Mode = "hybrid"
    ) -> list[Hit]:
        searcher = self.searcher()
        filters = self.by_day(filters)
        with self.turns:
            hits = searcher.search(text, filters, k, mode)
        if filters.as_of is None:
            return hits
        return [replace(hit, document=self.on_day(hit.document, filters.as_of)) for hit in hits]

    def by_day(self, filters: Filters) -> Filters:
        """A filter by status on a past or coming day as one by the documents that have it then."""
        if filters.as_of is None or not filters.status:
            return filters
        verdicts = self.verdicts(filters.as_of)
        then = [id for id, verdict in verdicts.items() if verdict.status in filters.status]
        if filters.doc_id:
            then = [id for id in then if id in filters.doc_id]
        return replace(filters, status=(), doc_id=tuple(then) or NONE)

    def on_day(self, document: Document, day: date) -> Document:
        """A document with the status it had on a day."""
        verdict = self.verdicts(day).get(document.id)
        if verdict is None:
            return document
        return replace(document, status=verdict.status, status_reason=verdict.reason)

    def verdicts(self, day: date) -> dict[str, Verdict]:
        """The validity of every listed document on a day."""
        return self.standing.verdicts(day)

    def _open_searcher(self, previous: Searcher | None) -> tuple[Searcher, int]:
        """A searcher over the index as it stands, and the generation of that index."""
        manifest = self._usable_manifest()
        try:
            lexical = previous.lexical if previous else self.index.open_lexical()
            lexical.reload()
        except BrokenIndex:  # in a file that no checksum guards
            manifest = self.reindex()
            lexical = self.index.open_lexical()
        manifest, vectors = self._open_vectors(manifest)
        searcher = Searcher(
            self.store,
            Catalog.load(self.store, previous.catalog if previous else None),
            self.words,
            self.embedder,
            lexical,
            vectors,
            Ranker.shipped(),
            Ranker.shipped("shortlist"),
        )
        return searcher, manifest.generation

    def _open_vectors(self, manifest: Manifest) -> tuple[Manifest, VectorIndex]:
        """The vectors a manifest names; where a writer has put others in their place meanwhile, those."""
        while True:
            try:
                return manifest, self.index.open_vectors(manifest)
            except BrokenIndex:
                newer = self.index.manifest()
                if newer is None or newer == manifest:
                    raise
                manifest = newer

    def _usable_manifest(self) -> Manifest:
        """The index as it stands, brought up to date first unless another process is doing so."""
        manifest = self._sound_manifest() or self._sound_manifest()  # a writer may replace it meanwhile
        current = manifest is not None and manifest.generation == self.store.generation()
        if manifest is not None and current and self.store.status_day() == date.today():
            return manifest
        try:
            with self.writing(wait=0.0 if manifest else 600.0):
                return self._catch_up()
        except Locked:
            assert manifest is not None
            return manifest

    def _sound_manifest(self) -> Manifest | None:
        """The manifest on disk, where its files are whole; raises `StaleIndex` for another model or lexicon."""
        try:
            manifest = self.index.manifest()
        except BrokenIndex:
            return None
        if manifest is None:
            return None
        self.index.check(manifest)
        return None if self.index.unsound(manifest, self.store.generation()) else manifest

    # ---- writing -------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self, wait: float = 10.0) -> Iterator[None]:
        """Hold the writer's lock; the kernel gives it back when a process dies. Raises `Locked`."""
        path = self.settings.home / "write.lock"
        with storage_errors(str(path)), path.open("w") as lock:
            deadline = time.monotonic() + wait
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise Locked(
                            f"数据目录 {self.settings.home} 正由另一个进程写入；请等它结束后重试"
                        ) from None
                    time.sleep(0.05)
            with _questions_first():
                self._at_work = True
                try:
                    yield
                finally:
                    self._at_work = False

    def refresh(self, progress: Progress | None = None) -> Manifest:
        """Bring index and statuses up to the store, then exchange what questions are answered from.

        The caller holds the writer's lock. Until the exchange every question is answered as before the
        change: none waits, and none sees half of it.
        """
        manifest = self._catch_up(progress)
        # Who is opening just now may be waiting for the writer's lock: then the next question does it.
        if self._opened is not None and self._opening.acquire(timeout=1.0):
            try:
                self._opened = self._open(self._opened, self.store.generation())
            finally:
                self._opening.release()
        return manifest

    def _catch_up(self, progress: Progress | None = None) -> Manifest:
        """The index goes first: a document new to readers in other processes can be found at once, with the
        status its own words give it; what it does to others, and others to it, follows."""
        manifest = self.index.sync(self.store, progress)
        if self.standing.refresh(date.today()):
            manifest = self.index.sync(self.store)
        return manifest

    def reindex(self, progress: Progress | None = None) -> Manifest:
        """Build the index anew from the store."""
        with self.writing(wait=60.0):
            self.index.clear()
            self._opened = None
            return self._catch_up(progress)

    def files(self) -> Path:
        """Where the original files lie, named by their sha256."""
        return self.settings.home / "files"

    def original(self, digest: str) -> Path:
        return self.files() / digest[:2] / digest


def _edition(opened: Opened) -> Edition:
    return Edition(opened.indexed, opened.searcher.catalog.generation, opened.day, date.today())


def _is_newest(opened: Opened, generation: int, index: Index) -> bool:
    """Is there nothing newer, for a store of this generation, today?

    A text may come into force, or expire, without anybody touching it: the next day it is opened anew.
    While a writer is at work the index is behind the store. It is not opened again before either has
    changed; but looked at again soon, for the writer may have died and left the rest to the next.
    """
    today = date.today()
    return (opened.indexed == generation and opened.day == today) or (
        (opened.generation, opened.looked) == (generation, today)
        and time.monotonic() - opened.when < LOOK_AGAIN
        and opened.stamp == index.stamp()
    )


@contextlib.contextmanager
def _questions_first() -> Iterator[None]:
    """While a document goes in, a question waits half a millisecond for the interpreter, not five.

    A question gives the interpreter up some ten times, and behind a busy writer each time would cost a
    whole interval (measured: the slowest hundredth of the calls took 32 ms, with this 28).
    """
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(USUAL_INTERVAL)


__all__ = ["Library", "StaleIndex"]
