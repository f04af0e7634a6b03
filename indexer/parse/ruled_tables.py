"""Tables of paged documents, found by their ruling lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .draft import join
from .pdf_lines import Glyph, Page, Rule, lines_of_page
from .tables import Cell

_SNAP = 3.0  # points within which two rules are one
_MAX_RULES = 4000
_MAX_CELLS = 5000


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row of a ruled table; boxes in points, origin top left."""

    cells: tuple[Cell, ...]
    page: int
    y0: float
    y1: float


@dataclass(frozen=True, slots=True)
class PageTable:
    """A ruled table, or the part of it that stands on one page (`rows` may then go on over pages)."""

    rows: tuple[PageRow, ...]
    columns: tuple[float, ...]  # x of the upright rules
    page: int
    y0: float
    y1: float
    placed: bool = True


def split_tables(page: Page) -> tuple[Page, list[PageTable]]:
    """(the page without the glyphs that stand in tables, its tables from top to bottom)."""
    tables: list[PageTable] = []
    left = page.glyphs
    for group in _groups(page.rules):
        found = _table(group, page, left)
        if found is not None:
            table, left = found
            tables.append(table)
    tables.sort(key=lambda table: table.y0)
    return replace(page, glyphs=left), tables


def goes_on(before: PageTable, after: PageTable) -> bool:
    """Whether a table at the top of a page is the rest of the one at the foot of the page before."""
    return (
        after.page == before.rows[-1].page + 1
        and len(before.columns) == len(after.columns)
        and all(abs(a - b) < 2 * _SNAP for a, b in zip(before.columns, after.columns, strict=True))
    )


def joined(before: PageTable, after: PageTable) -> PageTable:
    """Both parts as one table; a header repeated on the new page is left out."""
    rows = after.rows
    if len(rows) > 1 and [c.text for c in rows[0].cells] == [c.text for c in before.rows[0].cells]:
        rows = rows[1:]
    return replace(before, rows=before.rows + rows)


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that touch one another, directly or through others."""
    if not 4 <= len(rules) <= _MAX_RULES:
        return []
    order = sorted(rules, key=lambda rule: rule.y0)
    parent = list(range(len(order)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    active: list[int] = []
    for index, rule in enumerate(order):
        active = [other for other in active if order[other].y1 >= rule.y0 - _SNAP]
        for other in active:
            if order[other].x1 >= rule.x0 - _SNAP and order[other].x0 <= rule.x1 + _SNAP:
                parent[root(other)] = root(index)
        active.append(index)
    groups: dict[int, list[Rule]] = {}
    for index, rule in enumerate(order):
        groups.setdefault(root(index), []).append(rule)
    return [group for group in groups.values() if len(group) >= 4]


def _marks(values: Sequence[float]) -> list[float]:
    """Sorted positions, near ones as one."""
    marks: list[float] = []
    for value in sorted(values):
        if not marks or value - marks[-1] > _SNAP:
            marks.append(value)
    return marks


def _table(rules: Sequence[Rule], page: Page, glyphs: list[Glyph]) -> tuple[PageTable, list[Glyph]] | None:
    """The table that a group of rules draws, with the glyphs outside it; None if it is none."""
    xs = _marks([rule.x0 for rule in rules if not rule.level])
    ys = _marks([rule.y0 for rule in rules if rule.level])
    wide, high = len(xs) - 1, len(ys) - 1
    if wide < 2 or high < 2 or wide * high > _MAX_CELLS:
        return None
    inside: dict[tuple[int, int], list[Glyph]] = {}
    outside: list[Glyph] = []
    blanks: list[Glyph] = []
    place: tuple[int, int] | None = None
    for glyph in glyphs:
        if glyph.char.isspace():
            blanks.append(glyph)
            continue
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
        c, r = bisect_right(xs, x) - 1, bisect_right(ys, y) - 1
        now = (r, c) if 0 <= c < wide and 0 <= r < high else None
        target = outside if now is None else inside.setdefault(now, [])
        if now == place:
            target.extend(blanks)
        elif now is None:
            outside.append(Glyph("\n", 0, 0, 0, 0, 1, True))
        blanks = []
        target.append(glyph)
        place = now
    if len(inside) < 2 or len({c for _, c in inside}) < 2:
        return None
    owner = _merged(rules, xs, ys)
    rows: list[PageRow] = []
    for r in range(high):
        cells: list[Cell] = []
        for c in range(wide):
            if owner[r, c] != (r, c):
                continue
            own = [place for place, top in owner.items() if top == (r, c)] if (r, c) in _tops(owner) else []
            text = ""
            for spot in sorted(own or [(r, c)]):
                for line in lines_of_page(replace(page, glyphs=inside.get(spot, []))):
                    text = join(text, line.text)
            cells.append(
                Cell(
                    text,
                    columns=max((spot[1] for spot in own), default=c) - c + 1,
                    rows=max((spot[0] for spot in own), default=r) - r + 1,
                )
            )
        rows.append(PageRow(tuple(cells), page.number, ys[r], ys[r + 1]))
    return PageTable(tuple(rows), tuple(xs), page.number, ys[0], ys[-1], page.placed), outside


def _tops(owner: dict[tuple[int, int], tuple[int, int]]) -> set[tuple[int, int]]:
    return {top for place, top in owner.items() if place != top}


def _merged(
    rules: Sequence[Rule], xs: Sequence[float], ys: Sequence[float]
) -> dict[tuple[int, int], tuple[int, int]]:
    """For each place of the grid the top-left place of the cell it belongs to: a cell goes on where
    the rule between two places is missing, as long as it stays a rectangle."""
    level = [rule for rule in rules if rule.level]
    upright = [rule for rule in rules if not rule.level]

    def wall(r: int, c: int) -> bool:  # left of (r, c)
        middle = (ys[r] + ys[r + 1]) / 2
        return any(
            abs(rule.x0 - xs[c]) <= _SNAP and rule.y0 - _SNAP <= middle <= rule.y1 + _SNAP for rule in upright
        )

    def floor(r: int, c: int) -> bool:  # above (r, c)
        middle = (xs[c] + xs[c + 1]) / 2
        return any(
            abs(rule.y0 - ys[r]) <= _SNAP and rule.x0 - _SNAP <= middle <= rule.x1 + _SNAP for rule in level
        )

    owner: dict[tuple[int, int], tuple[int, int]] = {}
    wide, high = len(xs) - 1, len(ys) - 1
    for r in range(high):
        for c in range(wide):
            if (r, c) in owner:
                continue
            right = c
            while right + 1 < wide and (r, right + 1) not in owner and not wall(r, right + 1):
                right += 1
            down = r
            while (
                down + 1 < high
                and all((down + 1, k) not in owner and not floor(down + 1, k) for k in range(c, right + 1))
                and all(not wall(down + 1, k) for k in range(c + 1, right + 1))
            ):
                down += 1
            for y in range(r, down + 1):
                for x in range(c, right + 1):
                    owner[y, x] = (r, c)
    return owner
