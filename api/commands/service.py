"""`kb serve`, `reindex`, `backup`, `restore`."""

from __future__ import annotations

import argparse
import contextlib
import gc
import ipaddress
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kb.access import Keys
from kb.errors import BadInput, BadSettings
from kb.settings import Settings
from kb.using import in_service

from .opening import library_of, settings_of
from .terminal import Terminal

if TYPE_CHECKING:
    from indexer.library import Library


def serve(args: argparse.Namespace, terminal: Terminal) -> int:
    gc.disable()  # until everything is loaded (`Service.load`): a tenth of the time to start
    try:
        return _serve(args, terminal)
    finally:
        gc.enable()


def _serve(args: argparse.Namespace, terminal: Terminal) -> int:
    from indexer.library import Library

    settings = settings_of(args)
    library = Library(settings)
    if not is_loopback(settings.host) and not settings.open_access and not Keys(library.store.engine).any():
        raise BadSettings(
            f"监听 {settings.host} 会让别的机器访问，但还没有访问密钥；请先运行 `kb keys create 名字`，"
            "或明知风险时设 KB_OPEN_ACCESS=true"
        )
    listener = listen(settings)
    if library.store.generation() == 0 and not args.no_corpus:
        gc.enable()
        add_corpus(library, terminal)
    threading.Thread(target=_open_early, args=(library,), daemon=True).start()
    from ..serving import run_server  # takes a while to import, and the index is read meanwhile

    def started(address: str) -> None:
        if terminal.json_mode:
            terminal.give({"url": address})
        terminal.say(f"政策知识库已启动：{address}（按 Ctrl+C 停止）")

    with in_service(settings.home):
        run_server(settings, library, listener, started)
    return 0


def _open_early(library: Library) -> None:
    """Begin to read the index; what goes wrong here goes wrong again where it is told."""
    with contextlib.suppress(Exception):
        library.searcher()


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listen(settings: Settings) -> socket.socket:
    """A bound socket. Raises `BadInput` where the address is taken or not ours."""
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, settings.port))
    except OSError as error:
        listener.close()
        why = "端口已被占用" if error.errno == 98 else (error.strerror or str(error))
        raise BadInput(
            f"不能监听 {settings.host}:{settings.port}（{why}）；请用 --port 换一个端口"
        ) from error
    return listener


def add_corpus(library: object, terminal: Terminal) -> None:
    """Index the shipped documents; their identity does not depend on where the program lies."""
    from corpus import documents
    from indexer.adding import Watcher, add_sources
    from indexer.library import Library
    from indexer.parse import Source

    assert isinstance(library, Library)
    paths = documents()
    folder = Path(paths[0]).parent.parent
    sources = [
        Source(f"corpus/{name}", path.name, f"随附文档/{name}", path=str(path))
        for path in paths
        if (name := path.relative_to(folder).as_posix())
    ]
    terminal.say(f"数据目录是空的，先添加随附的 {len(sources)} 篇文档……")
    with terminal.progress() as progress:
        task = progress.add_task("添加随附文档", total=len(sources))

        class Shown(Watcher):
            def prepared(self, count: int) -> None:
                progress.advance(task, count)

        report = add_sources(library, sources, {}, Shown())
    for failure in report.failed:
        terminal.say(f"失败：{failure.reason}")


def reindex(args: argparse.Namespace, terminal: Terminal) -> int:
    library = library_of(args)
    with terminal.progress() as progress:
        task = progress.add_task("重建索引（段）", total=None)
        manifest = library.reindex(lambda count: progress.advance(task, count))
    passages = len(library.store.passage_documents())
    if terminal.json_mode:
        terminal.give(
            {"generation": manifest.generation, "passages": passages, "embedder": manifest.embedder}
        )
    else:
        terminal.say(
            f"索引已重建：{library.store.count()} 篇文档，{passages} 段，第 {manifest.generation} 代"
        )
    return 0


def backup(args: argparse.Namespace, terminal: Terminal) -> int:
    from kb.backup import backup as save

    report = save(settings_of(args).home, Path(args.file))
    if terminal.json_mode:
        terminal.give(report.json())
    else:
        terminal.say(f"已备份到 {report.path}：{report.files} 个文件，{report.bytes / 1e6:.1f} MB")
    return 0


def restore(args: argparse.Namespace, terminal: Terminal) -> int:
    from kb.backup import restore as bring_back

    report = bring_back(Path(args.file), settings_of(args).home, args.overwrite)
    if terminal.json_mode:
        terminal.give(report.json())
        return 0
    terminal.say(
        f"已恢复到 {report.path}：{report.files} 个文件，备份时间 {report.created}；索引将在下次使用时重建"
    )
    if report.aside:
        terminal.say(f"原有内容移到了 {report.aside}")
    return 0
