"""A model's text, as it comes in, → sentences and list items, each with the numbers of the passages it names.

Where a stream is cut into tokens makes no difference to the pieces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 1000  # code points of one piece; a longer one is cut there
_WORD = r"(?:来源|证据|资料|材料|段落|文档|引用|参考|出处|依据|原文)?"
MARKER = re.compile(
    rf"[ \t]*[\[［【]\s*\^?\s*{_WORD}\s*\^?"
    rf"(?P<ns>\d{{1,3}}(?:\s*[,，、;；\-–~～]\s*\^?{_WORD}\^?\d{{1,3}})*)\s*[\]］】]"
)
_PARTIAL = re.compile(
    r"[ \t]*(?:[\[［【][\s^]*[来源证据资料材段落文档引用参考出处依原]*[\s\d^,，、;；\-–~～]*)?"
)
_RANGE = re.compile(r"(\d{1,3})\s*[-–~～]\s*(\d{1,3})")
_ENDS, _CLOSERS = "。！？!?", "”’」』）)》"
_OPENING, _CLOSING = "“「『", "”」』"
_BRACKETED = re.compile(r"[\[［【]\s*(\^?\d+)\s*[\]］】]?")
_LIST = re.compile(
    r"^[ \t　]*(?:(?P<n>\d{1,2})\s*(?:[.．](?!\d)|[、)）])|(?P<mark>[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|[一二三四五六七八九十]{1,3}、|[-•●·*+](?=[ \t　])|[①-⑳]"
    r"|第[一二三四五六七八九十][，、：:]|[一二三四五六七八九十]是[：:，]?))[ \t　]*"
)
_ROW = re.compile(r"[ \t　]*\|")
_NAMED = re.compile(
    r"[（(]\s*(?:参?见)?(?:来源|证据|段落|引用|出处)\s*(\d{1,3}(?:\s*[,，、\-–~～]\s*(?:段落)?\d{1,3})*)\s*[）)]"
)
_RULE = re.compile(r"[\s|:：\-—–]*-[\s|:：\-—–]*")
_HEADING = re.compile(r"\s*(?:#{1,6}\s+[^\n]+|\*\*[^*\n]{1,30}\*\*\s*[：:]?\s*)\n?")
_MARKUP = re.compile(r"\*\*|__|`+|^\s*#{1,6}\s*|^\s*>+\s*", re.M)
_EMPTY = re.compile(
    r"[（(【\[]\s*(?:来源|出处|参见|见|引自|引用|依据|参考)?\s*[：:]?\s*[、,，;；]*\s*[）)】\]]"
)
LINE = re.compile(r"[^\n]+")
# Words in a document that are meant for the model: they are data, and no statement of the document.
ADDRESSED = re.compile(
    r"(?:忽略|无视|忘记|忘掉|不要理会|不必理会).{0,10}(?:以上|上述|之前|前面|先前|此前|所有|一切).{0,10}"
    r"(?:指令|指示|规则|提示|设定|限制)|你(?:现在|从现在起)?(?:是|将?扮演).{0,6}(?:助手|人工智能|语言模型|机器人|\bAI\b)|"
    r"(?:ignore|disregard|forget).{0,20}(?:previous|above|prior|all|earlier).{0,20}(?:instruction|prompt|rule)|"
    r"^\s*(?:system|assistant|user)\s*[:：]|<\|[^|>\n]{0,40}\|>|\[/?INST\]|<</?SYS>>",
    re.I,
)
# The model speaking of itself; 我国, 我省, 我们 … are how documents speak.
SPEAKER = re.compile(r"(?:好的|是的)?[，,]?\s*我(?![国省市县区镇乡村州盟旗院校局委厅部办处署会们家司党军方行所站])")
# Instead of an answer; what follows it may still be one.
APOLOGY = re.compile(
    r"(?:很|非常|十分|实在)?(?:抱歉|对不起|不好意思|遗憾)|作为(?:一个|一名)?(?:AI|人工智能|语言模型)|"
    r"(?:我)?(?:无法|不能|没法)(?:回答|提供|给出|确定|判断)",
    re.I,
)
_UNFINISHED = re.compile(r"[\[［【]\s*\^?\d*\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence or item. `lead` + `body` + `tail` is how it reads; a claim is in `body` alone."""

    lead: str  # line break and list marker
    body: str  # without markers, mark-up and closing punctuation
    tail: str  # closing punctuation
    cited: tuple[int, ...]  # passage numbers in the order named; any number at all
    item: bool  # begins with a list marker
    ordered: int | None = None  # its Arabic number
    heading: bool = False


