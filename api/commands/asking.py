"""`kb search` and `kb ask`."""

from __future__ import annotations

import argparse
import re
import time
from typing import TYPE_CHECKING

from kb.errors import BadInput
from kb.model import Answer, Citation, Hit, Question
from kb.wire import answer_json, filters_json, hit_json, within_json

from ..links import span_address
from .opening import filters_of, library_of
from .options import LONGEST_QUESTION
from .terminal import Terminal, escaped
from .wording import KIND_NAMES, REASON_NAMES, STATUS_NAMES, STATUS_STYLE, within

if TYPE_CHECKING:
    from kb.model import Document


def checked(text: str) -> str:
    """A question as it may be asked: some words, none of them control characters, not too many."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).strip()
    if not text:
        raise BadInput("问题是空的；请写出要问的内容")
    if len(text) > LONGEST_QUESTION:
        raise BadInput(f"问题有 {len(text)} 字，超过 {LONGEST_QUESTION} 字的上限；请写短一些")
    return text


def search(args: argparse.Namespace, terminal: Terminal) -> int:
    text = checked(args.text)
    library = library_of(args)
    began = time.perf_counter()
    hits = library.search(text, filters_of(args), args.k, args.mode)
    took = round((time.perf_counter() - began) * 1000, 2)
    if terminal.json_mode:
        terminal.give({"hits": [hit_json(hit) for hit in hits], "took_ms": took})
        return 0
    base = library.settings.public_url
    for n, hit in enumerate(hits, 1):
        _print_hit(n, hit, terminal, base)
    terminal.say(
        f"{len(hits)} 条，{took:.0f} 毫秒" if hits else "没有找到相符的原文；请换一种说法，或放宽筛选"
    )
    return 0


def _print_hit(n: int, hit: Hit, terminal: Terminal, base: str) -> None:
    text, at, marked = hit.passage.text, 0, ""
    where = link(hit.document, hit.revision, hit.passage.start, hit.passage.end, base)
    for span in hit.highlights:
        marked += f"{escaped(text[at : span.start])}[bold yellow]{escaped(span.of(text))}[/]"
        at = span.end
    marked += escaped(text[at:])
    terminal.out.print(f"[bold]{n}.[/] {reference(hit.document, hit.passage.path, hit.passage.page, where)}")
    terminal.out.print(f"   {marked.strip()}")
    terminal.out.print(
        f"   [dim]{hit.document.id} {hit.passage.start}–{hit.passage.end}  得分 {hit.score:.3f}[/]"
    )


def reference(document: Document, path: tuple[str, ...], page: int | None, where: str) -> str:
    """Title, number, place and validity of a source, as markup; the title opens `where`."""
    facts = "，".join(escaped(v) for v in (document.number, document.issuer, document.issued) if v)
    place = " › ".join(escaped(p) for p in path) + (f" 第 {page} 页" if page else "")
    title = f"《{escaped(document.title)}》"
    if where:
        title = f"[link={where}]{title}[/link]"
    status = f"[{STATUS_STYLE[document.status]}]{STATUS_NAMES[document.status]}[/]"
    return f"{title}{f'（{facts}）' if facts else ''} {place} {status}"


def link(document: Document, revision: int, start: int, end: int, base: str) -> str:
    """What a terminal opens: the reader at the words where a public address is set, else the file as added."""
    from pathlib import Path
    from urllib.parse import quote

    if base:
        return span_address(base.rstrip("/"), document.id, revision, start, end)
    try:
        path = Path(document.source).absolute()
        return f"file://{quote(str(path))}" if path.is_file() else ""
    except (OSError, ValueError):
        return ""


def ask(args: argparse.Namespace, terminal: Terminal) -> int:
    from indexer.assistant import Assistant

    text = checked(args.text)
    library = library_of(args)
    with terminal.waiting("正在检索、作答"):
        answer = Assistant(library).ask(Question(text, (), filters_of(args), args.k), caller="命令行")
    if terminal.json_mode:
        terminal.give(answer_json(answer))
    else:
        print_answer(answer, terminal, library.settings.public_url)
    return 0


def print_answer(answer: Answer, terminal: Terminal, base: str = "") -> None:
    out = terminal.out
    for said in within(within_json(filters_json(answer.filters))):
        out.print(f"[dim]{escaped(said)}[/]")
    for note in answer.notes:
        if note not in answer.text:
            out.print(f"[yellow]{escaped(note)}[/]")
    if answer.rewritten:
        out.print(f"[dim]（理解为：{escaped(answer.rewritten)}）[/]")
    out.print(escaped(answer.text))
    if answer.basis == "none":
        reason = REASON_NAMES.get(answer.reason or "", answer.reason or "")
        out.print(f"[yellow]没有依据：{reason}[/]")
    for citation in answer.citations:
        out.print(_cited(citation, base))
    kind = f"{KIND_NAMES[answer.kind]} · " if answer.basis == "grounded" else ""
    out.print(f"[dim]{kind}{answer.took_ms:.0f} 毫秒 · 答案编号 {answer.id}[/]")


def _cited(citation: Citation, base: str) -> str:
    to = link(citation.document, citation.revision, citation.start, citation.end, base)
    where = reference(citation.document, citation.path, citation.page, to)
    return (
        f"[cyan]\\[{citation.n}][/] {where} [dim]第 {citation.revision} 版 {citation.start}–{citation.end}[/]"
    )
