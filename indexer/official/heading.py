"""The head of an official document: title, 文号, 主送机关, and the body that speaks."""

from __future__ import annotations

import re

from indexer.official.dates import find_dates, read_date
from indexer.official.front import is_label
from indexer.official.kinds import is_draft
from indexer.official.lines import HEAD, Line
from indexer.official.names import (
    ORG_END,
    ends_title,
    is_banner,
    is_body,
    is_mark,
    is_organisation,
    without_version,
)
from indexer.official.secrecy import is_marks
from indexer.official.site import below_site, is_navigation, is_trail
from indexer.official.standards import standard_number
from kb.fold import find_numbers
from kb.model import Field, Parsed, Span
from kb.validity.titles import plain

_GENERIC = re.compile(
    r"^[\W\d_a-zA-Z]*$|^(?:document|file|untitled|未命名|无标题|新建|下载|附件|正文|scan|img)\W*\d*$", re.I
)
_NAME_DATE = re.compile(r"[ _（(\[【-]*((?:19|20)\d{2}[-._年]?\d{1,2}[-._月]?\d{1,2}日?)[)）\]】]?$")
_RECIPIENT = re.compile(
    r"各|人民政府|委员会|单位|部门|局|厅|办公室|公司|院校|学校|机构|企业|同志|省|市|县|区|医院|协会"
    r"|政府|代表|委|办|处|社|银行|部|院|同学|会"
)
_NUMBER_LABEL = re.compile(r"^(?:发文字号|文[ 　]*号|编号|字号)[：:]?\s*")
_SPREAD = re.compile(r"(?:^|\n)[ 　]*((?:[\u4e00-\u9fff][ 　]+){1,8})$")  # 浙 政 发〔2023〕1 号 of a red head
_AUTHOR = re.compile(
    r"^(?:(?:本报|新华社|通讯员|特约|见习)?(?:记者|通讯员|作者|文/)[：: 　]*\S.{1,30}"
    r"|[\u4e00-\u9fff][ 　]?[\u4e00-\u9fff]{1,2})$"
)
_OPEN, _CLOSE = "《〈“（(<「", "》〉”）)>」"
_TITLE_LINES, _TITLE_LENGTH = 6, 150


def name_parts(name: str) -> tuple[str, str | None]:
    """A file name → (its readable stem, the ISO date it ends with or None).

    `浙江省港口管理条例(2020-11-27).md` → `("浙江省港口管理条例", "2020-11-27")`.
    """
    stem = re.split(r"[/\\]", name.strip())[-1]
    stem = re.sub(r"\.(?:[A-Za-z][A-Za-z0-9]{1,5})$", "", stem).strip()
    match = _NAME_DATE.search(stem)
    day = read_date(match.group(1).replace("_", "-")) if match else None
    if match and day and match.start() > 0:
        stem = stem[: match.start()].rstrip(" _-")
    if "__" in stem:
        stem = stem.rsplit("__", 1)[-1]
    return stem.strip(), day.isoformat() if day else None


