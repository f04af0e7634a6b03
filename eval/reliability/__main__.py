"""`python -m eval.reliability kill | mutate | soak | audit`: does it hold when things go wrong?"""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = {
    "kill": "在随机时刻杀死正在添加、移除、重建、问答的进程（--times 200）",
    "mutate": "成千上万个损坏的文件送进解析器（--files 5000）",
    "soak": "长时间的混合负载：问答、检索，同时增删文档（--minutes 60）",
    "audit": "账本：记账、复核、查链的速度，逐字节篡改（--answers 5000）",
}


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] not in COMMANDS:
        lines = [f"  {name:8} {about}" for name, about in COMMANDS.items()]
        print("用法：python -m eval.reliability 命令 …\n" + "\n".join(lines), file=sys.stderr)
        return 0 if given[:1] in (["-h"], ["--help"]) else 2
    return int(import_module(f"eval.reliability.{given[0]}").main(given[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
