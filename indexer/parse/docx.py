"""Word documents (.docx): paragraphs as Word shows them, with their automatic numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.errors import BadInput
from kb.model import Parsed

from .draft import Draft
from .marks import marks_secrecy
from .numbering import Numbering, W
from .package import Package
from .raised import raised
from .tables import Cell, table_lines

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_HEADING = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_CONTENTS = re.compile(r"^(toc|目录)\s*\d*$", re.IGNORECASE)
_BLOCKS = frozenset((f"{W}p", f"{W}tbl", f"{W}sdt"))
_THROUGH = frozenset(  # wrappers whose content is read as if they were not there
    (f"{W}ins", f"{W}moveTo", f"{W}hyperlink", f"{W}smartTag", f"{W}sdt", f"{W}sdtContent", f"{W}fldSimple",
     f"{W}customXml", f"{W}bdo", f"{W}dir", f"{_MC}Choice", f"{W}ruby", f"{W}rubyBase", f"{_M}oMath",
     f"{_M}oMathPara")
)  # fmt: skip
_IN_CELL = _THROUGH | {f"{W}tbl", f"{W}tr", f"{W}tc"}
_DEEPEST = 40  # levels of nesting read; more is damage or an attack


class DocxParser:
    """`.docx`: headings by style, automatic numbers, tables in place, notes after their paragraph."""

    suffixes: tuple[str, ...] = (".docx", ".docm", ".dotx")

    def parse(self, data: bytes, name: str) -> Parsed:
        package = Package(data, name, "DOCX")
        main = _main_part(package)
        root = package.xml(main)
        body = root.find(f"{W}body")
        if body is None:
            raise BadInput(f"{name}：DOCX 里没有正文部分；请用 Word 或 WPS 另存后再添加")
        folder = main.rpartition("/")[0]
        reader = _Reader(
            _Styles(package.xml_if_any(f"{folder}/styles.xml")),
            Numbering(package.xml_if_any(f"{folder}/numbering.xml")),
            _notes(package, folder),
        )
        for mark in _running_marks(package, folder):
            reader.draft.line(mark)
        reader.blocks(body)
        return reader.draft.parsed(_title(package))


def _main_part(package: Package) -> str:
    """Where the package keeps its main document."""
    if package.has("word/document.xml"):
        return "word/document.xml"
    relations = package.xml_if_any("_rels/.rels")
    for relation in relations if relations is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    return "word/document.xml"


def _title(package: Package) -> str | None:
    core = package.xml_if_any("docProps/core.xml")
    return None if core is None else core.findtext("{http://purl.org/dc/elements/1.1/}title")


def _notes(package: Package, folder: str) -> dict[tuple[str, str], Any]:
    """(kind, id) → note element, kind being footnote or endnote; separators left out."""
    notes: dict[tuple[str, str], Any] = {}
    for kind in ("footnote", "endnote"):
        root = package.xml_if_any(f"{folder}/{kind}s.xml")
        for note in root.findall(f"{W}{kind}") if root is not None else ():
            if note.get(f"{W}type") in (None, "normal"):
                notes[kind, note.get(f"{W}id", "")] = note
    return notes


def _running_marks(package: Package, folder: str) -> Iterator[str]:
    """Marks of secrecy in the running heads and feet: they say who may read the text; nothing else there is read."""
    seen = set()
    for part in (f"{folder}/{kind}{n}.xml" for kind in ("header", "footer") for n in range(1, 7)):
        root = package.xml_if_any(part)
        for paragraph in root.iter(f"{W}p") if root is not None else ():
            words = _run_text(paragraph)[0].strip()
            if words not in seen and marks_secrecy(words):
                seen.add(words)
                yield words


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    base: str
    outline: int | None
    list_id: str | None
    list_level: int | None


class _Styles:
    """Paragraph styles with what they inherit."""

    def __init__(self, root: Any | None) -> None:
        self._styles: dict[str, _Style] = {}
        self.default = ""
        for node in root.findall(f"{W}style") if root is not None else ():
            if node.get(f"{W}type", "paragraph") != "paragraph":
                continue
            identity = node.get(f"{W}styleId", "")
            outline, list_id, list_level = _properties(node.find(f"{W}pPr"))
            self._styles[identity] = _Style(
                _value(node, "name"), _value(node, "basedOn"), outline, list_id, list_level
            )
            if node.get(f"{W}default") in ("1", "true"):
                self.default = identity

    def chain(self, identity: str) -> Iterator[tuple[str, _Style]]:
        """The style and those it is based on, nearest first."""
        for _ in range(20):
            style = self._styles.get(identity)
            if style is None:
                return
            yield identity, style
            identity = style.base


def _value(node: Any, tag: str) -> str:
    child = node.find(f"{W}{tag}")
    return "" if child is None else str(child.get(f"{W}val", ""))


def _properties(ppr: Any | None) -> tuple[int | None, str | None, int | None]:
    """(outline level, numId, ilvl) of a `w:pPr`."""
    if ppr is None:
        return None, None, None
    outline = _value(ppr, "outlineLvl")
    num = ppr.find(f"{W}numPr")
    list_id = _value(num, "numId") if num is not None else ""
    level = _value(num, "ilvl") if num is not None else ""
    return (
        int(outline) if outline.isdecimal() else None,
        list_id or None,
        int(level) if level.isdecimal() else None,
    )


class _Reader:
    def __init__(self, styles: _Styles, numbering: Numbering, notes: dict[tuple[str, str], Any]) -> None:
        self.draft = Draft()
        self.styles, self.numbering, self.notes = styles, numbering, notes

    def blocks(self, parent: Any, depth: int = 0) -> None:
        """Write the paragraphs and tables of a body, content control, text box or note."""
        if depth > _DEEPEST:
            return
        for node in parent:
            if node.tag == f"{W}p":
                self._paragraph(node, depth)
            elif node.tag == f"{W}tbl":
                self._table(node, depth)
            elif node.tag == f"{_MC}AlternateContent":
                choice = node.find(f"{_MC}Choice")
                self.blocks(node if choice is None else choice, depth + 1)
            elif node.tag in _THROUGH:
                self.blocks(node, depth + 1)

    def _paragraph(self, node: Any, depth: int) -> None:
        level, list_id, list_level, contents = self._shape(node)
        if contents:
            return
        text, extras = _run_text(node)
        if text.strip():
            mark = self.numbering.next(list_id, list_level) if list_id else ""
            self.draft.line(mark + text if level is None else mark + text.replace("\n", " "), level)
        for kind, target in extras:
            if kind == "box":
                self.blocks(target, depth + 1)
            else:
                self.draft.line(self._note(kind, target))

    def _note(self, kind: str, identity: str) -> str:
        """A footnote or endnote as the text has it; "" if there is none."""
        note = self.notes.get((kind, identity))
        paragraphs = note.iter(f"{W}p") if note is not None else ()
        words = "\n".join(_run_text(paragraph)[0].strip() for paragraph in paragraphs)
        return f"注：{words}" if words.strip() else ""

    def _shape(self, node: Any) -> tuple[int | None, str, int, bool]:
        """(heading level from 1, numId or "", list level, whether it is a line of the table of contents)."""
        ppr = node.find(f"{W}pPr")
        outline, list_id, list_level = _properties(ppr)
        style_id = (_value(ppr, "pStyle") if ppr is not None else "") or self.styles.default
        for identity, style in self.styles.chain(style_id):
            if _CONTENTS.match(style.name):
                return None, "", 0, True
            if outline is None:
                heading = _HEADING.match(style.name)
                outline = int(heading[1]) - 1 if heading else style.outline
                outline = 0 if outline is None and style.name.lower() in ("title", "标题") else outline
            if list_id is None and style.list_id is not None:
                list_id = style.list_id
                tied = self.numbering.by_style.get(identity)
                list_level = style.list_level if style.list_level is not None else (tied[1] if tied else 0)
        level = outline + 1 if outline is not None and outline < 9 else None
        return level, "" if list_id in (None, "0") else str(list_id), list_level or 0, False

    def _table(self, node: Any, depth: int) -> None:
        """A table in place; one that only lays out paragraphs is read as paragraphs."""
        rows = _rows(node)
        texts = [self._cell_text(cell) for row in rows for cell in row[1]]
        if len(texts) <= 1 or (max(map(len, texts), default=0) > 1500 and len(rows) <= 2):
            for _, cells in rows:
                for cell in cells:
                    self.blocks(cell, depth + 1)
            return
        position = iter(texts)
        grid: list[list[Cell]] = []
        merged: dict[int, tuple[int, int]] = {}  # column -> place of the cell that a vMerge goes on with
        for head, cells in rows:
            line: list[Cell] = []
            column = 0
            for cell in cells:
                text = next(position)
                columns, merge = _span(cell)
                if merge == "continue" and column in merged:
                    r, c = merged[column]
                    grid[r][c] = Cell(
                        grid[r][c].text, grid[r][c].head, grid[r][c].columns, grid[r][c].rows + 1
                    )
                else:
                    line.append(Cell(text, head, columns))
                    merged.pop(column, None)
                    if merge == "restart":
                        merged[column] = (len(grid), len(line) - 1)
                column += columns
            grid.append(line)
        marked = 0
        while marked < len(rows) and rows[marked][0]:
            marked += 1
        self.draft.table(table_lines(grid, marked if 0 < marked < len(rows) else None))

    def _cell_text(self, cell: Any) -> str:
        """All words of a cell on one line: a table inside it row by row, notes and text boxes in place."""
        return " ".join(
            words for part in self._cell_parts(cell) if (words := part.replace("\n", " ").strip())
        )

    def _cell_parts(self, parent: Any, depth: int = 0) -> Iterator[str]:
        """The paragraphs of a cell, each followed by its notes and text boxes; of alternatives only the first."""
        for node in parent if depth <= _DEEPEST else ():
            if node.tag == f"{W}p":
                yield from self._cell_paragraph(node, depth)
            elif node.tag == f"{_MC}AlternateContent":
                choice = node.find(f"{_MC}Choice")
                yield from self._cell_parts(node if choice is None else choice, depth + 1)
            elif node.tag in _IN_CELL:
                yield from self._cell_parts(node, depth + 1)

    def _cell_paragraph(self, paragraph: Any, depth: int) -> Iterator[str]:
        _, list_id, level, _ = self._shape(paragraph)
        text, extras = _run_text(paragraph)
        if text.strip():
            yield (self.numbering.next(list_id, level) if list_id else "") + text
        for kind, target in extras:
            if kind == "box":
                yield from self._cell_parts(target, depth + 1)
            else:
                yield self._note(kind, target)


def _rows(table: Any) -> list[tuple[bool, list[Any]]]:
    """(marked as header, cells) of each row, through content controls and insertions."""
    rows: list[tuple[bool, list[Any]]] = []
    for row in _through(table, f"{W}tr"):
        ppr = row.find(f"{W}trPr")
        deleted = ppr is not None and ppr.find(f"{W}del") is not None
        if not deleted:
            head = ppr is not None and ppr.find(f"{W}tblHeader") is not None
            rows.append((head, list(_through(row, f"{W}tc"))))
    return [row for row in rows if row[1]]


def _through(parent: Any, tag: str, depth: int = 0) -> Iterator[Any]:
    for node in parent:
        if node.tag == tag:
            yield node
        elif node.tag in _THROUGH and depth < _DEEPEST:
            yield from _through(node, tag, depth + 1)


def _span(cell: Any) -> tuple[int, str]:
    """(columns the cell covers, "restart" | "continue" | "" of a vertical merge)."""
    tcpr = cell.find(f"{W}tcPr")
    if tcpr is None:
        return 1, ""
    span = _value(tcpr, "gridSpan")
    merge = tcpr.find(f"{W}vMerge")
    columns = min(int(span), 200) if span.isdecimal() and span.isascii() and int(span) > 0 else 1
    return columns, "" if merge is None else str(merge.get(f"{W}val", "continue"))


def _raised(properties: Any) -> bool:
    """Whether a run is set as a superscript and seen."""
    aligned = None if properties is None else properties.find(f"{W}vertAlign")
    return aligned is not None and aligned.get(f"{W}val") == "superscript" and not _unseen(properties)


def _run_text(paragraph: Any) -> tuple[str, list[tuple[str, Any]]]:
    """(text of a paragraph, [("box", element) | ("footnote"/"endnote", id)] in order).

    Deleted, struck and hidden text and field codes are left out; what a field shows is kept.
    """
    parts: list[str] = []
    extras: list[tuple[str, Any]] = []
    stack: list[Any] = list(reversed(paragraph))
    field = 0  # depth of field code being skipped
    while stack:
        node = stack.pop()
        tag = node.tag
        if not isinstance(tag, str):
            continue
        if tag == f"{W}r":
            properties = node.find(f"{W}rPr")
            if _raised(properties):
                parts += [] if field else [raised("".join(t.text or "" for t in node.iter(f"{W}t")))]
                stack.extend(reversed([child for child in node if child.tag != f"{W}t"]))
            elif not _unseen(properties):
                stack.extend(reversed(node))
        elif tag in (f"{W}t", f"{_M}t"):
            if not field:
                parts.append(node.text or "")
        elif tag == f"{W}tab" or tag == f"{W}ptab":
            parts.append(" ")
        elif tag == f"{W}br" or tag == f"{W}cr":
            parts.append("\n" if node.get(f"{W}type", "textWrapping") == "textWrapping" else "")
        elif tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif tag == f"{W}sym":
            parts.append(_symbol(node))
        elif tag == f"{W}fldChar":
            kind = node.get(f"{W}fldCharType")
            field = field + 1 if kind == "begin" else max(0, field - 1) if kind == "separate" else field
            if kind == "end":
                field = 0
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            extras.append((tag[len(W) : -len("Reference")], node.get(f"{W}id", "")))
        elif tag == f"{W}txbxContent":
            extras.append(("box", node))
        elif tag == f"{_MC}AlternateContent":
            choice = node.find(f"{_MC}Choice")
            stack.extend(reversed(node if choice is None else choice))
        elif tag not in (
            f"{W}del",
            f"{W}moveFrom",
            f"{W}pPr",
            f"{W}rPr",
            f"{W}instrText",
            f"{W}delText",
            f"{W}rt",
        ):
            stack.extend(reversed(node))
    return "".join(parts), extras


def _unseen(rpr: Any | None) -> bool:
    """Whether the properties of a run hide its text or strike it out."""
    marks = [rpr.find(f"{W}{name}") for name in ("vanish", "strike", "dstrike")] if rpr is not None else []
    return any(mark is not None and mark.get(f"{W}val") not in ("0", "false", "off") for mark in marks)


def _symbol(node: Any) -> str:
    """A character of a symbol font: the usual ticks and boxes, else the code point if it is a real one."""
    try:
        code = int(node.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    known = {
        0xF0FE: "☑",
        0xF052: "☑",
        0xF0A8: "□",
        0xF0A3: "□",
        0xF06F: "□",
        0xF0FC: "√",
        0xF0B7: "•",
        0xF06C: "●",
    }
    return known.get(code, chr(code) if code < 0xD800 or 0xF8FF < code <= 0xFFFD else "")
