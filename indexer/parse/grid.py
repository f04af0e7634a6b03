"""The cells of a table as a grid: every span written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .draft import clean

_MAX_SPAN = 200  # cells one cell may cover in a direction; more is a mistake or an attack
_MAX_CELLS = 400_000  # cells of one table after spans are opened up


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file gives it; `head` is true where the format marks it as a header."""

    text: str
    head: bool = False
    columns: int = 1  # colspan
    rows: int = 1  # rowspan


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of the opened-up grid; `first` is false where a spanning cell only continues."""

    text: str
    head: bool
    first: bool
    cell: int  # which cell it came from


def opened(rows: Sequence[Sequence[Cell]]) -> tuple[list[int], list[list[Slot]]]:
    """(number of each row, rows of equal length with every span written out); empty rows left out."""
    carried: dict[int, tuple[Slot, int]] = {}  # column -> slot, rows it still covers
    grid: list[list[Slot]] = []
    numbers: list[int] = []
    cells = number = 0
    for place, row in enumerate(rows):
        line: list[Slot] = []

        def carry(line: list[Slot] = line) -> None:
            while len(line) in carried:
                column = len(line)
                slot, left = carried.pop(column)
                line.append(slot)
                if left > 1:
                    carried[column] = (slot, left - 1)

        for cell in row:
            carry()
            number += 1
            text = clean(cell.text.replace("\n", " "))
            for offset in range(min(max(cell.columns, 1), _MAX_SPAN)):
                slot = Slot(text, cell.head, offset == 0, number)
                if cell.rows > 1:
                    carried[len(line)] = (slot, min(cell.rows, _MAX_SPAN) - 1)
                line.append(slot)
        carry()
        cells += len(line)
        if cells > _MAX_CELLS:
            line = [slot for slot in line if slot.first]
        if any(slot.text for slot in line):
            grid.append(line)
            numbers.append(place)
    widest = max((len(line) for line in grid), default=0)
    if widest * len(grid) <= 2 * _MAX_CELLS:
        for line in grid:
            line.extend(Slot("", False, True, 0) for _ in range(widest - len(line)))
    return numbers, grid


def is_banner(row: Sequence[Slot]) -> bool:
    """Whether one cell covers the row (the others are its continuation)."""
    return len(row) > 1 and bool(row[0].text) and all(slot.cell == row[0].cell for slot in row)


def filled(row: Sequence[Slot]) -> list[Slot]:
    """The filled cells of a row, a merged one once."""
    return list({slot.cell: slot for slot in reversed(row) if slot.text}.values())[::-1]
