"""Scored sentences → what to quote: at most three sentences, or one whole list, in the text's order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .bounds import other_sort
from .evidence import Listing, Reading, question_of
from .evidence_asked import Asked, Floats
from .evidence_features import Candidate, Source
from .fold import fold
from .forms import names_wanted
from .years import years_of

MOST_SENTENCES = 3
LIST_LIMIT = 1500  # code points; of a longer list only the lead-in and the items' first sentences are quoted
LISTY = frozenset({"list", "how", "condition", "open"})
# How often an answer is one, two or three sentences long (tune split), by what is asked.
SHORT_ANSWERS = (0.92, 0.05, 0.03)
LONG_ANSWERS = (0.68, 0.2, 0.12)
BRIEF = frozenset({"number", "date", "who", "where", "yesno"})
NEXT_LINE = 0.25  # an answer seldom goes on in the next paragraph
_SEVERAL = re.compile(r"(?:多少|多大|多久|几|谁|什么|哪|怎).{0,12}[、，,].{0,12}(?:多少|多大|多久|几|谁|什么|哪|怎)|分别|各(?:自|是|有|为|要|能|可|多少|几)|[分按].{0,4}[几哪什么]{1,2}个?[档级类种等]|几[档级]|档次")
ANAPHOR = re.compile(
    r"^[“‘\"]?(?:[一-龥]{0,2}(?:该|上述|前款|前述|前项|此外?|其(?!他|中|余|它|实|次)|这(?!里)|它|他们?(?!人)|当地|对此|据此|为此|同时|另外|但是?|因此|否则|然而|其中))"
)
_ADDRESSED = re.compile(  # 主送机关: 各区县（市）财政局：
    r"[^。；：:]{0,80}(?:各[^。；：:]{1,80}|政府|委员会|办公室|[局厅部委院办]|中心|公司|学校|大学)[：:]$"
)
_PREAMBLE = re.compile(r"(?:现就|现将|特制定|特作|通知|公告|通告|决定)[^。：:]{0,40}如下[：:]$")  # 现就有关事项通知如下：
LEAD_SAYS = 0.3  # share of the question in a lead-in that makes its list the answer
HEADINGS_ASKED = 0.5  # the same where the items are headings with text of their own
OUTLINE = 0.4  # share of a long list that its items' first sentences make, below which they are like headings
MANY_ITEMS = 1.5  # a list whose sentences together are believed this much more than its best one
WHOLE_TEXT = 0.7  # share of a text from which a list of headings is the text itself
SHORT_TEXT = 350  # code points, as long as a passage; so much may be quoted whole
_DATED = re.compile(r"[^\u4e00-\u9fff\d]*(?:到|至|截至)?\s*((?:19|20)\d{2})\s*年")
FEW = 3  # names from which their number tells a list
COUNTED = 0.25  # share of the belief that a list of just so many must have
CHANGE = "change"  # the form of what a later text says of words quoted
ENOUGH = 0.045  # a further sentence must raise the expected coverage by this much


@dataclass(frozen=True, slots=True)
class Pick:
    """Spans of one document that answer together, in text order."""

    document: int  # index among the sources
    spans: tuple[tuple[int, int], ...]
    share: float  # of the belief that the answer begins here
    form: str  # sentence | list | change


def choose(asked: Asked, found: Sequence[Candidate], belief: Floats) -> list[Pick]:
    """`belief[i]`: the probability that the answer begins in sentence i; sums to one."""
    if not found:
        return []
    order = sorted(range(len(found)), key=lambda i: -float(belief[i]))
    whole = _whole_list(asked, found, belief, order)
    if asked.type == "list":
        least = MANY_ITEMS * (whole.share if whole else float(belief[order[0]]))
        whole = _believed_list(asked, found, belief, least) or whole
    whole = _counted_list(asked, found, belief) or whole
    if whole is not None:
        return [whole]
    brief = asked.type in BRIEF and not _SEVERAL.search(asked.understood.text)
    chosen = _sentences(found, belief, order, SHORT_ANSWERS if brief else LONG_ANSWERS)
    best = found[order[0]]
    return _picks(found, belief, _answered(_without_siblings(asked, found, chosen, best), best))


def _answered(chosen: Sequence[tuple[int, int]], best: Candidate) -> list[tuple[int, int]]:
    """Where the best sentence answers a 问：…？, that question with all of its answer and no other's, unless it is long."""
    reading, asked = best.source.reading, question_of(best.source.reading, best.index)
    if asked < 0:
        return list(chosen)
    pair = [asked, *(i for i, s in enumerate(reading.sentences) if question_of(reading, i) == asked and i != asked)]
    if reading.sentences[pair[-1]].end - reading.sentences[asked].start > SHORT_TEXT:
        pair = [i for d, i in chosen if d == best.document and question_of(reading, i) == asked]
    others = [(d, i) for d, i in chosen if d != best.document]
    return sorted([*((best.document, i) for i in pair), *others])


