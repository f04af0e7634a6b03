"""What a document says of itself, asked for by its name: its 文号, who issued it, when, since when it applies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .evidence import Reading
from .fold import fold
from .model import IN_FORCE, Document
from .understand import names_document, only_names

_WHEN = r"(?:什么时候|啥时候|何时|哪一?[天日年月]|几时|几[月号])"
_WHAT = r"(?:什么|多少|几|哪)"
_ISSUE = r"(?:发布|印发|公布|颁布|下发|出台|制定|发文|发(?=[的了?]|$))"
_APPLY = r"(?:施行|生效|实施|执行)"
_ASKS = (
    ("number", re.compile(rf"(?:文号|发文字号|发文号)(?:是|为)?{_WHAT}|{_WHAT}文号")),
    ("issuer", re.compile(
        rf"(?:谁|哪个?(?:部门|单位|机关|机构)|什么(?:部门|单位|机关|机构)|哪里){_ISSUE}(?:的|了|$)|"
        rf"(?:发布|印发|制定|发文|颁布)(?:机关|单位|部门|机构|者)(?:是|为)?(?:谁|哪|什么)")),
    ("effective", re.compile(
        rf"(?:从|自)?{_WHEN}(?:开始|起|正式)*{_APPLY}|{_APPLY}(?:日期|时间|日)?(?:是|为)?{_WHEN}|{_APPLY}(?:日期|时间)(?:是|为)")),
    ("issued", re.compile(
        rf"{_WHEN}(?:正式)?(?:{_ISSUE}|成文)|(?:成文|{_ISSUE})(?:日期|时间|日)?(?:是|为)?{_WHEN}|(?:成文|{_ISSUE})(?:日期|时间)(?:是|为)")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Particular:
    """Which document says it, and the sentence or line that does."""

    document: int  # index among the documents
    span: tuple[int, int]


def field_asked(question: str) -> str:
    """number, issuer, issued or effective; "" where none of them is asked for."""
    folded = fold(question)
    return next((name for name, pattern in _ASKS if pattern.search(folded)), "")


def asked_for(question: str, documents: Sequence[Document], readings: Sequence[Reading]) -> Particular | None:
    """What is asked of the document that the question names, where its text says it; a text in force first."""
    field = field_asked(question)
    if not field:
        return None
    rest = dict(_ASKS)[field].sub("", fold(question))
    said = [
        i for i, d in enumerate(documents)
        if field in d.evidence and names_document(question, d.title, d.number) and only_names(rest, d.title, d.number)
    ]  # fmt: skip
    if not said:
        return None
    chosen = min(said, key=lambda i: documents[i].status not in IN_FORCE)
    proof = documents[chosen].evidence[field]
    touched = [readings[chosen].sentences[i] for i in readings[chosen].within(proof.start, proof.end)]
    return Particular(chosen, (touched[0].start, touched[-1].end)) if touched else None
