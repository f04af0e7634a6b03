"""Rows of a table that are no data: captions over its header, sections and remarks, lines below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .grid import Slot, filled, is_banner

_LONG = 24  # code points that a name in a cell seldom has
_CAPTIONS = 4  # rows a table may have over its header without a merged cell
_LABELLED = re.compile(r"[（(【]?[\u4e00-\u9fff][\u4e00-\u9fff ]{0,11}\d{0,2}[：:](?!//)\s*\S")  # 单位：元
_REMARK = re.compile(
    r"[（(【*※★]?\s*(?:备 ?注|附?注|注释|说 ?明|附注说明|填表说明|数据来源|资料来源)\s*[\d一二三四五六七八九十]{0,2}\s*[：:】]"
)
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")


def rows_apart(grid: Sequence[Sequence[Slot]]) -> set[int]:
    """The rows that are no data: captions over the table, sections and remarks within it, lines below it."""
    captions = _count_captions(grid)
    body = range(captions, len(grid))
    several = sum(len(filled(grid[i])) > 1 for i in body)
    apart = {i for i in body if is_banner(grid[i]) or ((one := _alone(grid, i)) and _REMARK.match(one.text))}
    if 2 * several > len(body):
        apart |= {
            i for i in body if (one := _alone(grid, i)) and one is grid[i][0] and _SECTION.match(one.text)
        }
    foot = len(grid)
    while foot > captions and (foot - 1 in apart or _alone(grid, foot - 1) or _is_labelled(grid[foot - 1])):
        foot -= 1
    if all(i in apart or len(filled(grid[i])) > 1 for i in range(captions, foot)):
        apart |= {i for i in range(foot, len(grid)) if _reads_alone(grid[i])}
    return {*range(captions), *apart}


def _count_captions(grid: Sequence[Sequence[Slot]]) -> int:
    """How many leading rows stand over the table: a title, the unit, who drew it up."""
    merged = next((i for i, row in enumerate(grid) if not is_banner(row)), len(grid))
    count, most = merged, min(len(grid), merged + _CAPTIONS + 1)
    while count < most and (is_banner(grid[count]) or _is_caption(grid, count)):
        count += 1
    if count - merged > _CAPTIONS or not any(len(filled(row)) > 1 for row in grid[count:]):
        return merged
    return count


def _is_caption(grid: Sequence[Sequence[Slot]], i: int) -> bool:
    """Whether a leading row fills one cell, or fewer than the rows below with words that need no header."""
    cells = filled(grid[i])
    if (one := _alone(grid, i)) is not None:
        return one is grid[i][0] or len(grid[i]) > 2 or _LABELLED.match(one.text) is not None
    fewer = len(cells) < max((len(filled(row)) for row in grid[i + 1 :]), default=0)
    return fewer and _is_labelled(grid[i])


def _alone(grid: Sequence[Sequence[Slot]], i: int) -> Slot | None:
    """The only filled cell of a row of several columns, unless it reaches into the row above or below."""
    cells = filled(grid[i])
    if len(cells) != 1 or len(grid[i]) < 2:
        return None
    beside = [slot.cell for row in (*grid[max(0, i - 1) : i], *grid[i + 1 : i + 2]) for slot in row]
    return None if cells[0].cell in beside else cells[0]


def _is_labelled(row: Sequence[Slot]) -> bool:
    """Whether the filled cells of a row, fewer than its columns, bring their labels along: “制表人：张三”."""
    cells = filled(row)
    return 0 < len(cells) < len(row) and all(_LABELLED.match(slot.text) for slot in cells)


def _reads_alone(row: Sequence[Slot]) -> bool:
    """Whether a row needs no header: “执行日期：2025年1月1日”, a sentence in its one cell."""
    text = filled(row)[0].text
    return _is_labelled(row) or len(text) > _LONG or "。" in text
