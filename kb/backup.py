"""One file that holds the whole data folder but earlier backups, and the way back; both checked by sha256.

Databases are copied with SQLite's online backup, so a running service need not stop.
The index is left out: it is a cache that is built again from the store.
"""

from __future__ import annotations

import errno
import json
import lzma
import os
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from .database import connect_to_read, storage_errors
from .errors import BadInput, StorageFailed
from .using import SERVICE, WRITER, alone

MANIFEST = "manifest.json"
FORMAT = 1
SKIPPED = frozenset({"index", "tmp", "cache"})  # folders of the data folder that are not the truth
ORIGINALS = "files"  # the files that were added, by their sha256
ASIDE = "before-restore-"  # what a restore found in the data folder, kept in it under this name
SKIPPED_ENDS = ("-wal", "-shm", "-journal", ".lock", ".tmp")
_SQLITE = b"SQLite format 3\x00"
_CHUNK = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, ValueError, NotImplementedError,
    RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was saved or brought back: number of files, their bytes, and where."""

    path: Path
    files: int
    bytes: int
    created: str
    aside: Path | None = None  # where what was there before has been put

    def json(self) -> dict[str, Any]:
        return {
            "path": str(self.path), "files": self.files, "bytes": self.bytes, "created": self.created,
            "aside": str(self.aside) if self.aside else None,
        }  # fmt: skip


def backup(home: Path, target: Path) -> BackupReport:
    """Write `target` (a zip) from a data folder; a half-written one is never left under that name.

    Raises `BadInput` where there is nothing to save or `target` exists.
    """
    if not home.is_dir() or not any(home.iterdir()):
        raise BadInput(f"{home} 不是数据目录或是空的，没有可备份的内容；请用 --home 指明数据目录")
    if target.exists():
        raise BadInput(f"{target} 已存在，不覆盖；请换一个文件名")
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with storage_errors(str(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(target.name + ".tmp")
        try:
            with open(half, "wb", opener=_private) as out:
                entries = _write(home, out, created)
                out.flush()
                os.fsync(out.fileno())
            os.replace(half, target)
        finally:
            half.unlink(missing_ok=True)
    return BackupReport(target, len(entries), sum(e["size"] for e in entries), created)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(home: Path, out: IO[bytes], created: str) -> list[dict[str, Any]]:
    with (
        tempfile.TemporaryDirectory(prefix="kb-backup-") as folder,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
    ):
        entries = []
        for path in sorted(
            _files(home), key=lambda p: not _is_database(p)
        ):  # what refers before what is there
            source = _snapshot(path, Path(folder)) if _is_database(path) else path
            name = path.relative_to(home).as_posix()
            try:
                entries.append({"path": name, **_add(archive, source, name)})
            except FileNotFoundError:
                continue  # removed by the running service meanwhile
        manifest = {"format": FORMAT, "created": created, "files": entries}
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return entries


def _files(home: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(home):
        if Path(folder) == home:
            folders[:] = [name for name in folders if name not in SKIPPED and not name.startswith(ASIDE)]
        for name in names:
            path = Path(folder, name)
            own = not name.endswith(SKIPPED_ENDS) and path.is_file() and not path.is_symlink()
            if own and (home / ORIGINALS in path.parents or not _is_backup(path)):
                yield path


def _is_backup(path: Path) -> bool:
    """Is a file an earlier backup, kept in the data folder? An original that is one is a document."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as file:
            manifest = json.loads(file.read(MANIFEST))
    except (*_UNREADABLE, KeyError, OSError):
        return False
    return isinstance(manifest, dict) and {"format", "created", "files"} <= manifest.keys()


