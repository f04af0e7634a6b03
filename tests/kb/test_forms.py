"""What form a question asks for, and whether quotes have it."""

import time

import pytest

from kb.fold import fold
from kb.forms import FORMS, form_wanted, has_form, names_given, names_wanted, only_echoes, per_missing


@pytest.mark.parametrize(
    ("question", "count"),
    [("三大工程有哪些？", 3), ("是哪五级？", 5), ("12个试点的名单", 12), ("有哪些材料？", 2), ("罚多少？", 0), ("超过3个月怎么办", 0)],
)
def test_a_question_says_how_many_names_it_wants(question: str, count: int) -> None:
    assert names_wanted(fold(question)) == count


def test_names_are_counted_within_a_sentence_or_by_lines() -> None:
    assert names_given("分为“省—市—县”三级。") == 3
    assert names_given("包括：甲、乙、丙和丁。另有戊。") == 4
    assert names_given("一、甲；\n二、乙；\n三、丙。") == 3
    assert names_given("一共建成十个。") == 1


@pytest.mark.parametrize(
    ("question", "name", "has", "lacks"),
    [
        ("全长多少公里？", "length", "全长12.5公里", "共有12条"),
        ("保修金分别是多少？", "money", "按造价的2%交", "应当在15日内补足"),
        ("罚多少钱？", "money", "处二百元以上罚款", "处十日拘留"),
        ("覆盖率是百分之多少？", "share", "覆盖30%的社区", "覆盖30个社区"),
        ("占地几亩？", "area", "占地300余亩", "有300余人"),
        ("哪天起施行？", "enacted", "自2024年3月1日起施行", "2024年已经立项"),
        ("多久检查一次？", "frequency", "每季度检查一次", "由社区检查"),
        ("围墙最多砌多高？", "length", "不得超过一百五十厘米", "应当通透"),
        ("咨询电话是多少？", "phone", "电话：0571-87050000", "可以电话咨询"),
        ("出了事打哪个电话？", "phone", "请拨打12345", "可以拨打咨询电话"),
        ("材料发到哪个邮箱？", "email", "发送至 lamp@example.cn", "发送电子邮件"),
        ("提示文字的面积最小得多大？", "area", "所占面积不低于画面的0.3%", "提示文字应当醒目"),
        ("任意多长的片段都得查得出？", "extent", "连续5秒以上的片段", "应当连续"),
        ("那块地占地多大？", "area", "占地二十亩", "占地很广"),
        ("报名费一个人收多少？", "money", "每人收取50元", "报名者共五十人"),
        ("没戴头盔罚几块？", "money", "处二十元以上五十元以下罚款", "处以警告"),
        ("评上了发多少奖金？", "money", "给予五万元奖励", "每年评选五家"),
        ("系统是哪家公司开发的？", "company", "由青溪数字科技有限公司承建", "由乡里统一建成"),
        ("专班的负责人叫什么名字？", "person", "专班由李大山任组长", "专班由各部门组成"),
        ("有几名村民就业？", "people", "带动六十名村民", "带动十二个村"),
        # What the second quote has only looks like the form.
        ("许可证有效期是几年？", "period", "有效期三年", "本办法自2022年5月1日起施行"),
        ("集市放在每年的几月份？", "day", "每年十月举办", "办集市三年来成效明显"),
        ("水厂是哪天通水的？", "day", "2023年6月1日通水", "本办法自2023年6月1日起施行"),
        ("大赛什么时候截止报名？", "time", "9月底前报名", "开展创新设计大赛和落地建设"),
        ("大赛什么时候截止报名？", "time", "大赛结束时，公布结果", "推动建设的同时,开展创新设计大赛"),
        ("一共投了多少钱？", "sum", "总投资3亿元", "覆盖30%的社区"),
        ("保洁员的工资一般多少？", "amount", "每月工资不低于2500元", "每两年评议一次"),
        ("单户最高能贷多少？", "amount", "单户最高三十万元", "设立一个窗口"),
        ("岛上每天最多放多少游客？", "persons", "每日不超过三百人", "分为三个片区"),
        ("一共有多少个？", "count", "建成12个", "第十二条 自2022年5月1日起施行"),
        ("分数线是多少分？", "score", "最低60分", "2022年公布"),
        ("组长是谁？", "person", "组长：李大山", "由规划、文物、林业等部门组成"),
        ("推进会是在哪个城市开的？", "city", "在青溪县召开", "在推进会上作专题展示"),
        ("古树归哪个部门管？", "body", "由林业主管部门负责", "古树名木应当挂牌"),
    ],
)
def test_the_form_asked_for_is_looked_for(question: str, name: str, has: str, lacks: str) -> None:
    assert form_wanted(fold(question)) == name
    assert has_form(name, fold(has)) and not has_form(name, fold(lacks))


