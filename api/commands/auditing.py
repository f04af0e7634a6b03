"""`kb verify` and `kb audit export`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.compose import fallen_article
from kb.database import storage_errors
from kb.errors import BadInput, NotFound
from kb.ledger import Ledger, ledger_at
from kb.listing import AnswerFilters
from kb.settings import Settings
from kb.store import Store

from .opening import library_of, settings_of
from .terminal import Terminal, escaped
from .wording import QUOTE_NAMES, STANDING_NAMES, STATE_NAMES, STATUS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.library import Library
    from kb.archive import Altered
    from kb.chain_check import ChainBreak, ChainReport
    from kb.quotes import QuoteReport
    from kb.verify import Report


PLAINLY_IN_FORCE = frozenset({"in_force", "unknown"})


def store_of(settings: Settings) -> Store:
    from kb.database import open_engine

    with storage_errors(str(settings.home)):
        settings.home.mkdir(parents=True, exist_ok=True)
    return Store(open_engine(settings.database_url))


def ledger_of(settings: Settings, store: Store) -> Ledger:
    return ledger_at(settings.home, store.engine)


def verify(args: argparse.Namespace, terminal: Terminal) -> int:
    if args.quote is not None:
        return _verify_quote(args, terminal)
    from kb.archive import altered
    from kb.verify import verify_all

    settings = settings_of(args)
    store = store_of(settings)
    ledger = ledger_of(settings, store)
    broken: list[ChainBreak] = []
    stored = _named(ledger, args.ids, broken) if args.ids else ledger.readable(broken)
    report = verify_all(_counted(stored, len(args.ids) or ledger.count(), terminal), store)
    chain = _chain(ledger, args.anchor)
    archive = [] if args.ids else list(altered(store.engine))
    fallen = any(one.standing == "fallen" for one in report.answers)
    tampered = any(c.state == "tampered" for one in report.answers for c in one.citations)
    ok = chain.ok and not (fallen or tampered or archive or broken)
    if terminal.json_mode:
        unreadable = [{"seq": one.seq, "id": one.id, "problem": one.problem} for one in broken]
        texts = [
            {"doc_id": one.doc_id, "title": one.title, "revision": one.revision, "problem": one.problem}
            for one in archive
        ]
        terminal.give({**report.json(), "chain": chain.json(), "unreadable": unreadable, "archive": texts, "ok": ok})
    else:
        _print_report(report, chain, terminal)
        _print_damage(broken, archive, terminal)
    return 0 if ok else 1


def _named(ledger: Ledger, ids: list[str], broken: list[ChainBreak]) -> Iterator[dict[str, Any]]:
    """The answers asked for by id. Raises `NotFound` for one that never was."""
    for id in ids:
        if not ledger.ids(AnswerFilters(ids=(id,))):
            raise NotFound(f"没有编号为 {id} 的答案；请到审计页面查看现有答案")
        yield from ledger.readable(broken, AnswerFilters(ids=(id,)))


def _chain(ledger: Ledger, noted: str | None) -> ChainReport:
    """The chain, against the end noted down earlier where one is given."""
    from kb.chain_check import ChainBreak

    anchor = None if noted is None else ledger.noted(noted)
    report = ledger.verify_chain(anchor)
    if noted is None or anchor is not None:
        return report
    problem = f"账本里没有哈希为 {noted} 的记录：留底之后账本被重写或删短，或抄录有误"
    return replace(report, breaks=(*report.breaks, ChainBreak(None, None, problem)))


def _counted(stored: Any, total: int, terminal: Terminal) -> Any:
    with terminal.progress() as progress:
        task = progress.add_task("复核答案", total=total)
        for one in stored:
            yield one
            progress.advance(task)


def _print_report(report: Report, chain: ChainReport, terminal: Terminal) -> None:
    out = terminal.out
    colours = {"stands": "green", "review": "yellow", "fallen": "red"}
    for one in report.answers:
        if one.standing == "stands":
            continue
        out.print(f"[{colours[one.standing]}]{one.id} {STANDING_NAMES[one.standing]}[/]")
        for citation in one.citations:
            if citation.state != "valid":
                out.print(
                    f"  第 {citation.n} 条引文{STATE_NAMES[citation.state]}：{escaped(citation.detail)}"
                )
                if citation.diff:
                    out.print(f"      {escaped(citation.diff)}")
    counts = {s: sum(a.standing == s for a in report.answers) for s in STANDING_NAMES}
    out.print("，".join(f"{STANDING_NAMES[s]} {n} 条" for s, n in counts.items()))
    for broken in chain.breaks:
        out.print(f"[red]账本：{escaped(broken.problem)}[/]")
    if chain.ok:
        out.print(f"[green]账本完整：{chain.records} 条记录，哈希链未断[/]（链尾 {chain.head[1]}）")


def _print_damage(broken: list[ChainBreak], archive: list[Altered], terminal: Terminal) -> None:
    for one in (*broken, *archive):
        terminal.out.print(f"[red]{escaped(one.problem)}[/]")


def _verify_quote(args: argparse.Namespace, terminal: Terminal) -> int:
    from kb.quotes import find_in_store, quote_json

    library = library_of(args)

    def candidates(quote: str) -> list[str]:
        return [hit.document.id for hit in library.search(quote[:500], k=50)]

    report = find_in_store(args.quote, library.store, candidates, args.doc, args.number)
    if terminal.json_mode:
        terminal.give(quote_json(report))
    else:
        terminal.out.print(f"[bold]{QUOTE_NAMES[report.result]}[/]")
        if report.note:
            terminal.out.print(f"  {escaped(report.note)}")
        if report.document:
            terminal.out.print(
                f"  《{escaped(report.document.title)}》{escaped(report.document.number or '')} "
                f"第 {report.revision} 版 {report.start}–{report.end}（{report.document.id}）"
            )
            for warning in _warnings(library, report):
                terminal.out.print(f"  [red]注意：{escaped(warning)}[/]")
            terminal.out.print(f"  原文：{escaped(report.text)}")
        if report.steps:
            terminal.out.print(f"  差别：{'、'.join(report.steps)}")
        if report.diff:
            terminal.out.print(f"  比对：{escaped(report.diff)}")
    return 0 if report.result in ("exact", "normalised") else 1


def _warnings(library: Library, report: QuoteReport) -> list[str]:
    """Why the words found must not be relied on as they stand."""
    document = report.document
    assert document is not None
    said = []
    if document.status not in PLAINLY_IN_FORCE:
        why = f"：{document.status_reason}" if document.status_reason else ""
        said.append(f"这份文件{STATUS_NAMES[document.status]}{why}")
    if report.revision != document.revision:
        said.append(f"这段文字只见于第 {report.revision} 版，现行第 {document.revision} 版里没有")
    outline = library.store.revision(document.id, report.revision).outline
    paths = [clause.path for clause in outline if clause.start <= report.start < clause.end]
    article = fallen_article(document, paths[-1] if paths else ())
    return [*said, f"所在的{article}已废止"] if article else said


def export(args: argparse.Namespace, terminal: Terminal) -> int:
    settings = settings_of(args)
    ledger = ledger_of(settings, store_of(settings))
    filters = AnswerFilters(
        since=args.since.isoformat() if args.since else None,
        until=args.until.isoformat() if args.until else None,
        doc_id=args.doc,
    )
    broken: list[ChainBreak] = []
    if terminal.json_mode and args.output is None:
        terminal.give({"answers": list(ledger.readable(broken, filters))})
        return _left_out(broken, terminal)
    pieces = ledger.export(args.format, filters, broken=broken)
    if args.output is None:
        if args.format == "xlsx" and sys.stdout.isatty():
            raise BadInput("xlsx 是二进制文件，不能显示在终端；请加 --output 文件名")
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return _left_out(broken, terminal)
    path = Path(args.output)
    with storage_errors(str(path)), path.open("wb") as out:
        size = sum(out.write(piece) for piece in pieces)
    count = ledger.count(filters) - len(broken)
    if terminal.json_mode:
        terminal.give({"path": str(path), "answers": count, "bytes": size, "format": args.format})
    else:
        terminal.say(f"已导出 {count} 条答案到 {path}")
    return _left_out(broken, terminal)


def _left_out(broken: list[ChainBreak], terminal: Terminal) -> int:
    """The exit code, after a line for each record of which only place and id could be exported."""
    for one in broken:
        terminal.say(f"内容未导出：{one.problem}")
    return 1 if broken else 0
