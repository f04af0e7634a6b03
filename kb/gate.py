"""The gate after a language model: what of its text may be shown, and on which exact words it rests.

Every sentence or item is a claim. Its figures, dates, titles, 文号, Latin words and quoted words
must stand in the words it cites, beside the same conditions and bearers, and those words must bear
it out. What fails and carries facts or a duty is cut, what fails without any is marked
未获出处支持, and neither ever has a citation. Citations are sentences of the exhibits, numbered
from 1 without gaps in the order in which the text names them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from .alike import normal_text
from .evidence import read
from .gate_binding import misbound
from .gate_claims import ADDRESSED, APOLOGY, LINE, SPEAKER, Piece, Splitter
from .gate_facts import COLUMN, Fact, facts, held, title_form, with_columns
from .gate_names import REF, articles, elsewhere, strangers
from .gate_roles import added, miscast, turned
from .gate_support import containment, contradicts, grams, plain, substituted, tags, unheld
from .model import Citation, Claim, Document, Span

SUPPORTED = 0.62  # containment from which cited words bear a claim out
MARKED = 0.45  # … from which a claim without facts is shown, marked
MOST_SLICES = 3  # sentences that one claim may rest on
MOST_TEXT = 20_000  # code points of a model's text that are looked at
UNSUPPORTED = "（未获出处支持）"
_FRAME = re.compile(
    r"(?:您好|你好|好的|根据|依据|按照|综上(?:所述)?|总之|以上|上述|以下|如下|下列|所给|提供|给出|现有|有关|"
    r"相关|材料|资料|文件|依据|原文|段落|内容|信息|规定|政策|具体|主要|包括|情况|要求|措施|方面|几个|几点|答复|回答|"
    r"说明|列出|分别|整理|归纳|总结|如|为|是|的|了|有|可以|可|请|参考|问题|关于|其中|此外|另外|同时|[，,、：: ])+"
)
_NO_BASIS = re.compile(
    r"未找到(?:相关|明确|直接)?(?:的)?依据|没有找到.{0,8}依据|(?:材料|段落|资料|文件|原文)中?(?:均)?(?:未|没有)(?:提及|说明|涉及|规定|明确|给出)"
)
_ATTRIBUTION = re.compile(
    rf"^(?:根据|依据|按照|依照|参照|按)?(?:该|本)?(?:《[^《》\n]{{1,80}}》|文件|办法|条例|规定|意见|通知|方案)?(?:[（(][^（()）\n]{{1,40}}[）)])?"
    rf"(?:的?{REF})*(?:中|的)?(?:有关|相关)?(?:规定|要求|明确|提出|指出|显示|载明)?[，,：:]?"
)
_TRAILING = re.compile(
    rf"(?:[（(](?:见|参见|依据|根据|来源[：:]?|出自)?\s*(?:《[^《》\n]{{1,80}}》)?\s*(?:的?{REF})*[）)])$"
)
_WRAPPED = re.compile(
    r"^.*(?:印发|发布|公布|下发|转发)[《〈(]?|(?:的(?:通知|公告|函|通告|决定))$|[》〉]|\((?:试行|暂行|修订|20\d\d年?版)\)"
)


@dataclass(frozen=True)
class Exhibit:
    """A numbered stretch of a revision that the model was given: `text == revision.text[start:end]`."""

    document: Document
    revision: int
    sha256: str
    start: int
    end: int
    text: str
    path: tuple[str, ...] = ()
    page: int | None = None
    sentences: tuple[Span, ...] = ()  # in code points of `text`; empty: found here
    lines: tuple[tuple[int, tuple[str, ...], int | None], ...] = ()  # (offset in the revision, path, page)

    @cached_property
    def known(self) -> str:
        """All that is said here, and of the document it is said in."""
        d = self.document
        day = f"{d.issued.year}年{d.issued.month}月{d.issued.day}日" if d.issued else ""
        paths = [self.path, *(path for _, path, _ in self.lines)]
        said = [d.title, d.number or "", d.issuer or "", d.region or "", day, *(" ".join(p) for p in paths)]
        return "\n".join([*said, self.text])

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What may be cited of it: a line that speaks to the model itself says nothing to people."""
        spans = self.sentences or tuple(Span(s.start, s.end) for s in read(self.text).sentences)
        hostile = [m.span() for m in LINE.finditer(self.text) if ADDRESSED.search(m[0])]
        spoken = [s for s in spans if any(a <= s.start < b for a, b in hostile)]
        return tuple(Part(self, span.start, span.end) for span in spans if span not in spoken)


