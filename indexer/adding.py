"""Files → searchable: expand, skip what is known, prepare in workers, store in batches, index once."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from kb.database import storage_errors
from kb.errors import KBError
from kb.fold import bracket_number
from kb.model import Field
from kb.store import Draft, Outcome

from .library import Library
from .parse import Failure, Limits, ParsePool, Source, iter_sources
from .prepare import prepare

BATCH_DOCUMENTS = 256
BATCH_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one source."""

    source: str
    doc_id: str
    change: str  # added | updated | unchanged
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A source that could not be used, and why."""

    source: str
    reason: str
    code: str = "bad_input"


@dataclass(slots=True)
class Report:
    """The result of adding, in the order the sources came."""

    done: list[Added] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def count(self, change: str) -> int:
        return sum(added.change == change for added in self.done)


class Watcher:
    """Told how the work goes on; every method may be overridden. `found` counts sources seen so far."""

    def found(self, count: int) -> None: ...

    def prepared(self, count: int) -> None: ...

    def failed(self, failure: Failed) -> None: ...

    def indexed(self, passages: int) -> None: ...


def add(
    library: Library,
    paths: Sequence[str | Path],
    overrides: Mapping[str, str] | None = None,
    watcher: Watcher | None = None,
) -> Report:
    """Add files, folders, archives and record files. One bad file never stops the rest."""
    sources = iter_sources(list(map(str, paths)), limits(library))
    return add_sources(library, sources, overrides or {}, watcher or Watcher())


def add_sources(
    library: Library,
    sources: Iterable[Source | Failure],
    overrides: Mapping[str, str],
    watcher: Watcher,
    pool: ParsePool | None = None,
) -> Report:
    """As `add`, for sources of any origin. Raises `Locked` while another process writes."""
    report = Report()
    with contextlib.ExitStack() as stack:
        stack.enter_context(library.writing(wait=60.0))
        pool = pool or stack.enter_context(parse_pool(library))
        known = Known(library)
        fresh = _fresh(sources, overrides, known, report, watcher, limits(library))
        for batch in _batches(_prepared(pool, fresh, overrides, known, report, watcher, limits(library))):
            _store(library, batch, known, report)
        if report.count("added") or report.count("updated"):
            library.refresh(watcher.indexed)
    return report


def limits(library: Library) -> Limits:
    most = library.settings.max_file_mb << 20
    return Limits(text=most, file=4 * most)


def parse_pool(library: Library) -> ParsePool:
    """Worker processes with the limits of the settings; a service keeps one warm."""
    settings = library.settings
    return ParsePool(
        workers=settings.workers or os.cpu_count() or 1,
        seconds=settings.parse_seconds,
        memory=settings.parse_memory_mb << 20,
        preload=("indexer.prepare",),
    )


def remove(library: Library, doc_ids: Sequence[str]) -> list[Failed]:
    """Take documents out of search; returns those that were not there."""
    failed = []
    with library.writing(wait=60.0):
        for doc_id in doc_ids:
            try:
                library.store.remove(doc_id)
            except KBError as error:
                failed.append(Failed(doc_id, str(error), error.code))
        library.refresh()
    return failed


class Known:
    """What the store already has, by key and by bytes, kept up to date while adding."""

    def __init__(self, library: Library) -> None:
        self._by_key = library.store.all_known()
        self._by_bytes = {digest: doc_id for doc_id, digest, _ in self._by_key.values()}

    def unchanged(self, source: Source, digest: str, overrides: Mapping[str, str]) -> tuple[str, str] | None:
        """(doc_id, note) if these bytes are stored already under this key, or under another file's."""
        found = self._by_key.get(source.key)
        if found is not None:
            doc_id, stored, stated = found
            same = stored == digest and (not overrides or json.loads(stated) == dict(overrides))
            return (doc_id, "") if same else None
        if not source.record and not overrides and digest in self._by_bytes:
            return self._by_bytes[digest], "内容与已有文档完全相同"
        return None

    def overrides(self, key: str, overrides: Mapping[str, str]) -> dict[str, str]:
        """What a caller said of this document before still holds unless it is said anew."""
        found = self._by_key.get(key)
        return {**(json.loads(found[2]) if found else {}), **overrides}

    def learn(self, draft: Draft, outcome: Outcome, record: bool) -> None:
        stated = json.dumps(dict(draft.overrides), ensure_ascii=False)
        self._by_key[draft.key] = (outcome.doc_id, draft.bytes_sha256, stated)
        if not record:
            self._by_bytes[draft.bytes_sha256] = outcome.doc_id


