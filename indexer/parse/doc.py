"""Legacy Word documents (.doc, also as WPS writes them): the piece table of [MS-DOC], read over olefile."""

from __future__ import annotations

import io
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.errors import BadInput, UnsupportedFormat
from kb.model import Parsed

from .draft import Draft
from .tables import Cell, table_lines

_MAX_STREAM = 100_000_000
_SPRM_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # operand bytes by spra; 6 is variable


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """What the file says about a paragraph."""

    style: int = 0  # istd; 1–9 are the built-in headings
    in_table: bool = False
    row_end: bool = False
    outline: int | None = None  # 0–8
    numbered: bool = False  # Word puts a number before it that is not part of the text


class DocParser:
    """`.doc`: text, headings and tables; automatic list numbers are not stored as text in this format."""

    suffixes: tuple[str, ...] = (".doc", ".wps", ".dot")

    def parse(self, data: bytes, name: str) -> Parsed:
        import olefile

        try:
            with olefile.OleFileIO(io.BytesIO(data)) as ole:  # type: ignore[no-untyped-call]
                streams = {"/".join(path).lower(): path for path in ole.listdir()}
                if "worddocument" not in streams:
                    raise _not_word(streams, name)
                word = _stream(ole, streams["worddocument"])
                title = _title(ole)
                wanted = "1table" if _u16(word, 0x0A) & 0x0200 else "0table"
                table = _stream(ole, streams[wanted]) if wanted in streams else b""
        except BadInput:
            raise
        except (OSError, ValueError, struct.error, IndexError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"{name}：DOC 文件不完整或已损坏，无法打开；请另存为 DOCX 再添加") from error
        try:
            return _read(word, table, name, title)
        except (struct.error, IndexError, OverflowError) as error:
            raise BadInput(f"{name}：DOC 内部结构已损坏，无法读取；请另存为 DOCX 再添加") from error


def _not_word(streams: dict[str, list[str]], name: str) -> BadInput:
    if "workbook" in streams or "book" in streams:
        return UnsupportedFormat(f"{name}：是旧版 Excel（.xls），不支持；请另存为 .xlsx 再添加")
    if "powerpoint document" in streams:
        return UnsupportedFormat(f"{name}：是旧版 PowerPoint（.ppt），不支持；请另存为 PDF 再添加")
    if "encryptedpackage" in streams:
        return BadInput(f"{name}：文件已加密，无法读取；请先去除密码再添加")
    return UnsupportedFormat(f"{name}：不是 Word 文档，不支持；请另存为 DOCX 或 PDF 再添加")


def _stream(ole: Any, path: list[str]) -> bytes:
    with ole.openstream(path) as stream:
        data: bytes = stream.read(_MAX_STREAM)
    return data


def _title(ole: Any) -> str | None:
    try:
        title = ole.get_metadata().title
        return title.decode("utf-8") if isinstance(title, bytes) else title
    except (OSError, ValueError, TypeError, AttributeError, IndexError, struct.error):
        return None


def _u16(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _read(word: bytes, table: bytes, name: str, title: str | None) -> Parsed:
    magic, flags = _u16(word, 0), _u16(word, 0x0A)
    if magic not in (0xA5EC, 0xA5DC):
        raise UnsupportedFormat(f"{name}：是 Word 95 或更早的文档，不支持；请另存为 DOCX 再添加")
    if flags & 0x0100:
        raise BadInput(f"{name}：DOC 已加密，无法读取；请先去除密码再添加")
    count = _u32(word, 0x4C)  # ccpText: characters of the main text
    notes = _u32(word, 0x50)  # ccpFtn: footnotes stand right after it
    text, places = _pieces(word, table, count + notes)
    if not text:
        raise BadInput(f"{name}：DOC 里没有文字，没有可加入的内容")
    draft = Draft()
    writer = _Writer(draft, _Paragraphs(word, table))
    writer.write(text[:count], places)
    for note in text[count:].split("\r"):
        draft.line(f"注：{words}" if (words := _plain(note).strip()) else "")
    unread = f"有 {writer.numbered} 段带自动编号，编号未能读取；需要编号请另存为 DOCX 再添加"
    return draft.parsed(title, {"warning": unread} if writer.numbered else None)


def _pieces(word: bytes, table: bytes, wanted: int) -> tuple[str, list[tuple[int, int, int]]]:
    """(text, [(first character, file offset, bytes a character)]) by the piece table (Clx)."""
    start, size = _u32(word, 0x1A2), _u32(word, 0x1A6)
    clx = table[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + _u16(clx, at + 1)
    if at >= len(clx) or clx[at] != 2:
        raise IndexError("no piece table")
    length = _u32(clx, at + 1)
    plc = clx[at + 5 : at + 5 + length]
    number = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{number + 1}I", plc, 0)
    parts: list[str] = []
    places: list[tuple[int, int, int]] = []
    done = 0
    for piece in range(number):
        characters = min(ends[piece + 1], wanted) - ends[piece]
        if characters <= 0 or ends[piece] != done:
            continue
        offset = _u32(plc, 4 * (number + 1) + 8 * piece + 2)
        if offset & 0x40000000:
            offset = (offset & 0x3FFFFFFF) // 2
            raw, width = word[offset : offset + characters], 1
            part = raw.decode("cp1252", errors="replace")
        else:
            raw, width = word[offset : offset + 2 * characters], 2
            part = _utf16(raw)
        places.append((done, offset, width))
        parts.append(part.ljust(characters, "\r")[:characters])
        done += characters
    return "".join(parts), places


def _utf16(raw: bytes) -> str:
    """One character for every two bytes, so that places stay countable; pairs are joined later."""
    return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])))