@dataclass(frozen=True)
class Part:
    """A sentence of an exhibit, `[start, end)` in its text, with what is compared of it."""

    exhibit: Exhibit
    start: int
    end: int

    @cached_property
    def text(self) -> str:
        return self.exhibit.text[self.start : self.end]

    @cached_property
    def grams(self) -> frozenset[str]:
        return grams(plain(self.text))

    @cached_property
    def around(self) -> frozenset[str]:
        """With the title and path, which say what the sentence is about."""
        exhibit = self.exhibit
        return self.grams | grams(plain(" ".join((exhibit.document.title, *exhibit.path))))

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        return with_columns(self.text)

    @cached_property
    def articles(self) -> set[tuple[object, str]]:
        """The clauses it stands in or names: of its path, its own words, and the line before them."""
        exhibit = self.exhibit
        path, _ = _place(exhibit, exhibit.start + self.start)
        before = re.findall(rf"^\s*({REF})", exhibit.text[: self.start], re.M)
        return articles(" ".join((*path, *before[-1:], self.text)))


@dataclass(frozen=True, slots=True)
class Judged:
    """`parts` are empty unless supported; `score` is the containment that was reached."""

    verdict: Literal["supported", "marked", "cut"]
    parts: tuple[Part, ...] = ()
    score: float = 0.0
    why: str = ""  # facts | turned | misplaced | miscast | added | substituted | elsewhere | strangers | words | title | clause


@dataclass(frozen=True, slots=True)
class GateResult:
    """What may be shown. `claims` are spans of `text`, each with at least one citation."""

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    cut: int
    marked: int
    enough: bool  # at least one cited claim, and at least half of all claims cited
    no_basis: bool = False  # the model itself said that there is no basis
    dropped: tuple[tuple[str, str], ...] = ()  # (claim, why), of what was cut or marked

    @property
    def only_no_basis(self) -> bool:
        """The model said that there is no basis, and nothing else."""
        return self.no_basis and not (self.claims or self.cut or self.marked)


def gate(text: str, exhibits: Sequence[Exhibit]) -> GateResult:
    """A whole text at once; the same as feeding it bit by bit."""
    whole = Gate(exhibits)
    whole.feed(text)
    return whole.finish()


