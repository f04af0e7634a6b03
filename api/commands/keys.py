"""`kb keys create`, `list`, `revoke`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from kb.access import Key, Keys

from .auditing import store_of
from .opening import settings_of
from .terminal import Terminal, escaped
from .wording import VISIBILITY_NAMES


def keys_of(args: argparse.Namespace) -> Keys:
    return Keys(store_of(settings_of(args)).engine)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]


def create_key(args: argparse.Namespace, terminal: Terminal) -> int:
    keys = keys_of(args)
    secret = keys.create(
        args.name,
        _listed(args.scopes),
        _listed(args.visibility),
        _listed(args.origins),
        args.rate,
        args.expires,
    )
    made = keys.authenticate(secret)
    if terminal.json_mode:
        terminal.give({**made.json(), "key": secret})
    else:
        terminal.say(f"已建密钥 {made.name}（编号 {made.id}）；下面这一行只显示这一次，请立即妥善保存：")
        print(secret)
    return 0


def list_keys(args: argparse.Namespace, terminal: Terminal) -> int:
    found = keys_of(args).list()
    if terminal.json_mode:
        terminal.give({"keys": [key.json() for key in found]})
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("编号", "名字", "权限", "可见范围", "来源", "每分钟", "到期", "状态"):
        table.add_column(name, overflow="fold")
    for key in found:
        table.add_row(
            key.id, escaped(key.name), ",".join(key.scopes),
            ",".join(VISIBILITY_NAMES[v] for v in key.visibility), ",".join(key.origins) or "不限",
            str(key.rate or "不限"), (key.expires or "不限")[:10], _state(key),
        )  # fmt: skip
    if found:
        terminal.out.print(table)
    terminal.say(f"共 {len(found)} 个密钥")
    return 0


def _state(key: Key) -> str:
    if key.revoked:
        return f"已撤销（{key.revoked[:10]}）"
    return "已到期" if key.expires and datetime.fromisoformat(key.expires) <= datetime.now(UTC) else "有效"


def revoke_key(args: argparse.Namespace, terminal: Terminal) -> int:
    key = keys_of(args).revoke(args.key)
    if terminal.json_mode:
        terminal.give(key.json())
    else:
        terminal.say(f"密钥 {key.name}（{key.id}）已撤销")
    return 0
