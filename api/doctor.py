"""What is set, where it came from, and what is wrong with this machine or this data folder."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kb.errors import KBError
from kb.settings import Settings, load_settings, sources, unknown_variables

from .machine import Check, check, clock, disk, folder, machine, memory, version_of

SECRET = frozenset({"model_key"})
Look = Callable[[Settings, bool], Iterator[Check]]


def diagnose(home: str | None, full: bool = False) -> dict[str, Any]:
    """Every setting and every check; `ok` is false where a check found a problem."""
    checks: list[Check] = []
    try:
        settings: Settings | None = load_settings(home)
    except KBError as error:
        settings = None
        checks.append(check("problem", "设置", str(error)))
    else:
        checks.append(check("ok", "设置", f"{len(_settings(settings))} 项，全部合法"))
    for name in unknown_variables():
        checks.append(check("warning", "设置", f"环境变量 {name} 不是任何设置，不起作用；请检查拼写"))
    checks += [*machine(), *memory()]
    if settings is not None:
        for name, look in LOOKS.items():
            checks += _guarded(name, look, settings, full)
    return {
        "ok": all(found["state"] != "problem" for found in checks),
        "version": version_of("policy-kb"),
        "home": str(settings.home) if settings else home,
        "settings": _settings(settings) if settings else [],
        "checks": checks,
    }


def _guarded(name: str, look: Look, settings: Settings, full: bool) -> list[Check]:
    """A check that fails is a finding, not the end of the diagnosis."""
    found = []
    try:
        for one in look(settings, full):
            found.append(one)
    except KBError as error:
        found.append(check("problem", name, str(error)))
    except Exception as error:
        found.append(check("problem", name, f"检查未能完成：{type(error).__name__}：{error}"))
    return found


def _settings(settings: Settings) -> list[dict[str, Any]]:
    origin = sources(settings)
    return [
        {
            "name": name,
            "value": _shown(name, getattr(settings, name)),
            "source": origin[name],
            "description": field.description or "",
        }
        for name, field in type(settings).model_fields.items()
    ]


def _shown(name: str, value: Any) -> Any:
    if name in SECRET and value:
        return "（已设，不显示）"
    if name == "database":
        return re.sub(r"://([^:/@]*):[^@]*@", r"://\1:***@", value)
    return str(value) if isinstance(value, Path) else value


def _database(settings: Settings, full: bool) -> Iterator[Check]:
    path = settings.home / "kb.sqlite"
    if settings.database:
        yield check("ok", "数据库", settings.database.split("@")[-1])
    if not settings.database and not path.exists():
        yield check("ok", "数据库", "尚未建立")
        return
    from .commands.auditing import store_of

    store = store_of(settings)
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(5)").scalars().all()
        if found != ["ok"]:
            yield check(
                "problem", "数据库", f"已损坏（{'；'.join(map(str, found))}）；请用 `kb restore` 恢复备份"
            )
            return
    yield check("ok", "数据库", f"完好，{store.count()} 篇文档，第 {store.generation()} 代")


def _archive(settings: Settings, full: bool) -> Iterator[Check]:
    """Every stored text against its sha256: what was altered is never quoted, and is told here."""
    if not settings.database and not (settings.home / "kb.sqlite").exists():
        return
    from kb.archive import altered

    from .commands.auditing import store_of

    found = list(altered(store_of(settings).engine))
    for one in found[:20]:
        yield check("problem", "存档", one.problem)
    if len(found) > 20:
        yield check("problem", "存档", f"共 {len(found)} 处，以上只列前 20 处")
    if not found:
        yield check("ok", "存档", "各版原文都在，与入库时的 sha256 一致")


def _lexicon(settings: Settings, full: bool) -> Iterator[Check]:
    from indexer.words import Words

    path = settings.home / "lexicon.txt"
    words = Words(path if path.is_file() else None)
    yield check(
        "ok", "词表", f"{'用户词表 ' + str(path) if path.is_file() else '随附词表'}，{words.lexicon_hash[:8]}"
    )


def _embedder(settings: Settings, full: bool) -> Iterator[Check]:
    from indexer.embed import load_embedder

    embedder = load_embedder(settings.embedder, base=settings.home)
    yield check("ok", "向量模型", f"{embedder.name}，{embedder.dim} 维")


def _index(settings: Settings, full: bool) -> Iterator[Check]:
    if not (settings.home / "index").exists():
        yield check("ok", "索引", "尚未建立；第一次使用时会自动建立")
        return
    from indexer.library import Library

    library = Library(settings)
    manifest = library.index.manifest()
    if manifest is None:
        yield check("warning", "索引", "没有清单；下次使用时会自动重建")
        return
    library.index.check(manifest)
    damaged = library.index.damaged(manifest)
    if damaged:
        yield check("problem", "索引", f"文件损坏：{'、'.join(damaged)}；请运行 `kb reindex`")
    elif manifest.generation != library.store.generation():
        yield check("warning", "索引", "落后于库存；下次使用时会自动补上")
    else:
        yield check("ok", "索引", f"第 {manifest.generation} 代，{manifest.built_with}")


def _ledger(settings: Settings, full: bool) -> Iterator[Check]:
    if not settings.database and not (settings.home / "kb.sqlite").exists():
        return
    from .commands.auditing import ledger_of, store_of

    store = store_of(settings)
    ledger = ledger_of(settings, store)
    if not full:
        yield check("ok", "账本", f"{ledger.count()} 条答案（加 --full 检查哈希链与引文）")
        return
    from kb.chain_check import ChainBreak
    from kb.verify import verify_all

    chain = ledger.verify_chain()
    for broken in chain.breaks[:20]:
        yield check("problem", "账本", broken.problem)
    if chain.ok:
        yield check("ok", "账本", f"{chain.records} 条记录，哈希链完整")
    unreadable: list[ChainBreak] = []
    report = verify_all(ledger.readable(unreadable), store).json()
    for one in unreadable[:20]:
        yield check("problem", "账本", one.problem)
    state = "warning" if report["fallen"] or report["review"] else "ok"
    detail = f"成立 {report['stands']}，需复核 {report['review']}，不再成立 {report['fallen']}"
    yield check(state, "已有答案", detail)


def _access(settings: Settings, full: bool) -> Iterator[Check]:
    from .commands.service import is_loopback

    if is_loopback(settings.host):
        yield check("ok", "访问", f"只监听本机 {settings.host}:{settings.port}")
    elif settings.open_access:
        yield check("warning", "访问", f"监听 {settings.host}:{settings.port}，且不要求密钥（open_access）")
    else:
        yield check("ok", "访问", f"监听 {settings.host}:{settings.port}，要求访问密钥")


def _addresses(settings: Settings, full: bool) -> Iterator[Check]:
    """Whether what should be the address of a web page or service is one; nothing is asked of it."""
    for name in ("public_url", "webhook", "model_url"):
        value = getattr(settings, name)
        if value and not _is_web_address(value):
            wanted = "应是 http:// 或 https:// 开头的完整网址；请改正 kb.toml"
            yield check("problem", "网址", f"设置 {name} 的值 {value!r} 不是网址，{wanted} 或环境变量 KB_{name.upper()}")


def _is_web_address(value: str) -> bool:
    try:
        address = urlsplit(value)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def _model(settings: Settings, full: bool) -> Iterator[Check]:
    """Whether something listens at the language model's address; nothing is asked of it."""
    if not settings.model_url:
        yield check("ok", "语言模型", "未设置；答案只摘引原文")
        return
    address = urlsplit(settings.model_url)
    try:
        port = address.port or (443 if address.scheme == "https" else 80)
        with socket.create_connection((address.hostname or "", port), timeout=3):
            yield check("ok", "语言模型", f"{settings.model_name} 在 {settings.model_url}，连得上")
    except (OSError, ValueError) as error:
        yield check(
            "warning", "语言模型", f"连不上 {settings.model_url}（{error}）；在连上之前，答案只摘引原文"
        )


LOOKS: dict[str, Look] = {
    "数据目录": folder,
    "磁盘": disk,
    "时钟": clock,
    "数据库": _database,
    "存档": _archive,
    "词表": _lexicon,
    "向量模型": _embedder,
    "索引": _index,
    "账本": _ledger,
    "访问": _access,
    "网址": _addresses,
    "语言模型": _model,
}
