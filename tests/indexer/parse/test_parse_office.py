"""Word, OFD and Excel files: numbers as shown, tables in place, nothing from outside the text."""

import io
import zipfile
from datetime import datetime, time, timedelta

import openpyxl
import pytest

from eval.reliability.made_files import docx, ofd, p, xlsx, zipped
from indexer.parse import parse_bytes
from indexer.parse.number_format import shown_number
from indexer.parse.numbering import chinese, number_text
from kb.errors import BadInput, TooLarge, UnsupportedFormat


def level(n: int, style: str, pattern: str, extra: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{extra}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


LISTS = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "chineseCounting", "%1、")
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%3.")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "chineseCounting", "第%1条", '<w:suff w:val="space"/>')
    + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)


def test_automatic_numbers_read_as_word_shows_them() -> None:
    body = "".join(
        (
            p("总体要求", number=(1, 0)),
            p("指导思想", number=(1, 1)),
            p("基本原则", number=(1, 1)),
            p("坚持统筹", number=(1, 2)),
            p("重点任务", number=(1, 0)),
            p("补短板", number=(1, 1)),
            p("适用范围", number=(2, 0)),
            p("细目", number=(2, 1)),
            p("另起一表", number=(3, 0)),
        )
    )
    assert parse_bytes(docx(body, numbering=LISTS), "a.docx").text.split("\n") == [
        "一、总体要求", "（一）指导思想", "（二）基本原则", "1.坚持统筹", "二、重点任务", "（一）补短板",
        "第一条 适用范围", "1.1 细目", "一、另起一表",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (21, "chineseCounting", "二十一"),
        (10, "chineseCountingThousand", "十"),
        (105, "chineseCounting", "一百零五"),
        (3, "chineseLegalSimplified", "叁"),
        (3, "decimalEnclosedCircle", "③"),
        (3, "ideographTraditional", "丙"),
        (28, "lowerLetter", "bb"),
        (1994, "upperRoman", "MCMXCIV"),
        (7, "decimalZero", "07"),
    ],
)
def test_number_formats(number: int, style: str, text: str) -> None:
    assert number_text(number, style) == text


def test_chinese_counts_as_they_are_said() -> None:
    assert [chinese(n) for n in (1, 11, 20, 110, 1001, 2345)] == [
        "一", "十一", "二十", "一百一十", "一千零一", "二千三百四十五",
    ]  # fmt: skip


def test_headings_come_from_styles_and_what_they_are_based_on() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="own"><w:name w:val="章标题"/><w:basedOn w:val="1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="toc"><w:name w:val="toc 1"/></w:style>'
    )
    parsed = parse_bytes(docx(p("总则 1", "toc") + p("总则", "own") + p("正文。"), styles=styles), "a.docx")
    assert parsed.text == "总则\n正文。"
    assert [(h.level, parsed.text[h.start : h.end]) for h in parsed.headings] == [(1, "总则")]


def test_deleted_and_hidden_words_and_field_codes_are_left_out_and_inserted_ones_kept() -> None:
    body = (
        "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>值</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>后</w:t></w:r></w:p>'
    )
    assert parse_bytes(docx(body), "a.docx").text == "新值后"


def test_a_field_without_a_result_loses_no_text_after_it() -> None:
    body = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>XE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>后文。</w:t></w:r></w:p>'
    )
    assert parse_bytes(docx(body), "a.docx").text == "后文。"


def test_tables_stand_in_place_with_merged_cells_opened() -> None:
    def cell(text: str, shape: str = "") -> str:
        return f"<w:tc><w:tcPr>{shape}</w:tcPr>{p(text)}</w:tc>"

    table = (
        "<w:tbl><w:tr>" + cell("地区") + cell("金额") + cell("备注") + "</w:tr><w:tr>"
        + cell("甲市", '<w:vMerge w:val="restart"/>') + cell("100") + cell("一档") + "</w:tr><w:tr>"
        + cell("", "<w:vMerge/>") + cell("200") + cell("二档") + "</w:tr></w:tbl>"
    )  # fmt: skip
    parsed = parse_bytes(docx(p("前言。") + table + p("后语。")), "a.docx")
    assert parsed.text.split("\n") == [
        "前言。", "地区：甲市；金额：100；备注：一档", "地区：甲市；金额：200；备注：二档", "后语。",
    ]  # fmt: skip
    assert len(parsed.tables[0].rows) == 2


