"""What saved pages and orders put around a document: tables of facts, rows of data, red heads, secrecy marks."""

from __future__ import annotations

import json

import pytest

from indexer.official import Official, read_official
from indexer.official.site import is_navigation
from indexer.parse.jsonl import parse_record
from indexer.parse.registry import parse_bytes
from kb.model import Parsed

BODY = "云州市购房补贴办法\n第一条 每户补贴三万元。\n第二条 本办法自2020年2月1日起施行。\n"
FACTS = {
    "issuer": "云州市人民政府办公室",
    "issued": "2020-01-06",
    "number": "云政办发〔2020〕9号",
    "status": "repealed",
}


def read(text: str, name: str = "1.txt") -> Official:
    return read_official(Parsed(text), name)


def of_file(data: str, name: str) -> Official:
    return read_official(parse_bytes(data.encode(), name), name)


def values(official: Official, *keys: str) -> dict[str, str | None]:
    return {key: official.value(key) for key in keys}


@pytest.mark.parametrize(
    "rows",
    [
        "索引号： | 00123 | 主题分类： | 住房\n发文机关： | 云州市人民政府办公室 | 成文日期： | 2020年1月6日\n"
        "发文字号： | 云政办发〔2020〕9号 | 有效性： | 已废止\n",
        "索 引 号 | 00123 | 主题分类 | 住房\n发文机关 | 云州市人民政府办公室 | 成文日期 | 2020年1月6日\n"
        "发文字号 | 云政办发〔2020〕9号 | 有 效 性 | 已废止\n",
        "| 发文机关 | 云州市人民政府办公室 |\n| 成文日期 | 2020年1月6日 |\n| 发文字号 | 云政办发〔2020〕9号 |\n| 有效性 | 已废止 |\n",
        "发文机关：云州市人民政府办公室 | 成文日期：2020年1月6日\n发文字号：云政办发〔2020〕9号 | 有效性：已废止\n",
        "• 索引号：00123\n• 发文机关：云州市人民政府办公室\n• 成文日期：2020年1月6日\n• 发文字号：云政办发〔2020〕9号\n• 有效性：已废止\n",
    ],
)
def test_the_table_of_facts_above_a_document_is_read_cell_by_cell(rows: str) -> None:
    official = read(rows + BODY)
    assert values(official, *FACTS) == FACTS
    assert official.value("title") == "云州市购房补贴办法"
    said = {key: field.span.of(rows) for key, field in official.fields.items() if key in FACTS and field.span}
    assert said == FACTS | {"issued": "2020年1月6日", "status": "已废止"}


def test_a_page_marked_repealed_in_an_html_table_is_repealed() -> None:
    rows = (("索引号：", "00123", "主题分类：", "住房"), ("有效性：", "已废止", "成文日期：", "2020年1月6日"))
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    page = f"<html><title>云州市购房补贴办法</title><body><table>{table}</table><h1>云州市购房补贴办法</h1><p>第一条 每户三万元。</p>"
    assert values(of_file(page, "1.html"), "status", "issued") == {
        "status": "repealed",
        "issued": "2020-01-06",
    }


@pytest.mark.parametrize(
    "rows",
    [
        "索引号： | 00123 | 废止日期： | 有效性：\n成文日期： | 2020年1月6日\n",  # cells left empty
        "标题 | 责任单位 | 备注\n甲事项 | 云州市住建局 | 成文日期\n",  # the head of another table
    ],
)
def test_an_empty_cell_or_the_head_of_a_table_gives_no_value(rows: str) -> None:
    official = read(rows + BODY)
    assert values(official, "status", "expires") == {"status": None, "expires": None}
    assert official.value("number") is None


