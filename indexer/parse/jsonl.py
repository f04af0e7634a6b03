"""JSON lines: one document a line, streamed; a bad line is named and the rest goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from kb.errors import BadInput
from kb.model import Parsed

from .names import one_line, safe
from .registry import Limits, too_large
from .sources import Failure, Source, failure, reason_of
from .text import parsed_text

_IDENTITIES = ("_id", "id", "doc_id")
_TEXTS = ("text", "content", "contents", "body", "正文", "内容")
_TITLES = ("title", "标题", "name")
_WRITTEN = 200  # characters of JSON
_BOM = b"\xef\xbb\xbf"


def iter_records(path: str, shown: str, limits: Limits) -> Iterator[Source | Failure]:
    """A Source for every line of the file; lines are not kept once they are handed out."""
    try:
        with open(path, "rb") as stream:
            yield from read_records(stream, path, shown, limits)
    except OSError as error:
        yield failure(path, shown, reason_of(error))


def read_records(stream: BinaryIO, key: str, shown: str, limits: Limits) -> Iterator[Source | Failure]:
    """A Source for every line of a stream that is called `key`.

    The line's own key is `key#_id`; without an `_id`, a hash of the line. Of lines with one `_id`,
    all but the first are failures.
    """
    seen: set[str] = set()
    for number, line in enumerate(_lines(stream, limits.text), 1):
        if line is None:
            yield failure(
                f"{key}#L{number}",
                f"{shown} 第 {number} 行",
                f"一行超过 {limits.text / 1e6:.0f} MB，已跳过；请拆分",
            )
        elif line.strip(b" \t\r\n\x0b\x0c\x00" + _BOM):
            yield _source(key, shown, number, line.removeprefix(_BOM) if number == 1 else line, seen)


def _lines(stream: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """The lines of a binary stream; None for one that is too long to hold."""
    while True:
        line = stream.readline(longest + 1)
        if not line:
            return
        if len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 20)
        yield None


def _source(origin: str, shown: str, number: int, line: bytes, seen: set[str]) -> Source | Failure:
    label = f"{shown} 第 {number} 行"
    try:
        record = _object(line, label)
    except BadInput as error:
        return Failure(safe(f"{origin}#L{number}"), label, error)
    identity = _identity(record)
    mark = identity if identity is not None else f"sha256:{hashlib.sha256(line.strip()).hexdigest()[:16]}"
    key = safe(f"{origin}#{mark}")
    if mark in seen:
        what = f"_id “{one_line(mark)}” 与前面的行重复" if identity is not None else "与前面的行完全相同"
        return failure(key, label, f"{what}，已跳过")
    seen.add(mark)
    name = one_line(_first(record, _TITLES) or mark)[:120]
    return Source(
        key,
        name,
        f"{os.path.basename(shown)}#{one_line(mark)}（第 {number} 行）",
        data=line,
        external_id=identity,
        record=True,
    )


def _object(line: bytes, label: str) -> dict[str, object]:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        try:
            value = json.loads(line.decode("gb18030"))
        except ValueError:
            raise BadInput(f"{label}：不是 UTF-8 编码，无法读取；请另存为 UTF-8 再添加") from None
    except (ValueError, RecursionError) as error:
        where = f"第 {error.colno} 个字符处" if isinstance(error, json.JSONDecodeError) else "内容"
        raise BadInput(f"{label}：不是正确的 JSON（{where}有误），已跳过") from None
    if not isinstance(value, dict):
        raise BadInput(f"{label}：应是一个 JSON 对象（含 _id、title、text），已跳过")
    return value


def _identity(record: Mapping[str, object]) -> str | None:
    for key in _IDENTITIES:
        value = record.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return safe(str(value).strip())
    return None


def _first(record: Mapping[str, object], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            return value
    return None


def parse_record(line: bytes, shown: str, limits: Limits = Limits()) -> Parsed:
    """The document of one line: `text` is its text; every other value that is plain or short becomes front matter."""
    record = _object(line, shown)
    text = _first(record, _TEXTS)
    if text is None:
        raise BadInput(f"{shown}：没有 text 字段或内容为空，已跳过")
    if len(text) > limits.text:
        raise too_large(shown, len(text), limits.text)
    title = _first(record, _TITLES)
    front: dict[str, str] = {"title": one_line(title.strip())} if title else {}
    for key, value in record.items():
        if key in (*_TEXTS, *_TITLES, *_IDENTITIES[:1]):
            continue
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            front[safe(key)] = safe(" ".join(str(value).split()))
        elif isinstance(value, list) and all(isinstance(item, str | int) for item in value) and value:
            front[safe(key)] = safe("、".join(map(str, value)))
        elif value and len(written := json.dumps(value, ensure_ascii=False)) <= _WRITTEN:
            front[safe(key)] = safe(written)
    parsed = parsed_text(safe(text), title, front)
    if not parsed.text:
        raise BadInput(f"{shown}：text 里没有文字，已跳过")
    return replace(parsed, front=front)
