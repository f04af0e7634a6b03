"""One row of a list of documents: which cell is the title, which the 文号.

Rows reach us as `表头：内容；表头：内容` (a table with its header), as `甲 | 乙`, with tabs or wide
blanks, or as `1 标题 文号` where a page has lost its table.
"""

from __future__ import annotations

import re

from indexer.official.names import ends_title, is_organisation
from kb.fold import find_numbers

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
