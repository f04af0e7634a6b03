"""Word, OFD and Excel files: numbers as Word shows them, tables in place, nothing from outside the text."""

import pytest

from eval.reliability.made_files import docx, ofd, p, xlsx, zipped
from indexer.parse import parse_bytes
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