def test_notes_and_text_boxes_follow_their_paragraph_and_running_heads_are_dropped() -> None:
    body = (
        '<w:p><w:r><w:t>正文</w:t><w:footnoteReference w:id="2"/><w:t>继续。</w:t></w:r>'
        f"<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{p('框内')}</w:txbxContent></mc:Choice>"
        f"<mc:Fallback><w:txbxContent>{p('框内')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    notes = f'<w:footnote w:id="2">{p("脚注内容。")}</w:footnote>'
    parsed = parse_bytes(docx(body, footnotes=notes, header1=p("页眉")), "a.docx")
    assert parsed.text == "正文继续。\n注：脚注内容。\n框内"


def test_notes_and_text_boxes_of_a_cell_stand_in_the_cell_once() -> None:
    box = (
        f"<mc:AlternateContent><mc:Choice><w:txbxContent>{p('框内')}</w:txbxContent></mc:Choice>"
        f"<mc:Fallback><w:txbxContent>{p('框内')}</w:txbxContent></mc:Fallback></mc:AlternateContent>"
    )
    noted = '<w:p><w:r><w:t>十元</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
    rows = [
        [p("名称"), p("金额")],
        [p("小船"), noted],
        [p("大船"), f"<w:p><w:r><w:t>廿元</w:t>{box}</w:r></w:p>"],
    ]
    table = "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
    notes = f'<w:footnote w:id="2">{p("夜间免费。")}</w:footnote>'
    parsed = parse_bytes(docx(f"<w:tbl>{table}</w:tbl>", footnotes=notes), "a.docx")
    assert parsed.text == "名称：小船；金额：十元 注：夜间免费。\n名称：大船；金额：廿元 框内"


@pytest.mark.parametrize("mark", ["strike", "dstrike"])
def test_struck_runs_are_left_out(mark: str) -> None:
    struck = f"<w:r><w:rPr><w:{mark}/></w:rPr><w:t>4元</w:t></w:r>"
    kept = f'<w:r><w:rPr><w:{mark} w:val="0"/></w:rPr><w:t>5元</w:t></w:r>'
    assert parse_bytes(docx(f"<w:p>{struck}{kept}</w:p>"), "a.docx").text == "5元"


def test_raised_figures_stay_apart_from_the_number_before_them() -> None:
    run = "<w:r><w:t>库容10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>8</w:t></w:r><w:r><w:t>立方米</w:t></w:r>"
    assert parse_bytes(docx(f"<w:p>{run}</w:p>"), "a.docx").text == "库容10⁸立方米"
    page = "<html><body><p>面积10<sup>4</sup>公顷，误差5×10<sup>-3</sup>，见<sup>注</sup>。</p><p hidden>暗文</p></body></html>"
    assert parse_bytes(page.encode(), "a.html").text == "面积10⁴公顷，误差5×10⁻³，见注。"


def test_a_truncated_docx_says_it_is_incomplete() -> None:
    data = docx(p("正文。" * 500))
    with pytest.raises(BadInput, match=r"通知\.docx：.*(不完整|损坏)"):
        parse_bytes(data[: len(data) // 2], "通知.docx")


def test_a_docx_with_entities_is_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
    data = zipped({"word/document.xml": f"{bomb}<a>&x;&y;</a>"})
    with pytest.raises(BadInput, match="实体"):
        parse_bytes(data, "a.docx")


def test_a_docx_part_that_blows_up_is_refused() -> None:
    data = zipped({"word/document.xml": b" " * 50_000_000})
    with pytest.raises(TooLarge, match="压缩炸弹"):
        parse_bytes(data, "a.docx")


def test_an_ofd_reads_its_lines_as_paragraphs() -> None:
    full = "为规范管理，现就有关事项通知如下，请各单位结合实际认真贯彻"
    data = ofd(
        [
            (70, 30, "关于某事的通知"),
            (38, 50, full),
            (30, 58, "落实。各级部门应当加强协同，提高工作效率，确保各项任务都能"),
            (30, 66, "完成。"),
        ]
    )
    parsed = parse_bytes(data, "a.ofd")
    assert parsed.text.split("\n") == [
        "关于某事的通知",
        full + "落实。各级部门应当加强协同，提高工作效率，确保各项任务都能完成。",
    ]
    assert parsed.boxes[0].page == 1 and parsed.boxes[0].x0 == pytest.approx(70 * 72 / 25.4, abs=0.2)


def test_an_ofd_with_entities_is_refused() -> None:
    with pytest.raises(BadInput, match="实体"):
        parse_bytes(ofd([(30, 30, "字")], entity='<!DOCTYPE a [<!ENTITY b "c">]>'), "a.ofd")


def test_a_sheet_is_read_row_by_row() -> None:
    parsed = parse_bytes(xlsx([["名称", "金额"], ["甲", 1.5], ["乙", 2]]), "a.xlsx")
    assert parsed.text == "名称：甲；金额：1.5\n名称：乙；金额：2"


def sheet(rows: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    """A workbook of one sheet; `formats` are the number formats of its columns."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for column, code in (formats or {}).items():
        for cell in book.active[column][1:]:
            cell.number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (98765432109.75, "General", "98765432109.75"),
        (98765432109.75, "#,##0.00", "98,765,432,109.75"),
        (98765432109.75, "0.00E+00", "98765432109.75"),
        (10**15, "General", "1000000000000000"),
        (1e21, "General", "1000000000000000000000"),
        (0.00000015, "General", "0.00000015"),
        (0.1 + 0.2, "General", "0.3"),
        (-0.0, "General", "0"),
        (12.0, "General", "12"),
        (8, 'G/通用格式"号"', "8号"),
        (8, "@", "8"),
        (0.0375, "0.00%", "3.75%"),
        (1.5, "0%", "150%"),
        (9, "0000", "0009"),
        (3310102, r"000\-0000", "331-0102"),
        (2.5, "0", "3"),
        (1.5, "0.##", "1.5"),
        (2, "0.##", "2"),
        (0, "#,###", ""),
        (-1234.5, "¥#,##0.00", "-¥1,234.50"),
        (-1234.5, "#,##0.00;[Red](#,##0.00)", "(1,234.50)"),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (6, "[$¥-804]#,##0.00", "¥6.00"),
        (6, '0"元/次"', "6元/次"),
        (23456, '0!.0,"万"', "2.3万"),
        (7654321, '0.00,,"百万"', "7.65百万"),
        (0.5, "# ?/?", "0.5"),
        (6, "[>=5]0.0;0", "6"),
        (1e300, "0.00", "1" + "0" * 300 + ".00"),
    ],
)
def test_a_number_reads_as_its_cell_shows_it(number: float, code: str, text: str) -> None:
    assert shown_number(number, code) == text


def test_a_sheet_shows_amounts_shares_and_numbers_with_leading_zeros() -> None:
    rows = [["项目", "金额（元）", "占比", "编号"], ["甲", 98765432109.75, 0.0375, 9]]
    parsed = parse_bytes(sheet(rows, {"B": "#,##0.00", "C": "0.00%", "D": "000"}), "a.xlsx")
    assert parsed.text == "项目：甲；金额（元）：98,765,432,109.75；占比：3.75%；编号：009"


def test_days_and_times_have_one_spelling_whatever_the_format() -> None:
    rows = [["名称", "日期", "时间", "时长"], ["甲", datetime(2024, 5, 1), time(9, 30), timedelta(hours=30)]]
    text = parse_bytes(sheet(rows), "a.xlsx").text
    assert text == "名称：甲；日期：2024-05-01；时间：09:30:00；时长：30:00:00"


def test_a_formula_saved_without_its_value_is_given_as_it_is_written() -> None:
    rows = [["名称", "金额", "合计"], ["甲", 1, "=SUM(B2:B3)"], ["乙", 2, "=B3*2"]]
    assert parse_bytes(sheet(rows), "a.xlsx").text == (
        "名称：甲；金额：1；合计：=SUM(B2:B3)\n名称：乙；金额：2；合计：=B3*2"
    )


def test_a_formula_saved_with_its_value_is_given_by_its_value() -> None:
    data = sheet([["名称", "金额", "合计"], ["甲", 1, 3]])
    with_formula = data_with(data, "xl/worksheets/sheet1.xml", b"<v>3</v>", b"<f>B2+2</f><v>3</v>")
    assert parse_bytes(with_formula, "a.xlsx").text == "名称：甲；金额：1；合计：3"


def test_a_sheet_with_a_title_a_unit_and_a_remark_that_are_not_merged_keeps_its_header() -> None:
    rows: list[list[object]] = [
        [None, "收费标准"],
        [None, None, None, "单位：元"],
        [None, "类型", "首小时", "封顶"],
    ]
    rows += [[None, "泊位", 5, 50], [None, "注：夜间免费"]]
    assert parse_bytes(sheet(rows), "a.xlsx").text == (
        "收费标准\n单位：元\n类型：泊位；首小时：5；封顶：50\n注：夜间免费"
    )


def data_with(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A zip package with something changed in one part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            assert name != part or old in content
            target.writestr(name, content.replace(old, new) if name == part else content)
    return made.getvalue()


def test_a_csv_in_gb18030_is_read_row_by_row() -> None:
    data = '名称,说明\n甲,"含，逗号"\n'.encode("gb18030")
    assert parse_bytes(data, "a.csv").text == "名称：甲；说明：含，逗号"


@pytest.mark.parametrize("name", ["旧.doc", "表.xls"])
def test_a_broken_legacy_file_says_so(name: str) -> None:
    with pytest.raises(BadInput, match=name):
        parse_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, name)


def test_a_presentation_is_unsupported_by_name() -> None:
    with pytest.raises(UnsupportedFormat, match="PPTX"):
        parse_bytes(zipped({"ppt/presentation.xml": "<a/>"}), "讲稿.pptx")


def test_of_a_running_head_in_word_only_a_mark_of_secrecy_is_read() -> None:
    heads = {"header1": p("某市公报"), "header2": p("机密★1年"), "footer1": p("内部资料　注意保存") + p("机密★1年")}
    assert parse_bytes(docx(p("正文。"), **heads), "a.docx").text.split("\n") == ["机密★1年", "内部资料　注意保存", "正文。"]
