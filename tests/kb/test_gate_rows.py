"""Each figure with its own row or condition, each duty with its own bearer: mixed up, it is cut; reworded, it stays."""

from __future__ import annotations

import pytest

from kb.gate import Exhibit, GateResult, gate
from kb.model import Document

TEXT = """第五条 特困老年人每人每月补贴600元；60周岁以上低保老年人每人每月补贴300元，80周岁以上每人每月补贴500元。
第六条 社区食堂由街道办事处负责管理，区民政局负责监督，市财政局应当安排专项资金。
第七条 申请人应当提交身份证或者户口簿，并经面积三分之二以上且人数三分之二以上的业主同意。申请材料不齐全的，不予受理。
第八条 未设电梯的住宅列入改造范围。未取得食品经营许可的，不得供餐。企业捐赠的，可以给予税收优惠。
第九条 一级设施不少于30张床位，建筑面积不小于1500平方米；二级设施不少于15张床位，建筑面积不小于750平方米。
第十条 2023年建成食堂200家，2024年建成食堂300家。
第十一条 本办法不适用于商业餐饮，适用于未设餐厅的社区。无障碍坡道坡度宜为1:12。
第十二条 甲县、乙县分别补助100万元、80万元。市、县财政按6:4承担，县财政不得截留、挪用。
住宅层数：四层；每台补助(万元)：15；市级分担(万元)：6；区级分担(万元)：9；备注：须经安全鉴定
住宅层数：五至六层；每台补助(万元)：20；市级分担(万元)：8；区级分担(万元)：12；备注：-
住宅层数：七层以上；每台补助(万元)：25；市级分担(万元)：10；区级分担(万元)：15；备注：优先安排
指标：食堂覆盖率；单位：%；2024年：61.2；2026年：65；责任部门：民政局
指标：改造投入；单位：万元；2024年：310；2026年：620；责任部门：财政局
指标：满意率；2024年(%)：81；2026年(%)：92；责任部门：民政局
"""
ONE = [Exhibit(Document("d", "云溪市社区食堂管理办法", "a", 1, "s"), 1, "s", 0, len(TEXT), TEXT)]


def passed(text: str) -> GateResult:
    return gate(text, ONE)


@pytest.mark.parametrize(
    "text",
    [
        "80周岁以上低保老年人每人每月补贴500元，60周岁以上每人每月300元。",
        "每月补贴标准为：特困老年人600元、60周岁以上低保老年人300元、80周岁以上500元。",
        "社区食堂由街道办事处管理，由区民政局监督。",
        "街道办事处负责管理社区食堂。",
        "市财政局应安排专项资金。",
        "应当提交户口簿或者身份证。",
        "申请材料不齐全不予受理。",
        "没有取得食品经营许可的不得供餐。",
        "二级设施建筑面积不小于750平方米，床位不少于15张。",
        "2023年、2024年分别建成食堂200家、300家。",
        "2024年建成食堂300家。",
        "商业餐饮不适用本办法。",
        "无障碍坡道坡度宜为1:12。",
        "乙县补助80万元，甲县补助100万元。",
        "市、县财政按照6:4承担。",
        "不得挪用。",
        "四层15万元、五至六层20万元、七层以上25万元。",
        "四层、五至六层、七层以上住宅每台分别补助15万元、20万元、25万元。",
        "七层以上市级分担10万元，区级分担15万元。",
        "四层住宅每台补助15万元，其中市级分担6万元、区级分担9万元，须经安全鉴定。",
        "七层以上住宅优先安排。",
        "四层：15万元（段落1）。",
        "以上资金由市、县财政按6:4承担。",
    ],
)  # fmt: skip
def test_what_is_true_stays_however_it_is_ordered(text: str) -> None:
    result = passed(text)
    assert len(result.claims) == 1 and not result.dropped


