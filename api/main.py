"""The `kb` command: one parser, one module per group of commands, imported when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from kb.errors import KBError

from .commands.options import Usage, read_arguments
from .commands.terminal import Terminal


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused or failed, 2 usage."""
    _survive_any_locale()
    try:
        args = read_arguments(argv)
    except Usage as wrong:
        terminal = Terminal(json_mode="--json" in (sys.argv[1:] if argv is None else argv))
        terminal.fail(str(wrong), "usage")
        terminal.say(wrong.usage.rstrip())
        return 2
    except SystemExit as stop:  # --help, --version
        return stop.code if isinstance(stop.code, int) else 2
    terminal = Terminal(json_mode=args.json)
    try:
        return run(args, terminal)
    except KBError as error:
        terminal.fail(str(error), error.code)
    except KeyboardInterrupt:
        terminal.fail("已中断；已经确认写入的内容不受影响", "interrupted")
        return 130
    except BrokenPipeError:  # `kb list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except MemoryError:
        terminal.fail("内存不足；请分批处理，或换内存更大的机器", "out_of_memory")
    except Exception as error:
        terminal.fail(_unexpected(error), "unexpected")
    return 1


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Dispatch to `api.commands.<module>.<function>`."""
    module = import_module(f".commands.{args.module}", __package__)
    return int(getattr(module, args.function)(args, terminal) or 0)


def _unexpected(error: Exception) -> str:
    """One line; the traceback is for those who ask for it."""
    if os.environ.get("KB_DEBUG"):
        import traceback

        traceback.print_exc()
    what = " ".join(str(error).split())[:300]
    return f"内部错误 {type(error).__name__}：{what}；请运行 `kb doctor`，或设 KB_DEBUG=1 重试以查看详情"


def _survive_any_locale() -> None:
    """Chinese must print whatever the locale says, and no name can break the output."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
