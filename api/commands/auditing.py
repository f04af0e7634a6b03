"""`kb verify` and `kb audit export`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.database import storage_errors
from kb.errors import BadInput
from kb.ledger import Ledger, ledger_key
from kb.listing import AnswerFilters
from kb.settings import Settings
from kb.store import Store

from .opening import library_of, settings_of
from .terminal import Terminal, escaped
from .wording import QUOTE_NAMES, STANDING_NAMES, STATE_NAMES

if TYPE_CHECKING:
    from kb.chain_check import ChainReport
    from kb.verify import Report


def store_of(settings: Settings) -> Store:
    from kb.database import open_engine

    with storage_errors(str(settings.home)):
        settings.home.mkdir(parents=True, exist_ok=True)
    return Store(open_engine(settings.database_url))


def ledger_of(settings: Settings, store: Store) -> Ledger:
    return Ledger(store.engine, ledger_key(settings.home))


def verify(args: argparse.Namespace, terminal: Terminal) -> int:
    if args.quote is not None:
        return _verify_quote(args, terminal)
    from kb.verify import verify_all

    settings = settings_of(args)
    store = store_of(settings)
    ledger = ledger_of(settings, store)
    if args.ids:
        stored = [ledger.get(id) for id in args.ids]
    else:
        stored = ledger.stream()  # type: ignore[assignment]
    report = verify_all(_counted(stored, len(args.ids) or ledger.count(), terminal), store)
    chain = ledger.verify_chain()
    fallen = any(one.standing == "fallen" for one in report.answers)
    if terminal.json_mode:
        terminal.give({**report.json(), "chain": chain.json(), "ok": chain.ok and not fallen})
    else:
        _print_report(report, chain, terminal)
    return 0 if chain.ok and not fallen else 1


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
        out.print(f"[green]账本完整：{chain.records} 条记录，哈希链未断[/]（链尾 {chain.head[1][:16]}）")


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
        if report.document:
            terminal.out.print(
                f"  《{escaped(report.document.title)}》{escaped(report.document.number or '')} "
                f"第 {report.revision} 版 {report.start}–{report.end}（{report.document.id}）"
            )
            terminal.out.print(f"  原文：{escaped(report.text)}")
        if report.steps:
            terminal.out.print(f"  差别：{'、'.join(report.steps)}")
        if report.diff:
            terminal.out.print(f"  比对：{escaped(report.diff)}")
    return 0 if report.result in ("exact", "normalised") else 1


def export(args: argparse.Namespace, terminal: Terminal) -> int:
    settings = settings_of(args)
    ledger = ledger_of(settings, store_of(settings))
    filters = AnswerFilters(
        since=args.since.isoformat() if args.since else None,
        until=args.until.isoformat() if args.until else None,
        doc_id=args.doc,
    )
    if terminal.json_mode and args.output is None:
        terminal.give({"answers": list(ledger.stream(filters))})
        return 0
    pieces = ledger.export(args.format, filters)
    if args.output is None:
        if args.format == "xlsx" and sys.stdout.isatty():
            raise BadInput("xlsx 是二进制文件，不能显示在终端；请加 --output 文件名")
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return 0
    path = Path(args.output)
    with storage_errors(str(path)), path.open("wb") as out:
        size = sum(out.write(piece) for piece in pieces)
    count = ledger.count(filters)
    if terminal.json_mode:
        terminal.give({"path": str(path), "answers": count, "bytes": size, "format": args.format})
    else:
        terminal.say(f"已导出 {count} 条答案到 {path}")
    return 0
