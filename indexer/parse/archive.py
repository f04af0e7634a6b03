"""Zip archives: each member a document, with no way to climb out, blow up, or stop the others."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache

from kb.errors import BadInput, KBError, TooLarge

from .jsonl import read_records
from .names import member_name, one_line, safe, suffix_of
from .registry import Limits, too_large
from .sources import LINES, Failure, Source, failure, is_ignored, reason_of

_MEMBERS = 50_000  # members of one archive
_TOTAL = 4_000_000_000  # bytes an archive may unpack to
_RATIO = 250  # unpacked : packed beyond which a member over _RATIO_FLOOR is an attack
_RATIO_FLOOR = 5_000_000
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)


def iter_archive(path: str, shown: str, limits: Limits) -> Iterator[Source | Failure]:
    """The documents of a zip file; archives inside it one level deep, and record files line by line."""
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        yield failure(path, shown, reason_of(error))
        return
    except _BROKEN:
        yield failure(path, shown, "ZIP 文件不完整或已损坏，无法打开；请重新下载后再添加")
        return
    with archive:
        yield from _members(archive, path, path, shown, (), limits)


def _members(
    archive: zipfile.ZipFile, path: str, key: str, shown: str, above: tuple[int, ...], limits: Limits
) -> Iterator[Source | Failure]:
    infos = archive.infolist()
    if len(infos) > _MEMBERS:
        yield failure(
            key, shown, f"压缩包内有 {len(infos)} 个文件，超过上限 {_MEMBERS}，疑似压缩炸弹，已拒绝"
        )
        return
    total = sum(info.file_size for info in infos)
    if total > _TOTAL:
        yield failure(
            key, shown, f"解压后共 {total / 1e9:.1f} GB，超过上限 {_TOTAL / 1e9:.0f} GB，疑似压缩炸弹，已拒绝"
        )
        return
    taken: dict[str, int] = {}
    for place, info in enumerate(infos):
        name = member_name(info.orig_filename, bool(info.flag_bits & 0x800)).replace("\\", "/")
        if (
            info.is_dir()
            or name.endswith("/")
            or any(is_ignored(part) for part in name.split("/") if part != "..")
        ):
            continue
        label = f"{shown}!{one_line(name)}"
        taken[name] = taken.get(name, 0) + 1
        identity = f"{key}!{name}" + (f"~{taken[name]}" if taken[name] > 1 else "")
        if (problem := _problem(info, name)) is not None:
            yield failure(identity, label, problem)
        elif suffix_of(name) == ".zip":
            yield from _inner(archive, info, path, identity, label, (*above, place), limits)
        elif suffix_of(name) in LINES:
            yield from _records(archive, info, identity, label, limits)
        else:
            yield Source(safe(identity), name.rpartition("/")[2], label, path=path, members=(*above, place))


def _problem(info: zipfile.ZipInfo, name: str) -> str | None:
    """Why a member is refused, None if it may be read."""
    if "\x00" in name or name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        return "成员路径越出压缩包（绝对路径或 ..），已拒绝；其余文件照常处理"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "成员是符号链接，已拒绝；其余文件照常处理"
    if info.flag_bits & 1:
        return "压缩包已加密，无法读取；请去除密码或解压后再添加"
    if info.file_size > _RATIO_FLOOR and info.file_size > _RATIO * max(info.compress_size, 1):
        ratio = info.file_size // max(info.compress_size, 1)
        return f"解压后膨胀 {ratio} 倍（{info.file_size / 1e6:.0f} MB），疑似压缩炸弹，已拒绝"
    return None


def _inner(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    path: str,
    key: str,
    shown: str,
    above: tuple[int, ...],
    limits: Limits,
) -> Iterator[Source | Failure]:
    """The members of an archive inside an archive; a third level is refused."""
    if len(above) > 1:
        yield failure(key, shown, "压缩包嵌套超过两层，已跳过；请解压后再添加")
        return
    try:
        inner = zipfile.ZipFile(io.BytesIO(_read(archive, info, shown, limits)))
    except KBError as error:
        yield Failure(safe(key), shown, error)
        return
    except _BROKEN:
        yield failure(key, shown, "ZIP 文件不完整或已损坏，无法打开；请重新下载后再添加")
        return
    with inner:
        yield from _members(inner, path, key, shown, above, limits)


def _records(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, key: str, shown: str, limits: Limits
) -> Iterator[Source | Failure]:
    """The lines of a record file inside an archive, each with its own bytes."""
    try:
        data = _read(archive, info, shown, limits)
    except KBError as error:
        yield Failure(safe(key), shown, error)
        return
    yield from read_records(io.BytesIO(data), key, shown, limits)


def read_member(origin: str | bytes, places: tuple[int, ...], shown: str, limits: Limits) -> bytes:
    """The bytes of the member at `places` of the zip at `origin`."""
    try:
        archive = _opened(origin) if isinstance(origin, str) else zipfile.ZipFile(io.BytesIO(origin))
        for place in places[:-1]:
            archive = zipfile.ZipFile(io.BytesIO(_read(archive, archive.infolist()[place], shown, limits)))
        return _read(archive, archive.infolist()[places[-1]], shown, limits)
    except OSError as error:
        raise BadInput(f"{shown}：{reason_of(error)}") from error
    except _BROKEN as error:
        raise BadInput(f"{shown}：ZIP 文件不完整或已损坏，无法读取；请重新下载后再添加") from error


def _opened(path: str) -> zipfile.ZipFile:
    import os

    status = os.stat(path)
    return _open_once(path, status.st_mtime_ns, status.st_size, os.getpid())


@lru_cache(maxsize=2)
def _open_once(path: str, changed: int, size: int, process: int) -> zipfile.ZipFile:
    """An archive kept open between members, so that its directory is read once per process."""
    return zipfile.ZipFile(path)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, limits: Limits) -> bytes:
    if info.file_size > limits.file:
        raise too_large(shown, info.file_size, limits.file)
    if info.flag_bits & 1:
        raise BadInput(f"{shown}：压缩包已加密，无法读取；请去除密码或解压后再添加")
    try:
        with archive.open(info) as stream:
            data = stream.read(info.file_size + 1)
    except _BROKEN as error:
        raise BadInput(f"{shown}：压缩包里的这个文件已损坏，无法解压；请重新下载后再添加") from error
    if len(data) > info.file_size:
        raise TooLarge(f"{shown}：解压后的大小与目录所记不符，疑似压缩炸弹，已拒绝")
    return data
