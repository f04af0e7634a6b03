"""`kb doctor`: the checks of `api.doctor`, shown."""

from __future__ import annotations

import argparse

from ..doctor import diagnose
from .terminal import Terminal, escaped

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "problem": "[red]✗[/]"}


def doctor(args: argparse.Namespace, terminal: Terminal) -> int:
    report = diagnose(args.home, args.full)
    if terminal.json_mode:
        terminal.give(report)
        return 0 if report["ok"] else 1
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("设置", "值", "来自", "说明"):
        table.add_column(name, overflow="fold")
    for setting in report["settings"]:
        table.add_row(
            setting["name"], escaped(setting["value"]), setting["source"], escaped(setting["description"])
        )
    if report["settings"]:
        terminal.out.print(table)
    for check in report["checks"]:
        terminal.out.print(f"{MARKS[check['state']]} {check['name']}：{escaped(check['detail'])}")
    terminal.say("没有发现问题" if report["ok"] else "有问题需要处理，见上面的 ✗")
    return 0 if report["ok"] else 1
