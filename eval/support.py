"""Does what is cited support what is claimed? Containment and agreement of figures, and ALCE's two measures.

ALCE (Gao et al., EMNLP 2023): citation *recall* – the claim is supported by its citations together;
citation *precision* – a citation is needed (without it the rest no longer support the claim) or
supports alone, and the claim is supported at all. ALCE asks an entailment model; here a claim is
supported when its words stand in the quotes and every figure, date, 文号 and document name of it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.fold import fold
from kb.model import Answer

CONTAINED = 0.8  # share of a claim's character pairs that the quotes must have
FIGURE = re.compile(r"\d+(?:\.\d+)?")
NAMED = re.compile(r"《([^《》]{2,60})》|([一-龥]{1,12}〔\d{4}〕\d+号)")
_SEPARATORS = re.compile(r"(?<=\d)[,，](?=\d{3})")
_ITEM = re.compile(r"(?m)^\s*\d{1,2}[.、](?!\d)\s*")
_NOT_WORDS = re.compile(r"[\s\W_]+")


@dataclass(frozen=True, slots=True)
class Judged:
    """One claim: whether its citations support it, and which of them count."""

    claim: str
    quotes: tuple[str, ...]
    supported: bool
    relevant: tuple[bool, ...]  # one a citation


def supported(claim: str, quotes: Sequence[str]) -> bool:
    """Whether the quotes together hold the claim's words and all its figures and names."""
    if not quotes:
        return False
    told, shown = plain(claim), "\n".join(map(plain, quotes))
    figures = set(FIGURE.findall(shown))
    if any(figure not in figures for figure in FIGURE.findall(told)):
        return False
    bare = _NOT_WORDS.sub("", shown)
    names = (a or b for a, b in NAMED.findall(told))
    if any(_NOT_WORDS.sub("", name) not in bare for name in names):
        return False
    return contained(told, shown) >= CONTAINED


def plain(text: str) -> str:
    """Folded, without citation markers, thousands separators and the numbers of list items."""
    return _ITEM.sub("", _SEPARATORS.sub("", fold(re.sub(r"\[\d+\]", "", text))))


def contained(claim: str, quotes: str) -> float:
    """Share of the claim's character pairs that the quotes have; 1 for a claim without words."""
    told, shown = _pairs(claim), set(_pairs(quotes))
    return sum(pair in shown for pair in told) / len(told) if told else 1.0


def _pairs(text: str) -> list[str]:
    """Neighbouring characters between marks; a line end inside a word does not part it."""
    pieces = _NOT_WORDS.split(re.sub(r"\s+", "", text))
    return [piece[i : i + 2] for piece in pieces for i in range(len(piece) - 1)]


def judge(claim: str, quotes: Sequence[str]) -> Judged:
    """ALCE's judgement of one claim with the quotes it cites."""
    whole = supported(claim, quotes)
    relevant = tuple(
        whole
        and (
            supported(claim, [quote])
            or not supported(claim, [other for j, other in enumerate(quotes) if j != i])
        )
        for i, quote in enumerate(quotes)
    )
    return Judged(claim, tuple(quotes), whole, relevant)


def judged(answer: Answer) -> list[Judged]:
    """Every claim of an answer."""
    by_number = {c.n: c.quote for c in answer.citations}
    return [
        judge(claim.text, [by_number[n] for n in claim.citations if n in by_number])
        for claim in answer.claims
    ]