@dataclass
class Gate:
    """Judges each claim as it is complete. What `feed` gives is final and may be shown at once."""

    exhibits: Sequence[Exhibit]
    text: str = ""
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    cut: int = 0
    marked: int = 0
    no_basis: bool = False
    dropped: list[tuple[str, str]] = field(default_factory=list)
    _splitter: Splitter = field(default_factory=Splitter)
    _numbers: dict[tuple[str, int, int, int], int] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)
    _waiting: str = ""  # a frame, shown once a claim follows
    _broken: bool = False  # a lead-in was cut: its items have nothing to stand under
    _next: int = 1  # of an ordered list
    _read: int = 0

    def feed(self, more: str) -> list[Claim]:
        """The claims that are complete now and may be shown, in order."""
        more = more[: max(MOST_TEXT - self._read, 0)]
        self._read += len(more)
        return self._take(self._splitter.feed(more))

    def flush(self) -> list[Claim]:
        """The claims in what is left, at the end of a text that was finished."""
        return self._take(self._splitter.finish())

    def finish(self) -> GateResult:
        self.flush()
        return self.result()

    def result(self) -> GateResult:
        kept = len(self.claims)
        return GateResult(
            self.text, tuple(self.claims), tuple(self.citations), self.cut, self.marked,
            kept > 0 and 2 * kept >= kept + self.cut + self.marked, self.no_basis, tuple(self.dropped),
        )  # fmt: skip

    def _take(self, pieces: Iterable[Piece]) -> list[Claim]:
        before = len(self.claims)
        for piece in pieces:
            self._piece(piece)
        return self.claims[before:]

    def _piece(self, piece: Piece) -> None:
        if not piece.item:
            self._broken, self._next = False, 1
        leads = piece.tail.startswith(("：", ":"))
        if _NO_BASIS.search(piece.body) and not any(f.kind == "figure" for f in facts(piece.body)):
            self.no_basis = True
            return
        if APOLOGY.match(piece.body):
            return
        if piece.heading and not facts(piece.body) and not tags(piece.body):
            known = " ".join(exhibit.known for exhibit in self.exhibits)
            self._waiting = "" if strangers(piece.body, known) else _reads(piece, piece.body)
            return
        if _FRAME.fullmatch(piece.body) and (leads or len(piece.body) <= 12):
            self._waiting += _reads(piece, piece.body)
            return
        if self._broken and piece.item:
            self._drop(piece, "lead-in")
            return
        if SPEAKER.match(piece.body) or ADDRESSED.search(piece.body):
            self._drop(piece, "speaker")
            return
        said = normal_text(piece.body)
        if said in self._said:
            return
        judged, start, end = self._judge(piece)
        if judged.verdict == "supported":
            self._said.add(said)
            self._show(piece, start, end, judged.parts)
        elif judged.verdict == "marked" and not leads:
            self.marked += 1
            self.dropped.append((piece.body, judged.why))
            self._write(_reads(piece, piece.body + UNSUPPORTED, self._number(piece)))
        elif leads and judged.why == "words" and not tags(piece.body):
            return  # says nothing by itself; the items under it are judged each for itself
        else:
            self._drop(piece, judged.why)
            self._broken = self._broken or leads

    def _drop(self, piece: Piece, why: str) -> None:
        self.cut += 1
        self.dropped.append((piece.body, why))

    def _number(self, piece: Piece) -> int | None:
        if piece.ordered is None:
            return None
        self._next += 1
        return self._next - 1

    def _write(self, text: str) -> None:
        text = self._waiting + text
        self.text += text if self.text else text.lstrip("\n")
        self._waiting = ""

    def _show(self, piece: Piece, start: int, end: int, parts: Sequence[Part]) -> None:
        numbers = tuple(dict.fromkeys(self._cite(exhibit, a, b) for exhibit, a, b in _merged(parts)))
        self._write(_reads(piece, "", self._number(piece), tail=False))
        at = len(self.text) + start
        markers = "".join(f"[{n}]" for n in numbers)
        self.text += f"{piece.body}{markers}{piece.tail}"
        body = piece.body[start:end]
        self.claims.append(Claim(body, at, at + len(body), numbers))

    def _cite(self, exhibit: Exhibit, start: int, end: int) -> int:
        """The number of `[start, end)` of an exhibit's text; a new one the first time."""
        first, last = exhibit.start + start, exhibit.start + end
        key = (exhibit.document.id, exhibit.revision, first, last)
        if key not in self._numbers:
            n = self._numbers[key] = len(self.citations) + 1
            path, page = _place(exhibit, first)
            self.citations.append(
                Citation(n, exhibit.document, exhibit.revision, exhibit.sha256, first, last,
                         exhibit.text[start:end], path, page)
            )  # fmt: skip
        return self._numbers[key]

    def _judge(self, piece: Piece) -> tuple[Judged, int, int]:
        """A claim and the span of it that asserts something; what names its source is checked apart."""
        body = piece.body
        named = [self.exhibits[n - 1] for n in piece.cited if 1 <= n <= len(self.exhibits)]
        start, end = 0, len(body)
        lead = _ATTRIBUTION.match(body)
        if lead and lead.end() < len(body) and _has_source(lead[0]):
            start = lead.end()
        trail = _TRAILING.search(body, start)
        if trail and _has_source(trail[0]) and trail.start() > start:
            end = trail.start()
        sources = body[:start] + "\n" + body[end:]
        allowed = _sources(sources, self.exhibits) if _has_source(sources) else tuple(self.exhibits)
        if not allowed:
            return Judged("cut", why="title"), start, end
        first = [e for e in named if e in allowed]
        judged = judge(body[start:end], first or allowed)
        if first and judged.verdict != "supported":  # a wrong marker: is there a place that bears it out?
            judged = max((judged, judge(body[start:end], allowed)), key=lambda j: _ORDER[j.verdict])
        if judged.parts and not articles(sources) <= set[tuple[object, str]]().union(
            *(part.articles for part in judged.parts)
        ):
            judged = Judged("cut", score=judged.score, why="clause")
        return judged, start, end


