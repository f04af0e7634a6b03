"""Questions that set two things side by side: which two, and a quote for each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .evidence_asked import Asked, Floats
from .evidence_features import Candidate
from .evidence_prior import Places
from .evidence_score import softmax
from .fold import fold
from .quoting import Pick, choose

MOST_PLACES = 4  # set side by side in one answer
_ASKS = re.compile(r"区别|不同|差别|差异|异同|对比|相比|比较|哪个更|谁更|哪一?个.{0,6}更")
_POLITE = re.compile(r"^(?:请问|请|想问一下|想知道|我想了解|说说|介绍一?下|比较一?下|对比一?下|比较|对比|区分)+")
_AND = re.compile(r"和|与|跟|同(?!意|时|样|步)|以及|及(?!时)|、|相较于|相比于|比起")
_AFTER = re.compile(  # what follows the second name
    r"之间|两者|二者|[这两]+[个种类项]|，|,|相比|比较|对比|的?(?:主要|具体|到底|究竟)*(?:区别|不同|差别|差异|异同)|都?有(?:什么|何|哪些)|哪一?个|谁|是什么|分别|存在|在(?P<about>.{1,16}?)(?:方面|上|中)"
)
_EACH = re.compile(r"分别|各自?(?!类|种|级|项|地|界|方|位|部|单位)|哪一?个")
_JOINT = re.compile(r"[省市县区]?(?:和|与|跟|同|以及|、|,|，|还有|比)")
_DIFFERENCE = re.compile(
    r"[,，]?(?:两地|二者|两者|两市|几地)?(?:之间)?(?:分别|各自?|都)?(?:有|存在)?(?:什么|何|哪些|怎样的|多大)?(?:的|地方)?(?:不一样|区别|不同|差别|差异|异同)(?:之处|点|在哪里?|是什么)?|"
    r"分别|各自?(?!类|种|级|项|地|界|方|位|部|单位)|相比|对比一?下|比较一?下|对比|比较|(?:的)?哪一?个(?:地方)?(?:更[重轻高低多少大小长短严宽]?)?"
)
_TAIL = re.compile(r"(?:的|有|是|分别|各自)+$")


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared, as written in the (folded) question."""

    one: str
    two: str
    rest: str  # what the question asks of both, “” where nothing more than the difference

    def question(self, side: str) -> str:
        """What to search for one side."""
        return f"{side}{self.rest}" if self.rest else side


def sides(question: str) -> Sides | None:
    """The two things a question compares; None where it names no two."""
    text = _POLITE.sub("", fold(question).strip())
    joint = _AND.search(text, 1)
    if not _ASKS.search(text) or joint is None or joint.start() > 24:
        return None
    after = _AFTER.search(text, joint.end() + 1)
    if after is None:
        return None
    one, two = (_TAIL.sub("", name).strip("“”\"' ") for name in (text[: joint.start()], text[joint.end() : after.start()]))
    if not one or not two or one == two or len(two) > 24:
        return None
    rest = after["about"] or text[after.end() :]
    rest = re.sub(r"(?:有|是)?(?:什么|何|哪些|哪一?个|怎样)?(?:的|更|不)*(?:一样|区别|不同|差别|差异|异同|[?？。]|$)+.*$", "", rest)
    return Sides(*_completed(one, two), rest.strip("，,的 "))


def by_place(question: str, places: Places) -> dict[str, str]:
    """Each place that a question sets beside others, and the question asked of that place alone.

    “湖州和温州分别怎么罚” → {湖州: 湖州怎么罚, 温州: 温州怎么罚}; {} where no places are set side by side.
    """
    text = fold(question)
    if not (_ASKS.search(text) or _EACH.search(text)):
        return {}
    at = 0
    named: list[tuple[int, int, str]] = []
    regions: list[str] = []
    for name, region in places(text):
        start = text.find(name, at)
        if start < 0 or region in regions:
            continue
        if named and not _JOINT.fullmatch(text[at:start]):
            if len(named) > 1:
                break
            named, regions = [], []
        named.append((start, start + len(name), name))
        regions.append(region)
        at = start + len(name)
    if len(named) < 2:
        return {}
    before, after = text[: named[0][0]], text[named[-1][1] :]
    rest = _DIFFERENCE.sub("", after)
    return {name: _DIFFERENCE.sub("", before) + name + rest for _, _, name in named[:MOST_PLACES]}


def _completed(one: str, two: str) -> tuple[str, str]:
    """What the second name shares with the first: 引领型和普惠型未来社区, 宁波、温州的规定."""
    owner, of, shared = two.partition("的")
    if of and "的" not in one and shared and owner:
        return f"{one}的{shared}", two
    if one[-1] in "型类式级" and one[-1] in two[:-1]:
        return one + two[two.index(one[-1]) + 1 :], two
    return one, two


def both(asked: Asked, found: Sequence[Candidate], scores: Floats, names: Sides) -> list[Pick]:
    """Quotes for each side, or what speaks of both at once; [] where a side has nothing.

    A sentence is about a side that it names, or under whose heading or title it stands.
    """
    one, two = (_about(found, side) for side in (names.one, names.two))
    joint = one & two
    groups = [one & ~joint, two & ~joint]
    apart = all(group.any() for group in groups)
    if joint.any() and (not apart or scores[joint].max() >= max(scores[group].max() for group in groups)):
        groups = [joint]
    elif not apart:
        return []
    return [pick for group in groups for pick in _best(asked, found, scores, np.flatnonzero(group))]


def _best(asked: Asked, found: Sequence[Candidate], scores: Floats, of: np.ndarray) -> list[Pick]:
    return choose(asked, [found[i] for i in of], softmax(scores[of]))[:1]


def _about(found: Sequence[Candidate], side: str) -> np.ndarray:
    """(len(found),) bool: every part of a side's name (杭州市的物业管理条例) stands in the sentence or above it."""
    parts = [part[:-1] if len(part) > 2 and part[-1] in "型类式市省" else part for part in side.split("的") if part]
    return np.array([all(part in c.text or part in c.head for part in parts) for c in found], bool)


__all__ = ["Sides", "both", "by_place", "sides"]