def test_the_title_stated_in_the_table_of_facts_stands_where_the_document_begins() -> None:
    text = "索引号： | 00123\n标 题： | 云州市购房补贴办法\n发文机关： | 云州市住建局\n" + BODY
    official = read(text)
    span = official.fields["title"].span
    assert official.value("title") == "云州市购房补贴办法"
    assert span is not None and span.start == text.rindex("云州市购房补贴办法")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("单位,金额,日期\n甲街道,100,2024-05-01\n乙街道,200,2023-06-01\n", "拨款.csv"),
        ("单位,金额,日期\n甲街道,100,2024-05-01\n", "拨款.csv"),
        ("标题,文号,成文日期,有效性\n甲办法,云政〔2020〕1号,2020-01-06,废止\n乙办法,云政〔2019〕1号,2019-01-06,有效\n", "目录.csv"),
    ],
)  # fmt: skip
def test_a_date_in_a_row_of_data_is_not_the_date_of_the_document(data: str, name: str) -> None:
    official = of_file(data, name)
    assert values(official, "issued", "status") == {"issued": None, "status": None}
    assert official.value("title") == name.removesuffix(".csv")


def test_a_single_row_of_facts_under_their_names_is_the_documents_own() -> None:
    page = (
        "<table><tr><th>发文机关</th><th>成文日期</th><th>有效性</th></tr>"
        "<tr><td>云州市人民政府办公室</td><td>2020年1月6日</td><td>已废止</td></tr></table><p>云州市购房补贴办法</p><p>第一条 每户三万元。</p>"
    )
    official = of_file(page, "1.html")
    assert values(official, "issuer", "issued", "status") == {
        k: FACTS[k] for k in ("issuer", "issued", "status")
    }


@pytest.mark.parametrize(
    ("head", "number", "issuer"),
    [
        ("云州省人民政府令\n第389号", "云州省人民政府令第389号", "云州省人民政府"),
        ("云州省人民政府令（第389号）", "云州省人民政府令第389号", "云州省人民政府"),
    ],
)
@pytest.mark.parametrize("name", ["1.txt", "令.txt"])
def test_an_order_bears_the_name_of_the_regulation_it_puts_into_force(
    head: str, number: str, issuer: str, name: str
) -> None:
    text = (
        f"{head}\n《云州省公共数据条例实施办法》已经2021年12月30日省人民政府第90次常务会议审议通过，现予公布，"
        "自2022年3月1日起施行。\n省长　张三\n2022年1月20日\n云州省公共数据条例\n实施办法\n第一章 总则\n第一条 制定本办法。\n"
    )
    official = read(text, name)
    assert official.value("title") == "云州省公共数据条例实施办法"
    span = official.fields["title"].span
    assert span is not None and span.of(text) == "云州省公共数据条例\n实施办法"
    assert values(official, "number", "issuer", "issued", "effective") == {
        "number": number, "issuer": issuer, "issued": "2022-01-20", "effective": "2022-03-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("现公布《云州省粮食条例》，自2022年3月1日起施行。", "云州省粮食条例"),
        ("现将《云州省粮食条例》予以公布，自2022年3月1日起施行。", "云州省粮食条例"),
        (
            "《关于修改〈云州省粮食条例〉的决定》已由省人大常委会于2022年1月1日通过，现予公布。",
            "关于修改〈云州省粮食条例〉的决定",
        ),
    ],
)
def test_the_sentence_of_an_order_names_it_where_the_regulation_does_not_follow(
    sentence: str, title: str
) -> None:
    text = f"云州省人民政府令\n第12号\n{sentence}\n省长 张三\n2022年1月20日\n"
    official = read(text)
    span = official.fields["title"].span
    assert official.value("title") == title
    assert span is not None and span.of(text) == title


@pytest.mark.parametrize(
    "head",
    [
        "云州市教育局\n云教〔2024〕5号",
        "云州市教育局\n云州市财政局\n云教〔2024〕5号",
        "云教〔2024〕5号\n云州市教育局",
    ],
)
def test_a_body_alone_above_the_number_is_never_the_title(head: str) -> None:
    text = f"{head}\n关于做好招生工作的通知\n各区教育局：\n现通知如下。\n云州市教育局\n2024年4月30日\n"
    official = read(text)
    assert (official.value("title") or "").endswith("关于做好招生工作的通知")
    assert values(official, "number", "issuer") == {"number": "云教〔2024〕5号", "issuer": "云州市教育局"}


