"""Reading the official metadata of one document: what its front, head, signature and terms say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache

from indexer.official.dates import DateAt
from indexer.official.front import from_front, from_labels
from indexer.official.heading import (
    draft_name,
    find_number,
    find_recipients,
    find_title,
    name_parts,
)
from indexer.official.kinds import is_draft, kind_of
from indexer.official.lines import Line, head, lines
from indexer.official.names import ORG_END, is_banner, is_organisation
from indexer.official.places import region_of
from indexer.official.record import Official
from indexer.official.relations import read_relations
from indexer.official.rows import without_data
from indexer.official.secrecy import above_clauses, find_secrecy, most_closed, of_secrecy, statements
from indexer.official.signature import Signed, published, read_history, read_signature
from indexer.official.site import below_site, is_trail
from indexer.official.standards import cover_dates, standard_number
from indexer.official.terms import read_terms
from kb.fold import fold_table
from kb.model import Field, Parsed, Span

_TITLE_ISSUER = re.compile(
    rf"^(.{{2,80}}?(?:{ORG_END}))(?:[（(][^（()）]{{1,20}}[）)])?(?:等[\u4e00-\u9fff\d]{{1,4}}(?:部门"
    rf"|单位|家))?[ 　]*(?:关于|印发|转发|公告|令)"
)
_ATTACHMENT = re.compile(r"(?:^|\n)[ 　\t]*附[ 　]*件[ 　]*(?:[一二三四五六七八九十\d]+)?[：:][ 　\t]*")
_ITEM = re.compile(r"^(?:附件)?[ 　]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)]?[.．、：: 　])")

_TRADITIONAL = re.compile("[關於發會條廢長門開實備單這來時國與後們說麼對應東兒為機絕]")


def read(parsed: Parsed, name: str) -> Official:
    """See `indexer.official.read_official`."""
    if not _TRADITIONAL.search(parsed.text, 0, 2000):
        return _read(parsed, name)
    official = _read(replace(parsed, text=parsed.text.translate(_twins())), name)
    fields = {
        key: Field(_original(field, parsed.text), field.span) if key in _WORDS else field
        for key, field in official.fields.items()
    }
    return Official(fields, official.relations)


@cache
def _twins() -> dict[int, int]:
    """Traditional → simplified, one code point for one; nothing else is folded."""
    return {k: v for k, v in fold_table().items() if 0x3400 <= k < 0xA000 and v >= 0x3400}


_WORDS = frozenset({"title", "issuer", "issuers", "recipients", "attachments", "commences"})


def _original(field: Field, text: str) -> str:
    """A value in the document's own characters, where it stands in the text character for character."""
    if field.span is None:
        return field.value
    own = [c for c in field.span.of(text) if not c.isspace()]
    if len(own) != sum(not c.isspace() for c in field.value):
        return field.value
    return "".join(c if c.isspace() else own.pop(0) for c in field.value)


def _read(parsed: Parsed, name: str) -> Official:
    text, fields = parsed.text, from_front(parsed.front)
    if "title" in fields and is_trail(fields["title"].value):
        del fields["title"]
    prose, top = without_data(parsed), head(text)
    page = below_site(text, top)
    labels = from_labels(prose)
    shown = _in_head(labels.pop("visibility", None), page)
    for key, field in labels.items():
        fields.setdefault(key, field)
    _, named_day = name_parts(name)
    title = fields.get("title") or find_title(parsed, name, top)
    if "title" in fields:
        title = _located(text, top, title)
    found: dict[str, Field | None] = {
        "title": title,
        "number": find_number(text) or standard_number(text),
        "secrecy": find_secrecy(text, page) or find_secrecy(text, top),
    }
    title_end = title.span.end if title.span else 0
    found["recipients"] = find_recipients(text, top, title_end)
    found["attachments"] = _attachments(text)
    signed = _signed(prose, head(prose), title_end, named_day)
    if signed.day:
        found["issued"] = Field(signed.day.day.isoformat(), signed.day.span)
    elif named_day:
        found["issued"] = Field(named_day)
    found |= _issuers(title, signed, top)
    for key, value in found.items():
        if value is not None:
            fields.setdefault(key, value)
    known_as = draft_name(parsed, name, title)
    fields["title"] = Field(known_as) if known_as else title
    draft = is_draft(fields["title"].value)
    if draft:
        _not_in_force(fields)
    else:
        _add_terms(fields, text, signed)
    fields.setdefault("kind", Field(kind_of(title.value, text)))
    region = region_of(_of(fields, "issuer"), title.value, _of(fields, "number"))
    if region:
        fields.setdefault("region", Field(region))
    marks = (_closes(fields.get("secrecy")), _closes(found["secrecy"]))
    if "visibility" not in fields and (said := most_closed((*marks, shown, *statements(text)))):
        fields["visibility"] = said
    relations = read_relations(text, title)
    return Official(fields, tuple(r for r in relations if r.type in _OF_DRAFTS) if draft else relations)


def _of(fields: dict[str, Field], key: str) -> str:
    return fields[key].value if key in fields else ""


