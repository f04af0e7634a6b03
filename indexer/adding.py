"""Files → searchable: expand, skip what is known, prepare in workers, store in batches, index once.

A copy of another file is put aside until the others are stored: only then is it certain that the other
still has these bytes, and that the words are not lost with it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from kb.alike import normal_text, shared
from kb.database import storage_errors
from kb.errors import KBError
from kb.fold import bracket_number
from kb.model import Field
from kb.store import Draft, Outcome

from .library import Library
from .parse import Failure, Limits, ParsePool, Source, iter_sources
from .parse.names import suffix_of
from .prepare import Prepared, prepare

BATCH_DOCUMENTS = 256
BATCH_CHARACTERS = 4_000_000
APART = "#"  # between a name and the 文号 that tells documents of this name apart, in their keys
UNLIKE = 0.3  # of a text's 4-grams; two rules of one province share fewer, two versions of one rule more


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one source."""

    source: str
    doc_id: str
    change: str  # added | updated | unchanged
    note: str = ""  # what the person should know: a twin in the store, pages that could not be read


@dataclass(frozen=True, slots=True)
class Failed:
    """A source that could not be used, and why."""

    source: str
    reason: str
    code: str = "bad_input"


@dataclass(slots=True)
class Report:
    """The result of adding, about in the order the sources came; copies of other files last."""

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

        def store(given: Iterable[Source]) -> list[tuple[Source, str]]:
            """Store what is new; gives what was put aside."""
            aside: list[tuple[Source, str]] = []
            fresh = _fresh(given, overrides, known, aside, report, watcher, limits(library))
            for batch in _batches(_prepared(pool, fresh, overrides, known, report, watcher, limits(library))):
                _store(library, batch, known, report)
            return aside

        aside = store(_usable(sources, report, watcher))
        while len(rest := store([source for source, _ in aside])) < len(aside):
            aside = rest
        _copies(aside, known, report, watcher)
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
    """What the store has, by key and by bytes, and what is on its way there; kept up to date while adding."""

    def __init__(self, library: Library) -> None:
        self._by_key = library.store.all_known()
        self._by_bytes = {digest: key for key, (_, digest, _) in self._by_key.items()}  # the latest such key
        self._coming: dict[str, str] = {}  # key -> digest of the bytes that are being prepared
        self._unusable: set[tuple[str, str]] = set()  # (digest, suffix) of what gave no document

    def unchanged(self, source: Source, digest: str, overrides: Mapping[str, str]) -> str | None:
        """The document's id if these bytes are stored under this key, and nothing new is said of it."""
        apart = self._by_bytes.get(digest, "")  # kept beside another document of this name, by its 文号
        key = apart if apart.startswith(f"{source.key}{APART}") else source.key
        doc_id, stored, stated = self._by_key.get(key, ("", "", "{}"))
        same = stored == digest and (not overrides or json.loads(stated) == dict(overrides))
        return doc_id if same else None

    def undecided(self, source: Source, digest: str, overrides: Mapping[str, str]) -> bool:
        """Whether what becomes of others decides if this source is new: its key is on its way, or it is a
        copy. A copy of what gave no document does not wait, for each is to fail for itself.
        """
        if source.key in self._coming:
            return True
        if source.key in self._by_key or source.record or overrides:
            return False
        if self.holder(digest) is not None:
            return True
        coming = self._coming.get(self._by_bytes.get(digest, "")) == digest
        return coming and (digest, suffix_of(source.name)) not in self._unusable

    def holder(self, digest: str) -> str | None:
        """The id of a document that now has these bytes."""
        doc_id, stored, _ = self._by_key.get(self._by_bytes.get(digest, ""), ("", "", ""))
        return doc_id if stored == digest else None

    def document(self, key: str) -> str | None:
        """The id of the document with this key."""
        found = self._by_key.get(key)
        return found[0] if found else None

    def expect(self, source: Source, digest: str) -> None:
        """This source is being prepared."""
        self._coming[source.key] = digest
        if not source.record and self.holder(digest) is None:
            self._by_bytes[digest] = source.key

    def give_up(self, source: Source) -> None:
        """This source gives no document; under another suffix its bytes may."""
        self._unusable.add((self._coming.pop(source.key), suffix_of(source.name)))

    def overrides(self, key: str, overrides: Mapping[str, str]) -> dict[str, str]:
        """What a caller said of this document before still holds unless it is said anew."""
        found = self._by_key.get(key)
        return {**(json.loads(found[2]) if found else {}), **overrides}

    def learn(self, draft: Draft, outcome: Outcome, record: bool) -> None:
        stated = json.dumps(dict(draft.overrides), ensure_ascii=False)
        self._coming.pop(draft.key, None)
        self._by_key[draft.key] = (outcome.doc_id, draft.bytes_sha256, stated)
        if not record:
            self._by_bytes[draft.bytes_sha256] = draft.key


def _usable(sources: Iterable[Source | Failure], report: Report, watcher: Watcher) -> Iterator[Source]:
    """The sources, counted; what came as a failure is reported."""
    for number, source in enumerate(sources, 1):
        watcher.found(number)
        if isinstance(source, Failure):
            _fail(report, watcher, Failed(source.shown, source.reason, source.error.code))
        else:
            yield source