def find_number(text: str) -> Field | None:
    """The document's own 文号: in the head, on its own line or beside the title, never a cited one."""
    window = text[: HEAD // 2]
    for start, end, number in find_numbers(window):
        start, number = start + number.startswith("日"), number.removeprefix("日")
        if spread := _SPREAD.search(window, max(0, start - 30), start):
            start, number = spread.start(1), re.sub(r"[ 　]+", "", spread.group(1)) + number
        if window.count("。", 0, start) > 2:
            break
        left, right = window.rfind("\n", 0, start) + 1, window.find("\n", end)
        before = window[left:start]
        after = window[end : len(window) if right < 0 else right].strip()
        if _on_own_line(before, after) or (start < 400 and _beside_title(window[:start], before, after)):
            return Field(number, Span(start, end))
    return None


def _on_own_line(before: str, after: str) -> bool:
    """Nothing but a label or a bracket stands before it on its line, and no sentence goes on after it."""
    if re.fullmatch(r"[ 　]*[（(].{6,14}日", before) and re.match(r"(?:公布|发布|颁布)", after):
        return True  # （2020年1月1日某市人民政府令第5号公布）
    if _NUMBER_LABEL.sub("", before.strip(" \t　(（[【#*")).strip():
        return False
    bracketed = before.strip()[:1] in ("(", "（")
    return (not bracketed or after in ("", ")", "）")) and not re.match(
        r"[，,。、；;和与及》]|文件?[，,》]|同时|废止|精神", after
    )


def _beside_title(so_far: str, before: str, after: str) -> bool:
    """It follows a title on one line, outside 《》 and brackets, before the first sentence ends."""
    cited = before.rstrip()[-1:] in tuple("（([【《、和与及“") or after[:1] in tuple(")）》】]，,、。；;")
    if cited or "。" in so_far or before.count("《") != before.count("》"):
        return False
    if "关于" in before and re.match(r"文件|的(?:通知|决定|公告|函)|等", after):
        return False  # 关于废止某政发〔2010〕8号文件的通知: the number of another document
    return not re.search(r"(?:根据|依据|按照|贯彻|落实|执行|依照)[^。]{0,60}$", before)


def _is_date_line(line: str) -> bool:
    found = next(find_dates(line), None)
    return found is not None and len(line) - (found.span.end - found.span.start) <= 6


def _is_number_line(line: str) -> bool:
    if standard_number(line):
        return True
    return "号" in line and any(e - s >= len(line) - 8 for s, e, _ in find_numbers(line))


def _balanced(text: str) -> bool:
    return all(text.count(o) <= text.count(c) for o, c in zip(_OPEN, _CLOSE, strict=True))


def _recipient_line(line: str) -> bool:
    names = line[-1] in "：:" and len(line) <= 400 and _RECIPIENT.search(line) is not None
    return names and not re.search(r"[。；《]|如下|以下|下列|决定|[一二三四五六七八九十]、|问|答|联系", line)


def _skippable(line: str) -> bool:
    return (
        is_navigation(line)
        or is_banner(line)
        or _is_number_line(line)
        or _is_date_line(line)
        or is_marks(line)
        or _GENERIC.match(line) is not None
        or is_label(line)
        or line[0] in "|｜"
    )


def _continues(so_far: str, line: Line) -> bool:
    """Does a title that reads `so_far` go on in `line`?"""
    text = line.text
    if len(so_far) + len(text) > _TITLE_LENGTH or text[-1] in "：:。；;，,":
        return False
    if not _balanced(so_far):
        return True
    if is_mark(text):
        return True
    if _skippable(text) or is_body(text) or text[0] in "（(":
        return False
    if re.search(r"(?:关于|印发|转发|的|和|与|及|等|、|发布|公布)$", so_far):
        return True
    if text.startswith("关于") and (is_organisation(so_far) or not ends_title(so_far)):
        return True
    compact = re.sub(r"[\s　]+", "", so_far)
    if is_organisation(so_far) or (re.search(rf"(?:{ORG_END})$", compact) and ends_title(text)):
        return ends_title(text) or is_organisation(text) or text.startswith("关于")
    return not ends_title(so_far) and "关于" in so_far and ends_title(text)


def _joined(first: Line, rest: list[Line]) -> tuple[str, int]:
    """The title that starts at `first` and the offset where it ends."""
    title, end = first.text, first.end
    for line in rest[: _TITLE_LINES - 1]:
        if not _continues(title, line):
            break
        glue = " " if is_organisation(title) and is_organisation(line.text) else ""
        title, end = title + glue + line.text, line.end
    return title, end


def _clean(title: str) -> str:
    title = re.sub(r"[\s　]+", " ", title).strip(" #*_|-—:：")
    spaced = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff](?: |$))", "", title)
    return spaced if title.count(" ") > 3 and title.count(" ") * 3 > len(title) else title


def _page_titles(title: str | None) -> list[str]:
    """The parts of a page or property title that may name the document (a body alone does not), longest first."""
    title = (title or "")[:500]
    if not title or re.match(
        r"(?i)microsoft (?:word|powerpoint)|untitled|\S+\.(?:docx?|pdf|wps)$", title.strip()
    ):
        return []
    parts = [
        p.strip() for p in re.split(r"[_|｜]|\s[-–—]\s|(?<=[\u4e00-\u9fff])--?(?=[\u4e00-\u9fff])", title)
    ]
    names = (
        p
        for p in parts
        if len(p) >= 4 and not (_GENERIC.match(p) or is_banner(p) or is_organisation(p) or is_trail(p))
    )
    return sorted(names, key=len, reverse=True)


