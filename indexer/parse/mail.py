"""Saved pages (.mhtml) and mails (.eml): MIME messages, of which the body is the document."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect
from email.message import EmailMessage, MIMEPart
from email.policy import default
from typing import cast

from kb.errors import BadInput
from kb.model import Parsed

from .decode import decode, plausible
from .html import ENCODINGS, HtmlParser
from .names import one_line
from .text import parsed_text

_BOM = b"\xef\xbb\xbf"


class MailParser:
    """`.mhtml`, `.eml`: the HTML or else the plain body; attached files are named, not read."""

    suffixes: tuple[str, ...] = (".mhtml", ".mht", ".eml")

    def parse(self, data: bytes, name: str) -> Parsed:
        message = message_from_bytes(data, policy=default)
        body = message.get_body(("html", "plain"))
        if body is None:
            raise BadInput(
                f"{name}：是邮件或网页存档（MIME），里面没有可读的正文；请打开后另存为 HTML，或把附件单独添加"
            )
        parsed = _body(body, name)
        subject = str(message["Subject"] or "").strip()
        title = parsed.title or (subject if plausible(subject) > 0 else "")  # raw bytes may read as anything
        return replace(parsed, title=title or None, front=_unread(message))


def _body(part: MIMEPart, name: str) -> Parsed:
    """The document in a text part, by the charset its header names where the bytes fit it."""
    data = cast(bytes, part.get_payload(decode=True))
    text = _declared(data, part.get_content_charset())
    if part.get_content_subtype() == "html":  # a byte order mark outranks what the page says of itself
        return HtmlParser().parse(data if text is None else _BOM + text.encode(), name)
    return parsed_text(decode(data, name) if text is None else text)


def _declared(data: bytes, charset: str | None) -> str | None:
    if charset is None:
        return None
    try:
        return data.decode(ENCODINGS.get(charset, charset))
    except (LookupError, ValueError):  # no such charset, one that is none (idna), or not these bytes
        return None


def _unread(message: EmailMessage) -> dict[str, str]:
    """A warning about attached files and a missing end, for `Parsed.front`; empty if there are none."""
    parts = list(message.walk())
    cut = any(isinstance(defect, CloseBoundaryNotFoundDefect) for part in parts for defect in part.defects)
    names = [_name(part, cut) for part in parts if isinstance(part, MIMEPart) and part.is_attachment()]
    words = [f"附件未读取：{'、'.join(names)}；请另存后单独添加"] if names else []
    if cut:
        words.append("文件末尾不完整，可能缺少内容；请重新保存后再添加")
    return {"warning": "；".join(words)} if words else {}


def _name(part: MIMEPart, cut: bool) -> str:
    """What an attached file is called, as far as it can be read; in a mail that is `cut` a last %E is half a character."""
    name = str(part.get_filename() or "")
    whole = name.partition("\ufffd")[0]
    whole = re.sub(r"%[0-9A-Fa-f]?$", "", whole) if cut else whole
    return one_line(whole if whole == name else f"{whole}…（名称不完整）") or "未命名"