def _fresh(
    sources: Iterable[Source],
    overrides: Mapping[str, str],
    known: Known,
    aside: list[tuple[Source, str]],
    report: Report,
    watcher: Watcher,
    limits: Limits,
) -> Iterator[Source]:
    """The sources that are new or changed, their bytes read once: what is hashed is what is parsed.

    What cannot be decided yet goes to `aside`, with the digest of its bytes.
    """
    for source in sources:
        try:
            data = source.load(limits)
        except KBError as error:
            _fail(report, watcher, Failed(source.shown, str(error), error.code))
            continue
        digest = sha256(data).hexdigest()
        if known.undecided(source, digest, overrides):
            aside.append((source, digest))
        elif (doc_id := known.unchanged(source, digest, overrides)) is not None:
            report.done.append(Added(source.shown, doc_id, "unchanged"))
            watcher.prepared(1)
        else:
            known.expect(source, digest)
            yield replace(source, path=None, members=(), data=data)


def _copies(aside: Iterable[tuple[Source, str]], known: Known, report: Report, watcher: Watcher) -> None:
    """Report what is left when all else is stored: files whose bytes a document has."""
    for source, digest in aside:
        doc_id = known.holder(digest) or ""
        report.done.append(Added(source.shown, doc_id, "unchanged", "内容与已有文档完全相同"))
        watcher.prepared(1)


def _prepared(
    pool: ParsePool,
    sources: Iterator[Source],
    overrides: Mapping[str, str],
    known: Known,
    report: Report,
    watcher: Watcher,
    limits: Limits,
) -> Iterator[tuple[Source, Prepared]]:
    for outcome in pool.map(partial(prepare, limits=limits), sources):
        if outcome.value is None:
            error = outcome.error or KBError(f"{outcome.source.shown}：没有结果")
            if isinstance(outcome.source, Source):
                known.give_up(outcome.source)
            _fail(report, watcher, Failed(outcome.source.shown, str(error), error.code))
        elif isinstance(outcome.source, Source):
            said = known.overrides(outcome.source.key, overrides)
            yield outcome.source, _overridden(outcome.value, said)
            watcher.prepared(1)


def _overridden(draft: Prepared, said: Mapping[str, str]) -> Prepared:
    """A person's word wins over front matter and detection."""
    if not said:
        return draft
    fields = dict(draft.fields)
    for name, value in said.items():
        fields[name] = Field(bracket_number(value) if name == "number" else value)
    return replace(draft, fields=fields, overrides=dict(said), unclear="" if "visibility" in said else draft.unclear)


def _batches(pairs: Iterable[tuple[Source, Prepared]]) -> Iterator[list[tuple[Source, Prepared]]]:
    batch: list[tuple[Source, Prepared]] = []
    characters = 0
    for source, draft in pairs:
        batch.append((source, draft))
        characters += len(draft.text)
        if len(batch) >= BATCH_DOCUMENTS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _store(library: Library, batch: Sequence[tuple[Source, Prepared]], known: Known, report: Report) -> None:
    """Originals first, then one transaction: a killed process leaves at most an unused file."""
    batch = [(source, draft if source.record else _apart(library, draft, known)) for source, draft in batch]
    for source, draft in batch:
        if not source.record:
            _keep_original(library, draft.bytes_sha256, source.data or b"")
    notes = ["；".join(filter(None, _notes(library, source, draft, known))) for source, draft in batch]
    outcomes = library.store.write([draft for _, draft in batch])
    for (source, draft), outcome, note in zip(batch, outcomes, notes, strict=True):
        known.learn(draft, outcome, source.record)
        report.done.append(Added(source.shown, outcome.doc_id, outcome.change, note))


def _notes(library: Library, source: Source, draft: Prepared, known: Known) -> tuple[str, ...]:
    """What the person should know of a document that is stored."""
    return draft.unread, draft.unclear, _of_same_name(library, source, draft, known)


def _apart(library: Library, draft: Prepared, known: Known) -> Prepared:
    """A document of another title and 文号 that comes under the name of one that is there is another document."""
    doc_id = known.document(draft.key)
    number = draft.fields.get("number")
    if doc_id is None or number is None:
        return draft
    before = library.store.document(doc_id)
    if before.number in (None, number.value) or normal_text(_title(draft)) == normal_text(before.title):
        return draft
    return replace(draft, key=f"{draft.key}{APART}{number.value}")


def _title(draft: Draft) -> str:
    return draft.fields["title"].value if "title" in draft.fields else draft.name


def _of_same_name(library: Library, source: Source, draft: Prepared, known: Known) -> str:
    """A word on another document of the same file name, beside which this one is kept or whose place it takes."""
    if source.record:
        return ""
    if draft.key == source.key:
        return _takes_over(library, draft, known)
    before = library.store.document(known.document(source.key) or "")
    return f"与已有文件（《{before.title}》{before.number}）同名而文号不同，已作为另一份文件添加，原来的仍在"


def _takes_over(library: Library, draft: Draft, known: Known) -> str:
    """A word of warning where another document, by title and text, takes the place of the one of this name."""
    doc_id = known.document(draft.key)
    if doc_id is None:
        return ""
    before = library.store.document(doc_id)
    text = library.store.revision_text(doc_id, before.revision) or ""
    if normal_text(_title(draft)) == normal_text(before.title):
        return ""
    if max(shared(draft.text, text), shared(text, draft.text)) >= UNLIKE:
        return ""
    return (
        f"同名文件的内容与原来（《{before.title}》）差别很大，已作为新版本代替原来的文字；"
        "若是另一份文件，请改名后重新添加，并把原来那份再加一次"
    )


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