def _without_siblings(
    asked: Asked, found: Sequence[Candidate], chosen: Sequence[tuple[int, int]], best: Candidate
) -> list[tuple[int, int]]:
    """A sentence on a sibling of what is asked for (室内 where 露天 is), or that begins with another year than the one
    asked for, which the best one names, is not quoted beside the best."""
    sources, question = {c.document: c.source for c in found}, asked.understood.text
    years = years_of(question) if asked.type not in ("date", "comparison") else set()
    year = next(iter(years)) if len(years) == 1 and years <= years_of(best.text) else ""

    def beside(text: str) -> bool:
        dated = _DATED.match(text) if year else None
        return not other_sort(question, text, "") and (dated is None or dated[1] == year)

    return [
        (document, index) for document, index in chosen
        if (document, index) == (best.document, best.index) or beside(sources[document].text(index))
    ]  # fmt: skip


def _whole_list(
    asked: Asked, found: Sequence[Candidate], belief: Floats, order: Sequence[int]
) -> Pick | None:
    """The list that the best sentence leads into or belongs to, where the question asks for one."""
    best = found[order[0]]
    reading = best.source.reading
    several = _SEVERAL.search(asked.understood.text) is not None
    for number in _lists_at(reading, best.index):
        listing = reading.listings[number]
        leads = listing.lead == best.index
        if not leads and asked.type not in LISTY and not several:
            continue
        if _outlines(reading, listing) and _led(asked, reading, listing) < HEADINGS_ASKED:
            continue
        if asked.type != "list" and _is_the_text(reading, listing):
            continue
        mass = _mass(found, belief, best.document, listing)
        if leads or several or _asks_all(asked, reading, listing) or mass >= MANY_ITEMS * float(belief[order[0]]):
            return _quoted(best.document, reading, listing, mass)
    return None


def _believed_list(asked: Asked, found: Sequence[Candidate], belief: Floats, least: float) -> Pick | None:
    """The list whose sentences are together believed most, if at least as much as that."""
    best: Pick | None = None
    for document, reading in {c.document: c.source.reading for c in found}.items():
        groups = {reading.sentences[c.index].group for c in found if c.document == document} - {-1}
        for number in groups:
            listing = reading.listings[number]
            mass = _mass(found, belief, document, listing)
            if mass < max(least, best.share if best else 0.0):
                continue
            if not _outlines(reading, listing) or _led(asked, reading, listing) >= HEADINGS_ASKED:
                best = _quoted(document, reading, listing, mass)
    return best


def _counted_list(asked: Asked, found: Sequence[Candidate], belief: Floats) -> Pick | None:
    """Of a question that says how many it wants named (是哪六级), the list of just so many that is believed most, if
    it is believed at all."""
    wanted = names_wanted(asked.understood.text)
    if wanted < FEW:
        return None
    best: Pick | None = None
    for document, reading in {c.document: c.source.reading for c in found}.items():
        groups = {reading.sentences[c.index].group for c in found if c.document == document} - {-1}
        for listing in (reading.listings[number] for number in groups):
            mass = _mass(found, belief, document, listing)
            so_many = listing.lead >= 0 and not listing.heading and len(listing.items) == wanted
            if so_many and mass >= max(COUNTED, best.share if best else 0.0):
                best = _quoted(document, reading, listing, mass)
    return best


def _outlines(reading: Reading, listing: Listing) -> bool:
    """Whether what can be quoted of a list only names what its items are about: they are headings, or say most of
    what they say after their first sentence in a list too long to be quoted whole."""
    start, end = reading.sentences[listing.first].start, reading.sentences[listing.last - 1].end
    first = sum(reading.sentences[a].end - reading.sentences[a].start for a, _ in listing.items)
    return listing.heading or (end - start > LIST_LIMIT and first < OUTLINE * (end - start))


