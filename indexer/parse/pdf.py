"""PDF files with a text layer: paragraphs across lines and pages, each line's place kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from kb.errors import BadInput, TooLarge
from kb.model import Parsed

from .draft import Draft
from .paged import in_picture, unread, write_pages
from .pdf_lines import Page, glyphs_of, turned
from .pdf_rules import rules_of
from .pdfium import functions, library

_MAX_PAGES = 5000
_MAX_GLYPHS = 5_000_000
_ONE_AT_A_TIME = threading.Lock()  # PDFium may be used by one thread at a time


class PdfParser:
    """`.pdf`: the text layer only; a scan without one is refused with a clear word."""

    suffixes: tuple[str, ...] = (".pdf",)

    def parse(self, data: bytes, name: str) -> Parsed:
        with _ONE_AT_A_TIME:
            pages, title = _read(data, name)
        _check(pages, name)
        draft = Draft()
        write_pages(draft, pages)
        if draft.length == 0 and any(page.images for page in pages):  # page numbers only
            raise _scan(name)
        return draft.parsed(title, unread(pages))


def _read(data: bytes, name: str) -> tuple[list[Page], str | None]:
    pdfium = library()
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise BadInput(f"{name}：PDF 已加密，无法读取；请先去除密码再添加") from None
        raise BadInput(f"{name}：PDF 不完整或已损坏，无法打开；请重新下载或重新导出后再添加") from None
    try:
        if len(document) == 0:
            raise BadInput(f"{name}：PDF 里没有可读的页，文件可能已损坏；请重新下载后再添加")
        if len(document) > _MAX_PAGES:
            raise TooLarge(f"{name}：PDF 有 {len(document)} 页，超过上限 {_MAX_PAGES} 页；请拆分后再添加")
        pages = list(_pages(document, name))
        return pages, document.get_metadata_dict().get("Title") or None
    finally:
        document.close()


def _pages(document: Any, name: str) -> Iterator[Page]:
    pdfium, raw = library(), functions()
    total = 0
    for index in range(len(document)):
        try:
            page = document[index]
            text_page = page.get_textpage()
        except pdfium.PdfiumError:
            yield Page(index + 1, 595.0, 842.0, [], True)
            continue
        left, bottom, right, top = page.get_bbox()
        glyphs = glyphs_of(text_page, left, top)
        total += len(glyphs)
        if total > _MAX_GLYPHS:
            raise TooLarge(f"{name}：PDF 文字超过 {_MAX_GLYPHS // 10_000} 万字；请拆分后再添加")
        images = in_picture(glyphs, _picture_shares(page))
        sideways = _text_turn(text_page, len(glyphs))
        shown = Page(index + 1, right - left, top - bottom, glyphs, images, rules_of(page, left, top))
        rotation = raw.FPDFPage_GetRotation(page)
        shown = turned(shown, rotation, placed=True)
        yield turned(shown, (sideways - rotation) % 4, placed=False)
        text_page.close()
        page.close()


def _picture_shares(page: Any) -> Iterator[float]:
    """For each picture on a page, the part of the page that it covers."""
    pdfium, raw = library(), functions()
    width, height = page.get_size()
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        try:
            left, bottom, right, top = picture.get_bounds()
        except pdfium.PdfiumError:
            left = bottom = right = top = 0.0
        yield (right - left) * (top - bottom) / max(width * height, 1.0)


def _text_turn(text_page: Any, count: int) -> int:
    """Quarter turns clockwise that make most of the page's text upright."""
    raw = functions()
    turns = [0, 0, 0, 0]
    for index in range(0, count, max(1, count // 200)):
        angle = raw.FPDFText_GetCharAngle(text_page.raw, index)
        turns[round(angle / 1.5707963) % 4 if angle >= 0 else 0] += 1
    return max(range(4), key=turns.__getitem__)


def _check(pages: Sequence[Page], name: str) -> None:
    """Refuse what has no usable text layer."""
    ink = [glyph.char for page in pages for glyph in page.glyphs if not glyph.char.isspace()]
    if not ink:
        if any(page.images for page in pages):
            raise _scan(name)
        raise BadInput(f"{name}：PDF 里没有文字；请确认文件内容后再添加")
    strange = sum("\ue000" <= char <= "\uf8ff" or char in "\ufffd\ufffe" or char < " " for char in ink)
    if strange > 0.3 * len(ink):
        raise BadInput(f"{name}：PDF 的字体缺少文字编码，读出来是乱码；请用原文件重新导出 PDF 或改用 DOCX")


def _scan(name: str) -> BadInput:
    return BadInput(f"{name}：PDF 是扫描图像，没有文字层，无法读取；请先做文字识别（OCR）再添加")
