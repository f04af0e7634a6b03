"""What is wrong with this machine: interpreter, libraries, memory, disk, folder, clock."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kb.settings import Settings

LOW_DISK = 1 << 30  # bytes
LOW_MEMORY = 1 << 30  # bytes
Check = dict[str, str]


def check(state: str, name: str, detail: str) -> Check:
    """`state` is ok, warning or problem."""
    return {"state": state, "name": name, "detail": detail}


def version_of(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def machine() -> Iterator[Check]:
    python = platform.python_version()
    state = "ok" if sys.version_info >= (3, 11) else "problem"
    yield check(state, "Python", f"{python}，{platform.system()} {platform.machine()}，{os.cpu_count()} 核")
    yield check(
        "ok" if sqlite3.sqlite_version_info >= (3, 35) else "problem", "SQLite", sqlite3.sqlite_version
    )
    wanted = ("faiss-cpu", "tantivy", "rjieba", "jieba", "tokenizers", "fastapi", "mcp", "llama-index-core")
    found = {name: version_of(name) for name in wanted}
    missing = [name for name, version in found.items() if version is None]
    if missing:
        yield check("problem", "依赖", f"缺少 {'、'.join(missing)}；请重新安装：pip install .")
    else:
        yield check("ok", "依赖", "，".join(f"{name} {version}" for name, version in found.items()))


def memory() -> Iterator[Check]:
    """Free memory, where the system tells (Linux)."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return
    short = "" if free >= LOW_MEMORY else "；不足 1 GB，大批添加时可能失败，请关掉别的程序或调低 workers"
    yield check("ok" if not short else "warning", "内存", f"可用 {free / 1e9:.1f} GB{short}")


def folder(settings: Settings, full: bool) -> Iterator[Check]:
    home = settings.home
    if not home.exists():
        above = nearest(home)
        if above.is_dir() and os.access(above, os.W_OK):
            yield check("warning", "数据目录", f"{home} 还不存在；第一次 `kb add` 或 `kb serve` 时会建立")
        else:
            yield check("problem", "数据目录", f"{home} 建不起来（{above} 不可写）；请用 --home 另指一个")
        return
    if not home.is_dir():
        yield check("problem", "数据目录", f"{home} 不是目录；请用 --home 另指一个")
        return
    probe = home / f".doctor.{os.getpid()}.tmp"
    try:
        probe.write_bytes(b"")
    except OSError as error:
        yield check("problem", "数据目录", f"{home} 不可写（{error.strerror}）；请检查权限")
    else:
        yield check("ok", "数据目录", f"{home}，可读写")
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    key = home / "ledger.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield check("warning", "账本密钥", f"{key} 可被其他用户读取；请运行 chmod 600")


def disk(settings: Settings, full: bool) -> Iterator[Check]:
    free = shutil.disk_usage(nearest(settings.home)).free
    state = "ok" if free >= LOW_DISK else "problem" if free < LOW_DISK // 10 else "warning"
    yield check(state, "磁盘", f"剩余 {free / 1e9:.1f} GB" + ("" if state == "ok" else "；空间不足，请清理"))


def clock(settings: Settings, full: bool) -> Iterator[Check]:
    now = datetime.now(UTC)
    path = settings.home / "kb.sqlite"
    if now.year < 2025:
        yield check("problem", "时钟", f"系统时间是 {now:%Y-%m-%d}，不可信；时效性判断会出错，请校时")
    elif path.exists() and path.stat().st_mtime > now.timestamp() + 60:
        yield check("warning", "时钟", "数据库的修改时间在将来，时钟可能被拨回过；请校时")
    else:
        yield check("ok", "时钟", f"{now:%Y-%m-%d %H:%M} UTC")


def nearest(path: Path) -> Path:
    """The path itself or the closest folder above it that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
