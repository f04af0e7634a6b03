"""Who may see a document: the marks of its head (密级), and what its foot says of being made public."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import takewhile

from indexer.official.lines import Line, lines, tail_start
from kb.model import Field, Span

LEVELS = ("restricted", "internal", "public")  # the most closed first
HEAD_LINES = 25  # among which a mark may stand
FOOT_LINES = 6
_LONGEST = 40  # code points of a line of marks, without its blanks

# --- A line of marks, its blanks and brackets dropped: 000012 特急 机密★1年 -----------------------------
_DROPPED = frozenset(" \t\u3000\xa0\u2002\u2003\u200b\ufeff|｜（()）【】[]［］〔〕")
_HINT = re.compile(r"密|内[ \t　]*部|急|特[ \t　]*提|份[ \t　]*号|外[ \t　]*传")
_COPY = r"(?:份号[：:]?)?(?:№|No\.?)?\d{1,8}(?!\d)号?|份号[：:]?"  # 份号
_HURRY = r"(?:(?:紧急程度|缓急)[：:]?)?(?:特急|加急|平急|特提|急件)"
_LEVEL = (
    r"(?:文件|文档|信息|资料)?(?:密级|(?:保密|秘密|涉密)(?:级别|等级|程度))(?:标[识志])?(?:[和及与]?保密期限)?[：:]?"
)
_SECRET = (
    r"(?:(?:内部)?工作|国家|(?:普通|核心)?商业)?(?:绝密|机密|秘密)(?:级|件|文件|资料|材料)?|(?:普通|核心)?商密"
)
_INSIDE = (
    r"(?:仅供|仅限于?|只供|限于?|供)?(?:本?(?:单位|机关|系统|部门|公司))?内部"
    r"(?:资料|文件|材料|事项|公开|使用|参考|传阅|交流|掌握|学习|阅读|刊物|信息|发行)*"
)
_YEARS = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:年|个?月|日)|长期"
_TERM = rf"(?:[★☆*＊]{{1,3}}.{{0,10}}?|{_YEARS})"
_CARE = r"[，,、；;。]?(?:请?注意|请?妥善|严禁|禁止|不得|请勿)[\u4e00-\u9fff]{2,8}[。！!]?"
_BESIDE = rf"(?:{_COPY}|{_HURRY}|(?:保密)?期限[：:]?(?:{_YEARS})?|[，,、；;·/])"
_MARKS = re.compile(
    rf"(?:{_BESIDE}|{_LEVEL})*(?P<mark>{_SECRET}|{_INSIDE})(?P<term>{_TERM})?(?:{_CARE})*{_BESIDE}*"
)
_WARNING = re.compile(r"(?P<mark>(?:严禁|不得|禁止|请勿)(?:外传|外泄|扩散|对外公开))[。！!]?")
_UNMARKED = re.compile(rf"(?:{_BESIDE}|{_LEVEL})+")
_SPOKEN_OF = re.compile(r"(?:国家|(?:普通|核心)?商业)秘密")  # alone on its line it may head a section
_BARE = re.compile(r"绝密|机密|秘密|内部")
_CLAUSE = re.compile(r"第[ 　]*[一二三四五六七八九十百\d]+[ 　]*[章节条编篇]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）")
_STARRED = re.compile(  # beside other words the star tells it: 云州市人民政府文件　机密★1年
    r"(?:^|(?<=[\s|｜（(【]))(?P<mark>绝[ 　]*密|机[ 　]*密|秘[ 　]*密|商[ 　]*密|内[ 　]*部(?:[ 　]*资[ 　]*料)?)[ 　]*[★☆]"
)


def _squeezed(text: str) -> tuple[str, list[int]]:
    """A line without blanks and brackets, and where each of its characters stood."""
    kept = [(i, c) for i, c in enumerate(text) if c not in _DROPPED]
    return "".join(c for _, c in kept), [i for i, _ in kept]


def is_marks(line: str) -> bool:
    """Does a line say nothing but how secret and how urgent a document is, and which copy?"""
    if not _HINT.search(line):
        return False
    words, _ = _squeezed(line)
    if len(words) > _LONGEST:
        return False
    return any(pattern.fullmatch(words) for pattern in (_MARKS, _WARNING, _UNMARKED)) and not words.isdigit()


def _mark(line: Line) -> Field | None:
    """The mark of a line that is nothing but marks, or has a starred one beside other words."""
    if not _HINT.search(line.text):
        return None
    words, places = _squeezed(line.text)
    match = (_MARKS.fullmatch(words) or _WARNING.fullmatch(words)) if len(words) <= _LONGEST else None
    if match and not _SPOKEN_OF.fullmatch(words):
        first, last = places[match.start("mark")], places[match.end("mark") - 1]
        return Field(match["mark"], Span(line.start + first, line.start + last + 1))
    starred = _STARRED.search(line.text[:80])
    if starred is None:
        return None
    start, end = starred.span("mark")
    return Field(_squeezed(starred["mark"])[0], Span(line.start + start, line.start + end))


def above_clauses(top: list[Line]) -> list[Line]:
    """The lines of the head that stand above the first clause: only they speak of the document itself."""
    return list(takewhile(lambda line: not _CLAUSE.match(line.text), top[:HEAD_LINES]))


def find_secrecy(text: str, top: list[Line]) -> Field | None:
    """密级, where a line of the head, above its first clause, or of the foot is nothing else."""
    for line in above_clauses(top):
        if found := _mark(line):
            return found
    for line in list(lines(text, tail_start(text)))[-FOOT_LINES:]:
        found = None if _BARE.fullmatch(_squeezed(line.text)[0]) else _mark(line)  # a bare word may be a form's
        if found:
            return found
    return None


_NOT_SECRET = re.compile(r"(?:非|不|无|未)(?:涉及?)?(?:国家)?(?:秘密|密级|涉密|保密|密)")
_LEVEL_WORDS = re.compile(r"绝密|机密|秘密|商密|涉密|保密")
_NO_LEVEL = re.compile(r"公开|一般|普通|普件|平件|无")


def _ticked(words: str) -> str:
    """A form's choices without the empty boxes: □绝密 ☑机密 □秘密."""
    return re.sub(r"□[^□☑☒√✓■]*", "", words)