def _is_the_text(reading: Reading, listing: Listing) -> bool:
    """Whether a list is the document itself, its chapters the items: too much for an answer, if it is no short one."""
    start, end = reading.sentences[listing.first].start, reading.sentences[listing.last - 1].end
    return listing.heading and end - start > max(SHORT_TEXT, WHOLE_TEXT * len(reading.text))


def _asks_all(asked: Asked, reading: Reading, listing: Listing) -> bool:
    """Whether a question is about the whole list: it asks which there are, or says what the lead-in says."""
    if asked.type == "list":
        return listing.lead >= 0
    return asked.type in ("condition", "how") and _led(asked, reading, listing) >= LEAD_SAYS


def _led(asked: Asked, reading: Reading, listing: Listing) -> float:
    """Share of the question's words, by their nearness to the question word, in the lead-in."""
    if listing.lead < 0:
        return 0.0
    lead = fold(reading.of(listing.lead))
    total = sum(asked.near) or 1.0
    return sum(n for (word, _), n in zip(asked.words, asked.near, strict=True) if word in lead) / total


def _lists_at(reading: Reading, index: int) -> list[int]:
    """Lists that a sentence leads into, then the innermost it stands in."""
    leading = [n for n, listing in enumerate(reading.listings) if listing.lead == index]
    inside = reading.sentences[index].group
    return leading + ([inside] if inside >= 0 else [])


def _mass(found: Sequence[Candidate], belief: Floats, document: int, listing: Listing) -> float:
    return float(
        sum(
            b for c, b in zip(found, belief, strict=True)
            if c.document == document and (c.index == listing.lead or listing.first <= c.index < listing.last)
        )
    )  # fmt: skip


def _quoted(document: int, reading: Reading, listing: Listing, share: float) -> Pick:
    lead = -1 if _addresses(reading, listing.lead) else listing.lead
    first = lead if lead >= 0 else listing.first
    start, end = reading.sentences[first].start, reading.sentences[listing.last - 1].end
    if end - start <= LIST_LIMIT:
        return Pick(document, ((start, end),), share, "list")
    heads = ([lead] if lead >= 0 else []) + [a for a, _ in listing.items]
    return Pick(
        document, tuple((reading.sentences[i].start, reading.sentences[i].end) for i in heads), share, "list"
    )


def _addresses(reading: Reading, index: int) -> bool:
    """Whether a sentence says whom the text is addressed to, before the text begins; that introduces no list."""
    if index < 0 or not _ADDRESSED.fullmatch(reading.of(index).strip()):
        return False
    return not any(reading.of(i).endswith(("。", "；", "！", "？")) for i in range(index))


def _sentences(
    found: Sequence[Candidate], belief: Floats, order: Sequence[int], lengths: Sequence[float]
) -> list[tuple[int, int]]:
    """Up to three (document, sentence) pairs that hold the answer most likely.

    An answer that begins in sentence i is one, two or three sentences long (`lengths`); what is
    chosen covers it if it has all of them.
    """
    readings = {c.document: c.source.reading for c in found}
    starts = [
        (found[i].document, found[i].index, float(belief[i]))
        for i in _distinct(found, order[:12])
        if i == order[0] or not _only_leads(found[i])
    ]
    runs = [
        (frozenset((document, index + step) for step in range(length)), share * often)
        for document, index, share in starts
        for length, often in _runs(readings[document], index, lengths)
    ]

    def covered(chosen: set[tuple[int, int]]) -> float:
        return sum([weight for run, weight in runs if run <= chosen])

    first = found[order[0]]
    chosen = _with_referent(readings[first.document], first.document, first.index)
    while len(chosen) < MOST_SENTENCES:
        now = covered(chosen)
        best, gain = None, ENOUGH
        for run, _ in runs:
            whole = run - chosen
            if whole and len(chosen) + len(whole) <= MOST_SENTENCES:
                worth = (covered(chosen | whole) - now) / len(whole)
                if worth > gain:
                    best, gain = whole, worth
        if best is None:
            break
        chosen |= best
    sources = {c.document: c.source for c in found}
    return sorted({at for at in chosen if not _says_nothing(sources[at[0]], at[1])} or chosen)


