"""`kb add`, `remove`, `list`, `show`, `status`."""

from __future__ import annotations

import argparse
import gc
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kb.model import Document
from kb.wire import document_json

from .opening import filters_of, library_of
from .terminal import Terminal, escaped
from .wording import KIND_NAMES, STATUS_NAMES, STATUS_STYLE, VISIBILITY_NAMES

if TYPE_CHECKING:
    from indexer.adding import Failed, Report
    from indexer.library import Library

OVERRIDES = ("kind", "issuer", "region", "visibility")


def add(args: argparse.Namespace, terminal: Terminal) -> int:
    overrides = {name: value for name in OVERRIDES if (value := getattr(args, name))}
    gc.set_threshold(100_000, 50, 50)  # a document makes many objects but few rings of them
    library = library_of(args)
    report = add_paths(library, args.paths, overrides, terminal)
    fallen = say_shaken(library, [one.doc_id for one in report.done if one.change != "unchanged"], terminal)
    if terminal.json_mode:
        terminal.give({**report_json(report), "answers_shaken": fallen})
    else:
        counts = {name: report.count(name) for name in ("added", "updated", "unchanged")}
        terminal.say(
            f"新增 {counts['added']} 篇，更新 {counts['updated']} 篇，未变 {counts['unchanged']} 篇，"
            f"失败 {len(report.failed)} 个"
        )
        for one in report.done:
            if one.note:
                terminal.say(f"  {one.source}：{one.note}（{one.doc_id}）")
    return 1 if report.failed and not report.done else 0


def say_shaken(library: Library, doc_ids: list[str], terminal: Terminal) -> list[dict[str, Any]]:
    """Past answers that the change has shaken, said in one line."""
    from kb.ledger import ledger_at

    from ..notice import told_by_command

    ledger = ledger_at(library.settings.home, library.store.engine)
    answers = told_by_command(library, ledger, doc_ids)
    fallen = sum(one.standing == "fallen" for one in answers)
    if answers:
        terminal.say(
            f"注意：往日答案中 {fallen} 条不再成立，{len(answers) - fallen} 条需复核；运行 `kb verify` 查看"
        )
    return [one.json() for one in answers]


def add_paths(library: Library, paths: list[str], overrides: dict[str, str], terminal: Terminal) -> Report:
    """Add with a progress display that counts what it knows: files found, prepared, passages indexed."""
    from indexer.adding import Watcher
    from indexer.adding import add as add_files

    with terminal.progress() as progress:
        reading = progress.add_task("读取文件", total=0)
        indexing = progress.add_task("建立索引", total=None, visible=False)

        class Shown(Watcher):
            def found(self, count: int) -> None:
                progress.update(reading, total=count)

            def prepared(self, count: int) -> None:
                progress.advance(reading, count)

            def failed(self, failure: Failed) -> None:
                terminal.say(f"失败：{failure.reason}")

            def indexed(self, passages: int) -> None:
                progress.update(indexing, visible=True, advance=passages, description="建立索引（段）")

        return add_files(library, paths, overrides, Shown())


def report_json(report: Report) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {"added": [], "updated": [], "unchanged": []}
    for one in report.done:
        row = {"source": one.source, "doc_id": one.doc_id}
        groups[one.change].append(row | {"note": one.note} if one.note else row)
    failed = [asdict(one) | {"file": one.source} for one in report.failed]
    counts = {name: len(rows) for name, rows in groups.items()} | {"failed": len(failed)}
    return {**groups, "failed": failed, "counts": counts}


def remove(args: argparse.Namespace, terminal: Terminal) -> int:
    from indexer.adding import remove as remove_documents

    library = library_of(args)
    failed = remove_documents(library, args.ids)
    bad = {one.source for one in failed}
    removed = [doc_id for doc_id in dict.fromkeys(args.ids) if doc_id not in bad]
    fallen = say_shaken(library, removed, terminal)
    if terminal.json_mode:
        terminal.give(
            {"removed": removed, "failed": [asdict(one) for one in failed], "answers_shaken": fallen}
        )
    for one in failed:
        terminal.say(f"失败：{one.reason}")
    if not terminal.json_mode:
        terminal.say(f"移除 {len(removed)} 篇")
    return 1 if failed else 0


def list_documents(args: argparse.Namespace, terminal: Terminal) -> int:
    from ..listing import with_revisions

    library = library_of(args)
    filters = library.by_day(filters_of(args))
    found = library.store.documents(filters, args.offset, args.limit)
    total = library.store.count(filters)
    if args.as_of:
        found = [library.on_day(document, args.as_of) for document in found]
    if terminal.json_mode:
        terminal.give(
            {"documents": with_revisions(library.store, found), "total": total, "offset": args.offset}
        )
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("编号", "类别", "时效", "文号", "成文", "标题"):
        table.add_column(name, overflow="fold")
    for document in found:
        table.add_row(
            document.id, KIND_NAMES[document.kind], status_mark(document), escaped(document.number or ""),
            str(document.issued or ""), escaped(document.title),
        )  # fmt: skip
    if found:
        terminal.out.print(table)
    terminal.say(f"共 {total} 篇" + ("" if total else "；请用 `kb add 文件` 添加"))
    return 0


def status_mark(document: Document) -> str:
    return f"[{STATUS_STYLE[document.status]}]{STATUS_NAMES[document.status]}[/]"


def show(args: argparse.Namespace, terminal: Terminal) -> int:
    from ..listing import relations_of

    library = library_of(args)
    store = library.store
    document = store.document(args.id)
    revision = store.revision(args.id, args.revision)
    known = document_json(document, store.revisions(args.id))
    known["relations"] = relations_of(store, document)
    known["outline"] = [
        {"path": list(c.path), "label": c.label, "start": c.start, "end": c.end} for c in revision.outline
    ]
    if args.text:
        known["text"] = revision.text
    if terminal.json_mode:
        terminal.give(known)
        return 0
    out = terminal.out
    out.print(f"[bold]{escaped(document.title)}[/]  {status_mark(document)}")
    if document.status_reason:
        out.print(f"  [dim]{escaped(document.status_reason)}[/]")
    for label, value in (
        ("编号", document.id), ("文号", document.number), ("发文机关", document.issuer),
        ("成文日期", document.issued), ("施行日期", document.effective), ("失效日期", document.expires),
        ("类别", KIND_NAMES[document.kind]), ("地区", document.region),
        ("可见范围", VISIBILITY_NAMES[document.visibility]), ("来源", document.source),
        ("版本", f"第 {document.revision} 版，sha256 {document.sha256}"),
    ):  # fmt: skip
        if value is not None:
            out.print(f"  {label}：{escaped(value)}")
    if args.text:
        out.print()
        out.print(escaped(revision.text))
        return 0
    out.print("  目录：")
    for clause in revision.outline:
        if clause.label and clause.path and clause.kind in ("heading", "article"):
            out.print(f"    {'  ' * (len(clause.path) - 1)}{escaped(clause.label)[:60]}")
    return 0


def set_status(args: argparse.Namespace, terminal: Terminal) -> int:
    library = library_of(args)
    with library.writing(wait=60.0):
        library.store.override_status(args.id, args.set, args.reason, args.by)
        library.refresh()
    say_shaken(library, [args.id], terminal)
    document = library.store.document(args.id)
    if terminal.json_mode:
        terminal.give(document_json(document, library.store.revisions(args.id)))
    else:
        terminal.say(
            f"《{document.title}》现为：{STATUS_NAMES[document.status]}（{document.status_reason or ''}）"
        )
    return 0
