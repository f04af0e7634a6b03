"""Files that come over HTTP: kept in a folder of their own, parsed in workers, told apart by caller."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from indexer.adding import Watcher, add_sources, limits
from indexer.parse import Failure, Source, iter_sources
from indexer.parse.sources import failure
from kb.access import Caller
from kb.database import storage_errors
from kb.errors import Forbidden, KBError, NotFound

from .doors import narrowest, sees_all
from .memory import give_back
from .notice import notify

if TYPE_CHECKING:
    from .service import Service

SUFFIXES = (".zip", ".jsonl", ".ndjson")
NAMESAKE = (
    "这次上传里已有另一份同名文件，内容不同；文件以名字区分，这一份没有加入，"
    "请改名后再上传，或连同各自的文件夹打成一个 .zip 上传"
)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as it came: the name its sender gave it and its bytes."""

    name: str
    data: IO[bytes]

    @property
    def base(self) -> str:
        """The last part of the name; no sender chooses a folder."""
        base = self.name.replace("\\", "/").rpartition("/")[2].replace("\x00", "")
        return base if base.strip(". ") else "未命名"

    def digest(self) -> str:
        self.data.seek(0)
        return file_digest(self.data, "sha256").hexdigest()


def add_uploads(
    service: Service, caller: Caller, files: Sequence[Uploaded], overrides: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Add files; a result for each document in them, in order."""
    said = _allowed(caller, overrides)
    library = service.library
    temporary = library.settings.home / "tmp"
    with storage_errors(str(temporary)):
        temporary.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="upload-", dir=temporary))
    try:
        sources = list(_sources(service, caller, files, folder))
        report = add_sources(library, sources, said, Watcher(), service.pool())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        give_back()
    notify(service, [one.doc_id for one in report.done if one.change != "unchanged"])
    return _results(service, caller, report)


def _allowed(caller: Caller, overrides: Mapping[str, str]) -> dict[str, str]:
    """What a caller may say: they cannot put a document where they cannot see it.

    A limited caller always states a visibility, so that neither front matter nor bytes that are
    the same as a hidden document's decide it.
    """
    said = dict(overrides)
    if sees_all(caller):
        return said
    wanted = said.setdefault("visibility", narrowest(caller.visibility))
    if wanted not in caller.visibility:
        raise Forbidden(f"访问密钥 {caller.name} 不可添加可见范围为 {wanted} 的文档")
    return said


def _sources(
    service: Service, caller: Caller, files: Sequence[Uploaded], folder: Path
) -> Iterator[Source | Failure]:
    digests: dict[str, str] = {}  # name -> digest of the first file of that name
    for number, file in enumerate(files):
        upload, digest = Source.of_upload(file.base, b""), file.digest()
        if digests.setdefault(upload.key, digest) != digest:
            yield failure(upload.key, upload.shown, NAMESAKE)
            continue
        data = file.data
        data.seek(0)
        if not file.base.lower().endswith(SUFFIXES):
            yield replace(upload, key=_own_key(service, caller, upload.key), data=data.read())
            continue
        path = folder / str(number) / f"file{Path(file.base).suffix.lower()}"
        with storage_errors(str(path)):
            path.parent.mkdir()
            with path.open("wb") as out:
                shutil.copyfileobj(data, out)
        for found in iter_sources([str(path)], limits(service.library)):
            yield _renamed(found, str(path), upload, service, caller)


def _renamed(
    found: Source | Failure, path: str, upload: Source, service: Service, caller: Caller
) -> Source | Failure:
    """Under the name its sender knows, not that of the folder it lies in for now."""
    key, shown = found.key.replace(path, upload.key), found.shown.replace(path, upload.shown)
    if isinstance(found, Failure):
        return Failure(key, shown, type(found.error)(str(found.error).replace(path, upload.shown)))
    if found.record and shown.startswith(name := Path(path).name):  # without the folders of its file
        shown = upload.shown + shown.removeprefix(name)
    return replace(found, key=_own_key(service, caller, key), shown=shown)


def _own_key(service: Service, caller: Caller, key: str) -> str:
    """The identity of an upload. A limited caller has a name space of their own, so that a name
    tells nothing of a hidden document and changes nothing of it."""
    if sees_all(caller):
        return key
    own = f"{caller.name}\x1f{key}"
    store = service.library.store
    while (known := store.known(own)) is not None and known.removed is None:
        try:
            store.document(known.doc_id, caller.visibility)
            break
        except NotFound:
            own += "\x1f"
    return own


def _results(service: Service, caller: Caller, report: Any) -> list[dict[str, Any]]:
    store = service.library.store
    rows = []
    for one in report.done:
        try:
            title: str | None = store.document(one.doc_id, caller.visibility).title
        except KBError:
            title = None
        row = {"file": one.source, "outcome": one.change, "doc_id": one.doc_id, "title": title}
        rows.append(row | {"reason": one.note or None})
    rows += [
        {
            "file": one.source,
            "outcome": "failed",
            "doc_id": None,
            "title": None,
            "reason": one.reason,
            "code": one.code,
        }
        for one in report.failed
    ]
    return rows
