"""What `kb add` was given, one document at a time: files, folders, zip members, JSON lines."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kb.errors import BadInput, KBError
from kb.model import Parsed

from .names import one_line, safe, suffix_of
from .registry import Limits, parse_bytes, too_large

_IGNORED = frozenset(("thumbs.db", "desktop.ini", "__macosx"))
_ARCHIVES = (".zip",)
LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Source:
    """One document to be parsed; small, and picklable for a worker process.

    `key` is its identity from one `kb add` to the next: the absolute path, `path!member` for a zip
    member, and `#_id` behind either for a JSON line. Exactly one of `path` and `data` says where the
    bytes are; with `members`, `path` (or `data`) is a zip and they lead to the file inside it.
    """

    key: str
    name: str  # file name; its suffix helps to tell the format
    shown: str  # for messages: one line
    path: str | None = None
    data: bytes | None = field(default=None, repr=False)
    members: tuple[int, ...] = ()  # places in the zip's directory, outermost first
    external_id: str | None = None
    record: bool = False  # a JSON line: `data` is the line

    @staticmethod
    def of_upload(name: str, data: bytes) -> Source:
        """Bytes that came without a path; the name alone is their identity."""
        base = name.replace("\\", "/").rpartition("/")[2] or "未命名"
        return Source(safe(base), safe(base), one_line(base), data=data)

    def load(self, limits: Limits = Limits()) -> bytes:
        """The bytes of the document. Raises BadInput or TooLarge."""
        from .archive import read_member

        if self.members:
            return read_member(
                self.path if self.path is not None else self.data or b"", self.members, self.shown, limits
            )
        if self.data is not None:
            return self.data
        return _read_file(self.path or "", self.shown, limits)

    def parse(self, limits: Limits = Limits()) -> Parsed:
        """The document itself. Raises BadInput and its kin."""
        if self.record:
            from .jsonl import parse_record

            return parse_record(self.data or b"", self.shown, limits)
        return parse_bytes(self.load(limits), self.shown, limits)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something among the inputs that gives no document, and why."""

    key: str
    shown: str
    error: KBError  # its message names the file

    @property
    def reason(self) -> str:
        return str(self.error)


def parse_source(source: Source) -> Parsed:
    """`source.parse()` as a function a worker process can be given."""
    return source.parse()


def iter_sources(
    paths: Iterable[str | os.PathLike[str]], limits: Limits = Limits()
) -> Iterator[Source | Failure]:
    """Every document among the paths, in order, folders sorted by name; nothing is read that need not be.

    Hidden files are passed over. What cannot be used gives a Failure, and the rest goes on.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        yield from _walk(os.path.abspath(os.fspath(path)), os.fspath(path), (), seen, limits, named=True)


def failure(key: str, shown: str, what: str) -> Failure:
    return Failure(safe(key), shown, BadInput(f"{shown}：{what}"))


def _walk(
    path: str,
    shown: str,
    above: tuple[tuple[int, int], ...],
    seen: set[tuple[int, int]],
    limits: Limits,
    named: bool = False,
) -> Iterator[Source | Failure]:
    """`above` are the folders we stand in, `seen` all folders visited, as (device, inode)."""
    shown = one_line(shown)
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        yield failure(path, shown, reason_of(error, link=os.path.islink(path)))
        return
    if stat.S_ISREG(status.st_mode):
        yield from _file(path, shown, limits)
        return
    if not stat.S_ISDIR(status.st_mode):
        yield failure(path, shown, "不是普通文件（设备、管道或套接字），已跳过")
        return
    identity = (status.st_dev, status.st_ino)
    if identity in above:
        yield failure(path, shown, "目录链接成环，已跳过；其余文件照常处理")
        return
    if identity in seen and not named:
        return
    seen.add(identity)
    try:
        entries = sorted(os.listdir(path))
    except OSError as error:
        yield failure(path, shown, reason_of(error))
        return
    for entry in entries:
        if not is_ignored(entry):
            yield from _walk(
                os.path.join(path, entry), f"{shown.rstrip('/')}/{entry}", (*above, identity), seen, limits
            )


def is_ignored(name: str) -> bool:
    """Hidden files, system litter, and the lock files of office programs."""
    return name.startswith((".", "~$")) or name.lower() in _IGNORED


def _file(path: str, shown: str, limits: Limits) -> Iterator[Source | Failure]:
    suffix = suffix_of(path)
    if suffix in _ARCHIVES:
        from .archive import iter_archive

        yield from iter_archive(path, shown, limits)
    elif suffix in LINES:
        from .jsonl import iter_records

        yield from iter_records(path, shown, limits)
    else:
        yield Source(safe(path), one_line(os.path.basename(path)), shown, path=path)


def _read_file(path: str, shown: str, limits: Limits) -> bytes:
    try:
        with open(path, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise BadInput(f"{shown}：不是普通文件，已跳过")
            limit = (
                limits.text if suffix_of(path) in (".txt", ".md", ".html", ".htm", ".csv") else limits.file
            )
            if status.st_size > limit:
                raise too_large(shown, status.st_size, limit)
            return stream.read(limit + 1)
    except OSError as error:
        raise BadInput(f"{shown}：{reason_of(error)}") from error


def reason_of(error: Exception, link: bool = False) -> str:
    """An operating-system error in words."""
    code = getattr(error, "errno", None)
    if code == errno.ELOOP:
        return "符号链接成环，已跳过；其余文件照常处理"
    if isinstance(error, FileNotFoundError):
        return "链接指向的文件不存在，已跳过" if link else "文件不存在（可能已被移动或删除）；请核对路径"
    if isinstance(error, PermissionError):
        return "没有读取权限；请修改权限后再添加"
    if code == errno.ENAMETOOLONG:
        return "路径过长，系统无法打开；请移到较短的目录后再添加"
    if isinstance(error, ValueError):
        return "文件名不合法，系统无法打开；请改名后再添加"
    return f"无法读取（{one_line(getattr(error, 'strerror', None) or str(error))}）；请检查磁盘后重试"
