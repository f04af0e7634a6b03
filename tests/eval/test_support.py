"""ALCE's measures on claims whose support anyone can judge."""

from __future__ import annotations

import pytest

from eval.support import judge, supported

QUOTE = "全省累计创建未来社区项目1263个，其中201个已经建成。"


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        (QUOTE, [QUOTE]),
        ("未来社区项目１２６３个[1]", [QUOTE]),  # full width, with a marker
        ("2. 精简社区数据录入", ["5. 精简社区数据录入"]),  # an item's number is no figure of the claim
        ("带动消费3,000万元", ["累计带动消费3000万元"]),
        ("创建未来社区1263个，覆盖率达到30%", [QUOTE, "覆盖率达到30%"]),
        ("依据《物业管理条例》第五条", ["《物业管理条例》第五条规定"]),
    ],
)
def test_words_and_figures_that_stand_in_the_quotes_are_supported(claim: str, quotes: list[str]) -> None:
    assert supported(claim, quotes)


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        (QUOTE, []),
        (QUOTE.replace("1263", "1264"), [QUOTE]),  # one figure altered
        (QUOTE.replace("201", "120"), [QUOTE]),  # 120 is not 201, nor a part of 1263
        ("未来社区项目126个", [QUOTE]),  # a part of a figure is another figure
        ("1.5倍工资", ["2.5倍工资"]),  # nor is a figure an item's number
        ("物业费由业主大会决定", [QUOTE]),
        ("依据《物业管理条例》创建未来社区项目1263个", [QUOTE]),  # a document the quote does not name
    ],
)
def test_an_altered_figure_a_foreign_name_or_other_words_are_not_supported(
    claim: str, quotes: list[str]
) -> None:
    assert not supported(claim, quotes)


def test_a_citation_that_supports_alone_is_relevant_and_an_idle_one_is_not() -> None:
    found = judge(QUOTE, [QUOTE, "物业费由业主大会决定。"])
    assert found.supported
    assert found.relevant == (True, False)


def test_two_citations_that_support_only_together_are_both_relevant() -> None:
    found = judge("创建1263个项目，覆盖率达到30%", ["创建1263个项目", "覆盖率达到30%"])
    assert found.supported
    assert found.relevant == (True, True)


def test_nothing_is_relevant_to_a_claim_without_support() -> None:
    assert judge("创建9999个", [QUOTE]).relevant == (False,)
