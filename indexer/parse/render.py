"""An HTML tree as lines and tables, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .draft import clean, is_cjk
from .html_tree import Element
from .tables import Cell, table_lines

_BLOCK = frozenset(
    [
        "html",
        "body",
        "div",
        "section",
        "article",
        "main",
        "aside",
        "nav",
        "header",
        "footer",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "p",
        "pre",
        "blockquote",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "form",
        "fieldset",
        "legend",
        "center",
        "address",
        "figure",
        "figcaption",
        "details",
        "summary",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BREAK = re.compile(r"[ \t\r\f]*\n[ \t\r\n\f]*")
_LAYOUT_CELL = 600  # characters in one cell beyond which a small table is layout, not data


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    level: int | None = None
    inside: bool = True  # in the main block


@dataclass(frozen=True, slots=True)
class TableLines:
    rows: list[str]
    inside: bool = True


def render(root: Element, main: Element | None = None) -> Iterator[Line | TableLines]:
    """Lines of `root`; those not within `main` are marked as outside."""
    writer = _Writer(main)
    writer.walk(root)
    writer.flush()
    return iter(writer.out)


class _Writer:
    def __init__(self, main: Element | None) -> None:
        self.out: list[Line | TableLines] = []
        self.buffer: list[str] = []
        self.mark = ""
        self.main = main
        self.inside = main is None

    def flush(self, level: int | None = None) -> None:
        text = clean(_flow("".join(self.buffer)))
        self.buffer.clear()
        if text:
            self.out.append(Line(self.mark + text, level, self.inside))
            self.mark = ""

    def walk(self, element: Element) -> None:
        entered = element is self.main and not self.inside
        if entered:
            self.flush()
            self.inside = True
        self._element(element)
        if entered:
            self.flush()
            self.inside = False

    def _element(self, element: Element) -> None:
        tag = element.tag
        if tag == "br" or tag == "hr":
            self.flush()
        elif tag == "table" and is_data(element):
            self.flush()
            rows = table_lines(cells_of(element), _head_rows(element))
            if caption := element.first("caption"):
                self.out.append(Line(clean(_flow(caption.text())), None, self.inside))
            self.out.append(TableLines(rows, self.inside))
        elif tag in _HEADINGS:
            self.flush()
            self.out.extend(self._heading(element, int(tag[1])))
        elif tag == "pre":
            self.flush()
            for line in element.text().split("\n"):
                self.buffer.append(line)
                self.flush()
        elif tag in ("ul", "ol"):
            self.flush()
            self._list(element)
        elif tag in _BLOCK:
            self.flush()
            self._kids(element)
            self.flush()
        else:
            self._kids(element)

    def _kids(self, element: Element) -> None:
        for kid in element.kids:
            if isinstance(kid, str):
                self.buffer.append(kid)
            else:
                self.walk(kid)

    def _heading(self, element: Element, level: int) -> Iterator[Line]:
        text = clean(_flow(_broken(element)).replace("\n", " "))
        if text:
            yield Line(text, level, self.inside)

    def _list(self, element: Element) -> None:
        """Items with the marks a browser would show: numbers as text, bullets as “• ”."""
        number = _integer(element.attributes.get("start", ""), 1)
        plain = "none" in element.attributes.get("style", "")
        for kid in element.kids:
            if isinstance(kid, Element) and kid.tag == "li":
                number = _integer(kid.attributes.get("value", ""), number)
                numbered = element.tag == "ol" and not plain
                self.mark = f"{number}. " if numbered else ("" if plain or kid.has("ul", "ol") else "• ")
                self.walk(kid)
                self.mark = ""
                number += 1
            elif isinstance(kid, Element):
                self.walk(kid)
            else:
                self.buffer.append(kid)
        self.flush()


def _flow(text: str) -> str:
    """Source line ends inside running text: nothing between ideographs, else a blank."""

    def gap(match: re.Match[str]) -> str:
        left, right = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return "" if left and right and is_cjk(left) and is_cjk(right) else " "

    return _BREAK.sub(gap, text)


def _broken(element: Element) -> str:
    """Text of an element with its line breaks and inner blocks as line ends."""
    parts: list[str] = []
    stack: list[Element | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(_flow(node))
        elif node.tag == "br":
            parts.append("\n")
        else:
            if node.tag in _BLOCK and parts and not parts[-1].endswith("\n"):
                parts.append("\n")
            stack.extend(reversed(node.kids))
    return "".join(parts)


def is_data(table: Element) -> bool:
    """Whether a table holds data rather than the layout of the page."""
    if any(kid.has("table") for kid in table.elements) or table.has("h1", "h2", "h3"):
        return False
    rows = cells_of(table)
    if not rows:
        return False
    widest = max(len(row) for row in rows)
    longest = max((len(cell.text) for row in rows for cell in row), default=0)
    if widest == 1:
        return len(rows) >= 2 and longest <= 60
    return not (longest > _LAYOUT_CELL and len(rows) <= 2)


def cells_of(table: Element) -> list[list[Cell]]:
    """The rows of a table; cells keep their inner line breaks as blanks."""
    rows: list[list[Cell]] = []
    stack: list[Element] = [table]
    while stack:
        element = stack.pop()
        if element.tag == "tr":
            rows.append([_cell(kid) for kid in element.elements if kid.tag in ("td", "th")])
        elif element is table or element.tag in ("thead", "tbody", "tfoot"):
            stack.extend(reversed(element.elements))
    return [row for row in rows if row]


def _cell(element: Element) -> Cell:
    return Cell(
        clean(_broken(element).replace("\n", " ")),
        element.tag == "th",
        _integer(element.attributes.get("colspan", ""), 1),
        _integer(element.attributes.get("rowspan", ""), 1),
    )


def _head_rows(table: Element) -> int | None:
    """Rows of a `thead`, if the table has one."""
    for element in table.elements:
        if element.tag == "thead":
            return sum(kid.tag == "tr" for kid in element.elements) or None
    return None


def _integer(text: str, default: int) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
