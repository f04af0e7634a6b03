"""An answer as a file to keep: Markdown with footnotes, or a Word document."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .commands.wording import STATUS_NAMES, within
from .links import span_address

MARK = re.compile(r"\[(\d+)\]")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~])")


def as_markdown(answer: Mapping[str, Any], base: str) -> str:
    """The answer with a footnote for each citation; document text cannot become markup."""
    lines = [f"# {_plain(_question(answer))}", ""]
    lines += [f"> {_plain(said)}\n" for said in _first(answer)]
    numbers = {c["n"] for c in answer["citations"]}
    for line in _lines(answer):
        pieces = MARK.split(line)
        lines += ["".join(_piece(i, p, numbers) for i, p in enumerate(pieces)), ""]
    for c in answer["citations"]:
        quote = _plain(_flat(c["quote"]))
        lines.append(f"[^{c['n']}]: {_plain(source_line(c))}：“{quote}” <{_address(c, base)}>")
    lines += ["", f"——{_plain(_foot(answer))}", ""]
    return "\n".join(lines)


def _piece(i: int, piece: str, numbers: set[int]) -> str:
    if i % 2 == 0:
        return _plain(piece)
    return f"[^{piece}]" if int(piece) in numbers else f"\\[{piece}\\]"


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\1", UNPRINTABLE.sub("\ufffd", text))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _question(answer: Mapping[str, Any]) -> str:
    return _flat(answer["question"] or "（问题已按保留期限清除）")


def _first(answer: Mapping[str, Any]) -> list[str]:
    """What is to be read before the answer: for which day it holds, what it was limited to, what is amiss."""
    return [*within(answer), *answer.get("notes", ())]


def _lines(answer: Mapping[str, Any]) -> list[str]:
    """The answer's text without the notes it begins with: they stand above it."""
    notes = set(answer.get("notes", ()))
    return [line for line in answer["text"].split("\n") if line not in notes]


def _address(citation: Mapping[str, Any], base: str) -> str:
    return span_address(base, citation["doc_id"], citation["revision"], citation["start"], citation["end"])


def source_line(citation: Mapping[str, Any]) -> str:
    """Title, number, issuer, date, validity, place, page of a citation."""
    known = [str(citation[name]) for name in ("number", "issuer", "issued") if citation.get(name)]
    facts = "，".join([*known, STATUS_NAMES.get(citation["status"], citation["status"])])
    place = " › ".join(citation.get("path") or ())
    page = f"第 {citation['page']} 页" if citation.get("page") else ""
    return " ".join(p for p in (f"《{citation['title']}》（{facts}）", place, page) if p)


def _foot(answer: Mapping[str, Any]) -> str:
    return f"答案编号 {answer['id']}，{_moment(answer['created'])}，索引第 {answer['generation']} 代"


def _moment(created: str) -> str:
    """An ISO moment on the clock of this machine: 2026-11-29 10:23（UTC+08:00）."""
    here = datetime.fromisoformat(created).astimezone().isoformat(" ", "minutes")
    return f"{here[:16]}（UTC{here[16:]}）"


def as_docx(answer: Mapping[str, Any], base: str) -> bytes:
    """The same as a Word document; superscript numbers lead to the list of sources."""
    import docx

    made = docx.Document()
    made.add_heading(_word(_question(answer)), 1)
    for said in _first(answer):
        made.add_paragraph(_word(said), style="Intense Quote")
    for line in _lines(answer):
        paragraph = made.add_paragraph()
        for i, piece in enumerate(MARK.split(line)):
            run = paragraph.add_run(_word(piece if i % 2 == 0 else f"[{piece}]"))
            run.font.superscript = i % 2 == 1 or None
    if answer["citations"]:
        made.add_heading("依据", 2)
    for c in answer["citations"]:
        made.add_paragraph(_word(f"[{c['n']}] {source_line(c)}"))
        made.add_paragraph(_word(c["quote"]), style="Quote")
        _link(made.add_paragraph(), _address(c, base))
    made.add_paragraph(_word(_foot(answer)))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _link(paragraph: Any, address: str) -> None:
    """An address that Word follows: a relation of the document, around a run of the text."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(paragraph.add_run(_word(address))._r)
    paragraph._p.append(link)


def _word(text: str) -> str:
    return UNPRINTABLE.sub("\ufffd", text)
