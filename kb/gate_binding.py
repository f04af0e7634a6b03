"""Which figure belongs to which words: a row, a condition, an item of a list is not told with another's figure.

A figure stands with the words of its item and the condition (四层, 60周岁, 2023年) it falls under.
A claim mixes two up where an item with another figure has more of the claim's words than every item
that has the figure: nothing speaks for the one told, something speaks for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, repeat

from .gate_facts import COLUMN, Fact, facts, held, plain_digits, tabled, unit_places, with_units
from .gate_names import TELLING
from .gate_support import plain

_ITEM = re.compile(r"(?:[^，,；;。！？!?\n、：:]|(?<=\d)[,:：](?=\d))+")
_ROW = re.compile(r"[^：:；;\n]{1,40}[：:][^；;\n]*(?:[；;][^：:；;\n]{1,40}[：:][^；;\n]*)+")
_MARK = re.compile(r"^\s*(?:\d{1,2}\s*[.．、)）](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[）)])", re.M)
_JOINT = re.compile(r"以及|[和与及且并]")
_MEASURE = re.compile(
    r"(?:\s*[-—–~至到]\s*[\d一二三四五六七八九十]+)?\s*(层|级|类|档|期|批|届|组|星|等|周?岁|楼)"
)
_AMOUNT = re.compile(
    r"[：:]\s*[约至]?\s*[\d一二三四五六七八九十百千万亿][^：:，,]{0,12}$"
)  # what a cell of figures ends in
_BOUND = re.compile(r"(?:[及和]?以[上下内]|以外)(?:的)?")
_APART = re.compile(r"分别(?:为|是|按|给予)?")
_RATIO = re.compile(r"\d+(?:\.\d+)?\s*[:：]\s*\d+(?:\.\d+)?")
_LISTED = re.compile(r"[、和与及]")


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure and what it stands with. `words` are character pairs, `=…` another figure."""

    readings: tuple[Fact, ...]  # the figure; in a table also with the unit of its column
    label: str  # what it measures where it names a condition or row; "" for an amount
    words: frozenset[str]
    before: frozenset[str]  # words earlier in its sentence
    sentence: str


def misbound(claim: str, cited: Sequence[str], heads: str) -> bool:
    """Whether a figure of the claim is told with the words that the cited text gives another figure."""
    there = [b for text in cited for b in _bounds(text)]
    above = frozenset(plain(heads))
    for said in _bounds(claim):
        fact = said.readings[-1]
        homes = [b for b in there if held(fact, b.readings, "") and b.label == said.label]
        others = [b for b in there if not held(fact, b.readings, "")]
        if said.label not in ("", "date") and not homes and any(o.label == said.label for o in others):
            return True
        if homes and all(any(_outdone(said, home, o, above) for o in others) for home in homes):
            return True
    return any(_reordered(item, cited) for item in re.findall(r"[^，,；;。\n]+", claim))


def _outdone(said: Bound, home: Bound, other: Bound, above: frozenset[str]) -> bool:
    """Whether `other` has words of what is said that `home` lacks, and `home` none that `other` lacks."""
    near = home.sentence == other.sentence
    if said.label != other.label or not (near or said.label or _same_unit(said, other)):
        return False
    letters = {c for w in home.words if not w.startswith("=") for c in w}
    letters |= frozenset() if near else above | frozenset(plain(home.sentence))
    content = frozenset(w for w in said.words if w.startswith("=") or not TELLING.search(w))
    theirs = {
        w for w in content & other.words - home.words if w.startswith("=") or any(c not in letters for c in w)
    }
    if not theirs:
        return False
    mine = said.words & home.words - other.words
    return not (mine - other.before if near else mine)


def _same_unit(said: Bound, other: Bound) -> bool:
    unit, kind = said.readings[-1].unit, said.readings[-1].kind
    return any(f.kind == kind and f.unit == unit for f in other.readings)


@lru_cache(maxsize=2000)
def _bounds(text: str) -> tuple[Bound, ...]:
    """The figures of a text with what each stands with; in a table a bare one has the unit of its column or row too."""
    bare = _read(text)
    places = unit_places(plain_digits(text))
    spelled = _read(with_units(text, places)) if places else bare
    return tuple(map(_both, bare, spelled, repeat(text))) if len(bare) == len(spelled) else bare


def _both(bare: Bound, spelled: Bound, sentence: str) -> Bound:
    """A figure as it stands and with the unit of its column or row."""
    if bare.readings == spelled.readings:
        readings = bare.readings
    else:
        readings = (*(replace(f, unit=f.unit or COLUMN) for f in bare.readings), *spelled.readings)
    return Bound(readings, bare.label, bare.words | spelled.words, bare.before, sentence)


def _read(text: str) -> tuple[Bound, ...]:
    cells = _cells(text.strip("。 \n"))
    if cells:
        return tuple(_of_row(cells, text))
    parts = re.findall(r"[^；;。！？!?\n]+", _MARK.sub("", text))
    listed = [[i for item in _ITEM.findall(_paired(part)) for i in _split(item)] for part in parts]
    return tuple(bound for items in listed for bound in _of_items(items, text))


def _cells(text: str) -> list[str]:
    """住宅层数：四层；补助：15 → its cells; none where it is prose, or a list of conditions and amounts."""
    if not _ROW.fullmatch(text):
        return []
    cells = [c for c in re.split(r"[；;]", text) if c.strip()]
    keyed = any(_figures(re.split(r"[：:]", c)[0]) for c in cells)
    return [] if keyed or not any(not _has_amount(c) for c in cells) else cells


