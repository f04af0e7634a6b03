"""A table as lines of text: one line a row, each cell named by its header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from .apart import rows_apart
from .grid import Cell, Slot, is_banner, opened

_LABEL = 24  # code points a header cell may have
_VALUE = re.compile(
    r"^[\d\s.,:：%％+\-–—/~～〔〕()（）年月日元万亿个项]*\d[\d\s.,:：%％+\-–—/~～〔〕()（）年月日元万亿个项]*$"
)
_HEADER_WORD = re.compile(
    r"(序号|编号|代码|名称|姓名|内容|标准|金额|单位|数量|备注|说明|要求|条件|时间|日期|时限|部门|主体|电话|地址|地区"
    r"|类别|类型|种类|等级|级别|指标|分值|得分|比例|额度|事项|项目|任务|措施|目标|材料|依据|规格|型号|状态|结果|来源"
    r"|市县|专业|科类|分数|品名|面积|价格|税率|年份|年度|情况|方式|对象|范围|责任人?|期限)[（(]?[^，。；]{0,12}$"
)


def table_lines(rows: Sequence[Sequence[Cell]], header_rows: int | None = None) -> list[str]:
    """The table row by row: `表头：内容；表头：内容`, or `甲 | 乙` where no header can be told.

    `header_rows` is given when the format says it (thead, Markdown); None: judge by the cells.
    A row that is one cell across the whole table, or only one cell filled (a caption, a section, a
    remark), is its text alone.
    """
    return [line for _, line in numbered_lines(rows, header_rows)]


def numbered_lines(rows: Sequence[Sequence[Cell]], header_rows: int | None = None) -> list[tuple[int, str]]:
    """`table_lines`, each line with the number of the row (from 0) it was made of."""
    numbers, grid = opened(rows)
    apart = rows_apart(grid)
    lines = [(numbers[i], _bare(grid[i])) for i in sorted(apart) if not _repeats(grid, i)]
    if header_rows:
        header_rows = header_rows - sum(i < header_rows for i in apart) or None
    body = [(n, row) for i, (n, row) in enumerate(zip(numbers, grid, strict=True)) if i not in apart]
    return sorted(lines + _body_lines(body, header_rows))


def _body_lines(body: Sequence[tuple[int, list[Slot]]], header_rows: int | None) -> list[tuple[int, str]]:
    """The numbered rows of header and data as lines; rows that make none are left out."""
    grid = _without_margin([row for _, row in body])
    rows = [(n, row) for (n, _), row in zip(body, grid, strict=True)]
    count = _count_header_rows(grid) if header_rows is None else min(header_rows, len(grid))
    if count == 0 and _is_form(grid):
        made = [(n, f"{row[0].text}：{_joined(row[1:])}" if row[0].text else _joined(row)) for n, row in rows]
    elif count == 0 or count == len(grid):
        made = [(n, _bare(row)) for n, row in rows]
    else:
        names = [_name([grid[r][c] for r in range(count)]) for c in range(len(grid[0]))]
        made = [(n, _named(names, row)) for n, row in rows[count:]]
    return [(n, line) for n, line in made if line]


def _without_margin(grid: list[list[Slot]]) -> list[list[Slot]]:
    """The grid without the empty columns on its left."""
    margin = min((next((c for c, slot in enumerate(row) if slot.text), len(row)) for row in grid), default=0)
    return [row[margin:] for row in grid] if margin else grid


def _repeats(grid: Sequence[Sequence[Slot]], i: int) -> bool:
    """Whether a row only continues the merged cell that covers the row above."""
    return i > 0 and is_banner(grid[i]) and grid[i - 1][0].cell == grid[i][0].cell


def _count_header_rows(grid: Sequence[Sequence[Slot]]) -> int:
    """How many leading rows name the columns; 0 where it cannot be told."""
    if len(grid) < 2:
        return 0
    marked = 0
    while marked < len(grid) and all(slot.head or not slot.text for slot in grid[marked]):
        marked += 1
    if 0 < marked < len(grid):
        return marked
    first = grid[0]
    if not all(_is_label(slot.text) for slot in first):
        return 0
    if len(first) == 1:
        return 1 if _HEADER_WORD.search(first[0].text) else 0
    if len(first) == 2 and not _HEADER_WORD.search(first[1].text) and not first[1].head:
        return 0
    if not _HEADER_WORD.search(first[0].text) and _looks_like_data(grid):
        return 0
    if any(a.cell == b.cell for a, b in pairwise(first)):
        return _merged_header_rows(grid)
    return 1 if len({slot.text for slot in first}) > 1 else 0


def _merged_header_rows(grid: Sequence[Sequence[Slot]]) -> int:
    """Rows of a header whose first row has merged cells: as deep as its tallest cell reaches."""
    depth = 1
    while depth < min(4, len(grid) - 1) and any(
        slot.cell == top.cell for slot, top in zip(grid[depth], grid[0], strict=False)
    ):
        depth += 1
    if depth == 1 and len(grid) > 2 and all(_is_label(slot.text) for slot in grid[1]):
        depth = 2
    return depth


def _is_label(text: str) -> bool:
    return 0 < len(text) <= _LABEL and not _VALUE.match(text) and not re.search("[。；！？]", text)


def _looks_like_data(grid: Sequence[Sequence[Slot]]) -> bool:
    """Whether the first row has a cell with digits: a name such as “1号楼” is no column name."""
    return any(re.search(r"\d", slot.text) for slot in grid[0]) and not any(
        _HEADER_WORD.search(slot.text) for slot in grid[0]
    )


def _is_form(grid: Sequence[Sequence[Slot]]) -> bool:
    """Two columns of label and content: “办理时限 | 5个工作日”."""
    if len(grid) < 2 or len(grid[0]) != 2:
        return False
    labels = [row[0].text for row in grid]
    if all(row[0].head for row in grid) and not any(row[1].head for row in grid):
        return True
    short = all(_is_label(label) and len(label) <= 12 for label in labels)
    return short and len(set(labels)) == len(labels) and all(_HEADER_WORD.search(x) for x in labels[:1])


def _name(column: Sequence[Slot]) -> str:
    """The header of a column from its header rows, outermost first, a merged cell once."""
    parts: list[str] = []
    for slot in column:
        if slot.text and slot.text not in parts:
            parts.append(_unspaced(slot.text))
    return " ".join(parts).rstrip("：:")


def _unspaced(name: str) -> str:
    """“代 码” spread out to fill its cell is “代码”."""
    return name.replace(" ", "") if re.fullmatch("[\u4e00-\u9fff]( [\u4e00-\u9fff])+", name) else name


def _named(names: Sequence[str], row: Sequence[Slot]) -> str:
    """A row as `表头：内容；…`; empty cells are left out, a cell over several columns is said once."""
    parts: list[str] = []
    for column, slot in enumerate(row):
        if not slot.text or (column and row[column - 1].cell == slot.cell and not slot.first):
            continue
        name = names[column] if column < len(names) else ""
        parts.append(f"{name}：{slot.text}" if name else slot.text)
    return "；".join(parts)


def _joined(slots: Sequence[Slot]) -> str:
    return " | ".join(slot.text for slot in slots if slot.text and slot.first)


def _bare(row: Sequence[Slot]) -> str:
    """A row without header: its cells side by side, each once."""
    seen: set[int] = set()
    parts: list[str] = []
    for slot in row:
        if slot.text and (slot.cell == 0 or slot.cell not in seen):
            seen.add(slot.cell)
            parts.append(slot.text)
    return " | ".join(parts)


__all__ = ["Cell", "numbered_lines", "table_lines"]
