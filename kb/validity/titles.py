"""When two titles mean one document: wrappers, issuers, brackets and abbreviations aside."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.fold import fold

_MARKS = re.compile(r"[\s《》〈〉<>「」『』“”\"'‘’()（）\[\]〔〕【】、，,。.·・:：;；—–\-_/|]+")
_VERSION = re.compile(
    r"[（(\[〔【]?(?:(?:19|20)\d{2}年?)?[ 　]*(?:第?[一二三四五六七八九十\d]+次)?"
    r"(?:修订稿?|修正|修正案|修改稿?|修订版|修正版|(?:19|20)\d{2}[-.年]\d{1,2}[-.月]\d{1,2}日?|(?:19"
    r"|20)\d{2}年?(?:版|修订|修正|本))(?:文本|本)?[）)\]〕】]?$"
)
_WRAPPED = re.compile(
    r"^.*?(?:印发|发布|公布|颁布|转发|批转|下达)(?:实施|施行|执行)?[《<〈「]?(.+?)[》>〉」]?的?(?:通知"
    r"|公告|决定|令|函|通告)(?:[（(][^（()）]*[）)])?$"
)
_ISSUER = re.compile(
    r"^[\u4e00-\u9fff、 　]{2,60}?(?:政府|委员会|常委会|办公厅|办公室|总局|局|厅|部|院|署|委|领导小组"
    r"|指挥部|国务院|中央|会)(?:等[\u4e00-\u9fff\d]{1,4}(?:部门|单位))?[ 　]*(?=关于|印发)"
)
# Texts that a later text of the same name replaces; a notice, report or plan of the same name does not.
_LASTING = re.compile(
    r"(?:法|条例|办法|规定|细则|规则|章程|解释|准则|标准|规范|规程|导则|指南|制度|通则|目录|清单|规约"
    r"|公约|预案)(?:试行|暂行)?$"
)


def bare(title: str) -> str:
    """A title without the marks around the whole of it: 《某办法》, not 《某办法》解读."""
    inner = title[1:-1]
    return inner if title[:1] + title[-1:] == "《》" and "《" not in inner and "》" not in inner else title


def titled(title: str) -> str:
    """A title between 《》, those within it as 〈〉."""
    return f"《{bare(title).translate(_INNER)}》"


_INNER = str.maketrans("《》", "〈〉")


def plain(title: str) -> str:
    """A title without marks, blanks and the country's name, in searching form."""
    return _MARKS.sub("", fold(title)).replace("中华人民共和国", "")


def without_version(title: str) -> str:
    """A title without （2020年修订）, (2020-11-27) and the like; （试行） stays, it names another text."""
    before = ""
    while before != title:
        before, title = title, _VERSION.sub("", title).rstrip(" 　")
        title = title or before
    return title


@lru_cache(maxsize=100_000)
def title_names(title: str) -> tuple[str, ...]:
    """What a document goes by, its whole title first: 关于印发《X》的通知 also by X, 某省人民政府关于Y的通知 also
    by 关于Y的通知."""
    bare = without_version(title.strip()[:300])
    inner = _WRAPPED.match(bare)
    names = [bare, _ISSUER.sub("", bare)]
    if inner:
        carried = inner.group(1).strip("《》<>〈〉")
        names += [without_version(part) for part in re.split(r"》[、和与及]?《", carried)]
    return tuple(dict.fromkeys(names))


@lru_cache(maxsize=100_000)
def title_keys(title: str) -> tuple[str, ...]:
    """Every key a title may be found under (`title_names`), the most exact first; none of a single character."""
    keys = [plain(name) for name in title_names(title)]
    return tuple(dict.fromkeys(k for k in keys if len(k) >= 2))


@lru_cache(maxsize=100_000)
def version_key(title: str) -> str:
    """The key under which texts of one norm are versions of each other; "" where it has no versions."""
    bare = without_version(title.strip()[:300])
    inner = _WRAPPED.match(bare)
    name = (
        without_version(inner.group(1).strip("《》<>〈〉"))
        if inner and "》《" not in inner.group(1)
        else bare
    )
    key = plain(name)
    return key if len(key) >= 2 and _LASTING.search(key) and not re.search(r"(?:19|20)\d{2}年", key) else ""