_NAME = r"《((?:[^《》]|《[^《》]*》)+)》"
_ENACTING = (
    re.compile(
        _NAME
        + r"[^《》]{0,200}(?:通过|批准|同意|审定|审议)[^《》]{0,80}(?:现|予以)[^《》，。]{0,4}(?:公布|发布|颁布)"
    ),
    re.compile(r"现(?:予以?)?(?:公布|发布|颁布)" + _NAME),
    re.compile(rf"现将{_NAME}[^《》，。]{{0,6}}(?:公布|发布|颁布)"),
)


def _enacted(lines: list[Line]) -> Field | None:
    """What a 令 that opens with `lines` puts into force (《X》已经……通过，现予公布): the later line X, else the name here."""
    words = "".join(x.text for x in lines[:4])
    match = next((m for pattern in _ENACTING if (m := pattern.match(words))), None)
    if match is None:
        return None
    name = match.group(1)
    if found := next((x for i in range(1, len(lines)) if (x := _spelled(name, lines[i:]))), None):
        return found
    start = lines[0].start + lines[0].text.find(name)
    return Field(_clean(name), Span(start, start + len(name)) if name in lines[0].text else None)


def _spelled(name: str, lines: list[Line]) -> Field | None:
    """The title that the first of `lines`, and as many more as it takes, spell out, if it is `name`."""
    wanted, words = plain(name), ""
    for line in lines[:_TITLE_LINES]:
        words += line.text
        if not wanted.startswith(plain(words)):
            return None
        if plain(words) == wanted:
            return Field(_clean(words), Span(lines[0].start, line.end))
    return None


def _below(mark: Line | None, title: Field) -> Field:
    """A title takes along the draft mark that stands above it."""
    if mark is None or title.span is None or is_draft(title.value):
        return title
    return Field(f"{title.value}（{mark.text.strip('（()）')}）", Span(mark.start, title.span.end))


def _from_lines(lines: list[Line]) -> Field | None:
    """The first lines of the head that read as a title; a body named above it is none."""
    mark: Line | None = None
    for i, line in enumerate(lines[:25]):
        text = line.text
        following = [x.text for x in lines[i + 1 : i + 3]]
        if enacted := _enacted(lines[i:]):
            return enacted
        if is_mark(text):
            mark = line if is_draft(text) else mark
            continue
        if _skippable(text) or len(text) < 2:
            continue
        if is_organisation(text) and not any(
            x.startswith("关于") or is_organisation(x) or ends_title(x) for x in following
        ):
            continue
        if _recipient_line(text) or is_body(text) or len(text) > _TITLE_LENGTH:
            return None
        if i < 3 and not ends_title(text) and _headline_follows(following):
            continue
        title, end = _joined(line, lines[i + 1 :])
        if not is_organisation(title):
            return _below(mark, Field(_clean(title), Span(line.start, end)))
    return None


def _headline_follows(following: list[str]) -> bool:
    """The line is an eyebrow (肩题): below it stand the headline and then the author."""
    if len(following) < 2 or not _AUTHOR.match(following[1]) or _AUTHOR.match(following[0]):
        return False
    return 4 <= len(following[0]) <= 60 and not _skippable(following[0])


_PHRASE = re.compile(r"[^\s　。；]{4,70}(?=[\s　])")


def _from_run(text: str) -> Field | None:
    """The first phrase of a text without line ends: up to a wide blank; its own 文号 is stepped over.

    A phrase that stops in the middle of a title (关于…管理 支持…的通知) or is a body alone takes the next one along.
    """
    start = len(text) - len(text.lstrip())
    number = next(((s, e) for s, e, _ in find_numbers(text[:80]) if s == start), None)
    start = number[1] if number else start
    match = _PHRASE.match(text, start)
    if match is None:
        return None
    end = match.end()
    following = _PHRASE.match(text, end + 1)
    if (
        following
        and ("关于" in match.group() or is_organisation(match.group()))
        and not ends_title(match.group())
        and ends_title(following.group())
    ):
        end = following.end()
    return Field(_clean(text[start:end]), Span(start, end))


