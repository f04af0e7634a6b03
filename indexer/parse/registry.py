"""From bytes to `Parsed`: which parser reads a file is decided by its content first, then its name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from kb.errors import BadInput, KBError, TooLarge, UnsupportedFormat
from kb.model import Parsed

from .names import one_line, suffix_of

SUPPORTED = ".txt、.md、.html、.mhtml、.eml、.docx、.pdf、.ofd、.doc、.xlsx、.csv、.zip、.jsonl"


class Parser(Protocol):
    """Reads one format."""

    @property
    def suffixes(self) -> tuple[str, ...]: ...

    def parse(self, data: bytes, name: str) -> Parsed:
        """The document in `data`; `name` only serves messages. Raises BadInput and its kin."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may be; bytes."""

    text: int = 50_000_000  # of a plain-text file, and of canonical text
    file: int = 200_000_000  # of any other file


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG\r\n\x1a\n", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF87a", "GIF 图片"),
    (b"GIF89a", "GIF 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\xfd7zXZ\x00", "xz 压缩包"),
    (b"BZh", "bzip2 压缩包"),
    (b"\x7fELF", "可执行文件"),
    (b"MZ\x90\x00", "可执行文件"),
    (b"SQLite format 3\x00", "SQLite 数据库"),
    (b"\x00\x00\x01\x00", "图标图片"),
    (b"ID3", "音频文件"),
    (b"OggS", "音频文件"),
    (b"\x1a\x45\xdf\xa3", "视频文件"),
)
_PLAIN_SUFFIXES = (".txt", ".text", ".log", ".md", ".markdown", ".csv", ".tsv")
_HTML_SUFFIXES = (".html", ".htm", ".shtml", ".xhtml", ".jhtml")
_MAIL_SUFFIXES = (".mhtml", ".mht", ".eml")
_HEADER = rb"[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*"  # one header line of a mail, folded or not
_MAIL = re.compile(rb"\s*" + _HEADER)
_MIME = re.compile(
    rb"\s*(?:" + _HEADER + rb")*?(?:MIME-Version\s*:|Content-Type\s*:\s*multipart/)", re.IGNORECASE
)
_HTML = re.compile(rb"<\s*(!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE)


def parse_bytes(data: bytes, name: str, limits: Limits = Limits()) -> Parsed:
    """The document in `data`, whatever format it has.

    Raises BadInput, UnsupportedFormat or TooLarge with a Chinese message that names the file, what
    is wrong with it, and what to do.
    """
    shown = one_line(name)
    if not data.strip(b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf"):
        what = "文件是空的（0 字节）" if not data else "文件里只有空白"
        raise BadInput(f"{shown}：{what}，没有可加入的内容")
    kind = sniff(data, name)
    limit = limits.text if kind in ("text", "markdown", "html", "csv") else limits.file
    if len(data) > limit:
        raise too_large(shown, len(data), limit)
    try:
        parsed = _parser(kind, data, shown).parse(data, shown)
    except KBError:
        raise
    except MemoryError:
        raise TooLarge(f"{shown}：解析所需内存超过上限；请拆分文件后再添加") from None
    except RecursionError:
        raise BadInput(f"{shown}：文件结构嵌套过深，已拒绝；请另存后再添加") from None
    except Exception as error:
        raise BadInput(
            f"{shown}：无法解析（{type(error).__name__}），文件可能已损坏；请另存后再添加"
        ) from error
    if not parsed.text:
        extra = "只有头部信息，" if parsed.front else ""
        raise BadInput(f"{shown}：{extra}没有正文，没有可加入的内容")
    if len(parsed.text) > limits.text:
        raise too_large(shown, len(parsed.text), limits.text)
    return parsed


def too_large(shown: str, size: int, limit: int) -> TooLarge:
    return TooLarge(
        f"{shown}：大小 {size / 1e6:.1f} MB，超过上限 {limit / 1e6:.0f} MB；请拆分后再添加，或调高上限"
    )


def sniff(data: bytes, name: str) -> str:
    """The format as one of our own names, or a Chinese name of something we cannot read."""
    suffix = suffix_of(name)
    head = data[:1024]
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip_kind(data, suffix)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if head[4:12] in (b"ftypisom", b"ftypmp42", b"ftypM4V ", b"ftypqt  ") or head[4:8] == b"ftyp":
        return "视频文件"
    if head[:4] == b"RIFF":
        return "图片或音视频文件"
    if b"%PDF-" in head and suffix in (".pdf", ""):
        return "pdf"
    if _MIME.match(data[:65_536]) or (suffix in _MAIL_SUFFIXES and _MAIL.match(data[:4096])):
        return "mail"
    if suffix in _PLAIN_SUFFIXES:
        return {".md": "markdown", ".markdown": "markdown", ".csv": "csv", ".tsv": "csv"}.get(suffix, "text")
    if suffix in _HTML_SUFFIXES or (_looks_text(data) and _HTML.search(data[:4096])):
        return "html"
    if suffix in (".docx", ".docm", ".dotx", ".ofd", ".xlsx", ".xlsm", ".pdf", ".doc", ".wps", ".zip"):
        return f"broken{suffix}"
    if suffix == "" and _looks_text(data):
        return "text"
    return f"{suffix} 文件" if suffix else "未知格式"


def _zip_kind(data: bytes, suffix: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()[:5000]}
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, IndexError, NotImplementedError):
        names = set()
        return f"broken{suffix}" if suffix in (".docx", ".xlsx", ".ofd", ".docm", ".xlsm") else "broken.zip"
    if "word/document.xml" in names or any(n.startswith("word/document") for n in names):
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "ppt/presentation.xml" in names:
        return "PPTX 演示文稿"
    if "OFD.xml" in names:
        return "ofd"
    if "content.xml" in names and "mimetype" in names:
        return "OpenDocument 文档"
    if suffix in (".docx", ".docm", ".dotx"):
        return "docx"
    return "broken.ofd" if suffix == ".ofd" else "broken.xlsx" if suffix == ".xlsx" else "ZIP 压缩包"


def _looks_text(data: bytes) -> bool:
    head = data[:4096]
    return b"\x00" not in head and sum(byte < 9 or 13 < byte < 32 for byte in head) <= len(head) // 100


def _parser(kind: str, data: bytes, shown: str) -> Parser:
    """The parser of a format; libraries load only for the format at hand."""
    makers: dict[str, Callable[[], Parser]] = {
        "text": _text, "markdown": _markdown, "html": _html, "docx": _docx, "pdf": _pdf, "ofd": _ofd,
        "xlsx": _xlsx, "csv": _csv, "ole": _doc, "mail": _mail,
    }  # fmt: skip
    if (maker := makers.get(kind)) is not None:
        return maker()
    if kind.startswith("broken"):
        raise BadInput(
            f"{shown}：不是完整的 {kind[7:].upper()} 文件（可能下载不全或已损坏）；请重新下载后再添加"
        )
    suffix = suffix_of(shown)
    what = (
        f"扩展名是 {suffix}，内容却是 {kind}"
        if suffix and suffix.strip(".") not in kind.lower()
        else f"是{kind}"
    )
    advice = (
        "；请先解压再添加" if "压缩包" in kind else "；请先做文字识别（OCR）再添加" if "图片" in kind else ""
    )
    raise UnsupportedFormat(f"{shown}：{what}，不支持；可用格式：{SUPPORTED}{advice}")


def _text() -> Parser:
    from .text import TextParser

    return TextParser()


def _markdown() -> Parser:
    from .markdown import MarkdownParser

    return MarkdownParser()


def _html() -> Parser:
    from .html import HtmlParser

    return HtmlParser()


def _mail() -> Parser:
    from .mail import MailParser

    return MailParser()


def _docx() -> Parser:
    from .docx import DocxParser

    return DocxParser()


def _pdf() -> Parser:
    from .pdf import PdfParser

    return PdfParser()


def _ofd() -> Parser:
    from .ofd import OfdParser

    return OfdParser()


def _doc() -> Parser:
    from .doc import DocParser

    return DocParser()


def _xlsx() -> Parser:
    from .sheet import XlsxParser

    return XlsxParser()


def _csv() -> Parser:
    from .sheet import CsvParser

    return CsvParser()
