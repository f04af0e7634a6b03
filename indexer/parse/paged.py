"""Paged documents as canonical text: paragraphs across lines and pages, tables by row, every place kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.model import LineBox

from .draft import Draft, join
from .furniture import without_furniture
from .paragraphs import paragraphs
from .pdf_lines import Glyph, Page, PageLine, lines_of_page
from .ruled_tables import PageTable, goes_on, joined, split_tables
from .tables import numbered_lines

_FEW = 40  # characters: a page number and a running head, or a caption
_LARGE = 1 / 3  # of a page, from which on a picture is what the page is about
_NAMED = 20  # pages named in a warning


def in_picture(glyphs: Sequence[Glyph], shares: Iterable[float]) -> bool:
    """Whether a page is a picture: any picture where there is no text, large ones where there is hardly any.

    `shares` are the parts of the page that its pictures cover, from 0 to 1.
    """
    ink = sum(not glyph.char.isspace() for glyph in glyphs)
    if ink == 0:
        return any(True for _ in shares)
    return ink <= _FEW and sum(shares) >= _LARGE


def unread(pages: Sequence[Page]) -> dict[str, str]:
    """A warning about the pages that are pictures, for `Parsed.front`; empty if there are none."""
    numbers = [str(page.number) for page in pages if page.images]
    if not numbers:
        return {}
    named = "、".join(numbers[:_NAMED])
    more = f"等共 {len(numbers)} " if len(numbers) > _NAMED else ""
    return {
        "warning": f"第 {named} {more}页是图像，没有文字层，未能读取；请先做文字识别（OCR）再添加，否则这几页的内容检索不到"
    }


def write_pages(draft: Draft, pages: Sequence[Page]) -> None:
    """Write all pages; a paragraph or table that runs over a page end stays one."""
    split = [split_tables(page) for page in pages]
    lines = without_furniture([lines_of_page(rest) for rest, _ in split], [page.height for page in pages])
    starts: dict[int, int] = {}
    run: list[PageLine] = []
    for item in _in_order(lines, [tables for _, tables in split]):
        if isinstance(item, PageLine):
            run.append(item)
            continue
        _write_lines(draft, run, starts)
        run = []
        _write_table(draft, item, starts)
    _write_lines(draft, run, starts)
    _mark_pages(draft, len(pages), starts)


def _in_order(
    lines: Sequence[Sequence[PageLine]], tables: Sequence[Sequence[PageTable]]
) -> list[PageLine | PageTable]:
    """Lines with the tables among them by height; a table that goes on over pages as one."""
    items: list[PageLine | PageTable] = []
    for own_lines, own_tables in zip(lines, tables, strict=True):
        waiting = list(own_tables)
        for line in own_lines:
            while waiting and waiting[0].y0 <= line.y0 and waiting[0].y1 <= line.y1:
                _add_table(items, waiting.pop(0))
            items.append(line)
        for table in waiting:
            _add_table(items, table)
    return items


def _add_table(items: list[PageLine | PageTable], table: PageTable) -> None:
    if items and isinstance(last := items[-1], PageTable) and goes_on(last, table):
        items[-1] = joined(last, table)
    else:
        items.append(table)


def _write_lines(draft: Draft, lines: Sequence[PageLine], starts: dict[int, int]) -> None:
    for group in paragraphs(lines):
        text = ""
        pieces: list[tuple[int, PageLine]] = []  # where each line begins in the paragraph
        for line in group:
            together = join(text, line.text)
            pieces.append((len(together) - len(line.text), line))
            text = together
        base = draft.length
        if draft.line(text) is None:
            continue
        for number, (offset, line) in enumerate(pieces):
            end = pieces[number + 1][0] if number + 1 < len(pieces) else len(text)
            start, end = base + offset, base + min(end, offset + len(line.text))
            starts.setdefault(line.page, start)
            if line.placed and start < end <= draft.length:
                draft.box(_box(start, end, line.page, line.x0, line.y0, line.x1, line.y1))


def _write_table(draft: Draft, table: PageTable, starts: dict[int, int]) -> None:
    made = numbered_lines([row.cells for row in table.rows])
    for (number, _), span in zip(made, draft.table([line for _, line in made]), strict=True):
        row = table.rows[number]
        starts.setdefault(row.page, span.start)
        if table.placed:
            draft.box(
                _box(span.start, span.end, row.page, table.columns[0], row.y0, table.columns[-1], row.y1)
            )


def _box(start: int, end: int, page: int, x0: float, y0: float, x1: float, y1: float) -> LineBox:
    return LineBox(start, end, page, round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


def _mark_pages(draft: Draft, count: int, starts: dict[int, int]) -> None:
    """Page spans that cover the text: each from its first piece to the next page's first."""
    after = draft.length
    firsts = [0] * (count + 1)
    for number in range(count, 0, -1):
        after = min(starts.get(number, after), after)
        firsts[number] = after
    for number in range(1, count + 1):
        start = 0 if number == 1 else firsts[number]
        draft.page(start, firsts[number + 1] if number < count else draft.length)