def find_title(parsed: Parsed, name: str, lines: list[Line]) -> Field:
    """The document's title and, where it stands in the text, its span; the file stem at the last."""
    pages = _page_titles(parsed.title)
    for wanted in pages:
        for line in lines[:40]:
            if is_banner(line.text) or is_organisation(line.text):
                continue
            if line.text == wanted or (len(line.text) > 8 and line.text in wanted):
                title, end = _joined(line, lines[lines.index(line) + 1 :])
                return Field(_clean(title), Span(line.start, end))
    for heading in parsed.headings[:4]:
        text = parsed.text[heading.start : heading.end].strip(" #　\t")
        start = parsed.text.find(text, heading.start) if text else -1
        if heading.level > 2 or start < 0 or heading.start >= HEAD or len(text) <= 3:
            continue
        if not (_skippable(text) or is_organisation(text) or is_mark(text) or is_body(text)):
            line = Line(start, start + len(text), text)
            title, end = _joined(line, [x for x in lines if x.start > start])
            return Field(_clean(title), Span(start, end))
    rows = [row for table in parsed.tables for row in table.rows]
    lines = [x for x in lines if not any(row.start <= x.start < row.end for row in rows)]  # a row is no title
    lines = below_site(parsed.text, lines)
    found = _from_lines(lines)
    if found:
        return found
    stem, _ = name_parts(name)
    if pages:
        return Field(_clean(pages[0]))
    if len(lines) <= 2 or (lines and lines[0].end - lines[0].start > 300):
        found = _from_run(parsed.text[:300])
        if found:
            return found
    if not _GENERIC.match(stem) or not lines:
        return Field(_clean(stem) or "无标题")
    return _first_words(lines)


_SENT = (  # a letter without a title that sends out a text: 现将《X》印发给你们; 《X》已经……审议通过，现印发给你们
    re.compile(rf"现将{_NAME}[^《》。]{{0,20}}?(?P<how>印发|转发|发布|公布)"),
    re.compile(rf"(?:^|[。：:])\s*{_NAME}[^《》。]{{0,80}}(?:通过|批准|同意|审定|审议)[^《》。]{{0,40}}现(?:予以?)?(?P<how>印发|发布|公布)"),
)
_FIRST_WORDS = 60  # code points


def _sent_out(lines: list[Line]) -> Field | None:
    """What a letter without a title would be called by what it sends out; it is not that text itself."""
    words = "".join(x.text for x in lines[:4])[:1000]
    match = next((m for pattern in _SENT if (m := pattern.search(words))), None)
    return Field(_clean(f"关于{match['how']}《{match.group(1)}》的通知")) if match else None


def _first_words(lines: list[Line]) -> Field:
    """What a text without a title is called by what it sends out, else by what it begins with; above a 文号 the name of a body is only its
    sender, and whom a letter is written to is no name of it."""
    if any(_is_number_line(x.text) for x in lines[:25]):
        lines = [x for x in lines if not is_organisation(x.text)]
    if lines and _recipient_line(lines[0].text) and len(lines) > 1:
        lines = lines[1:]
    if sent := _sent_out(lines):
        return sent
    first = next((x for x in lines if is_banner(x.text) or not _skippable(x.text)), next(iter(lines), None))
    cut = re.split(r"[。；！？：]", first.text)[0] if first else ""
    if len(cut) > _FIRST_WORDS:  # up to where a clause ends
        cut = re.sub(r"(?<=.{16})[，,、][^，,、]*$", "", cut[:_FIRST_WORDS])
    if first is None or not _clean(cut):
        return Field("无标题")
    return Field(_clean(cut), Span(first.start, first.start + len(cut)))


def draft_name(parsed: Parsed, name: str, title: Field) -> str | None:
    """The name the page or the file gives a text as a draft (X（征求意见稿）) whose own title is bare X; else None."""
    if is_draft(title.value):
        return None
    given = (_clean(x) for x in [*_page_titles(parsed.title), name_parts(name)[0]])
    return next((x for x in given if is_draft(x) and without_version(x) == title.value), None)


def find_recipients(text: str, top: list[Line], after: int) -> Field | None:
    """主送机关: the first line after the title that ends with a colon, its wrapped lines joined."""
    found = [x for x in top if x.start >= after]
    for i, line in enumerate(found[:10]):
        if is_body(line.text):
            return None
        if _recipient_line(line.text):
            first = i
            while (first > 0 and found[first - 1].text[-1] in "，,、") or (
                first > 0
                and len(found[first - 1].text) > 24
                and _RECIPIENT.search(found[first - 1].text)
                and not (_skippable(found[first - 1].text) or ends_title(found[first - 1].text))
            ):
                first -= 1
            start, end = found[first].start, line.end - 1
            return Field(re.sub(r"\s+", "", text[start:end]), Span(start, end))
    return None
