"""Regions: which province, city or county a document belongs to, and what lies in what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import rjieba

NATION = "国家"
SHORT = 400  # code points; of texts up to this length it is remembered which places they name
_CENTRAL = re.compile(
    r"^(?:\d{4}年)?(?:中共中央|国务院|中华人民共和国|全国人民代表大会|全国人大|最高人民|中央|国家|全国"
    r"|中国人民银行|中国证监会|银保监会|"
    r"(?:外交|国防|教育|科技|科学技术|工业和信息化|工信|公安|民政|司法|财政|人力资源和?社会保障|人社"
    r"|自然资源|国土资源|生态环境|环境保护|"
    r"住房和?城乡建设|交通运输|水利|农业农村|农业|商务|文化和旅游|文化|退役军人(?:事务)?|应急管理|卫生|建设|铁道|人事)部|"
    r"(?:海关|审计|税务|市场监管|市场监督管理|体育|应急管理|广播电视|广电)(?:总局|总署|署))"
)
# A place that the table lacks: what stands before 省, 市, 县, 区 at the head of an issuer or title.
_PLACE = re.compile(
    r"^(?:中共)?([\u4e00-\u9fff]{1,7}?(?:省|自治区|自治州|市|县|(?<![社小园地灾林特校城])区)(?![省区]|市(?![场政容民委])))"
    r"(?=人民|关于|[\u4e00-\u9fff]{1,14}(?:局|委|厅|办|会|府|公室)(?:关于|$|[（( 　]))"
)


@cache
def _lists() -> dict[str, list[str]]:
    """The sections of `places.txt`, each as its lines."""
    sections: dict[str, list[str]] = {}
    for line in files("indexer.official").joinpath("places.txt").read_text(encoding="utf8").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = current = []
        elif sections and not line.startswith("#"):
            current.append(line)
    return sections


def _entries(section: str) -> list[tuple[str, str]]:
    """The pairs of a section; the second is "" where an entry has one name only."""
    found = [entry.partition("=") for line in _lists()[section] for entry in line.partition(": ")[2].split()]
    return [(first, second) for first, _, second in found]


@cache
def _provinces() -> list[tuple[str, str]]:
    """(full name, the character its documents are numbered by)."""
    return [(full, code) for line in _lists()["provinces"] for full, _, code in (e.partition("=") for e in line.split())]


@cache
def _names() -> dict[str, str]:
    """Every name a region goes by, and the region it means."""
    names: dict[str, str] = {}
    for full, _ in _provinces():
        names |= {full: full, re.sub(r"(?:壮族|回族|维吾尔)?(?:自治区|特别行政区|省|市)$", "", full): full}
    for section in ("cities", "counties"):
        for full, short in _entries(section):
            names[full] = full
            if short:
                names.setdefault(short, full)
    return names


@cache
def _by_opening() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """What finds two characters that may open a name, and the names that each two open, longest first.

    One pattern of thousands of names would try them all at every place of a text.
    """
    opened: dict[str, list[str]] = {}
    for name in sorted(_names(), key=len, reverse=True):
        opened.setdefault(name[:2], []).append(name)
    firsts, seconds = ("".join(sorted({opening[i] for opening in opened})) for i in (0, 1))
    return re.compile(f"(?=[{firsts}][{seconds}])"), {opening: tuple(names) for opening, names in opened.items()}


def _found(text: str) -> Iterator[tuple[int, str]]:
    """(start, name) of every place named in a text, the longest name at each."""
    pattern, opened = _by_opening()
    end = 0
    for match in pattern.finditer(text):
        start = match.start()
        if start < end:
            continue
        for name in opened.get(text[start : start + 2], ()):
            if text.startswith(name, start):
                yield start, name
                end = start + len(name)
                break


@cache
def _names_of() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, region in _names().items():
        found[region] = (*found.get(region, ()), name)
    return found


@cache
def _above() -> dict[str, frozenset[str]]:
    """The regions that each lies in; of a name that several places have (鼓楼区) those of all of them."""
    found: dict[str, frozenset[str]] = {}
    for section in ("cities", "counties"):
        for line in _lists()[section]:
            above, _, entries = line.partition(": ")
            for entry in entries.split():
                name = entry.partition("=")[0]
                found[name] = found.get(name, frozenset()) | {above} | found.get(above, frozenset())
    return found


@cache
def _codes() -> list[tuple[str, str]]:
    """What a 文号 may begin with and the region it stands for, longest first."""
    pairs = [(code, region) for line in _lists()["codes"] for code, _, region in (e.partition("=") for e in line.split())]
    pairs += [(code, full) for full, code in _provinces()]
    return sorted(pairs, key=lambda c: -len(c[0]))


def region_of(issuer: str, title: str, number: str) -> str | None:
    """The most local region that the issuer, else the title, else the 文号 names; 国家 for central bodies."""
    names = _names()
    for text in (issuer, title):
        if not text:
            continue
        if text is title and _CENTRAL.match(text):
            return NATION
        begin = re.sub(r"^(?:中共|关于)", "", text)
        places = [(start, names[name]) for start, name in _found(begin)]
        if places:
            region, end = places[0][1], places[0][0]
            for start, place in places[1:]:  # 浙江省杭州市余杭区: each follows the one before
                if start > end + 12 or place == region or (place[-1] == "省" and region[-1] != "省"):
                    break
                gap = begin[end:start]
                if re.search(r"[、和与 　及]|关于|印发", gap):
                    break
                region, end = place, start
            return region
        if _CENTRAL.match(text):
            return NATION
    for text in (issuer, title):
        unlisted = _PLACE.match(text)
        if unlisted:
            return unlisted.group(1)
    for code, region in _codes():
        if number.startswith(code):
            return region
    return None


class Gazetteer:
    """The places a text names, and what each lies in: `kb.evidence_prior.Places`."""

    def __call__(self, text: str) -> Sequence[tuple[str, str]]:
        """(name as written, region it means) of every place a text names."""
        return _in_short(text) if len(text) <= SHORT else _in(text)

    def wider(self, region: str) -> frozenset[str]:
        """The regions that one lies in: 安吉县 → 湖州市, 浙江省. Empty for a province and for what is not known."""
        return _above().get(region, frozenset())

    def names(self, region: str) -> tuple[str, ...]:
        """What a region goes by: 安吉县 → 安吉县, 安吉."""
        return _names_of().get(region, (region,))


places = Gazetteer()


def _in(text: str) -> tuple[tuple[str, str], ...]:
    names = _names()
    return tuple(
        (name, names[name]) for start, name in _found(text) if names[name] == name or not _torn(text, start, start + len(name))
    )


AROUND = 6  # code points on either side that are cut into words to see whether a short name is one


def _torn(text: str, start: int, end: int) -> bool:
    """Whether a word begins before a short name and ends in it: 车子|长. The other way about it may well be
    a name: 唐|山海关."""
    at = max(0, start - AROUND)
    for word in rjieba.cut(text[at : end + AROUND], False):
        if at < start < at + len(word) < end:
            return True
        at += len(word)
    return False


_in_short = lru_cache(maxsize=8192)(_in)
