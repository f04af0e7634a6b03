"""The ruling lines of a PDF page: thin filled shapes, and level or upright strokes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from .pdf_lines import Rule
from .pdfium import functions

_THIN = 2.5  # points a filled shape may be thick to count as a line
_SHORT = 6.0  # points a rule must be long
_MAX_PATHS = 20_000
_MAX_SEGMENTS = 4_000  # of one path; a drawing has more


def rules_of(page: Any, left: float, top: float) -> tuple[Rule, ...]:
    """All rules of a page; (`left`, `top`) is the page's corner in PDF coordinates."""
    raw = functions()
    rules: list[Rule] = []
    for number, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)):
        if number > _MAX_PATHS:
            return ()
        x0, y0, x1, y1 = item.get_bounds()
        wide, high = x1 - x0, y1 - y0
        if min(wide, high) <= _THIN:
            if max(wide, high) >= _SHORT:
                rules.append(Rule(x0 - left, top - y1, x1 - left, top - y0))
        elif _is_stroked(item):
            rules.extend(
                Rule(min(ax, bx) - left, top - max(ay, by), max(ax, bx) - left, top - min(ay, by))
                for ax, ay, bx, by in _strokes(item)
                if (abs(ax - bx) <= 1.0) != (abs(ay - by) <= 1.0)
                and max(abs(ax - bx), abs(ay - by)) >= _SHORT
            )
    return tuple(rules)


def _is_stroked(item: Any) -> bool:
    raw = functions()
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(raw.FPDFPath_GetDrawMode(item.raw, fill, stroke)) and bool(stroke.value)


def _strokes(item: Any) -> Iterator[tuple[float, float, float, float]]:
    """The straight segments of a path on the page: (x, y, x, y)."""
    raw = functions()
    count = raw.FPDFPath_CountSegments(item.raw)
    if not 0 < count <= _MAX_SEGMENTS:
        return
    matrix = item.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    first = last = (0.0, 0.0)
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item.raw, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield (*last, *point)
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield (*point, *first)
            last = first
