"""Markdown, HTML and tables: the words without the marks, the document without the page around it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.parse import parse_bytes
from indexer.parse.tables import Cell, table_lines
from kb.errors import KBError
from kb.model import Parsed


def markdown(text: str) -> Parsed:
    return parse_bytes(text.encode(), "a.md")


def html(body: str) -> Parsed:
    return parse_bytes(f"<html><head><title>页</title></head><body>{body}</body></html>".encode(), "a.html")


def headings(parsed: Parsed) -> list[tuple[int, str]]:
    return [(heading.level, parsed.text[heading.start : heading.end]) for heading in parsed.headings]


def test_markdown_keeps_words_headings_and_front_matter() -> None:
    parsed = markdown(
        "---\ntitle: 某办法\nissued: 2024-01-02\ntags: [甲, 乙]\n---\n# 某办法\n\n## 第一章 **总则**\n\n"
        "第一条 见[附件](http://x.cn/a.pdf)和`代码`。\n<!-- 注释 -->\n"
    )
    assert parsed.text == "某办法\n第一章 总则\n第一条 见附件和代码。"
    assert headings(parsed) == [(1, "某办法"), (2, "第一章 总则")]
    assert dict(parsed.front) == {"title": "某办法", "issued": "2024-01-02", "tags": "甲、乙"}


def test_markdown_lists_keep_their_numbers() -> None:
    assert markdown("3. 甲\n4. 乙\n\n- 丙\n- 丁\n").text == "3. 甲\n4. 乙\n• 丙\n• 丁"


def test_numbered_articles_on_following_lines_stay_apart() -> None:
    assert markdown("第一条 甲。\n第二条 乙。\n（一）丙；\n（二）丁。").text.count("\n") == 3


def test_a_markdown_table_names_each_cell() -> None:
    parsed = markdown("前言\n\n| 等级 | 标准 |\n|---|---|\n| 一级 | 5 分 |\n| 二级 | |\n\n后语")
    assert parsed.text == "前言\n等级：一级；标准：5 分\n等级：二级\n后语"
    (table,) = parsed.tables
    assert [row.of(parsed.text) for row in table.rows] == ["等级：一级；标准：5 分", "等级：二级"]


def test_words_in_angle_brackets_that_are_no_html_stay() -> None:
    assert markdown("按<GB9704>执行，见<b>表</b>。").text == "按<GB9704>执行，见表。"


def test_front_matter_with_an_alias_bomb_is_read_as_plain_lines() -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]"
    assert markdown(f"---\n{bomb}\n---\n正文。").text == "正文。"


def test_a_web_page_without_its_furniture() -> None:
    parsed = html(
        "<div class='nav'><a href=1>首页</a><a href=2>政务公开</a><a href=3>政策</a></div>"
        "<div class='crumbs'>您当前的位置：首页 > 政策 > 正文</div><h1>关于印发某办法的通知</h1>"
        "<div>发布时间：2024-01-02 浏览次数：12 【字体：大 中 小】</div>"
        "<div class='article'><p>各市、县人民政府：</p><p>现将《某办法》印发给你们，请\n遵照执行。</p>"
        "<p>某省人民政府</p></div><div><a href=#>打印</a> <a href=#>关闭窗口</a></div><p>分享到：</p>"
        "<ul class='related'><li><a href=1>相关一</a><li><a href=2>相关二</a><li><a href=3>相关三</a></ul>"
        "<div class='footer'>主办：某省政府 版权所有 浙ICP备05000000号</div><script>var a='不是正文'</script>"
    )
    assert parsed.text == (
        "关于印发某办法的通知\n发布时间：2024-01-02\n各市、县人民政府：\n现将《某办法》印发给你们，请遵照执行。\n某省人民政府"
    )
    assert parsed.title == "关于印发某办法的通知"
    assert headings(parsed) == [(1, "关于印发某办法的通知")]


@pytest.mark.parametrize(
    "words",
    [
        "第二条 政府网站应当标明ICP备案编号和网站标识码",
        "（三）版权所有：归主办单位",
        "转载须经同意，版权所有归主办单位。",
        "所在位置：项目位于湖东，应当在红线内建设",
        "技术支持：由信息中心负责，每年安排一百万元",
        "技术支持：0571-00000000",
        "1. 点击首页 > 办事 > 详情",
        "申报系统建议使用某某浏览器登录",
    ],
)
def test_a_clause_about_notices_of_a_site_is_no_notice(words: str) -> None:
    assert html(f"<p>第一条 为规范网站管理，制定本办法。</p><p>{words}</p>").text.endswith(f"\n{words}")


@pytest.mark.parametrize(
    "words",
    [
        "主办：某市政府 浙ICP备05000000号-1",
        "ICP备案号：浙ICP备05000000号",
        "浙公网安备 33010000000000号",
        "网站标识码：3300000000",
        "某市人民政府版权所有",
        "版权所有：某市人民政府 未经授权不得转载",
        "Copyright © 2024 某市",
        "技术支持：某某科技有限公司",
        "建议使用1024×768分辨率、IE9以上浏览器",
        "您现在的位置：首页 > 政策规定 > 申报",
        "所在位置：首页>政务公开",
        "当前位置：政务公开",
    ],
)
def test_a_notice_of_the_site_is_left_out_of_the_main_block(words: str) -> None:
    assert (
        html(f"<p>第一条 为规范网站管理，制定本办法。</p><p>{words}</p>").text
        == "第一条 为规范网站管理，制定本办法。"
    )


STRUCK = [
    "<s>4元</s>",
    "<del>4元</del>",
    "<strike>4元</strike>",
    "<span style='text-decoration: line-through'>4元</span>",
]


@pytest.mark.parametrize("struck", STRUCK)
def test_struck_words_of_a_page_are_left_out(struck: str) -> None:
    assert html(f"<p>水价每立方米{struck}<ins>5元</ins>。</p>").text == "水价每立方米5元。"


@pytest.mark.parametrize("struck", ["~~4元~~", "<del>4元</del>"])
def test_struck_words_of_markdown_are_left_out(struck: str) -> None:
    assert markdown(f"水价每立方米{struck}5元。").text == "水价每立方米5元。"


def test_a_strike_that_is_never_closed_strikes_nothing_in_markdown() -> None:
    assert markdown("水价<s>5元，自来水。").text == "水价5元，自来水。"


def test_a_small_table_outlives_a_page_full_of_links() -> None:
    links = "".join(f"<li><a href={n}>栏目名称{n}</a></li>" for n in range(80))
    parsed = html(
        f"<ul>{links}</ul><h1>名单</h1><div class=box><table><tr><td>序号</td><td>学校名称</td></tr>"
        "<tr><td>1</td><td>甲校</td></tr><tr><td>2</td><td>乙校</td></tr></table></div>"
    )
    assert parsed.text == "名单\n序号：1；学校名称：甲校\n序号：2；学校名称：乙校"


def test_a_small_table_beside_a_column_of_links_is_kept() -> None:
    links = "".join(f"<li><a href={n}>专题栏目名称{n}</a></li>" for n in range(20))
    parsed = html(
        "<h1>名单</h1><div><div><div><table><tr><td>学校名称</td></tr><tr><td>某市第一中学</td></tr></table></div>"
        f"</div><div><ul>{links}</ul></div></div>"
    )
    assert parsed.text == "名单\n学校名称：某市第一中学"


def test_the_attachment_list_of_a_notice_is_kept() -> None:
    parsed = html(
        "<div><p>现将名单印发，请各单位遵照执行。</p><ul><li><a href='1.docx'>附件1：名单</a>"
        "<li><a href='2.pdf'>附件2：表格</a>"
        "<li><a href='3.xlsx'>附件3：汇总</a></ul></div>"
    )
    assert "附件2：表格" in parsed.text


def test_a_page_of_links_only_is_its_links() -> None:
    assert (
        "甲办法"
        in html("<ul><li><a href=1>甲办法</a><li><a href=2>乙办法</a><li><a href=3>丙办法</a></ul>").text
    )


def test_an_ordered_list_shows_the_numbers_a_browser_shows() -> None:
    assert html("<p>材料如下，请备齐：</p><ol start=2><li>申请表</li><li>身份证</li></ol>").text.endswith(
        "2. 申请表\n3. 身份证"
    )


def test_a_gb2312_page_is_read_by_its_declaration() -> None:
    page = "<html><head><meta charset=gb2312></head><body><p>关于印发办法的通知。</p></body></html>"
    assert parse_bytes(page.encode("gb18030"), "a.htm").text == "关于印发办法的通知。"


@pytest.mark.parametrize("tag", ["div", "span", "b", "table><tr><td", "ul><li", "x-y"])
def test_deep_nesting_is_no_danger(tag: str) -> None:
    started = time.process_time()
    assert "正文在此。" in html(f"<{tag}>" * 30_000 + "正文在此。").text
    assert time.process_time() - started < 5


def test_merged_headers_name_every_cell() -> None:
    rows = [
        [Cell("地区", rows=2), Cell("补贴标准", columns=2)],
        [Cell("一档"), Cell("二档")],
        [Cell("甲市", rows=2), Cell("100"), Cell("200")],
        [Cell("300"), Cell("400")],
    ]
    assert table_lines(rows) == [
        "地区：甲市；补贴标准 一档：100；补贴标准 二档：200",
        "地区：甲市；补贴标准 一档：300；补贴标准 二档：400",
    ]


def test_a_caption_row_and_a_section_row_stand_alone() -> None:
    rows = [
        [Cell("附表", columns=2)],
        [Cell("项目"), Cell("金额")],
        [Cell("一、农业", columns=2)],
        [Cell("甲"), Cell("1")],
    ]
    assert table_lines(rows) == ["附表", "一、农业", "项目：甲；金额：1"]


def test_a_form_of_two_columns_reads_as_label_and_value() -> None:
    rows = [[Cell("办理时限"), Cell("5个工作日")], [Cell("收费情况"), Cell("不收费")]]
    assert table_lines(rows) == ["办理时限：5个工作日", "收费情况：不收费"]


def test_without_a_clear_header_cells_stand_side_by_side() -> None:
    assert table_lines([[Cell("12"), Cell("34")], [Cell("56"), Cell("78")]]) == ["12 | 34", "56 | 78"]


@pytest.mark.parametrize("title", [["收费标准"], ["", "收费标准"], ["", "", "收费标准"]])
def test_a_title_in_one_cell_that_is_not_merged_is_no_header(title: list[str]) -> None:
    rows = [title, ["类型", "首小时", "封顶"], ["路内泊位", "5元", "50元"], ["停车楼", "4元", "40元"]]
    assert table_lines([[Cell(text) for text in row] for row in rows]) == [
        "收费标准",
        "类型：路内泊位；首小时：5元；封顶：50元",
        "类型：停车楼；首小时：4元；封顶：40元",
    ]


def test_several_rows_may_stand_over_the_header() -> None:
    rows = [
        ["收支表"],
        ["编制单位：某局", "", "", "单位：元"],
        ["", "", "", "表1"],
        ["项目", "收入", "支出", "结余"],
        ["甲", "3", "2", "1"],
    ]
    assert table_lines([[Cell(text) for text in row] for row in rows]) == [
        "收支表",
        "编制单位：某局 | 单位：元",
        "表1",
        "项目：甲；收入：3；支出：2；结余：1",
    ]


def test_a_list_whose_rows_fill_one_cell_has_no_captions() -> None:
    rows = [["名称", "备注"], *([f"第{n}小学", ""] for n in "一二三四五六")]
    assert table_lines([[Cell(text) for text in row] for row in rows])[0] == "名称：第一小学"


@pytest.mark.parametrize(
    "remark",
    [
        "备注：夜间免费。",
        "注：夜间免费",
        "注1：夜间免费",
        "说明：夜间免费",
        "执行日期：2025年1月1日",
        "夜间停放的一律免费。",
    ],
)
def test_a_remark_in_one_cell_below_the_data_is_its_text_alone(remark: str) -> None:
    rows = [["类型", "首小时", "封顶"], ["路内泊位", "5元", "50元"], ["停车楼", "4元", "40元"], [remark]]
    assert table_lines([[Cell(text) for text in row] for row in rows])[-2:] == [
        "类型：停车楼；首小时：4元；封顶：40元",
        remark,
    ]


def test_those_who_drew_a_table_up_stand_below_it() -> None:
    rows = [["项目", "收入", "支出"], ["甲", "3", "2"], ["制表人：张三", "", "审核人：李四"]]
    assert table_lines([[Cell(text) for text in row] for row in rows])[1:] == ["制表人：张三 | 审核人：李四"]


def test_a_section_in_one_cell_is_its_text_alone_and_a_bare_name_is_not() -> None:
    rows = [
        ["项目", "金额", "备注"],
        ["一、农业", "", ""],
        ["小麦", "1", ""],
        ["玉米", "", ""],
        ["大豆", "2", "补"],
    ]
    assert table_lines([[Cell(text) for text in row] for row in rows]) == [
        "一、农业",
        "项目：小麦；金额：1",
        "项目：玉米",
        "项目：大豆；金额：2；备注：补",
    ]


def test_a_form_with_a_remark_below_stays_a_form() -> None:
    rows = [["办理时限", "5个工作日"], ["收费情况", "不收费"], ["备注：节假日顺延", ""]]
    assert table_lines([[Cell(text) for text in row] for row in rows]) == [
        "办理时限：5个工作日",
        "收费情况：不收费",
        "备注：节假日顺延",
    ]


def test_a_caption_merged_over_two_rows_is_said_once() -> None:
    rows = [[Cell("附表", columns=2, rows=2)], [], [Cell("项目"), Cell("金额")], [Cell("甲"), Cell("1")]]
    assert table_lines(rows) == ["附表", "项目：甲；金额：1"]


def test_a_cell_that_reaches_into_the_next_row_is_no_section() -> None:
    rows = [
        [Cell("类别"), Cell("作物"), Cell("金额")],
        [Cell("一、农业", rows=2), Cell(""), Cell("")],
        [Cell("小麦"), Cell("1")],
        [Cell("二、林业"), Cell("杨树"), Cell("2")],
    ]
    assert table_lines(rows)[:2] == ["类别：一、农业", "类别：一、农业；作物：小麦；金额：1"]


TITLED = {
    "a.md": "| 收费标准 | | |\n|---|---|---|\n| 类型 | 首小时 | 封顶 |\n| 泊位 | 5元 | 50元 |\n| 注：夜间免费 | | |\n",
    "a.csv": "收费标准\n类型,首小时,封顶\n泊位,5元,50元\n注：夜间免费\n",
    "b.csv": "收费标准,,\n类型,首小时,封顶\n泊位,5元,50元\n注：夜间免费,,\n",
    "a.tsv": "收费标准\n类型\t首小时\t封顶\n泊位\t5元\t50元\n注：夜间免费\n",
    "a.html": "<h1>表</h1><table><tr><td colspan=3>收费标准<tr><th>类型<th>首小时<th>封顶<tr><td>泊位<td>5元<td>50元"
    "<tr><td colspan=3>注：夜间免费</table>",
    "b.html": "<h1>表</h1><table><thead><tr><th>收费标准<th><th></thead><tbody><tr><td>类型<td>首小时<td>封顶"
    "<tr><td>泊位<td>5元<td>50元<tr><td>注：夜间免费<td><td></tbody></table>",
    "c.html": "<h1>表</h1><table><tr><td>收费标准<tr><td>类型<td>首小时<td>封顶<tr><td>泊位<td>5元<td>50元"
    "<tr><td>注：夜间免费</table>",
}


@pytest.mark.parametrize("name", TITLED)
def test_a_table_with_a_title_row_reads_alike_in_every_format(name: str) -> None:
    text = parse_bytes(TITLED[name].encode(), name).text.removeprefix("表\n")
    assert text == "收费标准\n类型：泊位；首小时：5元；封顶：50元\n注：夜间免费"


def test_a_first_row_of_one_filled_cell_in_two_columns_that_speaks_for_itself_is_a_caption() -> None:
    rows = [["", "单位：元"], ["项目", "金额"], ["甲", "1"]]
    assert table_lines([[Cell(text) for text in row] for row in rows]) == ["单位：元", "项目：甲；金额：1"]


def test_huge_spans_do_not_blow_up() -> None:
    assert len(table_lines([[Cell("甲", columns=10**9, rows=10**9)], [Cell("乙"), Cell("丙")]])) <= 3


cells = st.builds(
    Cell,
    st.sampled_from(["", "名称", "金额（元）", "12", "甲市", "说明。很长的内容，有标点"]),
    st.booleans(),
    st.integers(1, 3),
    st.integers(1, 3),
)


@given(st.lists(st.lists(cells, max_size=4), max_size=6), st.sampled_from([None, 0, 1, 2]))
def test_no_word_of_a_table_is_lost(rows: list[list[Cell]], header_rows: int | None) -> None:
    lines = "\n".join(table_lines(rows, header_rows))
    body = [row for row in rows if any(cell.text for cell in row)]
    if len(body) > 1 and header_rows in (None, 0):
        for cell in body[-1]:
            assert cell.text in lines


@given(st.text(st.sampled_from("第一条。，<>tdrhp/ \n#|*-123[]()`&;"), max_size=200))
def test_spans_of_any_markup_are_spans_of_the_text(source: str) -> None:
    for name in ("a.md", "a.html"):
        try:
            parsed = parse_bytes(source.encode(), name)
        except KBError:
            continue
        for heading in parsed.headings:
            assert 0 <= heading.start < heading.end <= len(parsed.text)
            assert "\n" not in parsed.text[heading.start : heading.end]
        for table in parsed.tables:
            assert table.start == table.rows[0].start and table.end == table.rows[-1].end
            assert all("\n" not in row.of(parsed.text) and row.of(parsed.text) for row in table.rows)
