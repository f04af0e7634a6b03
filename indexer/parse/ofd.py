"""OFD files (GB/T 33190—2016): the text objects of each page, read like the lines of a PDF."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kb.errors import BadInput
from kb.model import Parsed

from .draft import Draft, is_cjk
from .package import Package
from .paged import in_picture, unread, write_pages
from .pdf_lines import Glyph, Page, Rule, turned

_POINTS = 72 / 25.4  # OFD measures in millimetres
_MAX_GLYPHS = 5_000_000
_MAX_REPEAT = 100_000

Matrix = tuple[float, float, float, float, float, float]


class OfdParser:
    """`.ofd`: text layer with page boxes; a page that is only pictures has no text."""

    suffixes: tuple[str, ...] = (".ofd",)

    def parse(self, data: bytes, name: str) -> Parsed:
        package = Package(data, name, "OFD")
        if package.has("Encryptions.xml"):
            raise BadInput(f"{name}：OFD 已加密，无法读取；请先解除加密再添加")
        root = package.xml("OFD.xml")
        title = next((node.text for node in _all(root, "Title") if node.text), None)
        pages: list[Page] = []
        for place in [node.text or "" for node in _all(root, "DocRoot")]:
            pages.extend(_document(package, _resolve("", place), len(pages)))
        if not any(page.glyphs for page in pages):
            if any(page.images for page in pages):
                raise BadInput(f"{name}：OFD 是图像，没有文字层，无法读取；请先做文字识别（OCR）再添加")
            raise BadInput(f"{name}：OFD 里没有文字，没有可加入的内容")
        draft = Draft()
        write_pages(draft, pages)
        return draft.parsed(title, unread(pages))


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _all(root: Any, name: str) -> list[Any]:
    return [node for node in root.iter() if _local(node) == name]


def _resolve(base: str, place: str) -> str:
    """A location in the package: absolute with “/”, else beside the file that names it."""
    place = place.strip().replace("\\", "/")
    path = place.lstrip("/") if place.startswith("/") else posixpath.join(posixpath.dirname(base), place)
    return posixpath.normpath(path)


def _document(package: Package, place: str, before: int) -> Iterator[Page]:
    """The pages of one document of the package; their numbers go on from `before`."""
    root = package.xml(place)
    size = _box(next((node.text for node in _all(root, "PhysicalBox")), None))
    templates = {
        node.get("ID", ""): _resolve(place, node.get("BaseLoc", "")) for node in _all(root, "TemplatePage")
    }
    total = 0
    for number, node in enumerate(_all(root, "Page"), before + 1):
        own = _resolve(place, node.get("BaseLoc", ""))
        page = package.xml(own)
        area = _box(next((box.text for box in _all(page, "PhysicalBox")), None)) or size or (0, 0, 210, 297)
        glyphs: list[tuple[int, Glyph]] = []
        for template in _all(page, "Template"):
            if (extra := templates.get(template.get("TemplateID", ""))) and package.has(extra):
                glyphs.extend(_glyphs(package.xml(extra)))
        glyphs.extend(_glyphs(page))
        total += len(glyphs)
        if total > _MAX_GLYPHS:
            raise BadInput(f"{package.name}：OFD 文字超过 {_MAX_GLYPHS // 10_000} 万字；请拆分后再添加")
        images = in_picture([glyph for _, glyph in glyphs], _picture_shares(page, area[2] * area[3]))
        shown = Page(
            number, area[2] * _POINTS, area[3] * _POINTS, [g for _, g in glyphs], images, tuple(_rules(page))
        )
        quarters = _most_common([quarter for quarter, _ in glyphs])
        upright = [glyph for quarter, glyph in glyphs if quarter == quarters]
        shown = turned(replace(shown, glyphs=upright), -quarters, placed=False)
        yield replace(shown, glyphs=_in_rows(shown.glyphs))


def _picture_shares(page: Any, area: float) -> Iterator[float]:
    """For each picture on a page, the part of the page that it covers."""
    for node in page.iter():
        if _local(node) == "ImageObject":
            _, _, wide, high = _box(node.get("Boundary")) or (0.0, 0.0, 0.0, 0.0)
            yield wide * high / max(area, 1.0)


def _most_common(quarters: list[int]) -> int:
    return max(range(4), key=quarters.count)


def _rules(page: Any) -> Iterator[Rule]:
    """Thin drawn shapes: what rules a table."""
    for node in page.iter():
        if _local(node) == "PathObject" and (box := _box(node.get("Boundary"))) is not None:
            x, y, w, h = (value * _POINTS for value in box)
            if w < 3.0 < h or h < 3.0 < w:
                yield Rule(x, y, x + w, y + h)


def _glyphs(page: Any) -> list[tuple[int, Glyph]]:
    """(quarter turns clockwise of its direction, glyph) of a page's text objects."""
    return [glyph for node in page.iter() if _local(node) == "TextObject" for glyph in _run(node)]


