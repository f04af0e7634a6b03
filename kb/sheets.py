"""Stored answers as JSON lines, CSV and XLSX; no cell can start a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from .errors import BadInput, BrokenRecord

COLUMNS = (
    "seq", "id", "created", "caller", "question", "rewritten", "basis", "reason", "kind", "text",
    "citations", "model", "generation", "took_ms", "verdict", "note", "hash",
)  # fmt: skip
FORMULA = tuple("=+-@＝＋－＠\t\r\n")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CELL = 32767  # characters that a cell of a workbook may hold


Stored = Mapping[str, Any] | BrokenRecord


def export(stored: Iterable[Stored], format: str) -> Iterator[bytes]:
    """Answers as `Ledger.get` gives them, or what is said of one → pieces of a file; `BadInput` for another format."""
    writers = {"jsonl": _jsonl, "csv": _csv, "xlsx": _xlsx}
    if format not in writers:
        raise BadInput(f"不支持导出为 {format!r}；请用 jsonl、csv 或 xlsx")
    return writers[format](stored)


def defuse(value: object) -> object:
    """A cell that a spreadsheet shows as it is: text that it could run gets a leading apostrophe."""
    if not isinstance(value, str):
        return value
    text = UNPRINTABLE.sub("\ufffd", value)
    if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA):
        text = "'" + text
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _cells(stored: Stored) -> list[object]:
    if isinstance(stored, BrokenRecord):
        told = {"seq": stored.seq, "id": stored.id, "text": str(stored)}
        return [told.get(name) for name in COLUMNS]
    last = stored["reviews"][-1] if stored["reviews"] else {}
    places = "\n".join(
        f"[{c['n']}] 《{c['title']}》{' '.join(c['path'])} "
        f"{c['doc_id']} 第{c['revision']}版 {c['start']}-{c['end']}：{c['quote']}"
        for c in stored["citations"]
    )
    values = {**stored, **stored["ledger"], **last, "created": stored["created"], "citations": places}
    return [defuse(values.get(name)) for name in COLUMNS]


def _jsonl(stored: Iterable[Stored]) -> Iterator[bytes]:
    for one in stored:
        if isinstance(one, BrokenRecord):
            one = {"id": one.id, "problem": str(one), "ledger": {"seq": one.seq}}
        line = json.dumps(one, ensure_ascii=False)
        yield line.encode("utf-8", "backslashreplace") + b"\n"


def _csv(stored: Iterable[Stored]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, which spreadsheets need to read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for one in stored:
        writer.writerow(_cells(one))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def _xlsx(stored: Iterable[Stored]) -> Iterator[bytes]:
    book: Any = import_module("openpyxl").Workbook(write_only=True)
    sheet = book.create_sheet("答案账本")
    sheet.append(COLUMNS)
    for one in stored:
        sheet.append(_cells(one))
    out = io.BytesIO()
    book.save(out)
    yield out.getvalue()