_ORDER = {"cut": 0, "marked": 1, "supported": 2}


def judge(body: str, exhibits: Sequence[Exhibit]) -> Judged:
    """Is a claim borne out by some sentences of these exhibits? They are chosen here: as few as will do."""
    found = tuple(f for f in with_columns(body) if f.unit != COLUMN)
    wanted = grams(plain(body))
    chosen = _chosen(found, wanted, [part for exhibit in exhibits for part in exhibit.parts])
    if not chosen:
        return Judged("cut", why="words")
    texts = [part.text for part in chosen]
    there = tuple(f for part in chosen for f in part.facts)
    titles = {title_form(part.exhibit.document.title) for part in chosen}
    lacking = unheld(found, there, normal_text("".join(texts)))
    missing = [f for f in lacking if f.kind != "title" or f.value not in titles]
    score = containment(wanted, frozenset().union(*(part.around for part in chosen)))
    if missing:
        return Judged("cut", score=score, why="facts")
    if contradicts(body, texts) or turned(body, texts):
        return Judged("cut", score=score, why="turned")
    heads = [" ".join((p.exhibit.document.title, *p.exhibit.path)) for p in chosen]
    if misbound(body, texts + [part.text for part in _neighbours(chosen)], " ".join(heads)):
        return Judged("cut", score=score, why="misplaced")
    context = " ".join([*texts, *heads])
    whole = "\n".join(exhibit.text for exhibit in exhibits)
    if miscast(body, texts, " ".join(heads), whole):
        return Judged("cut", score=score, why="miscast")
    if added(body, texts, " ".join(heads)):
        return Judged("cut", score=score, why="added")
    # Who must, may or must not do something is a fact too, and so is what grew or fell.
    softened: Literal["marked", "cut"] = "cut" if found or tags(body) else "marked"
    if substituted(body, texts, context):
        return Judged("cut", score=score, why="substituted")
    if elsewhere(body, [(part.facts, part.exhibit.known) for part in chosen]):
        return Judged("cut", score=score, why="elsewhere")
    if strangers(body, " ".join([*texts, *(part.exhibit.known for part in chosen)])):
        return Judged(softened, score=score, why="strangers")
    short = len([g for g in wanted if len(g) == 2]) < 4
    if short and len(found) > 1:  # 四层：15万元 – what stands with what is checked above
        wanted = frozenset(g for g in wanted if len(g) == 1 or "#" not in g)
        score = containment(wanted, frozenset().union(*(part.around for part in chosen)))
    own = containment(wanted, frozenset().union(*(part.grams for part in chosen)))
    if score >= (0.8 if short else SUPPORTED) and own >= (0.8 if short else MARKED):
        return Judged("supported", tuple(chosen), score)
    return Judged(softened if score >= MARKED and own >= 0.3 else "cut", score=score, why="words")


