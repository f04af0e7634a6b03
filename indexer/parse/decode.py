"""Bytes to characters: UTF-8, UTF-16/32, GB18030, Big5 – and a clear word when none of them fits."""

from __future__ import annotations

import codecs
import re

from kb.errors import BadInput

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 60_000  # bytes looked at to tell GB18030 from Big5

# The most frequent characters of running Chinese, simplified and traditional, and its marks.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行"
    "学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然"
    "前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无"
    "系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组"
    "见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处府县市省级规务院办安应保障服施项目申请"
    "國來時們會發動過說產種麼經進這為個對學還後無從業體當點兩長開關與頭問題農實現樣線數條軍見計變結應門東書"
    "，。、；：？！“”（）《》〔〕「」"
)


def decode(data: bytes, name: str) -> str:
    """The text of a plain-text file, without byte order mark.

    UTF-8 is tried strictly; what is not UTF-8 is read as whichever of GB18030 and Big5 gives
    plausible Chinese. A few broken bytes in otherwise sound UTF-8 name the line they stand in.
    Raises BadInput where every reading would be mojibake.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding, name)
    if (wide := _wide(data)) is not None:
        return _strict(data, wide, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        failed = error
    legacy = _legacy(data)
    broken, sound = _utf8_health(data)
    if (sound > 0 and sound >= 20 * broken) or (sound > 2 and legacy is None):
        line = data[: failed.start].count(b"\n") + 1
        other = _legacy(_lines_from(data, failed.start)) is not None
        what = "同一文件里混有 UTF-8 与其他编码" if other and broken > 2 else "含有不是 UTF-8 的字节"
        raise BadInput(f"{name}：第 {line} 行{what}，无法可靠读取；请用编辑器统一另存为 UTF-8 再添加")
    if legacy is None:
        raise BadInput(f"{name}：认不出文字编码（不是 UTF-8、GB18030 或 Big5）；请另存为 UTF-8 再添加")
    return legacy


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{name}：标明是 {encoding.upper()}，但第 {error.start} 字节处无法解码；"
            "文件可能已损坏，请另存为 UTF-8 再添加"
        ) from None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes, and one byte order under which it reads as writing."""
    head = data[:4000]
    if len(data) % 2 or head.count(0) * 50 < len(head):
        return None
    best: tuple[float, str] | None = None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
        plain = sum(" " <= char <= "~" or char in "\r\n\t" for char in text)
        wide = [char for char in text if char > "\x7f"]
        share = (plain + len(wide) * max(plausible("".join(wide)), 0.0) if wide else plain) / max(
            len(text), 1
        )
        if best is None or share > best[0]:
            best = (share, encoding)
    return best[1] if best is not None and best[0] >= 0.25 else None


def _utf8_health(data: bytes) -> tuple[int, int]:
    """(places where strict UTF-8 breaks, sound multi-byte characters), over the first million bytes."""
    text = data[:1_000_000].decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = len(re.findall("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text))
    return broken, sound


def _lines_from(data: bytes, start: int) -> bytes:
    """The line in which `start` stands, at most 4000 bytes of it."""
    begin = data.rfind(b"\n", 0, start) + 1
    end = data.find(b"\n", start)
    return data[begin : min(end if end >= 0 else len(data), begin + 4000)]


def _legacy(data: bytes) -> str | None:
    """The GB18030 or Big5 reading, whichever is the more plausible Chinese; None if neither is."""
    best: tuple[float, str] | None = None
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = plausible(text[:_SAMPLE])
        if best is None or score > best[0]:
            best = (score, text)
    return best[1] if best is not None and best[0] >= 0.12 else None


def plausible(text: str) -> float:
    """Share of the non-ASCII characters that are among the most frequent of Chinese writing.

    Running Chinese gives 0.4 or more; bytes read in the wrong encoding give under 0.1. Private-use
    and unassigned characters count against it.
    """
    wide = [char for char in text if char > "\x7f"]
    if not wide:
        return 1.0
    common = sum(char in _COMMON for char in wide)
    strange = sum("\ue000" <= char <= "\uf8ff" or "\x80" <= char <= "\x9f" for char in wide)
    return (common - 2 * strange) / len(wide)
