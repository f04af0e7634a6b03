"""File names as they can be shown and kept: one line, valid UTF-8, readable Chinese."""

from __future__ import annotations

import os
import unicodedata

from .decode import plausible

_ESCAPED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def one_line(name: str) -> str:
    """A name for people: control and direction marks written out (\\n, \\u202e), bytes that are not
    UTF-8 read as GB18030 where they can be."""
    if any("\udc80" <= char <= "\udcff" for char in name):
        raw = os.fsencode(name)
        name = _legacy(raw) or raw.decode("utf-8", errors="backslashreplace")
    return "".join(map(_shown, name))


def _shown(char: str) -> str:
    if unicodedata.category(char) not in _ESCAPED or char == "\u200d":
        return char
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or char.encode("unicode_escape").decode("ascii")


def safe(name: str) -> str:
    """A name that can be stored as UTF-8; the same name always gives the same result."""
    return name.encode("utf-8", errors="backslashreplace").decode("utf-8")


def suffix_of(name: str) -> str:
    """The lower-case extension with its dot, "" for none; a path and a `#record` are left aside."""
    base = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, last = base.rpartition(".")
    return f".{last.lower().strip()}" if dot and stem and 0 < len(last) <= 8 else ""


def member_name(raw: str, utf8: bool) -> str:
    """The name of a zip member: `zipfile` reads unmarked names as cp437; most are GB18030 or UTF-8."""
    if utf8 or raw.isascii():
        return raw
    try:
        data = raw.encode("cp437")
    except UnicodeEncodeError:
        return raw
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(data) or raw


def _legacy(data: bytes) -> str | None:
    """A name in GB18030 or Big5, whichever reads more like Chinese; None if it is in neither."""
    readings: list[str] = []
    for encoding in ("gb18030", "big5hkscs"):
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return max(readings, key=plausible) if readings else None