def test_the_name_of_the_site_is_no_title() -> None:
    page = "<html><title>云州市教育局</title><body><p>云州市教育局</p><p>关于做好招生工作的通知</p><p>各区教育局：</p><p>现通知如下。</p>"
    assert (of_file(page, "1.html").value("title") or "").endswith("关于做好招生工作的通知")


@pytest.mark.parametrize(
    "mark",
    [
        "内部资料　注意保存",
        "内部资料，请勿外传",
        "（内部资料 不得翻印）",
        "内部文件 严禁复制",
        "内部材料★妥善保管",
    ],
)
def test_a_mark_of_secrecy_is_no_title_and_restricts_the_reader(mark: str) -> None:
    text = f"{mark}\n云州市人民政府办公厅\n关于做好防汛工作的会议纪要\n一、同意设立专项资金。\n"
    official = read(text)
    assert official.value("title") == "云州市人民政府办公厅关于做好防汛工作的会议纪要"
    assert official.value("visibility") == "internal"
    span = official.fields["secrecy"].span
    assert span is not None and span.of(text) == official.value("secrecy")


ROWS = "收费标准\n类型：泊位；首小时：5元\n类型：停车楼；首小时：4元\n"


@pytest.mark.parametrize(
    "line",
    [
        "执行日期：2025年1月1日起 制定单位：云州市发展和改革局 文号：云发改〔2024〕88号",
        "制定单位：云州市发展和改革局；文号：云发改〔2024〕88号；执行时间：2025-01-01",
        "文号：云发改〔2024〕88号 制定单位：云州市发展和改革局 启用日期：2025年1月1日",
    ],
)
def test_the_day_a_list_of_charges_takes_effect_is_not_the_day_it_was_issued(line: str) -> None:
    official = read(ROWS + line, "收费标准.txt")
    assert values(official, "effective", "issued", "issuer", "number") == {
        "effective": "2025-01-01",
        "issued": None,
        "issuer": "云州市发展和改革局",
        "number": "云发改〔2024〕88号",
    }


@pytest.mark.parametrize("label", ["执行日期", "施行日期", "生效日期", "实行日期"])
def test_the_day_of_effect_is_read_below_a_long_table_too(label: str) -> None:
    data = "类型,首小时\n" + "".join(f"泊位{n},{n}元\n" for n in range(400)) + f"{label}：2025年1月1日\n"
    official = of_file(data, "收费标准.csv")
    assert values(official, "effective", "issued") == {"effective": "2025-01-01", "issued": None}


@pytest.mark.parametrize("label", ["截止日期", "活动时间", "公示时间", "有效日期"])
def test_a_day_under_another_label_is_not_the_day_of_issue(label: str) -> None:
    assert read(f"关于开展评选的通知\n{label}：2024年5月1日\n各单位：\n请报名。").value("issued") is None


@pytest.mark.parametrize("label", ["发布日期：", "日期：", "时间：", "云州市卫健委发布时间：", "信息公开日期：", "上传时间: "])
def test_the_day_a_page_says_it_was_published_is_its_day(label: str) -> None:
    assert read(f"关于开展评选的通知\n来源：市卫健委 {label}2024年5月1日\n各单位：\n请报名。").value("issued") == "2024-05-01"


def test_a_row_of_data_gives_no_day_of_effect() -> None:
    data = "执行日期,名称\n2024-01-01,甲\n2025-01-01,乙\n"
    assert of_file(data, "清单.csv").value("effective") is None


NOTICE = """云州市教育局关于做好招生工作的通知
发布日期：2024-03-18 浏览次数：12 字体：【大 中 小】 打印 关闭
云教〔2024〕5号
各区教育局：
现通知如下。
一、就近入学。
云州市教育局
2024年3月15日
上一篇：云州市教育局关于放假的通知
网站地图 | 关于我们 | 联系我们
主办：云州市人民政府办公室
"""
MENU = "首页 | 新闻中心 | 政务公开 | 办事服务\n"


