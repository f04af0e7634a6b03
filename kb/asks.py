"""A question that asks several things at once, taken apart: 能烧垃圾吗？归哪个部门罚、罚多少？"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from .fold import fold
from .history import GENERIC
from .understand import asks, is_asking

MOST = 3  # asks answered one by one
OWN_SUBJECT = 2  # content words from which an ask with nothing before it stands without the subject of the first
_PIECE = re.compile(r"[^?？,，。;；!！:：]+[?？,，。;；!！:：]*")
_SOME = re.compile(r"(?:^|[有来跟和]|周末|[今昨前]天)几(?:个|块|位|名|家|天)")  # 院墙里有几块砖: so many, not how many
_WORD = re.compile(r"有没有|能不能|可不可以|是不是|要不要|会不会|行不行|是否|能否|可否|什么|多少|哪(?:些|个|里|儿|种|家)?|几|谁|怎么样?|怎样|如何|多[久长大高远]|[吗么]$|没有?$")
_JOINED = re.compile(r"(?<=[^、])、(?=[^、]*$)")
_OPEN = re.compile(r"没有?[?？\s]*$|(?:行|好|对|成)不(?:行|好|对|成)")  # 支持了没有
_ALTERNATIVE = re.compile(r"还是")


def apart(question: str, cut: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    """Each thing asked as a question that stands alone; empty where only one thing is asked.

    What comes before the first ask holds for all; an ask without a subject of its own takes the first one's.
    """
    pieces = [part for piece in _PIECE.findall(question) for part in _halves(piece)]
    at = [i for i, piece in enumerate(pieces) if _asks(piece)]
    if not 2 <= len(at) <= MOST:
        return ()
    before = "".join(pieces[: at[0]])
    subject = _WORD.sub("", _bare(pieces[at[0]]))
    found = [before + pieces[at[0]]]
    for last, i in pairwise(at):
        own = "".join(pieces[last + 1 : i + 1])
        words = [w for w in cut(fold(own)) if len(w) > 1 and not asks(w) and w not in GENERIC]
        bare = len(words) < (1 if before else OWN_SUBJECT)
        found.append(before + (subject + own if bare and subject not in own else own))
    return tuple(_bare(part) + "？" for part in found)


def _halves(piece: str) -> list[str]:
    """Two asks joined by 、 apart: 归哪个部门罚、罚多少."""
    halves = _JOINED.split(piece)
    return halves if len(halves) == 2 and all(map(_asks, halves)) else [piece]


def _asks(piece: str) -> bool:
    bare = _bare(piece if piece.rstrip().endswith(("?", "？")) else _SOME.sub("", piece))
    return is_asking(bare) or bool(_OPEN.search(bare) or _ALTERNATIVE.search(bare))


def _bare(piece: str) -> str:
    return piece.strip("?？,，。;；!！、 ")


__all__ = ["apart"]
