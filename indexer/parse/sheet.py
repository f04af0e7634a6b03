"""Spreadsheets: each sheet a heading and a table, row by row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from kb.errors import BadInput, TooLarge
from kb.model import Parsed

from .decode import decode
from .draft import Draft
from .number_format import shown_number
from .package import Package
from .tables import Cell, table_lines

_MAX_CELLS = 1_000_000
_DELIMITERS = ",\t;|"


class XlsxParser:
    """`.xlsx`: the values as shown, hidden sheets left out, merged cells opened up.

    A formula that was saved without its value is given as it is written: `=SUM(B2:B4)`.
    """

    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")

    def parse(self, data: bytes, name: str) -> Parsed:
        from openpyxl.reader.excel import load_workbook

        package = Package(data, name, "XLSX")
        valueless = False
        for part in package.names:  # limits and entities are checked before the library sees the file
            if part.endswith((".xml", ".rels")):
                valueless |= _has_valueless_formula(package.xml(part))
        try:
            book = load_workbook(io.BytesIO(data), data_only=True)  # type: ignore[no-untyped-call]
            written = load_workbook(io.BytesIO(data)) if valueless else None  # type: ignore[no-untyped-call]
        except (
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            IndexError,
            zipfile.BadZipFile,
            OSError,
        ) as error:
            raise BadInput(f"{name}：XLSX 文件已损坏，无法打开；请用 Excel 或 WPS 另存后再添加") from error
        draft = Draft()
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            if sheet.max_row * sheet.max_column > 50 * _MAX_CELLS:
                raise TooLarge(f"{name}：工作表“{sheet.title}”过大；请删去空行空列或拆分后再添加")
            formulas = dict(_formulas(written[sheet.title])) if written else {}
            lines = table_lines(_rows(sheet, formulas, name))
            if lines:
                if len(sheets) > 1:
                    draft.line(str(sheet.title), 1)
                draft.table(lines)
        return draft.parsed(book.properties.title)


def _has_valueless_formula(root: Any) -> bool:
    """Whether a part has a cell whose formula nobody has computed; an empty text is a value too."""
    cells = (formula.getparent() for formula in root.iter("{*}f"))
    return any(c.tag.endswith("}c") and not c.findtext("{*}v") and c.get("t") != "str" for c in cells)


def _formulas(sheet: Any) -> Iterator[tuple[tuple[int, int], str]]:
    """The formulas of a sheet by (row, column), as they are written."""
    for row in sheet.iter_rows():
        for cell in row:
            formula = getattr(cell.value, "text", cell.value)  # of an array formula, its text
            if cell.data_type == "f" and isinstance(formula, str):
                yield (cell.row, cell.column), formula


def _rows(sheet: Any, formulas: Mapping[tuple[int, int], str], name: str) -> list[list[Cell]]:
    """The filled rectangle of a sheet as rows of cells with their spans."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for area in list(sheet.merged_cells.ranges)[:10_000]:
        rows, columns = area.max_row - area.min_row + 1, area.max_col - area.min_col + 1
        if rows * columns > 100_000:
            continue
        spans[area.min_row, area.min_col] = (rows, columns)
        covered.update(
            (r, c)
            for r in range(area.min_row, area.max_row + 1)
            for c in range(area.min_col, area.max_col + 1)
        )
    covered -= spans.keys()
    grid: list[list[Cell]] = []
    count = 0
    for row in sheet.iter_rows():
        line: list[Cell] = []
        for cell in row:
            place = (cell.row, cell.column)
            if place not in covered:
                rows, columns = spans.get(place, (1, 1))
                value = formulas.get(place) if cell.value is None else cell.value
                line.append(Cell(_shown(value, cell.number_format), False, columns, rows))
        while line and not line[-1].text and line[-1].columns == 1 and line[-1].rows == 1:
            line.pop()
        count += len(line)
        if count > _MAX_CELLS:
            raise TooLarge(f"{name}：表格超过 {_MAX_CELLS // 10_000} 万个单元格；请拆分后再添加")
        grid.append(line)
    return grid


def _shown(value: object, number_format: str) -> str:
    """A value as its cell shows it; days and times in one spelling, whatever the format."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return shown_number(value, number_format)
    return str(value)


class CsvParser:
    """`.csv` and `.tsv`: the first row names the columns where it reads like names."""

    suffixes: tuple[str, ...] = (".csv", ".tsv")

    def parse(self, data: bytes, name: str) -> Parsed:
        text = decode(data, name)
        delimiter = _delimiter(text[:4000])
        limit = csv.field_size_limit()
        try:
            rows = [
                [Cell(cell) for cell in row]
                for row in csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
            ]
        except csv.Error as error:
            raise BadInput(
                f"{name}：CSV 格式有误（{error}，单元格上限 {limit} 字）；请检查引号后再添加"
            ) from None
        if sum(map(len, rows)) > _MAX_CELLS:
            raise TooLarge(f"{name}：表格超过 {_MAX_CELLS // 10_000} 万个单元格；请拆分后再添加")
        draft = Draft()
        draft.table(table_lines(rows))
        return draft.parsed()


def _delimiter(sample: str) -> str:
    """The mark that parts the cells of the first line with any; a title over the table has none."""
    first = next((line for line in sample.splitlines() if any(mark in line for mark in _DELIMITERS)), "")
    return max(_DELIMITERS, key=first.count)