def test_the_day_a_page_was_published_is_no_history_of_a_law() -> None:
    text = "云州市招生办法\n发布日期：2024-03-18\n第一条 就近入学。\n云州市教育局\n2024年3月15日\n"
    assert read(text).value("issued") == "2024-03-15"


@pytest.mark.parametrize(
    "above",
    [
        "您当前的位置：首页 > 办事服务 > 住房保障 > 公租房\n",
        MENU + "您当前的位置：首页 > 政务公开 > 通知公告\n无障碍浏览  长者模式  繁體  English\n登录 | 注册\n",
        "当前位置：首页＞政务公开＞通知\n",
        "【当前位置：首页 » 政务公开 » 通知】\n登录\n注册\n",
        "首页>>政务公开>>通知公告\n",
        "首页 / 政务公开 / 通知公告\n",
        "网站首页 › 政务公开 › 通知公告 › 正文\n",
        "云州市人民政府网 → 政务公开\n",
        "政务公开 > 法定主动公开内容 > 义务教育\n分享到：微信 微博\n",
        "当前位置：首页 >\n政务公开 >\n义务教育\n",
        "要闻\n部门动态\n区县动态\n政府信息公开指南\n机构职能\n您的位置：首页 > 政务公开\n",
        "欢迎访问云州市教育局网站\n今天是2024年5月1日 星期三\n首页 要闻 政务公开 走进云州\n",
    ],
)
def test_the_menu_and_the_trail_of_a_copied_page_are_no_title(above: str) -> None:
    for data, name in ((above + NOTICE, "1.txt"), (above + "\n" + NOTICE, "网页.md")):
        official = of_file(data, name)
        assert values(official, "title", "number", "issuer", "issued", "recipients") == {
            "title": "云州市教育局关于做好招生工作的通知",
            "number": "云教〔2024〕5号",
            "issuer": "云州市教育局",
            "issued": "2024-03-15",
            "recipients": "各区教育局",
        }


def test_a_trail_may_take_a_line_for_every_step() -> None:
    above = "您现在所在的位置 :\n首页\n>\n政务公开\n>\n义务教育\n"
    assert read(above + NOTICE).value("title") == "云州市教育局关于做好招生工作的通知"


def test_the_trail_stays_in_the_text() -> None:
    trail = "您当前的位置：首页 > 政务公开"
    assert parse_bytes(f"{trail}\n{NOTICE}".encode(), "1.txt").text.startswith(trail + "\n云州市教育局关于")


@pytest.mark.parametrize(
    "text",
    [
        "云州市公租房办事指南\n首页 > 办事服务 > 住房保障\n一、申请条件\n具有本市户籍。\n",
        "云州市公租房办事指南\n> 位于开发区的除外。\n一、办理流程\n申请 → 受理 → 审批\n",
        "云州市公租房办事指南\n申请→受理→审批→发证\n一、申请条件\n具有本市户籍。\n",
    ],
)
def test_a_title_above_a_trail_or_a_flow_is_the_title(text: str) -> None:
    assert read(text).value("title") == "云州市公租房办事指南"


def test_a_record_named_by_its_trail_has_its_title_from_the_text() -> None:
    record = json.dumps({"title": "首页 > 政务公开 > 通知公告", "text": "当前位置：首页 > 政务公开\n" + NOTICE}, ensure_ascii=False)
    parsed = parse_record(record.encode(), "a.jsonl")
    assert read_official(parsed, "1").value("title") == "云州市教育局关于做好招生工作的通知"


@pytest.mark.parametrize("line", ["云州市 教育局", "关于登录系统的通知", "A/B类企业评价办法", "数据开放管理办法", "云州市邮箱管理办法"])
def test_a_title_that_shares_words_with_a_menu_is_a_title(line: str) -> None:
    assert not is_navigation(line)
