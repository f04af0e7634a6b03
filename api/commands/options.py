"""The grammar of the `kb` command; nothing heavy is imported to read it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from typing import Any, NoReturn, get_args

from kb.access import SCOPES
from kb.listing import ALL
from kb.model import Kind, Mode, Status

KINDS: tuple[str, ...] = get_args(Kind)
STATUSES: tuple[str, ...] = get_args(Status)
MODES: tuple[str, ...] = get_args(Mode)
LONGEST_QUESTION = 2000  # characters
MOST_HITS = 100


class Usage(Exception):
    """What is wrong with the arguments; `usage` shows how they should be."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Usage(f"用法有误：{_chinese(message)}", self.format_usage().replace("usage:", "用法："))


def _chinese(message: str) -> str:
    for english, chinese in (
        ("the following arguments are required:", "缺少参数"),
        ("unrecognized arguments:", "不认识的参数"),
        ("invalid choice:", "不在可选值之内："),
        ("expected one argument", "后面要有一个值"),
        ("expected at least one argument", "后面至少要有一个值"),
        ("not allowed with argument", "不能同时使用"),
        ("argument ", "参数 "),
        ("choose from", "可用"),
    ):
        message = message.replace(english, chinese)
    return message


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期 {text!r} 不合法，请写成 2024-01-31") from None


def whole(low: int, high: int) -> Any:
    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} 不合法，请用 {low}–{high} 的整数")
        return value

    return read


