"""`python -m eval run | report | bench | answers | ablate`: how good and how fast, and how we know."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = {
    "run": "检索质量：一个数据集，各种检索方式",
    "ablate": "消融：每一步、每组特征值多少",
    "answers": "答案质量：对错、引用、拒答、耗时",
    "bench": "速度与占用，并与同类并排",
    "report": "把以上全部写成一页 HTML",
}


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] not in COMMANDS:
        lines = [f"  {name:8} {about}" for name, about in COMMANDS.items()]
        print("用法：python -m eval 命令 …\n" + "\n".join(lines), file=sys.stderr)
        return 0 if given[:1] in (["-h"], ["--help"]) else 2
    return int(import_module(f"eval.{given[0]}").main(given[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
