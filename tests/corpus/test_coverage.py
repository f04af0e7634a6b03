"""Every system the founding article describes is told in the shipped documents, with its figures."""

from __future__ import annotations

import re

import pytest

import corpus

BODIES = {
    f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8").split("---\n", 2)[2]
    for path in corpus.documents()
}
EIGHT_ACTIONS = [
    "基础设施更新改造", "公共服务补短板", "入口门户特色塑造", "特色街道整治提升",
    "公园绿地优化建设", "小微空间“共富风貌驿”建设", "浙派民居建设", "美丽廊道串珠成链",
]  # fmt: skip
TOLD_TOGETHER = {
    "the three kinds of unit": ("未来社区", "未来乡村", "城乡风貌样板区", "3类"),
    "the architecture and its lists": ("1352+N", "14+N", "16+N"),
    "the community application": ("浙里未来社区在线", "17个省级标配基础应用", "201个", "最佳应用"),
    "the village application": ("浙里未来乡村在线", "全国数字乡村建设现场推进会"),
    "the four-level index": ("社区公共服务评价指数", "四个层级"),
    "the two types of standard": ("引领型", "普惠型", "因地制宜+分层推进"),
    "the operating models": ("片区统筹、服务统筹、线上线下联动", "连锁经营、一心多点", "社区单元服务模式"),
    "communities created": ("7批", "1263个", "201个", "910个"),
    "villages created": ("3批", "687个", "275个"),
    "model districts": ("2批", "411个", "171个", "68个"),
    "the target of 2025": ("2025年底", "30%"),
    "the annual shortfall projects": ("963个", "2600个"),
    "Keqiao": ("水韵纺都", "1800名", "超8亿元", "未来3年"),
    "Zhuji": ("枫江明珠·榧乡古镇", "12万人次", "超2000万元", "600余个", "3000余万元"),
    "Hangzhou": ("亲子游", "康养游", "风情游", "研学游"),
    "Ningbo": ("宁波之春", "慈溪南部沿山风情共富线", "奉化明山剡水共富线", "象山扬帆亚运风情共富线"),
    "the national pilot": ("10个", "全国首位", "完整社区"),
    "the steps of quality": ("品质社区", "品质城区", "品质城市", "品质城乡"),
}


def items(body: str) -> list[list[str]]:
    """The numbered lists of a body, each as its items without numbers and closing marks."""
    found: list[list[str]] = []
    for line in body.splitlines():
        match = re.fullmatch(r"(\d+)\. (.+?)[；。]?", line)
        if match:
            if match[1] == "1":
                found.append([])
            found[-1].append(match[2])
    return found


@pytest.mark.parametrize("what", TOLD_TOGETHER)
def test_one_document_tells_it_whole(what: str) -> None:
    wanted = TOLD_TOGETHER[what]
    assert any(all(words in body for words in wanted) for body in BODIES.values())


def test_one_document_and_only_one_lists_the_eight_actions_in_order() -> None:
    assert [name for name, body in BODIES.items() if EIGHT_ACTIONS in items(body)] == [
        "actions/城乡风貌整治提升八大专项行动.md"
    ]


def test_the_six_levels_and_the_four_levels_are_lists_in_order() -> None:
    lists = [found for body in BODIES.values() for found in items(body)]
    assert ["省", "市", "县", "街道", "社区", "小区"] in lists
    assert ["市", "县", "街道", "社区"] in lists


def test_the_texts_speak_of_their_subject_and_not_of_their_making() -> None:
    told = re.compile("来源(?:没有|未|只|刊发|报道)|本库|读数提示")
    assert [name for name, body in BODIES.items() if told.search(body)] == []