def _says_nothing(source: Source, index: int) -> bool:
    """Whether a sentence is the title, or only opens the text: 现就有关事项通知如下："""
    reading = source.reading
    if index == 0 and source.text(0).strip() in source.folded_title:
        return True
    return _PREAMBLE.search(reading.of(index).rstrip()) is not None


def _distinct(found: Sequence[Candidate], order: Sequence[int]) -> list[int]:
    """Of sentences with the same words only the first."""
    seen: set[str] = set()
    kept = []
    for i in order:
        words = re.sub(r"\W", "", found[i].text)
        if words not in seen:
            seen.add(words)
            kept.append(i)
    return kept


def _only_leads(c: Candidate) -> bool:
    """A lead-in or heading without what follows it says nothing."""
    reading = c.source.reading
    return reading.sentences[c.index].heading or reading.of(c.index).rstrip().endswith(("：", ":"))


def _runs(reading: Reading, index: int, lengths: Sequence[float]) -> list[tuple[int, float]]:
    """(length, how often) of the answers that may begin here; headings and new paragraphs end them."""
    out, often = [(1, lengths[0])], 1.0
    for length in (2, 3):
        last = index + length - 1
        if last >= len(reading.sentences) or reading.sentences[last].heading:
            break
        if reading.sentences[last].line != reading.sentences[last - 1].line:
            often *= NEXT_LINE
        out.append((length, lengths[length - 1] * often))
    return out


def _with_referent(reading: Reading, document: int, index: int) -> set[tuple[int, int]]:
    """The best sentence with the lead-in of its list, or, where it points back (该应用, 其, 上述), the one before."""
    chosen = {(document, index)}
    before = index - 1
    lead = reading.sentences[index].lead
    introduced = lead >= 0 and (reading.of(lead).rstrip().endswith(("：", ":")) or question_of(reading, lead) == lead)
    if introduced and not _addresses(reading, lead):
        chosen.add((document, lead))
        return chosen
    if (
        before >= 0
        and ANAPHOR.match(reading.of(index))
        and reading.sentences[before].line == reading.sentences[index].line
    ):
        chosen.add((document, before))
    return chosen


def _picks(
    found: Sequence[Candidate], belief: Floats, chosen: Sequence[tuple[int, int]]
) -> list[Pick]:
    """Runs of neighbouring sentences as one span; the document with the strongest sentence first."""
    sources = {c.document: c.source for c in found}
    share = {(c.document, c.index): float(b) for c, b in zip(found, belief, strict=True)}
    picks: list[Pick] = []
    for document in dict.fromkeys(d for d, _ in chosen):
        reading = sources[document].reading
        indexes = sorted(i for d, i in chosen if d == document)
        spans: list[tuple[int, int]] = []
        before = -2
        for index in indexes:
            sentence = reading.sentences[index]
            if index == before + 1 and spans and sentence.start - spans[-1][1] <= 2 and _go_together(reading, before, index):
                spans[-1] = (spans[-1][0], sentence.end)
            else:
                spans.append((sentence.start, sentence.end))
            before = index
        mass = sum(share.get((document, i), 0.0) for i in indexes)
        picks.append(Pick(document, tuple(spans), mass, "sentence"))
    return sorted(picks, key=lambda p: -p.share)


def _go_together(reading: Reading, one: int, other: int) -> bool:
    """Whether two sentences stand in one clause; a quote is credited to the clause it begins in."""
    paths = [reading.path(reading.sentences[i].start) for i in (one, other)]
    return paths[0] == paths[1]


def with_spans(picks: Sequence[Pick], more: Pick) -> list[Pick]:
    """The picks with further spans; what is quoted is not quoted again."""
    out = list(picks)
    i = next((i for i, pick in enumerate(out) if pick.document == more.document), None)
    if i is None:
        return [*out, more]
    spans = sorted(out[i].spans)
    for start, end in sorted(more.spans):
        if any(a <= start and end <= b for a, b in spans):
            continue
        spans = sorted([(a, b) for a, b in spans if not (start <= a and b <= end)] + [(start, end)])
    out[i] = Pick(more.document, tuple(spans), out[i].share, out[i].form)
    return out


__all__ = ["CHANGE", "Pick", "choose", "with_spans"]