class Splitter:
    """Takes a text in bits and gives pieces as they end. A row of a table is one: 层数：四层；补助：15万元."""

    def __init__(self) -> None:
        self._buffer = ""
        self._line_start = True
        self._columns: list[str] | None = None  # of the table read now; [] where it has no heads

    def feed(self, more: str) -> Iterator[Piece]:
        self._buffer += shown(more)
        yield from self._ready(final=False)

    def finish(self) -> Iterator[Piece]:
        """The rest, ended or not."""
        yield from self._ready(final=True)

    @property
    def rest(self) -> str:
        return self._buffer

    def _ready(self, final: bool) -> Iterator[Piece]:
        while self._buffer:
            thinking = self._buffer.lstrip().lower()
            if thinking.startswith("<think"):
                closed = re.search(r"</think(?:ing)?>", self._buffer, re.I)
                if closed is None:
                    if final:
                        self._buffer = ""
                    return
                self._buffer = self._buffer[closed.end() :]
                continue
            if not final and "<think".startswith(thinking[:6]) and len(thinking) < 6:
                return
            end = _end(self._buffer, final, self._line_start)
            if end is None:
                return
            if self._line_start and _ROW.match(self._buffer):
                if self._columns is None and not final and "\n" not in self._buffer[end:]:
                    return  # the line after the first tells whether that has the heads
                raw, self._buffer = self._buffer[:end], self._buffer[end:]
                made = self._row(raw)
            else:
                raw, self._buffer = self._buffer[:end], self._buffer[end:]
                self._columns = None if raw.strip() else self._columns
                made = _piece(raw.rstrip("\n"), self._line_start)
            if made is not None:
                yield made
                self._line_start = False
            if raw.endswith("\n"):
                self._line_start = True

    def _row(self, raw: str) -> Piece | None:
        """A row as an item that reads without the heads of its table; None for heads and rules."""
        cells = _cells(raw)
        if self._columns is None:
            following = self._buffer.split("\n", 1)[0]
            heads = _ROW.match(following) and _RULE.fullmatch(following)
            self._columns = cells if heads else []
            if heads:
                return None
        if _RULE.fullmatch(raw):
            return None
        named = len(self._columns) == len(cells)
        told = [f"{head}：{cell}" if named and head else cell
                for head, cell in zip(self._columns if named else cells, cells, strict=True) if cell]  # fmt: skip
        markers = "".join(m[0] for m in MARKER.finditer(raw))
        return _piece("- " + ("；" if named else " | ").join(told) + markers, True)


def _cells(row: str) -> list[str]:
    plain = _MARKUP.sub("", MARKER.sub("", row)).strip()
    return [cell.strip() for cell in plain.removeprefix("|").removesuffix("|").split("|")]


def shown(text: str) -> str:
    """Without what cannot be seen or stored: controls, zero widths, direction marks, lone surrogates."""
    text = text.replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")


def _end(text: str, final: bool, line_start: bool) -> int | None:
    """Where the first piece of a text ends; None while that cannot be said yet."""
    opened = -LONGEST
    table = line_start and _ROW.match(text) is not None
    for i, c in enumerate(text):
        if c == "\n":
            return i + 1
        if i >= LONGEST:
            return i
        if table:
            continue
        if c in _OPENING:
            opened = i
        elif c in _CLOSING:
            opened = -LONGEST
        elif c in _ENDS and (i - opened > 200 or text[i + 1 : i + 2] in tuple(_CLOSING)):
            j = i + 1
            while j < len(text) and text[j] in _CLOSERS + _ENDS:
                j += 1
            while (marker := MARKER.match(text, j)) is not None:
                j = marker.end()
            if final or _PARTIAL.fullmatch(text, j) is None:
                return j
            return None
    return len(text) if final else None


def _piece(raw: str, line_start: bool) -> Piece | None:
    raw = _NAMED.sub(r"[\1]", raw)
    heading = line_start and _HEADING.fullmatch(MARKER.sub("", raw)) is not None
    cited = tuple(dict.fromkeys(n for m in MARKER.finditer(raw) for n in _numbers(m["ns"])))
    text = _UNFINISHED.sub("", MARKER.sub("", raw))
    text = _MARKUP.sub("", _EMPTY.sub("", text))
    text = _BRACKETED.sub(r"〔\1〕", text) if _BRACKETED.search(text) else text
    listed = _LIST.match(text) if line_start else None
    lead, ordered = "", None
    if listed:
        lead = listed[0].strip() + ("" if listed[0].strip()[-1] in "、，：:）)是" else " ")
        ordered = int(listed["n"]) if listed["n"] else None
        text = text[listed.end() :]
    text = re.sub(r"[ \t　]+", " ", text).strip()
    body = text.rstrip("。！？；;，,：:.!?、 ")
    if not any(c.isalnum() for c in body):
        return None
    tail = text[len(body) :].strip()
    return Piece(("\n" if line_start else "") + lead, body, tail, cited, bool(listed), ordered, heading)


def _numbers(written: str) -> Iterator[int]:
    """1, 2, 5-7 → 1 2 5 6 7."""
    written = re.sub(_WORD, "", written).replace("^", "")
    for m in _RANGE.finditer(written):
        first, last = int(m[1]), int(m[2])
        yield from range(first, min(last, first + 20) + 1)
    yield from (int(n) for n in re.findall(r"\d{1,3}", _RANGE.sub(" ", written)))
