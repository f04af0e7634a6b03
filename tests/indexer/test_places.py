"""The table of places: short names that are places, no words taken for them, and what lies in what."""

from __future__ import annotations

import pytest

from indexer.official.places import places, region_of
from indexer.train.gazetteer import short, short_names, tree, used_as_words, usual_words


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("安吉的未来乡村", ["安吉县"]),
        ("杭州市余杭区的办法", ["杭州市", "余杭区"]),
        ("昌黎县停车收费", ["昌黎县"]),
        ("义乌和诸暨分别怎么罚", ["义乌市", "诸暨市"]),
        ("惠民政策和公安机关的互助合作", []),
        ("老城区改造与新城区建设", []),
        ("西湖龙井茶基地", []),
        ("安居乐业、共同富裕", []),
        ("和县级以上人民政府", []),
        ("车子长不得超过三米", []),  # 子长 is a town
        ("唐山海关的通关措施", ["唐山市"]),
    ],
)
def test_the_places_a_text_names(text: str, regions: list[str]) -> None:
    assert [region for _, region in places(text)] == regions


def test_what_a_place_lies_in() -> None:
    assert places.wider("安吉县") == {"湖州市", "浙江省"}
    assert places.wider("湖州市") == {"浙江省"}
    assert places.wider("浙江省") == places.wider("火星") == frozenset()
    assert {"南京市", "福州市"} < places.wider("鼓楼区")  # a name that several places have


@pytest.mark.parametrize(
    ("name", "brief"),
    [("安吉县", "安吉"), ("景宁畲族自治县", "景宁"), ("积石山保安族东乡族撒拉族自治县", "积石山"), ("西湖区", ""), ("和县", "")],
)
def test_a_short_name_is_a_name_without_its_level(name: str, brief: str) -> None:
    assert short(name) == brief


def test_a_short_name_that_is_a_word_is_none() -> None:
    rows = [{"sheng": "云州省", "shi": "东川市", "qu": q} for q in ("公安县", "青禾县", "惠民县", "白水县")]
    rows.append({"sheng": "云州省", "shi": "西川市", "qu": "白水县"})
    cities, counties = tree(rows)
    assert cities == {"云州省": ["东川市", "西川市"]}
    words = usual_words(["公安 2800 n", "青禾 3 nr"])
    briefs = short_names(cities, counties, words)
    assert briefs == {"东川市": "东川", "西川市": "西川", "青禾县": "青禾", "惠民县": "惠民"}
    assert used_as_words(briefs.values(), ["惠民政策", "便民惠民", "惠民工程", "青禾县青禾"]) == {"惠民"}


def test_a_city_that_the_table_lacks_is_not_read_into_its_bureau() -> None:
    assert region_of("安澜市市场监督管理局", "", "") == "安澜市"