@pytest.mark.parametrize(
    "text",
    [
        "特困老年人每人每月补贴300元。",
        "80周岁以上低保老年人每人每月补贴300元。",
        "每月补贴标准为：特困老年人300元、60周岁以上低保老年人600元、80周岁以上500元。",
        "二级设施建筑面积不小于1500平方米。",
        "一级设施不少于30张床位，建筑面积不小于750平方米。",
        "2023年建成食堂300家，2024年建成食堂200家。",
        "甲县补助80万元，乙县补助100万元。",
        "甲县、乙县分别补助80万元、100万元。",
        "县、市财政按6:4承担。",
        "四层20万元、五至六层15万元、七层以上25万元。",
        "五至六层住宅每台补助25万元。",
        "四层、五至六层、七层以上住宅每台分别补助25万元、20万元、15万元。",
        "四层住宅每台补助15万元，其中市级分担10万元、区级分担15万元。",
        "四层市级分担9万元。",
        "七层以上住宅须经安全鉴定。",
        "四层住宅优先安排。",
        "三层住宅每台补助15万元。",
        "四层：25万元。",
    ],
)  # fmt: skip
def test_a_figure_or_condition_of_another_row_is_cut(text: str) -> None:
    assert not passed(text).text


@pytest.mark.parametrize(
    "text",
    [
        "社区食堂由区民政局负责管理。",
        "街道办事处负责监督。",
        "区民政局应当安排专项资金。",
        "市财政不得截留、挪用。",
        "业主不得截留、挪用。",
        "省、市财政按6:4承担。",
    ],
)
def test_a_duty_given_to_another_body_is_cut(text: str) -> None:
    assert not passed(text).text


@pytest.mark.parametrize(
    "text",
    [
        "本办法适用于商业餐饮。",
        "未设电梯的住宅不列入改造范围。",
        "申请材料不齐全的，予以受理。",
        "申请人应当提交身份证和户口簿。",
        "应当经面积三分之二以上或者人数三分之二以上的业主同意。",
        "应当经全体业主同意。",
        "无障碍坡道坡度应为1:12。",
        "申请人宜提交身份证或者户口簿。",
        "企业捐赠的，应当给予税收优惠。",
        "所有企业捐赠可以给予税收优惠。",
        "特困老年人每人每年每月补贴600元。",
        "每人每年补贴600元。",
    ],
)
def test_a_small_word_that_changes_the_rule_is_cut(text: str) -> None:
    assert not passed(text).text


def test_the_rows_of_a_models_table_are_judged_one_by_one_and_its_heads_are_no_claim() -> None:
    table = (
        "### 补助标准\n\n| 住宅层数 | 每台补助(万元) | 市级分担 |\n|:---|---|---|\n"
        "| 四层 | 15 | 6万元 | [1]\n| 五至六层 | 25 | 8万元 |\n| **七层以上** | 25 [1] | 10万元 |\n"
    )
    result = passed(table)
    assert result.text == (
        "补助标准\n- 住宅层数：四层；每台补助(万元)：15；市级分担：6万元[1]\n"
        "- 住宅层数：七层以上；每台补助(万元)：25；市级分担：10万元[2]"
    )
    assert result.cut == 1 and len(result.claims) == 2


def test_the_unit_at_the_head_of_a_column_counts() -> None:
    assert passed("| 住宅层数 | 每台补助（元） |\n|---|---|\n| 四层 | 150000 |").claims
    assert not passed("| 住宅层数 | 每台补助（元） |\n|---|---|\n| 四层 | 15 |").text


def test_a_table_without_heads_keeps_its_first_row() -> None:
    assert passed("| 四层住宅 | 每台补助15万元 |\n| 七层以上 | 每台补助25万元 |").text == (
        "- 四层住宅 | 每台补助15万元[1]\n- 七层以上 | 每台补助25万元[2]"
    )


def test_a_heading_is_shown_only_over_what_stands_under_it() -> None:
    result = passed("## 甲县\n甲县补助900万元。\n## 乙县\n乙县补助80万元。\n## 其他")
    assert result.text == "乙县\n乙县补助80万元[1]。"


def test_an_apology_is_dropped_and_what_follows_is_judged() -> None:
    result = passed("抱歉，我不能回答。作为人工智能，我无法判断。2024年建成食堂300家。")
    assert result.text == "2024年建成食堂300家[1]。" and not result.cut


def test_the_unit_in_a_cell_of_a_row_is_that_of_its_figures() -> None:
    for said in ("2026年食堂覆盖率达到65%。", "2024年食堂覆盖率为61.2%，2026年为65%。", "2026年改造投入620万元。", "2026年满意率92%。"):
        assert len(passed(said).claims) == 1 and not passed(said).dropped
    for said in ("2026年食堂覆盖率达到61.2%。", "2026年改造投入620元。", "2026年改造投入310万元。", "2026年改造投入65万元。", "2026年满意率81%。"):
        assert not passed(said).claims