def _fresh(
    sources: Iterable[Source | Failure],
    overrides: Mapping[str, str],
    known: Known,
    report: Report,
    watcher: Watcher,
    limits: Limits,
) -> Iterator[Source]:
    """The sources that are new or changed, their bytes read once: what is hashed is what is parsed."""
    for number, source in enumerate(sources, 1):
        watcher.found(number)
        if isinstance(source, Failure):
            _fail(report, watcher, Failed(source.shown, source.reason, source.error.code))
            continue
        try:
            data = source.load(limits)
        except KBError as error:
            _fail(report, watcher, Failed(source.shown, str(error), error.code))
            continue
        same = known.unchanged(source, sha256(data).hexdigest(), overrides)
        if same is None:
            yield replace(source, path=None, members=(), data=data)
        else:
            report.done.append(Added(source.shown, same[0], "unchanged", same[1]))
            watcher.prepared(1)


def _prepared(
    pool: ParsePool,
    sources: Iterator[Source],
    overrides: Mapping[str, str],
    known: Known,
    report: Report,
    watcher: Watcher,
    limits: Limits,
) -> Iterator[tuple[Source, Draft]]:
    for outcome in pool.map(partial(prepare, limits=limits), sources):
        if outcome.value is None:
            error = outcome.error or KBError(f"{outcome.source.shown}：没有结果")
            _fail(report, watcher, Failed(outcome.source.shown, str(error), error.code))
        elif isinstance(outcome.source, Source):
            said = known.overrides(outcome.source.key, overrides)
            yield outcome.source, _overridden(outcome.value, said)
            watcher.prepared(1)


def _overridden(draft: Draft, said: Mapping[str, str]) -> Draft:
    """A person's word wins over front matter and detection."""
    if not said:
        return draft
    fields = dict(draft.fields)
    for name, value in said.items():
        fields[name] = Field(bracket_number(value) if name == "number" else value)
    return replace(draft, fields=fields, overrides=dict(said))


def _batches(pairs: Iterable[tuple[Source, Draft]]) -> Iterator[list[tuple[Source, Draft]]]:
    batch: list[tuple[Source, Draft]] = []
    characters = 0
    for source, draft in pairs:
        batch.append((source, draft))
        characters += len(draft.text)
        if len(batch) >= BATCH_DOCUMENTS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _store(library: Library, batch: Sequence[tuple[Source, Draft]], known: Known, report: Report) -> None:
    """Originals first, then one transaction: a killed process leaves at most an unused file."""
    for source, draft in batch:
        if not source.record:
            _keep_original(library, draft.bytes_sha256, source.data or b"")
    outcomes = library.store.write([draft for _, draft in batch])
    for (source, draft), outcome in zip(batch, outcomes, strict=True):
        known.learn(draft, outcome, source.record)
        report.done.append(Added(source.shown, outcome.doc_id, outcome.change))


def _keep_original(library: Library, digest: str, data: bytes) -> None:
    path = library.original(digest)
    if path.exists() and path.stat().st_size == len(data):
        return
    with storage_errors(str(path.parent)):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.new")
        temporary.write_bytes(data)
        temporary.replace(path)


def _fail(report: Report, watcher: Watcher, failure: Failed) -> None:
    report.failed.append(failure)
    watcher.prepared(1)
    watcher.failed(failure)


__all__ = ["Added", "Failed", "Report", "Watcher", "add", "add_sources", "parse_pool", "remove"]