def of_secrecy(words: str) -> str | None:
    """The visibility that a 密级 brings about; "public" where it says there is none, None for other words."""
    words = _ticked(_squeezed(words)[0])
    rest = _NOT_SECRET.sub("", words)
    if _LEVEL_WORDS.search(rest):
        return "restricted"
    if "内部" in rest or _WARNING.fullmatch(rest):
        return "internal"
    return "public" if rest != words or _NO_LEVEL.fullmatch(rest) else None


# --- What is said of being made public -------------------------------------------------------------------
_NEVER = re.compile(r"(?:不|免|非|未|勿|禁止|严禁)[\u4e00-\u9fff]{0,5}?公开")
_WITHIN = re.compile(r"内部|申请|(?:部分|删减后)公开|外传|(?:系统|单位|机关)内")
_OPEN = re.compile(
    r"(?:公开|发布|主动|全文|全部|全|社会|公众|所有人|面向|向|对外|可以?|予以?|政府|门户|官方|网站|公报|报刊|媒体|公告|公示|栏|[、，,/；;])+"
)


@lru_cache(maxsize=1024)
def of_words(words: str) -> str | None:
    """The visibility that a stated value (`内部`, `restricted`, `依申请公开`) names, None for any other words."""
    squeezed = _ticked(_squeezed(words.lower())[0]).strip("。.；;，,\"'")
    english = re.findall(r"[a-z]+", squeezed)
    chinese = re.sub(r"[a-z]+", "", squeezed)
    if "restricted" in english or "受限" in chinese or _NEVER.search(chinese) or of_secrecy(chinese) == "restricted":
        return "restricted"
    if "internal" in english or _WITHIN.search(chinese):
        return "internal"
    if english in ([], ["public"], ["open"]) and (_OPEN.fullmatch(chinese) if chinese else english):
        return "public"
    return None


_B = r"[ \t\u3000\xa0\u200b]*"


def _spread(words: str) -> str:
    """Any of several words, blanks allowed between their characters."""
    return "(?:" + "|".join(_B.join(word) for word in words.split()) + ")"


_LABEL = (
    rf"(?:{_spread('政府')}{_B})?(?:{_spread('信息')}{_B})?(?:{_spread('主动')}{_B})?{_spread('公开')}{_B}"
    + _spread("选项 属性 方式 类型 类别 形式 范围 程度 性质")
    + rf"{_B}[：:]{_B}"
)
_ABOUT = rf"(?:{_spread('属于 属 为 系 是 仅限于 仅限 只限 限于 限 仅供 供 仅 按 拟 可 应')}{_B})*"
_THIS = rf"{_spread('此件 本件 该件 此文件 本文件 该文件 此文 本文')}{_B}{_ABOUT}"
_SAID = (
    _spread(
        "不予公开 不予对外公开 不予以公开 不公开 不宜公开 不得公开 不对外公开 不向社会公开 不主动公开 暂不公开 "
        "免予公开 免于公开 免公开 非公开 禁止公开"
    )
    + "|"
    + _spread("依申请公开 依申请 申请公开 内部 部分公开 删减后公开 不得外传 请勿外传 系统内 单位内 机关内")
    + "|"
    + _spread("主动公开 公开发布 全文公开 公开 向社会公开 对外公开")
)
_NOT_QUOTED = r"(?<![“‘「『\"注明])"
_STATEMENTS = re.compile(
    "|".join(
        (
            rf"{_NOT_QUOTED}[（(【〔]{_B}(?:{_THIS}|{_LABEL})(?P<bracketed>{_SAID})[^（()）\n“”]{{0,16}}[）)】〕]",
            rf"^{_B}[（(【〔]{_B}(?P<alone>{_SAID}){_B}[）)】〕]{_B}$",
            rf"^{_B}{_LABEL}(?P<label>{_SAID})[^\n，。；：:]{{0,10}}$",
            rf"^{_B}{_THIS}(?P<line>{_SAID})[^\n：:]{{0,16}}$",
            rf"(?<![^\s。日）)（(]){_spread('此件')}{_B}{_ABOUT}(?P<run>{_SAID})(?![”’」』、或和及与等的])",
        )
    ),
    re.MULTILINE,
)
_LISTED = 2  # more labels than this are the rows of a list of documents


def statements(text: str) -> Iterator[Field]:
    """What a document says of its own being made public: （此件公开发布）, 公开方式：依申请公开."""
    if "公" not in text and "内" not in text and "外" not in text:
        return
    found = list(_STATEMENTS.finditer(text))
    labels = sum(match.lastgroup == "label" for match in found)
    for match in found:
        if match.lastgroup == "label" and labels > _LISTED:
            continue
        value = of_words(match[match.lastgroup or 0])
        if value:
            yield Field(value, Span(match.start(), match.end()))


def most_closed(said: Iterable[Field | None]) -> Field | None:
    """Of several visibilities the one that fewest may see; the first of several alike."""
    return min((x for x in said if x is not None), key=lambda x: LEVELS.index(x.value), default=None)