class _Paragraphs:
    """Paragraph properties by file offset (PlcBtePapx and its 512-byte pages)."""

    def __init__(self, word: bytes, table: bytes) -> None:
        self._ends: list[int] = []
        self._found: list[_Paragraph] = []
        start, size = _u32(word, 0x102), _u32(word, 0x106)
        plc = table[start : start + size]
        number = max(0, (len(plc) - 4) // 8)
        for page in range(number):
            at = (_u32(plc, 4 * (number + 1) + 4 * page) & 0x3FFFFF) * 512
            fkp = word[at : at + 512]
            if len(fkp) == 512:
                self._page(fkp)
        order = sorted(range(len(self._ends)), key=self._ends.__getitem__)
        self._found = [self._found[index] for index in order]
        self._ends = [self._ends[index] for index in order]

    def _page(self, fkp: bytes) -> None:
        runs = fkp[511]
        if 4 * (runs + 1) + 13 * runs > 511:
            return
        for run in range(runs):
            self._ends.append(_u32(fkp, 4 * (run + 1)))
            at = 2 * fkp[4 * (runs + 1) + 13 * run]
            self._found.append(_properties(fkp, at) if at else _Paragraph())

    def at(self, offset: int) -> _Paragraph:
        """The paragraph whose run of bytes holds `offset`."""
        index = bisect_right(self._ends, offset)
        return self._found[index] if index < len(self._found) else _Paragraph()


def _properties(fkp: bytes, at: int) -> _Paragraph:
    size = 2 * fkp[at] - 1 if fkp[at] else 2 * fkp[at + 1]
    at += 1 if fkp[at] else 2
    block = fkp[at : at + size]
    style = _u16(block, 0) if len(block) >= 2 else 0
    sprms = dict(_sprms(block[2:]))
    return _Paragraph(
        style,
        bool(sprms.get(0x2416)),
        bool(sprms.get(0x2417)),
        sprms.get(0x2640) if sprms.get(0x2640, 9) < 9 else None,
        bool(sprms.get(0x460B)),
    )


def _sprms(block: bytes) -> Iterator[tuple[int, int]]:
    """(opcode, first operand byte) of each property modifier."""
    at = 0
    while at + 2 < len(block):
        code = _u16(block, at)
        at += 2
        kind = code >> 13
        if kind == 6:
            size = _u16(block, at) + 1 if code in (0xD606, 0xD608) and at + 2 <= len(block) else block[at] + 1
        else:
            size = _SPRM_SIZES[kind]
        yield code, block[at]
        at += size


class _Writer:
    """Turns the character stream into lines and tables."""

    def __init__(self, draft: Draft, paragraphs: _Paragraphs) -> None:
        self.draft, self.paragraphs = draft, paragraphs
        self.cells: list[str] = []
        self.cell: list[str] = []
        self.rows: list[list[Cell]] = []
        self.numbered = 0

    def write(self, text: str, places: list[tuple[int, int, int]]) -> None:
        starts = [place[0] for place in places]
        begin = 0
        for index, char in enumerate(text):
            if char not in "\r\x07\x0c":
                continue
            first, offset, width = places[bisect_right(starts, index) - 1]
            self._paragraph(
                _plain(text[begin:index]), char, self.paragraphs.at(offset + width * (index - first))
            )
            begin = index + 1
        self._paragraph(_plain(text[begin:]), "\r", _Paragraph())
        self._end_table()

    def _paragraph(self, text: str, mark: str, shape: _Paragraph) -> None:
        self.numbered += shape.numbered and bool(text.strip())
        if mark == "\x07" and shape.row_end:
            self.rows.append([Cell(cell) for cell in self.cells])
            self.cells, self.cell = [], []
        elif mark == "\x07":
            self.cell.append(text)
            self.cells.append(" ".join(part for part in self.cell if part.strip()))
            self.cell = []
        elif shape.in_table:
            self.cell.append(text)
        else:
            self._end_table()
            level = shape.outline + 1 if shape.outline is not None else shape.style
            self.draft.line(text, level if 1 <= level <= 9 else None)

    def _end_table(self) -> None:
        if self.cells or self.cell:
            self.rows.append([Cell(cell) for cell in (*self.cells, " ".join(self.cell))])
            self.cells, self.cell = [], []
        if self.rows:
            self.draft.table(table_lines(self.rows))
            self.rows = []


def _plain(text: str) -> str:
    """Text without field codes and anchors: of `{code|result}` only the result."""
    parts: list[str] = []
    depth: list[bool] = []  # for each open field, whether we are in its result
    for char in text:
        if char == "\x13":
            depth.append(False)
        elif char == "\x14" and depth:
            depth[-1] = True
        elif char == "\x15" and depth:
            depth.pop()
        elif all(depth):
            parts.append({"\x0b": "\n", "\x1e": "-", "\x1f": "", "\t": " "}.get(char, char))
    joined = "".join(parts)
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
