"""Who uses a data folder: a service shares `service.lock`, a restore must have the folder to itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .database import storage_errors
from .errors import Locked

SERVICE, WRITER = "service.lock", "write.lock"


@contextmanager
def in_service(home: Path) -> Iterator[None]:
    """For as long as something answers from a data folder. Raises `Locked` while it is being restored.

    A folder that cannot be written to cannot be restored into, and needs no lock.
    """
    try:
        handle = os.open(home / SERVICE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        _take(handle, fcntl.LOCK_SH, f"数据目录 {home} 正在恢复备份；请等它结束后重试")
        yield
    finally:
        os.close(handle)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nothing else serves or writes this data folder meanwhile. Raises `Locked` where something does."""
    with ExitStack() as held:
        for name, what in ((SERVICE, "正由一个运行中的服务或对话使用"), (WRITER, "正由另一个进程写入")):
            with storage_errors(str(home / name)):
                handle = os.open(home / name, os.O_RDWR | os.O_CREAT, 0o600)
            held.callback(os.close, handle)
            _take(handle, fcntl.LOCK_EX, f"数据目录 {home} {what}，现在恢复会丢失它写入的内容；请先停止它再恢复")
        yield


def _take(handle: int, kind: int, refusal: str) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked(refusal) from None