def read_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments of a command. `--home` and `--json` may stand before or after its name."""
    return build_parser().parse_args(argv, argparse.Namespace(home=None, json=False))


def build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--home", metavar="DIR", default=argparse.SUPPRESS, help="数据目录（或环境变量 KB_HOME）"
    )
    common.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="在标准输出给出一个 JSON 文档"
    )
    parser = _Parser(prog="kb", description="中文政策文件知识库：每个答案都引用原文", parents=[common])
    parser.add_argument("--version", action="version", version=f"kb {version()}")
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True, parser_class=_Parser)

    def command(name: str, module: str, function: str, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[common])
        made.set_defaults(module=module, function=function)
        return made

    _documents(command)
    _asking(command)
    _auditing(command)
    _service(command, common)
    return parser


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("policy-kb")
    except PackageNotFoundError:
        return "0"


def _filters(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("筛选（检索之前生效；可重复给出）")
    group.add_argument("--kind", action="append", choices=KINDS, default=[], help="类别")
    group.add_argument("--issuer", action="append", default=[], metavar="机关", help="发文机关")
    group.add_argument("--region", action="append", default=[], metavar="地区", help="地区")
    group.add_argument("--status", action="append", choices=STATUSES, default=[], help="时效性")
    group.add_argument("--number", metavar="文号", help="发文字号，任何写法")
    group.add_argument("--issued-from", type=day, metavar="日期", help="成文日期不早于")
    group.add_argument("--issued-to", type=day, metavar="日期", help="成文日期不晚于")
    group.add_argument("--doc", action="append", default=[], metavar="ID", help="只在这些文档里")
    group.add_argument("--as-of", type=day, metavar="日期", help="按这一天的效力")


def _documents(command: Any) -> None:
    add = command("add", "documents", "add", "添加文件、文件夹、.zip 或 .jsonl")
    add.add_argument("paths", nargs="+", metavar="PATH")
    add.add_argument("--kind", choices=KINDS, help="类别（优先于识别结果，下同）")
    add.add_argument("--issuer", metavar="机关", help="发文机关")
    add.add_argument("--region", metavar="地区", help="地区")
    add.add_argument("--visibility", choices=ALL, help="可见范围")
    remove = command("remove", "documents", "remove", "移除文档（已有答案引用的原文仍留存）")
    remove.add_argument("ids", nargs="+", metavar="ID")
    listing = command("list", "documents", "list_documents", "列出文档")
    _filters(listing)
    listing.add_argument("--offset", type=whole(0, 10**9), default=0, help="从第几篇起")
    listing.add_argument("--limit", type=whole(1, 10**9), default=None, help="至多几篇")
    show = command("show", "documents", "show", "显示一篇文档")
    show.add_argument("id", metavar="ID")
    show.add_argument("--revision", type=whole(1, 10**9), help="第几版")
    show.add_argument("--text", action="store_true", help="连同全文")
    status = command("status", "documents", "set_status", "人工认定文档的时效性，或收回认定")
    status.add_argument("id", metavar="ID")
    choice = status.add_mutually_exclusive_group(required=True)
    choice.add_argument("--set", choices=STATUSES, help="认定为")
    choice.add_argument("--clear", action="store_true", help="收回认定，回到识别结果")
    status.add_argument("--reason", required=True, help="理由")
    status.add_argument("--by", required=True, metavar="姓名", help="认定人")


def _asking(command: Any) -> None:
    search = command("search", "asking", "search", "检索原文，最相关的在前")
    search.add_argument("text", metavar="TEXT")
    search.add_argument("-k", type=whole(1, MOST_HITS), default=10, help="至多几条（1–100）")
    search.add_argument("--mode", choices=MODES, default="hybrid", help="检索方式")
    _filters(search)
    ask = command("ask", "asking", "ask", "提问，得到一个引用原文的回答")
    ask.add_argument("text", metavar="QUESTION")
    ask.add_argument("-k", type=whole(1, MOST_HITS), default=10, help="附上几条相关原文")
    _filters(ask)
    chat = command("chat", "chat", "chat", "在终端里连续问答")
    chat.add_argument("-k", type=whole(1, MOST_HITS), default=10, help="附上几条相关原文")
    _filters(chat)


def _auditing(command: Any) -> None:
    verify = command(
        "verify", "auditing", "verify", "对照现有文档复核已有答案的引文与账本的哈希链，或核对一段引文"
    )
    verify.add_argument("ids", nargs="*", metavar="ANSWER", help="答案编号；不给则复核全部")
    verify.add_argument("--quote", metavar="TEXT", help="核对别处写的引文")
    verify.add_argument("--doc", metavar="ID", help="引文所称的文档")
    verify.add_argument("--number", metavar="文号", help="引文所称的文号")
    verify.add_argument("--anchor", metavar="HASH", help="先前另外抄存的链尾哈希：它必须仍在链上")
    audit = command("audit", "auditing", "export", "答案账本")
    actions = audit.add_subparsers(title="动作", metavar="动作", required=True, parser_class=_Parser)
    export = actions.add_parser("export", help="导出账本", description="导出账本")
    export.set_defaults(module="auditing", function="export")
    export.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    export.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    export.add_argument("--format", choices=("jsonl", "csv", "xlsx"), default="jsonl", help="格式")
    export.add_argument("--output", "-o", metavar="FILE", help="写入文件；不给则写到标准输出")
    export.add_argument("--since", type=day, metavar="日期", help="起于（含）")
    export.add_argument("--until", type=day, metavar="日期", help="止于（含）")
    export.add_argument("--doc", metavar="ID", help="只要引用了这篇文档的")


def _service(command: Any, common: argparse.ArgumentParser) -> None:
    serve = command("serve", "service", "serve", "启动 HTTP 服务")
    serve.add_argument("--host", help="监听地址（默认 127.0.0.1）")
    serve.add_argument("--port", type=whole(0, 65535), help="监听端口（默认 8000；0 为任一空闲端口）")
    serve.add_argument("--no-corpus", action="store_true", help="数据目录为空时不添加随附文档")
    command("reindex", "service", "reindex", "由库存文档重建索引")
    doctor = command("doctor", "diagnosis", "doctor", "查看全部设置及其来源，诊断环境问题")
    doctor.add_argument("--full", action="store_true", help="连同全部引文与账本一起检查（较慢）")
    backup = command("backup", "service", "backup", "备份数据目录到一个文件")
    backup.add_argument("file", metavar="FILE")
    restore = command("restore", "service", "restore", "由备份文件恢复数据目录")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--overwrite", action="store_true", help="目录非空时也恢复，原有内容移到一旁")
    keys = command("keys", "keys", "list_keys", "管理访问密钥")
    actions = keys.add_subparsers(title="动作", metavar="动作", required=True, parser_class=_Parser)

    def action(name: str, function: str, help: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=help, description=help, parents=[common])
        made.set_defaults(module="keys", function=function)
        return made

    create = action("create", "create_key", "新建密钥；密钥只显示这一次")
    create.add_argument("name", metavar="NAME", help="名字，如使用它的系统")
    create.add_argument("--scopes", default="ask,search", help=f"权限，逗号分隔：{','.join(SCOPES)}")
    create.add_argument("--visibility", default="public", help=f"可见范围，逗号分隔：{','.join(ALL)}")
    create.add_argument("--origins", default="", help="允许使用它的网页来源，逗号分隔；空为不限")
    create.add_argument("--rate", type=whole(1, 1_000_000), help="每分钟至多几次")
    create.add_argument("--expires", metavar="日期", help="到期日，如 2030-12-31")
    action("list", "list_keys", "列出密钥（不含密钥本身）")
    revoke = action("revoke", "revoke_key", "撤销密钥，立即生效")
    revoke.add_argument("key", metavar="KEY", help="编号或名字")
