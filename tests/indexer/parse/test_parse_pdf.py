"""PDF: sentences whole across lines and pages, page furniture gone, every line's place kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.reliability.made_files import PdfPage, pdf
from indexer.parse import parse_bytes
from kb.errors import BadInput, KBError
from kb.model import Parsed

FIRST = "为了加强城乡风貌管理，提升人居环境品质，推动共同富裕，制"
SECOND = "定本办法。各级部门应当加强协同，提高工作效率，确保各项任务"
THIRD = "按期完成。"


def read(*pages: PdfPage) -> Parsed:
    return parse_bytes(pdf(pages), "a.pdf")


def test_lines_of_a_paragraph_are_one_line_and_indentation_begins_the_next() -> None:
    page = (
        PdfPage()
        .add(114, 100, FIRST)
        .add(90, 120, SECOND + "一")
        .add(90, 140, THIRD)
        .add(114, 160, "第二段。")
    )
    assert read(page).text == f"{FIRST}{SECOND}一{THIRD}\n第二段。"


def test_a_paragraph_goes_on_over_a_page_end_and_furniture_is_gone() -> None:
    one = PdfPage().add(200, 40, "某市人民政府公报", 9).add(90, 700, SECOND).add(270, 800, "— 1 —", 10)
    two = (
        PdfPage().add(200, 40, "某市人民政府公报", 9).add(90, 120, "均按期完成。").add(270, 800, "— 2 —", 10)
    )
    parsed = read(one, two)
    assert parsed.text == f"{SECOND}均按期完成。"
    assert [parsed.text[page.start : page.end] for page in parsed.pages] == [SECOND, "均按期完成。"]


def headed(*heads: str) -> list[str]:
    """What is left of these heads, each over a page with one sentence."""
    pages = [PdfPage().add(90, 50, head).add(90, 300, "此页有正文。") for head in heads]
    return read(*pages).text.replace("此页有正文。", "\n").split("\n")


@pytest.mark.parametrize(
    "heads", [("附件1", "附件2", "附件3"), ("附件", "附件"), ("表 1", "表 2"), ("样表一", "样表二")]
)
def test_attachments_and_tables_one_a_page_keep_their_heads(heads: tuple[str, ...]) -> None:
    assert [line for line in headed(*heads) if line] == list(heads)


@pytest.mark.parametrize(
    "head",
    ["某市公报汇编 {}", "某市公报 第{}页 共3页", "{} 某市公报汇编", "某市公报汇编 {}/3", "Page {} of 3"],
)
def test_a_running_head_with_its_page_number_is_gone(head: str) -> None:
    assert not any(headed(*(head.format(number) for number in (1, 2, 3))))


def test_a_head_whose_number_is_no_page_number_stays() -> None:
    assert headed("某市年度计划 2023", "某市年度计划 2025")[0] == "某市年度计划 2023"


def test_what_stands_below_the_first_line_of_the_text_is_no_running_head() -> None:
    pages = [PdfPage().add(90, 50, f"表{n}").add(90, 75, "单位：万元").add(90, 300, "正文。") for n in (1, 2)]
    assert read(*pages).text.count("单位：万元") == 2


def entries(page: PdfPage, top: float, *words: str) -> PdfPage:
    for row, word in enumerate(words):
        page.add(90, top + 24 * row, word)
    return page


def test_a_price_list_with_leaders_is_no_table_of_contents() -> None:
    prices = ("东园…………………50", "西园…………………30", "南园…………………40")
    assert read(entries(PdfPage().add(90, 200, "门票标准如下："), 224, *prices)).text.split("\n")[1:] == list(
        prices
    )


def test_a_price_list_that_rises_is_no_table_of_contents() -> None:
    prices = ("东园…………………1", "西园…………………2", "南园…………………3")
    text = read(
        entries(PdfPage(), 200, *prices), PdfPage().add(90, 300, "甲。"), PdfPage().add(90, 300, "乙。")
    ).text
    assert text.split("\n")[:3] == list(prices)


TITLES = ("第一章 总则", "第二章 申请", "第三章 附则")


@pytest.mark.parametrize("heading", ["目 录", ""])
def test_a_table_of_contents_is_gone(heading: str) -> None:
    first = entries(PdfPage(), 200, *(f"{title}…………………{n}" for n, title in enumerate(TITLES, 1)))
    if heading:
        first.add(200, 176, heading)
    pages = [PdfPage().add(90, 200, title).add(90, 240, "正文内容。") for title in TITLES]
    text = read(first, *pages).text
    assert "…" not in text and "目" not in text and [text.count(title) for title in TITLES] == [1, 1, 1]


LEFT = (
    "第一条 本市实行垃圾分类，居民应",
    "当按照可回收物、有害垃圾、厨余垃",
    "圾和其他垃圾四类投放，不得混装混",
    "投。违反规定的，由主管部门责令改",
)
RIGHT = ("正，可以处五十元以上二百元以下罚", "款；单位违反的，处五千元以上五万", "元以下罚款。")


@pytest.mark.parametrize("short", [1, 2, 3])
def test_the_last_column_may_be_short(short: int) -> None:
    page = PdfPage().add(180, 100, "垃圾分类管理规定", 20)
    for row, line in enumerate(LEFT * 3):
        page.add(60, 140 + 20 * row, line)
    for row, line in enumerate(RIGHT[:short]):
        page.add(310, 140 + 20 * row, line)
    assert read(page).text.split("\n")[0] == "垃圾分类管理规定"
    assert read(page).text.split("\n", 1)[1].replace("\n", "") == "".join(LEFT * 3) + "".join(RIGHT[:short])
    assert f"{LEFT[0]}{LEFT[1]}" in read(page).text


@pytest.mark.parametrize("number", ["1", "- 1 -", "第 1 页 共 5 页", "第1页", "1/5", "Page 1 of 5", "— １ —"])
def test_page_numbers_of_every_style_are_gone(number: str) -> None:
    assert read(PdfPage().add(90, 300, "正文内容。").add(280, 810, number, 10)).text == "正文内容。"


def test_a_slanting_watermark_is_no_text() -> None:
    page = PdfPage(watermark="内部资料").add(90, 300, FIRST).add(90, 320, SECOND).add(90, 340, THIRD)
    assert read(page).text == FIRST + SECOND + THIRD


def test_a_number_in_the_middle_of_a_page_stays() -> None:
    assert "2024" in read(PdfPage().add(90, 300, "正文内容。").add(90, 400, "2024")).text


def test_every_box_lies_where_its_words_were_drawn() -> None:
    parsed = read(PdfPage().add(90, 100, "甲乙丙。"), PdfPage().add(120, 200, "丁戊己。"))
    one, two = parsed.boxes
    assert parsed.text[one.start : one.end] == "甲乙丙。" and one.page == 1
    assert parsed.text[two.start : two.end] == "丁戊己。" and two.page == 2
    assert (one.x0, one.x1) == (90, 138) and one.y0 < 100 < one.y1 < 105
    assert (two.x0, two.x1) == (120, 168)


def test_a_ruled_table_is_read_by_row_with_its_header() -> None:
    page = PdfPage().add(90, 150, "补贴标准如下：")
    page.rules = [(60, y, 500, y) for y in (200, 230, 260, 290)] + [
        (x, 200, x, 290) for x in (60, 200, 350, 500)
    ]
    for row, words in enumerate((("序号", "名称", "金额"), ("1", "收割机", "500"), ("2", "拖拉机", "600"))):
        for x, word in zip((70, 210, 360), words, strict=True):
            page.add(x, 220 + 30 * row, word)
    page.add(90, 330, "以上执行。")
    parsed = read(page)
    assert parsed.text.split("\n") == [
        "补贴标准如下：", "序号：1；名称：收割机；金额：500",
        "序号：2；名称：拖拉机；金额：600", "以上执行。",
    ]  # fmt: skip
    assert len(parsed.tables[0].rows) == 2


def test_a_table_over_two_pages_keeps_its_header_once() -> None:
    def half(rows: tuple[tuple[str, str], ...]) -> PdfPage:
        page = PdfPage()
        page.rules = [(60, 200 + 30 * n, 400, 200 + 30 * n) for n in range(len(rows) + 1)]
        page.rules += [(x, 200, x, 200 + 30 * len(rows)) for x in (60, 200, 400)]
        for n, (left, right) in enumerate(rows):
            page.add(70, 220 + 30 * n, left).add(210, 220 + 30 * n, right)
        return page

    parsed = read(half((("名称", "金额"), ("甲", "1"))), half((("名称", "金额"), ("乙", "2"))))
    assert parsed.text == "名称：甲；金额：1\n名称：乙；金额：2"
    assert [parsed.text[page.start : page.end].strip() for page in parsed.pages] == parsed.text.split("\n")


def test_merged_cells_of_a_ruled_table_are_opened() -> None:
    page = PdfPage()
    page.rules = [(60, 200, 400, 200), (200, 230, 400, 230), (60, 260, 400, 260), (60, 290, 400, 290)]
    page.rules += [(60, 200, 60, 290), (200, 200, 200, 290), (300, 230, 300, 290), (400, 200, 400, 290)]
    page.add(70, 235, "地区").add(250, 220, "补贴标准").add(210, 250, "一档").add(310, 250, "二档")
    page.add(70, 280, "甲市").add(210, 280, "100").add(310, 280, "200")
    assert read(page).text == "地区：甲市；补贴标准 一档：100；补贴标准 二档：200"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_reads_the_same_way(turn: int) -> None:
    page = PdfPage(rotate=turn).add(90, 300, "第一行。").add(90, 340, "第二行文字比第一行要长。")
    parsed = read(page)
    assert parsed.text == "第一行。\n第二行文字比第一行要长。"


def test_a_scan_without_text_says_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"扫描\.pdf：.*没有文字层.*OCR"):
        parse_bytes(pdf([PdfPage(picture=True)]), "扫描.pdf")


def test_a_scanned_page_among_others_is_named() -> None:
    parsed = read(PdfPage().add(90, 300, "正文。"), PdfPage(picture=True))
    assert parsed.text == "正文。" and "第 2 页" in parsed.front["warning"]


def test_a_scanned_page_with_a_page_number_is_named_and_one_with_a_seal_is_not() -> None:
    scan = PdfPage(picture=True).add(280, 810, "— 2 —", 10)
    parsed = read(PdfPage().add(90, 300, "正文。"), scan, PdfPage(picture=True).add(90, 300, "正" * 60))
    assert parsed.front["warning"].startswith("第 2 页是图像")


def test_a_scan_with_page_numbers_only_says_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"扫描\.pdf：.*没有文字层.*OCR"):
        parse_bytes(pdf([PdfPage(picture=True).add(280, 810, "1", 10)]), "扫描.pdf")


def test_an_encrypted_pdf_says_so() -> None:
    data = pdf([PdfPage().add(90, 300, "正文。")])
    locked = (
        "<</Filter/Standard/V 1/R 2/Length 40/P -4/O<" + "41" * 32 + ">/U<" + "42" * 32 + ">>>"
    ).encode()
    data = data.replace(b"trailer<<", b"trailer<</ID[<00><00>]/Encrypt " + locked)
    with pytest.raises(BadInput, match=r"密\.pdf：.*加密.*密码"):
        parse_bytes(data, "密.pdf")


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_a_truncated_pdf_says_it_is_broken(share: float) -> None:
    data = pdf([PdfPage().add(90, 300, "正文。")])
    with pytest.raises(BadInput, match=r"断\.pdf："):
        parse_bytes(data[: int(len(data) * share)], "断.pdf")


texts = st.text(st.sampled_from("第一二条（）、。，；甲乙1A "), min_size=1, max_size=30)
lines = st.tuples(st.integers(20, 400), st.integers(20, 820), st.sampled_from([9, 12, 16]), texts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(lines, max_size=6), min_size=1, max_size=3))
def test_spans_are_valid_and_pages_in_order(pages: list[list[tuple[int, int, int, str]]]) -> None:
    try:
        parsed = read(
            *[PdfPage([(float(x), float(y), float(s), t) for x, y, s, t in page]) for page in pages]
        )
    except KBError:
        return
    assert len(parsed.pages) == len(pages)
    assert parsed.pages[0].start == 0 and parsed.pages[-1].end == len(parsed.text)
    for before, after in zip(parsed.pages, parsed.pages[1:], strict=False):
        assert before.start <= before.end <= after.start
    for box in parsed.boxes:
        assert 0 <= box.start < box.end <= len(parsed.text) and "\n" not in parsed.text[box.start : box.end]
        assert 1 <= box.page <= len(pages) and box.x0 <= box.x1 and box.y0 <= box.y1
        span = parsed.pages[box.page - 1]
        assert span.start <= box.start and box.end <= span.end + 1


@pytest.mark.parametrize("mark", ["机密★1年", "内部资料　注意保存", "秘密"])
def test_a_running_mark_of_secrecy_stays_on_the_first_page(mark: str) -> None:
    assert "".join(headed(mark, mark, mark)).split() == mark.split()
