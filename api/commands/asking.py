"""`kb search` and `kb ask`."""

from __future__ import annotations

import argparse
import re
import time
from typing import TYPE_CHECKING

from kb.errors import BadInput
from kb.model import Answer, Citation, Hit, Question
from kb.wire import answer_json, hit_json

from .opening import filters_of, library_of
from .options import LONGEST_QUESTION
from .terminal import Terminal, escaped
from .wording import KIND_NAMES, REASON_NAMES, STATUS_NAMES, STATUS_STYLE

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
    for n, hit in enumerate(hits, 1):
        _print_hit(n, hit, terminal)
    terminal.say(
        f"{len(hits)} 条，{took:.0f} 毫秒" if hits else "没有找到相符的原文；请换一种说法，或放宽筛选"
    )
    return 0


def _print_hit(n: int, hit: Hit, terminal: Terminal) -> None:
    text, at, marked = hit.passage.text, 0, ""
    for span in hit.highlights:
        marked += f"{escaped(text[at : span.start])}[bold yellow]{escaped(span.of(text))}[/]"
        at = span.end
    marked += escaped(text[at:])
    terminal.out.print(f"[bold]{n}.[/] {reference(hit.document, hit.passage.path, hit.passage.page)}")
    terminal.out.print(f"   {marked.strip()}")
    terminal.out.print(
        f"   [dim]{hit.document.id} {hit.passage.start}–{hit.passage.end}  得分 {hit.score:.3f}[/]"
    )


def reference(document: Document, path: tuple[str, ...], page: int | None) -> str:
    """Title, number, place and validity of a source, as markup; the title opens the file it came from."""
    facts = "，".join(escaped(v) for v in (document.number, document.issuer, document.issued) if v)
    place = " › ".join(escaped(p) for p in path) + (f" 第 {page} 页" if page else "")
    title = f"《{escaped(document.title)}》"
    link = _link(document)
    if link:
        title = f"[link={link}]{title}[/link]"
    status = f"[{STATUS_STYLE[document.status]}]{STATUS_NAMES[document.status]}[/]"
    return f"{title}{f'（{facts}）' if facts else ''} {place} {status}"


def _link(document: Document) -> str:
    """OSC 8 target: the file itself where it is still there."""
    from pathlib import Path
    from urllib.parse import quote

    try:
        path = Path(document.source).absolute()
        return f"file://{quote(str(path))}" if path.is_file() else ""
    except (OSError, ValueError):
        return ""


def ask(args: argparse.Namespace, terminal: Terminal) -> int:
    from indexer.assistant import Assistant

    text = checked(args.text)
    assistant = Assistant(library_of(args))
    answer = assistant.ask(Question(text, (), filters_of(args), args.k), caller="命令行")
    if terminal.json_mode:
        terminal.give(answer_json(answer))
    else:
        print_answer(answer, terminal)
    return 0


def print_answer(answer: Answer, terminal: Terminal) -> None:
    out = terminal.out
    if answer.rewritten:
        out.print(f"[dim]（理解为：{escaped(answer.rewritten)}）[/]")
    out.print(escaped(answer.text))
    if answer.basis == "none":
        reason = REASON_NAMES.get(answer.reason or "", answer.reason or "")
        out.print(f"[yellow]没有依据：{reason}[/]")
    for citation in answer.citations:
        out.print(_cited(citation))
    kind = f"{KIND_NAMES[answer.kind]} · " if answer.basis == "grounded" else ""
    out.print(f"[dim]{kind}{answer.took_ms:.0f} 毫秒 · 答案编号 {answer.id}[/]")


def _cited(citation: Citation) -> str:
    where = reference(citation.document, citation.path, citation.page)
    return (
        f"[cyan]\\[{citation.n}][/] {where} [dim]第 {citation.revision} 版 {citation.start}–{citation.end}[/]"
    )
