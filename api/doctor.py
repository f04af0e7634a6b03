"""What is set, where it came from, and what is wrong with this machine or this data folder."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.errors import KBError
from kb.settings import Settings, load_settings, sources, unknown_variables

LOW_DISK = 1 << 30  # bytes
SECRET = frozenset({"model_key"})
Check = dict[str, str]


def diagnose(home: str | None, full: bool = False) -> dict[str, Any]:
    """Every setting and every check; `ok` is false where a check found a problem."""
    checks: list[Check] = []
    try:
        settings: Settings | None = load_settings(home)
    except KBError as error:
        settings = None
        checks.append(_check("problem", "设置", str(error)))
    else:
        checks.append(_check("ok", "设置", f"{len(_settings(settings))} 项，全部合法"))
    for name in unknown_variables():
        checks.append(_check("warning", "设置", f"环境变量 {name} 不是任何设置，不起作用；请检查拼写"))
    checks += list(_machine())
    if settings is not None:
        for look in (_folder, _disk, _database, _lexicon, _index, _ledger, _access, _clock):
            checks += _guarded(look, settings, full)
    return {
        "ok": all(check["state"] != "problem" for check in checks),
        "version": _version("policy-kb"),
        "home": str(settings.home) if settings else home,
        "settings": _settings(settings) if settings else [],
        "checks": checks,
    }


def _check(state: str, name: str, detail: str) -> Check:
    return {"state": state, "name": name, "detail": detail}


def _guarded(
    look: Callable[[Settings, bool], Iterator[Check]], settings: Settings, full: bool
) -> list[Check]:
    """A check that fails is a finding, not the end of the diagnosis."""
    found = []
    try:
        for check in look(settings, full):
            found.append(check)
    except KBError as error:
        found.append(_check("problem", look.__name__.strip("_"), str(error)))
    except Exception as error:
        found.append(
            _check("problem", look.__name__.strip("_"), f"检查未能完成：{type(error).__name__}：{error}")
        )
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
    return str(value) if isinstance(value, Path) else value


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _machine() -> Iterator[Check]:
    python = platform.python_version()
    state = "ok" if sys.version_info >= (3, 11) else "problem"
    yield _check(state, "Python", f"{python}，{platform.system()} {platform.machine()}，{os.cpu_count()} 核")
    yield _check(
        "ok" if sqlite3.sqlite_version_info >= (3, 35) else "problem", "SQLite", sqlite3.sqlite_version
    )
    wanted = ("faiss-cpu", "tantivy", "rjieba", "jieba", "tokenizers", "fastapi", "mcp", "llama-index-core")
    found = {name: _version(name) for name in wanted}
    missing = [name for name, version in found.items() if version is None]
    if missing:
        yield _check("problem", "依赖", f"缺少 {'、'.join(missing)}；请重新安装：pip install .")
    else:
        yield _check("ok", "依赖", "，".join(f"{name} {version}" for name, version in found.items()))


def _folder(settings: Settings, full: bool) -> Iterator[Check]:
    home = settings.home
    if not home.exists():
        yield _check("warning", "数据目录", f"{home} 还不存在；第一次 `kb add` 或 `kb serve` 时会建立")
        return
    if not home.is_dir():
        yield _check("problem", "数据目录", f"{home} 不是目录；请用 --home 另指一个")
        return
    probe = home / f".doctor.{os.getpid()}.tmp"
    try:
        probe.write_bytes(b"")
    except OSError as error:
        yield _check("problem", "数据目录", f"{home} 不可写（{error.strerror}）；请检查权限")
    else:
        yield _check("ok", "数据目录", f"{home}，可读写")
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    key = home / "ledger.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield _check("warning", "账本密钥", f"{key} 可被其他用户读取；请运行 chmod 600")


def _disk(settings: Settings, full: bool) -> Iterator[Check]:
    folder = settings.home
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state = "ok" if free >= LOW_DISK else "problem" if free < LOW_DISK // 10 else "warning"
    yield _check(state, "磁盘", f"剩余 {free / 1e9:.1f} GB" + ("" if state == "ok" else "；空间不足，请清理"))


def _database(settings: Settings, full: bool) -> Iterator[Check]:
    path = settings.home / "kb.sqlite"
    if settings.database:
        yield _check("ok", "数据库", settings.database.split("@")[-1])
    if not settings.database and not path.exists():
        yield _check("ok", "数据库", "尚未建立")
        return
    from .commands.auditing import store_of

    store = store_of(settings)
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(5)").scalars().all()
        if found != ["ok"]:
            yield _check(
                "problem", "数据库", f"已损坏（{'；'.join(map(str, found))}）；请用 `kb restore` 恢复备份"
            )
            return
    yield _check("ok", "数据库", f"完好，{store.count()} 篇文档，第 {store.generation()} 代")


def _lexicon(settings: Settings, full: bool) -> Iterator[Check]:
    from indexer.words import Words

    path = settings.home / "lexicon.txt"
    words = Words(path if path.is_file() else None)
    yield _check(
        "ok", "词表", f"{'用户词表 ' + str(path) if path.is_file() else '随附词表'}，{words.lexicon_hash[:8]}"
    )


def _index(settings: Settings, full: bool) -> Iterator[Check]:
    if not (settings.home / "index").exists():
        yield _check("ok", "索引", "尚未建立；第一次使用时会自动建立")
        return
    from indexer.library import Library

    library = Library(settings)
    manifest = library.index.manifest()
    if manifest is None:
        yield _check("warning", "索引", "没有清单；下次使用时会自动重建")
        return
    library.index.check(manifest)
    damaged = library.index.damaged(manifest)
    if damaged:
        yield _check("problem", "索引", f"文件损坏：{'、'.join(damaged)}；请运行 `kb reindex`")
    elif manifest.generation != library.store.generation():
        yield _check("warning", "索引", "落后于库存；下次使用时会自动补上")
    else:
        yield _check("ok", "索引", f"第 {manifest.generation} 代，{manifest.built_with}")


def _ledger(settings: Settings, full: bool) -> Iterator[Check]:
    if not settings.database and not (settings.home / "kb.sqlite").exists():
        return
    from .commands.auditing import ledger_of, store_of

    store = store_of(settings)
    ledger = ledger_of(settings, store)
    if not full:
        yield _check("ok", "账本", f"{ledger.count()} 条答案（加 --full 检查哈希链与引文）")
        return
    from kb.verify import verify_all

    chain = ledger.verify_chain()
    for broken in chain.breaks[:20]:
        yield _check("problem", "账本", broken.problem)
    if chain.ok:
        yield _check("ok", "账本", f"{chain.records} 条记录，哈希链完整")
    report = verify_all(ledger.stream(), store).json()
    state = "warning" if report["fallen"] or report["review"] else "ok"
    detail = f"成立 {report['stands']}，需复核 {report['review']}，不再成立 {report['fallen']}"
    yield _check(state, "已有答案", detail)


def _access(settings: Settings, full: bool) -> Iterator[Check]:
    from .commands.service import is_loopback

    if is_loopback(settings.host):
        yield _check("ok", "访问", f"只监听本机 {settings.host}:{settings.port}")
    elif settings.open_access:
        yield _check("warning", "访问", f"监听 {settings.host}:{settings.port}，且不要求密钥（open_access）")
    else:
        yield _check("ok", "访问", f"监听 {settings.host}:{settings.port}，要求访问密钥")


def _clock(settings: Settings, full: bool) -> Iterator[Check]:
    now = datetime.now(UTC)
    path = settings.home / "kb.sqlite"
    if now.year < 2025:
        yield _check("problem", "时钟", f"系统时间是 {now:%Y-%m-%d}，不可信；时效性判断会出错，请校时")
    elif path.exists() and path.stat().st_mtime > now.timestamp() + 60:
        yield _check("warning", "时钟", "数据库的修改时间在将来，时钟可能被拨回过；请校时")
    else:
        yield _check("ok", "时钟", f"{now:%Y-%m-%d %H:%M} UTC")