def _chosen(found: Sequence[Fact], wanted: frozenset[str], parts: Sequence[Part]) -> list[Part]:
    """The sentence most like the claim, and up to two more for facts or words that it lacks."""
    if not parts:
        return []

    def worth(part: Part) -> tuple[float, float]:
        has = sum(held(f, part.facts, normal_text(part.text)) for f in found)
        return containment(wanted, part.grams) + (0.5 * has / len(found) if found else 0.0), -len(part.text)

    chosen = [max(parts, key=worth)]
    while len(chosen) < MOST_SLICES:
        there = tuple(f for part in chosen for f in part.facts)
        lacking = unheld(found, there, normal_text("".join(part.text for part in chosen)))
        covered = frozenset().union(*(part.around for part in chosen))
        now = containment(wanted, covered)
        if not lacking and now >= 0.9:
            break
        best, gain = None, 0.0
        for part in parts:
            if part in chosen:
                continue
            brings = sum(held(f, part.facts, normal_text(part.text)) for f in lacking)
            more = containment(wanted, covered | part.grams) - now
            own = containment(wanted, part.grams)
            value = (brings if own >= 0.15 else 0) + more
            if (brings and own >= 0.15) or more >= 0.12:
                value += 0.05 * (part.exhibit is chosen[0].exhibit)
                if value > gain:
                    best, gain = part, value
        if best is None:
            break
        chosen.append(best)
    return sorted(chosen, key=lambda p: parts.index(p))


def _neighbours(chosen: Sequence[Part]) -> list[Part]:
    """The other sentences of the exhibits cited: a figure may belong to one of them."""
    seen = {id(part) for part in chosen}
    exhibits = {id(part.exhibit): part.exhibit for part in chosen}
    return [part for exhibit in exhibits.values() for part in exhibit.parts if id(part) not in seen]


def _merged(parts: Sequence[Part]) -> list[tuple[Exhibit, int, int]]:
    """Sentences that follow one another in an exhibit as one slice."""
    out: list[tuple[Exhibit, int, int]] = []
    for part in parts:
        if out and out[-1][0] is part.exhibit and 0 <= part.start - out[-1][2] <= 2:
            out[-1] = (part.exhibit, out[-1][1], part.end)
        else:
            out.append((part.exhibit, part.start, part.end))
    return out


def _place(exhibit: Exhibit, at: int) -> tuple[tuple[str, ...], int | None]:
    """The clause path and page of an offset of the revision."""
    i = bisect_right([start for start, _, _ in exhibit.lines], at) - 1
    return exhibit.lines[i][1:] if i >= 0 else (exhibit.path, exhibit.page)


def _reads(piece: Piece, body: str, number: int | None = None, tail: bool = True) -> str:
    lead = piece.lead if number is None else re.sub(r"\d+", str(number), piece.lead, count=1)
    return lead + body + (piece.tail if tail else "")


def _has_source(text: str) -> bool:
    return bool("《" in text or re.search(REF, text) or any(f.kind == "number" for f in facts(text)))


def _sources(text: str, exhibits: Sequence[Exhibit]) -> tuple[Exhibit, ...]:
    """The exhibits that a source named in a claim may be; none where one fact of it fits no exhibit."""
    return tuple(e for e in exhibits if _is_source(text, e))


def _is_source(text: str, exhibit: Exhibit) -> bool:
    document, known = exhibit.document, exhibit.known
    there, form = facts(known), normal_text(known)
    title = _bare(document.title)
    for fact in facts(text):
        if fact.kind == "title":
            if fact.value != title and fact.value != title_form(document.title):
                return False
        elif not held(fact, there, form):
            return False
    return articles(text) <= articles(known)


def _bare(title: str) -> str:
    """The title itself of 关于印发《…》的通知, without 试行 and the like."""
    inner = re.search(r"《([^《》]+)》", title)
    return title_form(inner[1] if inner else _WRAPPED.sub("", title))


__all__ = ["Exhibit", "Gate", "GateResult", "Judged", "Part", "gate", "judge"]