def test_a_question_of_manner_has_no_form() -> None:
    assert form_wanted("怎么申请？") == ""


def test_a_measure_asked_for_must_be_named() -> None:
    assert per_missing("每平米交多少元？", "处1万元以上3万元以下罚款")
    assert not per_missing("每平米交多少元？", "每平方米交存50元") and not per_missing("每个社区怎么办？", "应当登记")


def test_a_figure_that_the_question_gave_answers_nothing() -> None:
    assert only_echoes("2600个项目里养老类有多少？", "共有2600个项目")
    assert not only_echoes("2600个项目里养老类有多少？", "2600个项目中养老类963个")


@pytest.mark.parametrize("line", ["1" * 6000, "一" * 6000, "2020年" * 1500, "由部门" * 2000, ":王李" * 2000])
def test_a_hostile_line_is_looked_through_in_no_time(line: str) -> None:
    began = time.process_time()
    form_wanted(line)
    for form in FORMS:
        has_form(form.name, line)
    assert time.process_time() - began < 2  # a pattern that goes back and forth takes minutes


@pytest.mark.parametrize(
    ("name", "quotes"),
    [
        ("money", "危房等级:D级;低保户(元/户):28000"),
        ("area", "每百户养老用房(平方米):20"),
        ("length", "消防车道净宽度不应小于4.0m"),
        ("area", "面积不小于400m²"),
        ("amount", "押金不得超过两个月租金"),
    ],
)
def test_units_of_a_table_s_head_and_latin_ones_count(name: str, quotes: str) -> None:
    assert has_form(name, fold(quotes))


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("share", "指标：森林覆盖率；单位：%；2024年：61.2；2025年：61.5；2026年：62"),
        ("share", "指标：森林覆盖率；计量单位：％；2026年：≥62；责任单位：县林业局"),
        ("share", "序号：3；指标：森林覆盖率；单位：%；2026年：62"),
        ("share", "指标：森林覆盖率（%）；2024年：61.2；2026年：62"),
        ("sum", "项目：小麦；单位：元/亩；标准：120"),
        ("area", "任务：绿化；单位：万亩；2026年：1,200"),
        ("people", "单位：人；合计：30；其中专职：12"),
    ],
)
def test_a_unit_in_a_cell_of_its_own_counts_for_the_figures_of_its_row(name: str, row: str) -> None:
    assert has_form(name, fold(row))


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("share", "指标：森林覆盖率；责任单位：县林业局；2026年：62"),
        ("share", "序号：3；指标：森林覆盖率；单位：%；2026年：另行下达"),
        ("share", "单位：%\n指标：森林面积；2026年：62"),
        ("people", "单位：人民医院；床位：300"),
        ("sum", "单位：个；2026年：62"),
    ],
)
def test_a_unit_counts_for_no_other_row_and_an_office_is_no_unit(name: str, row: str) -> None:
    assert not has_form(name, fold(row))


def test_a_standard_of_subsidy_is_an_amount() -> None:
    assert form_wanted(fold("购房补贴标准？")) == "amount"
    assert form_wanted(fold("未来社区建设标准？")) == ""