def _in_rows(glyphs: list[Glyph]) -> list[Glyph]:
    """Rows from top to bottom, each from left to right, with blanks at wide gaps and line ends."""
    runs = [[glyph] for glyph in glyphs if not glyph.char.isspace()]
    runs.sort(key=lambda run: (run[0].y0 + run[0].y1) / 2)
    rows: list[list[list[Glyph]]] = []
    for run in runs:
        middle = (run[0].y0 + run[0].y1) / 2
        if rows and rows[-1][0][0].y0 < middle < rows[-1][0][0].y1:
            rows[-1].append(run)
        else:
            rows.append([run])
    placed: list[Glyph] = []
    for row in rows:
        for run in sorted(row, key=lambda run: run[0].x0):
            if placed and placed[-1].char != "\n" and run[0].x0 > placed[-1].x1 + 0.15 * run[0].size:
                placed.append(Glyph(" ", 0, 0, 0, 0, run[0].size, True))
            placed.extend(run)
        placed.append(Glyph("\n", 0, 0, 0, 0, 1, True))
    return placed


def _run(node: Any) -> Iterator[tuple[int, Glyph]]:
    """The characters of one text object, placed on the page in points; slanted ones (watermarks) left out."""
    x0, y0, _, _ = _box(node.get("Boundary")) or (0.0, 0.0, 0.0, 0.0)
    a, b, c, d, e, f = _matrix(node.get("CTM"))
    size = _number(node.get("Size"), 3.5)
    tall = size * (math.hypot(c, d) or 1.0)
    across = math.hypot(a, b) or 1.0
    stretch = _number(node.get("HScale"), 1.0)
    turn = math.atan2(b, a) / (math.pi / 2)
    quarter = round(turn)
    if abs(turn - quarter) > 0.1:
        return
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter % 4]
    x = y = 0.0
    for code in node:
        if _local(code) != "TextCode":
            continue
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        right, down = _steps(code.get("DeltaX")), _steps(code.get("DeltaY"))
        for place, char in enumerate(code.text or ""):
            step = right[place] if place < len(right) else (size if is_cjk(char) else size / 2) * stretch
            px, py = x0 + a * x + c * y + e, y0 + b * x + d * y + f
            wide = min(abs(step) or size, size * stretch) * across
            corners = [
                (px + u * cos - v * sin, py + u * sin + v * cos)
                for u in (0, wide)
                for v in (-0.88 * tall, 0.12 * tall)
            ]
            xs, ys = [corner[0] * _POINTS for corner in corners], [corner[1] * _POINTS for corner in corners]
            yield quarter % 4, Glyph(char, min(xs), min(ys), max(xs), max(ys), tall * _POINTS)
            x += step if place < len(right) or not down else 0.0
            y += down[place] if place < len(down) else 0.0


def _steps(text: str | None) -> list[float]:
    """DeltaX / DeltaY: numbers, where “g 3 5.5” stands for 5.5 three times."""
    words = (text or "").split()
    steps: list[float] = []
    index = 0
    while index < len(words) and len(steps) < _MAX_REPEAT:
        if words[index] == "g" and index + 2 < len(words):
            count = int(_number(words[index + 1], 0))
            steps.extend([_number(words[index + 2], 0.0)] * max(0, min(count, _MAX_REPEAT)))
            index += 3
        else:
            steps.append(_number(words[index], 0.0))
            index += 1
    return steps


def _number(text: str | None, default: float) -> float:
    try:
        value = float(text) if text is not None else default
    except ValueError:
        return default
    return value if math.isfinite(value) and abs(value) < 1e6 else default


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    numbers = [_number(word, 0.0) for word in (text or "").split()]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _matrix(text: str | None) -> Matrix:
    numbers = [_number(word, 0.0) for word in (text or "").split()]
    if len(numbers) != 6:
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