def _has_amount(cell: str) -> bool:
    return any(not label for _, label in _figures(cell)) and bool(_AMOUNT.search(cell))


def _of_row(cells: Sequence[str], sentence: str) -> Iterator[Bound]:
    """In a table an amount stands with its column and with the cells that name the row."""
    naming = [c for c in cells if not _has_amount(c)]
    for cell in cells:
        for fact, label in _figures(cell):
            words = _words(" ".join(cells if label else dict.fromkeys([*naming, cell])))
            yield _bound(fact, label, words, frozenset(), cell, sentence)


def _bound(
    fact: Fact, label: str, words: frozenset[str], before: frozenset[str], item: str, sentence: str
) -> Bound:
    headed = () if label else tabled(item)
    readings = (replace(fact, unit=COLUMN), *headed) if headed else (fact,)
    own = frozenset(_sign(f) for f in (fact, *headed))
    return Bound(readings, label, words - own, before, sentence)


def _of_items(items: Sequence[str], sentence: str) -> Iterator[Bound]:
    found = [_figures(item) for item in items]
    carried: frozenset[str] = frozenset()
    first = 0
    for n, item in enumerate(items):
        labels = frozenset(_sign(f) for f, label in found[n] if label)
        carried = labels or carried
        amounts = [f for f, label in found[n] if not label]
        before = _words(" ".join(items[:n]))
        own = _words(" ".join(items[first : n + 1])) | carried
        for fact in amounts:
            yield _bound(fact, "", own, before, item, sentence)
        for fact, label in found[n]:
            if label:
                end = next(
                    (i for i in range(n + 1, len(items)) if any(x == label for _, x in found[i])), len(items)
                )
                words = _words(" ".join(items[n:end]))
                yield _bound(fact, label, words - labels, before, item, sentence)
        if amounts:
            first = n + 1


def _figures(item: str) -> list[tuple[Fact, str]]:
    """The figures and dates of an item, each with what it measures if it names a condition."""
    found = []
    for fact in facts(item):
        if fact.kind == "date":
            found.append((fact, "date"))
        elif fact.kind == "figure":
            measured = _MEASURE.match(item, fact.end)
            label = fact.unit if fact.unit in ("级", "批", "届", "岁") else measured[1] if measured else ""
            if not fact.unit.startswith("第") or label:
                found.append((fact, label))
    return found


def _sign(fact: Fact) -> str:
    return f"={fact.value}{fact.unit}"


def _words(text: str) -> frozenset[str]:
    form = re.sub("#(?:周?岁|[层级类档期批届组星等楼])", "#", plain(_BOUND.sub(" ", text)))
    pairs = {a + b for a, b in pairwise(form) if "#" not in (a, b)}
    signs = {_sign(f) for f in (*facts(text), *tabled(text)) if f.kind in ("figure", "date")}
    return frozenset(pairs | signs)


def _split(item: str) -> list[str]:
    """甲6万元和乙9万元 is two items."""
    amounts = [f for f, label in _figures(item) if not label]
    cuts = [0]
    for a, b in pairwise(amounts):
        joint = _JOINT.search(item, a.end, max(a.end, b.start))
        if joint:
            cuts.append(joint.start())
    return [item[a:b] for a, b in pairwise([*cuts, len(item)])]


def _paired(text: str) -> str:
    """甲、乙分别为1元、2元 → 甲为1元；乙为2元, where there are as many of the one as of the other."""
    apart = _APART.search(text)
    if apart is None:
        return text
    head, tail = re.split(r"[，,]", text[: apart.start()])[-1], text[apart.end() :]
    named = [n for n in _LISTED.split(head) if n.strip()]
    given = re.match(r"[^，,；;。]*", tail)
    amounts = [f for f, label in _figures(given[0] if given else "") if not label]
    if len(named) < 2 or len(named) != len(amounts):
        return text
    left = text[: apart.start() - len(head)]
    verb = tail[: amounts[0].start]
    condition = re.match(r".*[层级类档期批届组岁](?:[及和]?以[上下])?", named[-1])
    shared = named[-1][condition.end() :] if condition else ""
    pairs = [
        f"{n if n == named[-1] else n + shared}{verb}{tail[f.start : f.end]}"
        for n, f in zip(named, amounts, strict=True)
    ]
    return f"{left}{'，'.join(pairs)}{tail[amounts[-1].end :]}"


def _reordered(item: str, cited: Sequence[str]) -> bool:
    """Whether a list before a ratio (甲、乙按4:6) is told in another order, or of other levels, than cited."""
    ratio = _RATIO.search(plain_digits(item))
    if ratio is None:
        return False
    listed = re.search(r"([\u4e00-\u9fff])[、和与]([\u4e00-\u9fff])", item[: ratio.start()])
    if listed is None:
        return False
    turned = re.compile(f"{listed[2]}[、和与]{listed[1]}")
    same = re.compile(f"{listed[1]}[、和与]{listed[2]}")
    sources = [t for t in cited if re.sub(r"\s|：", "", ratio[0]) in re.sub(r"\s", "", plain_digits(t))]
    levels = set(listed[1] + listed[2]) <= set("国省市县区镇乡村")
    return bool(sources) and not any(same.search(t) for t in sources) and (
        levels or any(turned.search(t) for t in sources)
    )  # fmt: skip