def _located(text: str, top: list[Line], title: Field) -> Field:
    """A stated title gets the span of its words: their own line, else where they stand near the head."""
    line = next((x for x in top if x.text == title.value), None)
    if line:
        return Field(title.value, Span(line.start, line.end))
    at = text.find(title.value, 0, 2000) if title.span is None else -1
    return Field(title.value, Span(at, at + len(title.value))) if at >= 0 else title


_OF_DRAFTS = frozenset({"implements", "interprets"})  # a draft repeals and amends nothing yet


def _not_in_force(fields: dict[str, Field]) -> None:
    """A draft is not in force, whatever a page's 有效性 says of the page; its 施行 and 失效 are proposals."""
    title = fields["title"]
    if _of(fields, "status") not in ("repealed", "expired"):
        fields["status"] = Field("not_yet", title.span)


def _signed(text: str, top: list[Line], title_end: int, named_day: str | None) -> Signed:
    """From a law's history, else the signature block, else the day of publication in the head."""
    history = read_history(text, top, title_end, date.fromisoformat(named_day) if named_day else None)
    if history is None and standard_number(text):
        history = cover_dates(text)
    if history:
        return history
    signature = read_signature(text)
    if signature and signature.day:
        return signature
    return Signed(published(top))


def _first_body(names: str) -> str:
    """The first of several bodies: blanks, 、 or the repeated place name part them."""
    parts = [p for p in re.split(r"[ 　、]+", names) if p]
    lead = parts[0] if parts else ""
    again = re.search(rf"(?<=[厅局会部委府院署])(?={re.escape(lead[:2])})", lead[2:])
    return lead[: again.start() + 2] if again else lead


_DECREES = re.compile(r"(.+?)[ 　]*(?:令|公告)(?:[（(]?第.{1,8}号[）)]?)?")


def _decreed(top: list[Line]) -> Field | None:
    """The body that a line of the head names as giving the order (某省人民政府令)."""
    for line in top[:6]:
        match = _DECREES.fullmatch(line.text)
        if match and is_banner(line.text) and is_organisation(match.group(1)):
            return Field(re.sub(r"[\s　]+", "", match.group(1)), Span(line.start, line.start + match.end(1)))
    return None


def _issuers(title: Field, signed: Signed, top: list[Line]) -> dict[str, Field | None]:
    """发文机关: the body the title begins with, else the first that signed, else the one that gave the order."""
    bodies = [Field(re.sub(r"[\s　]+", "", b.text), Span(b.start, b.end)) for b in signed.bodies]
    match = _TITLE_ISSUER.match(title.value)
    first: Field | None = bodies[0] if bodies else _decreed(top)
    if match:
        lead = _first_body(match.group(1))
        if is_organisation(lead):
            span = None
            if title.span:
                span = Span(title.span.start, title.span.start + len(lead))
            first = Field(lead, span)
    result: dict[str, Field | None] = {"issuer": first}
    if len(bodies) > 1 and bodies[0].span and bodies[-1].span:
        whole = Span(bodies[0].span.start, bodies[-1].span.end)
        result["issuers"] = Field("、".join(b.value for b in bodies), whole)
    return result


_ABOUT_OTHERS = re.compile(
    r"(?:解读|问答|起草说明|答记者问|图解|年度报告|工作报告|年报|报告)(?:[（(].{1,12}[）)])?$|^(?:图解"
    r"|解读|一图)|政策解读"
)


def _add_terms(fields: dict[str, Field], text: str, signed: Signed) -> None:
    """施行 and 失效; a text that explains another one says nothing of its own term."""
    if _ABOUT_OTHERS.search(fields["title"].value):
        return
    issued = fields.get("issued")
    day = DateAt(date.fromisoformat(issued.value), issued.span or Span(0, 0)) if issued else None
    terms = read_terms(text, day, signed.original() if issued and issued.span else None)
    if signed.starts and terms.effective is None:
        started = Field(signed.starts.day.isoformat(), signed.starts.span)
        terms = replace(terms, effective=started, commences=terms.commences or started)
    for key, value in (
        ("effective", terms.effective),
        ("expires", terms.expires),
        ("commences", terms.commences),
    ):
        if value is not None:
            fields.setdefault(key, value)


def _attachments(text: str) -> Field | None:
    """附件: the names listed after the first 附件：, joined by ；."""
    match = _ATTACHMENT.search(text) if "附" in text else None
    if match is None:
        return None
    names: list[str] = []
    start, end = -1, match.end()
    for line in lines(text, match.end(), min(len(text), match.end() + 3000)):
        item = _ITEM.match(line.text)
        if (names and item is None) or len(line.text) > 120 or len(names) >= 60:
            break
        names.append(line.text[item.end() :].strip() if item else line.text)
        start, end = (line.start if start < 0 else start), line.end
        if item is None:
            break
    return Field("；".join(n for n in names if n), Span(start, end)) if any(names) else None


def _in_head(shown: Field | None, top: list[Line]) -> Field | None:
    """A label that stands above the first clause; below it, it is part of what the text lays down."""
    own = above_clauses(top)
    return shown if shown and shown.span and own and shown.span.start <= own[-1].end else None


def _closes(secrecy: Field | None) -> Field | None:
    """The visibility a 密级 brings about; one that says there is none leaves it to others."""
    value = of_secrecy(secrecy.value) if secrecy else None
    return Field(value, secrecy.span) if secrecy and value and value != "public" else None
