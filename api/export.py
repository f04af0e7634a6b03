"""An answer as a file to keep: Markdown with footnotes, or a Word document."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

MARK = re.compile(r"\[(\d+)\]")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~])")


def as_markdown(answer: Mapping[str, Any], base: str = "") -> str:
    """The answer with a footnote for each citation; document text cannot become markup."""
    lines = [f"# {_plain(_question(answer))}", ""]
    lines += [f"> {_plain(note)}\n" for note in answer.get("notes", ())]
    numbers = {c["n"] for c in answer["citations"]}
    for line in answer["text"].split("\n"):
        pieces = MARK.split(line)
        lines += ["".join(_piece(i, p, numbers) for i, p in enumerate(pieces)), ""]
    for c in answer["citations"]:
        url = f"<{base}{c['url']}>" if base else c["url"]
        lines.append(f"[^{c['n']}]: {_plain(source_line(c))}：“{_plain(_flat(c['quote']))}” {url}")
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


def source_line(citation: Mapping[str, Any]) -> str:
    """Title, number, issuer, date, place, page of a citation."""
    facts = "，".join(str(citation[name]) for name in ("number", "issuer", "issued") if citation.get(name))
    place = " › ".join(citation.get("path") or ())
    page = f"第 {citation['page']} 页" if citation.get("page") else ""
    return " ".join(
        p for p in (f"《{citation['title']}》" + (f"（{facts}）" if facts else ""), place, page) if p
    )


def _foot(answer: Mapping[str, Any]) -> str:
    return f"答案编号 {answer['id']}，{answer['created']}，索引第 {answer['generation']} 代"


def as_docx(answer: Mapping[str, Any], base: str = "") -> bytes:
    """The same as a Word document; superscript numbers lead to the list of sources."""
    import docx

    made = docx.Document()
    made.add_heading(_word(_question(answer)), 1)
    for note in answer.get("notes", ()):
        made.add_paragraph(_word(note), style="Intense Quote")
    for line in answer["text"].split("\n"):
        paragraph = made.add_paragraph()
        for i, piece in enumerate(MARK.split(line)):
            run = paragraph.add_run(_word(piece if i % 2 == 0 else f"[{piece}]"))
            run.font.superscript = i % 2 == 1 or None
    if answer["citations"]:
        made.add_heading("依据", 2)
    for c in answer["citations"]:
        made.add_paragraph(_word(f"[{c['n']}] {source_line(c)}"))
        made.add_paragraph(_word(c["quote"]), style="Quote")
        made.add_paragraph(_word(base + c["url"]))
    made.add_paragraph(_word(_foot(answer)))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _word(text: str) -> str:
    return UNPRINTABLE.sub("\ufffd", text)
