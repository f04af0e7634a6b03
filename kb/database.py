"""Opening the database: SQLite in WAL by default, any SQLAlchemy URL in the settings, migrated to today."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from .errors import BadSettings, StorageFailed

SCHEMA_VERSION = "0002"


def open_engine(url: str) -> Engine:
    """Connect and migrate. Raises `StorageFailed` with the file's name when that cannot be done."""
    try:
        engine = _engine(url)
    except (ImportError, ArgumentError) as error:
        raise BadSettings(
            f"设置 database 的值 {url!r} 用不了（{error}）；请写成 sqlite:///文件路径，或留空用数据目录里的库"
        ) from error
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _prepare_sqlite)
    with storage_errors(url):
        _migrate(engine)
    return engine


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    path = make_url(url).database
    if path and _only_to_read(Path(path)):
        return create_engine(url, creator=lambda: connect_to_read(Path(path)))
    return create_engine(url, connect_args={"timeout": 30})


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection to a database, also to one on a read-only disk, where SQLite could make no files beside it."""
    if not _only_to_read(path):
        return sqlite3.connect(path, timeout=30)
    name = quote(str(path.absolute()))
    return sqlite3.connect(f"file:{name}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def _only_to_read(path: Path) -> bool:
    """May nothing be written beside a database, and does nobody else use it?"""
    beside = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    return path.is_file() and not _writable(str(path)) and not any(one.exists() for one in beside)


def _prepare_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged answer survives a power cut, not only a killed process
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: Engine) -> None:
    """Run the migrations a database lacks; Alembic is only imported when there are any."""
    with engine.begin() as connection:
        if _version(connection) == SCHEMA_VERSION:
            return
        if connection.dialect.name == "sqlite":  # one process migrates, the others wait, all or nothing
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if _version(connection) == SCHEMA_VERSION:
                return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except Exception as error:
            if "Can't locate revision" in str(error):
                raise StorageFailed(
                    f"数据库 {engine.url.database} 由更新版本的程序写成，本版本无法打开；请升级程序，或改用另一个数据目录"
                ) from error
            raise


def _version(connection: Connection) -> str | None:
    if not engine_has(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def engine_has(connection: Connection, table: str) -> bool:
    return bool(connection.dialect.has_table(connection, table))


@contextmanager
def storage_errors(where: str) -> Iterator[None]:
    """Turn what a disk or a database can do to us into one clear line."""
    try:
        yield
    except (OperationalError, DBAPIError, sqlite3.Error, OSError) as error:
        where = where.removeprefix("sqlite:///")
        raise StorageFailed(_of_path(error, where) or _explain(str(getattr(error, "orig", error)), where)) from error


def _of_path(error: Exception, where: str) -> str | None:
    """A path that cannot be what it is to be; None for other errors."""
    code = error.errno if isinstance(error, OSError) else None
    if code in (errno.EEXIST, errno.ENOTDIR):
        above = [Path(where), *Path(where).parents]
        if file := next((p for p in above if p.exists() and not p.is_dir()), None):
            return f"{where}：{file} 是文件，这里要的是目录；请换一个路径（数据目录用 --home 指定），或先把这个文件移走"
    if code == errno.ENOENT and not (folder := Path(where).parent).exists():
        return f"{where}：目录 {folder} 不存在；请先建立这个目录，或换一个路径"
    if code == errno.EISDIR:
        return f"{where}：这是目录，不能当作文件来写；请在后面写上文件名"
    if code == errno.ENAMETOOLONG:
        return f"{where[:100]}…：路径过长，系统无法打开；请换一个较短的路径"
    return None


def _explain(message: str, where: str) -> str:
    lowered = message.lower()
    if "disk is full" in lowered or "no space left" in lowered or ("i/o error" in lowered and _full(where)):
        return f"{where}：磁盘已满，本次改动没有写入，已存内容不受影响；请腾出空间后重试"
    unable = "unable to open" in lowered
    if "readonly" in lowered or "read-only" in lowered or "permission denied" in lowered or (
        unable and not _writable(where)
    ):
        return f"{where}：没有写入权限（只读），本次改动没有写入；请检查目录权限，或用 --home 换一个数据目录"
    if unable:
        return f"{where}：打不开数据库文件；请检查目录是否存在、是否有权限"
    if "malformed" in lowered or "not a database" in lowered:
        return f"{where}：数据库文件已损坏；请用 `kb restore` 恢复最近的备份"
    if "locked" in lowered:
        return f"{where}：数据库正被另一个进程写入；请稍后重试"
    return f"{where}：存储出错（{message}）；请检查磁盘和目录权限，或用 `kb restore` 恢复最近的备份"


def _full(where: str) -> bool:
    """Is there no room for even one page? SQLite, which needs files beside a database, then only says I/O error."""
    try:
        found = os.statvfs(Path(where).parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < 1 << 16


def _writable(where: str) -> bool:
    """May files be made beside a database? A read-only disk only says that it cannot be opened."""
    folder = Path(where).parent
    try:
        return not folder.is_dir() or (os.access(folder, os.W_OK) and not os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return True
