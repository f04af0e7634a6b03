"""Rows of tables: which cell of a list of documents is the title, which the 文号; which rows are data.

Rows reach us as `表头：内容；表头：内容` (a table with its header), as `甲 | 乙`, with tabs or wide
blanks, or as `1 标题 文号` where a page has lost its table.
"""

from __future__ import annotations

import re

from indexer.official.dates import find_dates
from indexer.official.front import from_labels
from indexer.official.names import ends_title, is_organisation
from kb.fold import find_numbers
from kb.model import Parsed, Span, Table

_LABELLED = re.compile(
    r"(?:^|[；;|\s　])(?:(?:规范性|政策)?文件(?:名称|标题)|标题|(?:规章|法规|政策)?名称)[：:]\s*([^；|\n]{4,200})"
)
_CELLS = re.compile(r"[ 　]*[|\t；][ 　]*|[ 　]{2,}")
_ORDINAL = re.compile(
    r"[\s　|]*(?:第?[一二三四五六七八九十百\d０-９]{1,4}[项条]?[、.．）)：:]|\d{1,4}(?=[\s　《关]|[\u4e00-\u9fff]{6})"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)])[\s　|]*"
)
_DAY = re.compile(r"[\d\s年月日.\-/—至]+$")
_SHORTEST, _LONGEST = 4, 150  # code points of a title without 《》


def row_title(row: str) -> str:
    """The title in a row without 《》; "" where none can be told."""
    labelled = _LABELLED.search(row)
    if labelled:
        return _bare(labelled.group(1))
    cells = [c for c in (_bare(cell) for cell in _CELLS.split(row)) if _is_title(c)]
    if len(cells) == 1:
        return cells[0]
    if cells:
        return max(cells, key=len)
    blank = [_bare(part) for part in re.split(r"[ 　]+", row)]
    return next((part for part in blank if _is_title(part) and ends_title(part)), "")


def _bare(cell: str) -> str:
    """A cell without its ordinal, the bracket that holds its 文号, and the marks around it."""
    ordinal = _ORDINAL.match(cell)
    cell = cell[ordinal.end() :] if ordinal and ordinal.end() < len(cell) else cell
    numbers = find_numbers(cell)
    if numbers:
        before = cell[: numbers[0][0]]
        opening = max(before.rfind("（"), before.rfind("("))
        unclosed = opening >= 0 and "）" not in before[opening:] and ")" not in before[opening:]
        before = (before[:opening] if unclosed else before).rstrip(" 　〔[，,")
        cell = before if len(before) >= _SHORTEST else cell
    return cell.strip(" 　《》。；;")


def _is_title(cell: str) -> bool:
    return (
        _SHORTEST <= len(cell) <= _LONGEST
        and not _DAY.match(cell)
        and not is_organisation(cell)
        and not any(e - s >= len(cell) - 2 for s, e, _ in find_numbers(cell))
        and re.search(r"[\u4e00-\u9fff]{4}", cell) is not None
        and not re.search(r"[。！？]", cell)
    )


def is_number_only(line: str) -> bool:
    """Is a line a 文号 and nothing else (a cell that stands on a line of its own)?"""
    return any(e - s >= len(line.strip(" 　（()）")) for s, e, _ in find_numbers(line))


_HEADED = re.compile(r"[^：；|\n]{1,24}：[^；\n]*；[^：；\n]{1,24}：")


def without_data(parsed: Parsed) -> str:
    """The text with the rows of data in its tables blanked out, every offset kept.

    A date among the figures of a table is that of what its row tells of, not the document's own.
    """
    parts: list[str] = []
    at = 0
    for row in (row for table in parsed.tables for row in _data_rows(parsed.text, table)):
        if row.start >= at:
            parts += [parsed.text[at : row.start], " " * (row.end - row.start)]
            at = row.end
    return "".join([*parts, parsed.text[at:]])


def _data_rows(text: str, table: Table) -> list[Span]:
    """Rows under a header (`单位：甲；日期：2024-05-01`), and rows of cells that begin with a date one after another.

    A single row under a header that states facts of the document (发文机关, 成文日期) is no data.
    """
    headed = [row for row in table.rows if _HEADED.match(text, row.start, row.end)]
    if len(headed) == 1 and len(from_labels(headed[0].of(text))) > 1:
        headed = []
    dated = [row for row in table.rows if _begins_with_a_day(row.of(text))]
    return sorted({*headed, *(dated if len(dated) > 1 else ())}, key=lambda row: row.start)


def _begins_with_a_day(row: str) -> bool:
    """Is the first of several cells a date (its ordinal aside)?"""
    day = next(find_dates(row), None) if " | " in row else None
    return day is not None and not row[: day.span.start].strip(" |0123456789")