def _is_database(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _snapshot(path: Path, folder: Path) -> Path:
    """A consistent copy of a database that may be in use."""
    copy = folder / path.name
    copy.unlink(missing_ok=True)
    with storage_errors(str(path)), closing(connect_to_read(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=4096)
        target.execute("PRAGMA journal_mode=DELETE")
    return copy


def _add(archive: zipfile.ZipFile, source: Path, name: str) -> dict[str, Any]:
    digest, size = sha256(), 0
    with open(source, "rb") as file, archive.open(name, "w", force_zip64=True) as entry:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            entry.write(chunk)
    return {"sha256": digest.hexdigest(), "size": size}


def restore(archive: Path, home: Path, overwrite: bool = False) -> BackupReport:
    """Bring a data folder back. Nothing is put in place before all of it has been read and checked.

    Refuses a home that is not empty unless told to `overwrite`; what it held is then kept in a
    folder `before-restore-…` of it. Raises `BadInput` for a damaged archive, naming the file at fault,
    and `Locked` while a service or a writer uses the home.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())) and not overwrite:
        raise BadInput(
            f"{home} 不是空目录，不覆盖；请换一个目录，或加 --overwrite（原有内容会移到其中的 {ASIDE}… 目录）"
        )
    if not archive.is_file():
        raise BadInput(f"找不到备份文件 {archive}；请检查路径")
    try:
        with storage_errors(str(home)), _to_itself(home), zipfile.ZipFile(archive) as file:
            manifest = _manifest(file, archive)
            home.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".restoring-", suffix=".tmp", dir=home) as folder:
                for entry in manifest["files"]:
                    _extract(file, entry, Path(folder))
                aside = _replace(Path(folder), home)
    except _UNREADABLE as error:
        raise BadInput(f"{archive} 不是完好的备份文件；请换一份备份") from error
    except StorageFailed as error:
        if getattr(error.__cause__, "errno", None) != errno.EINVAL:  # sent to a place before the file's beginning
            raise
        raise BadInput(f"{archive} 不是完好的备份文件；请换一份备份") from error
    sizes = sum(entry["size"] for entry in manifest["files"])
    return BackupReport(home, len(manifest["files"]), sizes, manifest["created"], aside)


def _to_itself(home: Path) -> AbstractContextManager[None]:
    return alone(home) if home.is_dir() and any(home.iterdir()) else nullcontext()


def _manifest(file: zipfile.ZipFile, archive: Path) -> dict[str, Any]:
    """The list of files, which must be the files of the archive: no more, no fewer, none outside."""
    try:
        manifest: dict[str, Any] = json.loads(file.read(MANIFEST))
        named = [str(entry["path"]) for entry in manifest["files"]]
        known = manifest["format"] == FORMAT and isinstance(manifest["created"], str)
        sound = all(isinstance(e["size"], int) and isinstance(e["sha256"], str) for e in manifest["files"])
    except (KeyError, ValueError, TypeError) as error:
        raise BadInput(f"{archive} 不是 `kb backup` 写成的备份，或已损坏；请换一份备份") from error
    inside = sorted(name for name in file.namelist() if name != MANIFEST)
    if not (known and sound) or inside != sorted(named) or not all(_is_plain(name) for name in named):
        raise BadInput(f"{archive} 的清单与内容不符或格式不识；请换一份备份")
    return manifest


def _is_plain(name: str) -> bool:
    """A relative path below the data folder, on every system."""
    path = PurePosixPath(name)
    return (
        bool(path.parts)
        and not path.is_absolute()
        and not {"..", "."} & set(name.split("/"))
        and not set(name) & set("\\:\x00")
    )


def _extract(file: zipfile.ZipFile, entry: dict[str, Any], folder: Path) -> None:
    path = folder / entry["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, left = sha256(), entry["size"]
    with file.open(entry["path"]) as source, open(path, "wb") as out:
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if left or digest.hexdigest() != entry["sha256"]:
        raise BadInput(f"备份里的 {entry['path']} 与清单不符，已损坏；没有恢复任何内容，请换一份备份")
    if path.suffix == ".key":
        path.chmod(0o600)
    if _is_database(path):
        try:
            with closing(sqlite3.connect(path)) as connection:
                (found,) = connection.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError:
            found = ""
        if found != "ok":
            raise BadInput(f"备份里的数据库 {entry['path']} 已损坏；请换一份备份")


def _replace(fresh: Path, home: Path) -> Path | None:
    """Put the restored files in place; what was there goes to a folder of its own, and back on an error.

    Works by renaming inside of `home`, which may be a mounted volume.
    """
    moved: list[tuple[Path, Path]] = []

    def move(source: Path, folder: Path) -> None:
        os.replace(source, folder / source.name)
        moved.append((folder / source.name, source))

    staying = {fresh.name, SERVICE, WRITER}  # others may be waiting for the locks
    earlier = [p for p in home.iterdir() if p.name not in staying and not p.name.startswith(ASIDE)]
    aside = home / f"{ASIDE}{datetime.now(UTC).strftime('%Y%m%d%H%M%S%f')}" if earlier else None
    try:
        for path in earlier:
            assert aside is not None
            aside.mkdir(exist_ok=True)
            move(path, aside)
        for path in list(fresh.iterdir()):
            move(path, home)
    except OSError:
        for now, before in reversed(moved):
            os.replace(now, before)
        raise
    return aside
