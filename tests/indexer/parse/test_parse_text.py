"""Plain text: any encoding comes in right or with a clear word, and lines become paragraphs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.parse import Limits, parse_bytes
from kb.errors import BadInput, KBError, TooLarge, UnsupportedFormat

CLAUSE = "第一条 为了加强管理，保障群众权益，根据有关法律、法规，结合本市实际，制定本办法。"
TRADITIONAL = "第一條 為了加強管理，保障民眾權益，根據有關法律，結合實際情況，制定本辦法。"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_simplified_text_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert parse_bytes(CLAUSE.encode(encoding), "办法.txt").text == CLAUSE


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16"])
def test_traditional_text_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert parse_bytes(TRADITIONAL.encode(encoding), "辦法.txt").text == TRADITIONAL


def test_a_short_gb18030_file_is_not_taken_for_big5() -> None:
    assert parse_bytes("关于印发通知".encode("gb18030"), "a.txt").text == "关于印发通知"


def test_two_encodings_in_one_file_are_refused_with_the_line_that_breaks() -> None:
    data = (CLAUSE + "\n").encode() * 9 + (CLAUSE + "\n").encode("gb18030")
    with pytest.raises(BadInput, match=r"混合\.txt：第 10 行.*UTF-8"):
        parse_bytes(data, "混合.txt")


def test_noise_is_refused_rather_than_shown_as_mojibake() -> None:
    with pytest.raises(BadInput, match="编码"):
        parse_bytes(bytes(range(128, 256)) * 20, "噪声.txt")


def test_control_characters_and_nuls_do_not_reach_the_text() -> None:
    parsed = parse_bytes("第一条\x00 总则\x07\u200b\ufeff\r\n第二条\u2028第三条".encode(), "a.txt")
    assert parsed.text == "第一条 总则\n第二条\n第三条"


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "空"), (b" \r\n\t\n", "空白"), (b"\xef\xbb\xbf", "空白"), ("\u200b\u200b".encode(), "没有正文")],
)
def test_a_file_without_words_says_so(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=f"空白页.txt：.*{words}"):
        parse_bytes(data, "空白页.txt")


def test_a_text_over_the_limit_names_both_sizes() -> None:
    with pytest.raises(TooLarge, match=r"2\.0 MB，超过上限 1 MB"):
        parse_bytes("政".encode() * 666_667, "大.txt", Limits(text=1_000_000))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("通知.pdf", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "内容却是 PNG 图片"),
        ("扫描.docx", b"\xff\xd8\xff\xe0" + b"x" * 99, "内容却是 JPEG 图片"),
        ("打包.txt", b"Rar!\x1a\x07" + b"x" * 99, "RAR 压缩包"),
        ("程序.exe", b"MZ\x90\x00" + b"x" * 99, "可执行文件"),
        ("某物.xyz", b"abc", r"\.xyz 文件"),
    ],
)
def test_the_content_decides_what_a_file_is(name: str, data: bytes, words: str) -> None:
    with pytest.raises(UnsupportedFormat, match=f"{name}：.*{words}"):
        parse_bytes(data, name)


def test_lines_wrapped_at_one_width_become_paragraphs() -> None:
    body = (
        "为了加强城乡风貌管理，提升人居环境品质，推动共同富裕现代化基本单元建设，"
        "根据有关规定制定本办法，请各地结合实际认真贯彻落实。"
    )
    wrapped = ["　　" + body[:28], body[28:58], body[58:], "　　" + body[:28], body[28:58], body[58:]]
    assert parse_bytes("\n".join(wrapped).encode(), "a.txt").text == f"{body}\n{body}"


SENTENCE = "为了加强城乡风貌管理，提升人居环境品质，推动基本单元建设，各地应当结合实际制定工作方案，明确年度任务和责任分工，并按季度报告进展。"


def wrapped(text: str, column: int) -> list[str]:
    return [text[i : i + column] for i in range(0, len(text), column)]


def test_the_column_may_change_and_page_numbers_do_not_cut_a_paragraph() -> None:
    paragraphs = [f"{name}、{SENTENCE * 3}" for name in "一二三四五六"]
    lines = [line for p in paragraphs[:3] for line in wrapped(p, 26)] + [line for p in paragraphs[3:] for line in wrapped(p, 40)]
    lines[4:4] = ["— 2 —"]
    lines[12:12] = ["", "3", ""]
    lines[32:32] = ["4"]
    assert parse_bytes("\n".join(lines).encode(), "a.txt").text == "\n".join(paragraphs)


def test_a_number_alone_on_its_line_is_kept_where_it_counts_no_pages() -> None:
    lines = [*wrapped(SENTENCE * 3 + "全省新增社区共计", 26), "120", "二、第二部分", *wrapped(SENTENCE * 3, 26)]
    assert "120" in parse_bytes("\n".join(lines).encode(), "a.txt").text


def test_a_letter_with_addresses_is_no_wrapped_text() -> None:
    text = (
        f"{SENTENCE * 3}\n联系方式：\n某市住房和城乡建设局城市更新处\n传真：0571-00000000，邮箱：chengshigengxin@example.cn\n"
        "某市自然资源和规划局国土空间规划处\n传真：0571-00000001，邮箱：guotukongjian@example.cn\n附件：城市更新实施办法（征求意见稿）\n某市人民政府办公室"
    )
    assert parse_bytes(text.encode(), "a.txt").text == text


def test_a_title_nearly_as_wide_as_the_lines_below_it_stays_a_line() -> None:
    title = "某市城乡风貌整治提升工作实施方案具体意见"
    assert parse_bytes("\n".join([title, *wrapped(SENTENCE * 6, 26)]).encode(), "a.txt").text == f"{title}\n{SENTENCE * 6}"


def test_lines_of_contents_stay_lines_in_a_wrapped_text() -> None:
    contents = [f"{name}、某某体系建设的总体要求和主要任务" + "." * 30 + f" {page}" for page, name in enumerate("一二三四", 1)]
    text = parse_bytes("\n".join([*contents, *wrapped(SENTENCE * 6, 26)]).encode(), "a.txt").text
    assert text.split("\n") == [*contents, SENTENCE * 6]


@pytest.mark.parametrize(
    "row",
    [
        "{n}.南湖区口袋公园绿道建设项目（三期）由区住建局负责实施并按季报告",
        "杭州市第{n}区  城市更新与风貌整治工程  100万元  2024年1月完成验收",
        "关于印发《某市城乡风貌整治提升工作实施方案》第{n}号文件的通知",
    ],
)
def test_many_lines_of_one_width_are_not_wrapped_text_by_that_alone(row: str) -> None:
    lines = [line for n in range(15) for line in ("通知", f"抬头：{n}", "一、总体目标")] + [row.format(n=n) for n in range(10, 38)]
    assert len(parse_bytes("\n".join(lines).encode(), "a.txt").text.split("\n")) == len(lines)


def test_numbers_of_items_on_lines_of_their_own_are_kept() -> None:
    item = "完善城市体检评估制度，建立问题清单，限期整改到位，接受社会公众的监督评价，结果向社会公布并纳入考核，"
    whole = f"{item}{item}按年度报告。"  # its last line is short; of the second item it is exactly full
    full = (item * 3)[: 26 * 4 - 1] + "。"
    lines = ["1", *wrapped(whole, 26), "2", *wrapped(full, 26), "3", *wrapped(whole, 26), "4", *wrapped(whole, 26)]
    text = parse_bytes("\n".join(lines).encode(), "a.txt").text
    assert all(f"\n{n}\n" in f"\n{text}" for n in "1234") and text.count(whole) == 3


def test_a_word_hyphenated_at_the_end_of_a_line_is_put_together() -> None:
    lines = ["The municipal government shall establish a compre-", "hensive mechanism for the protection of villages, and"] * 4
    assert "a comprehensive mechanism" in parse_bytes("\n".join([*lines, "end."]).encode(), "a.txt").text


def test_blanks_at_the_end_of_a_line_cost_no_time() -> None:
    lines = [*wrapped(SENTENCE * 8, 26), "." * 40 + " " * 9000 + "\t", *wrapped(SENTENCE * 8, 26)]
    began = time.perf_counter()
    parse_bytes("\n".join(lines).encode(), "a.txt")
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("line", ["星期 一 二 三 四 五 六 日 合计", "项目 有 无 有 无 有 无 有", "甲 乙 丙 丁 戊 己 庚 12", "（ ） （ ） （ ） （ ）"])
def test_cells_of_one_letter_are_not_run_together(line: str) -> None:
    assert parse_bytes(f"标题\n{line}\n".encode(), "a.txt").text == f"标题\n{line}"


def test_letters_set_apart_stand_together_again() -> None:
    text = parse_bytes("第一章　总 则\n请 登 录 工 作 平 台 ， 按 时 填 报 。\n张三 李四 王五 赵六 钱七 孙八 周九".encode(), "a.txt").text
    assert text.split("\n") == ["第一章　总 则", "请登录工作平台，按时填报。", "张三 李四 王五 赵六 钱七 孙八 周九"]


def test_a_sentence_cut_by_a_page_break_is_put_together() -> None:
    text = (
        "在实践过程中，各地创造了不少好经验好做法。如某区聚焦特色产业风貌区建设，重点打造老城商业街与纺织\n\n"
        "文化、商业休闲特色节点，将时尚元素和历史文化有机融合。"
    )
    assert parse_bytes(text.encode(), "a.txt").text == text.replace("\n", "")


def test_short_lines_and_list_items_stay_lines() -> None:
    text = "标题\n（一）甲项工作\n（二）乙项工作\n某市人民政府\n2024年1月2日"
    assert parse_bytes(text.encode(), "a.txt").text == text


@given(st.text(min_size=1, max_size=300))
def test_canonical_text_has_no_blank_lines_and_parsing_it_again_changes_nothing(text: str) -> None:
    try:
        first = parse_bytes(text.encode("utf-8", "ignore"), "a.txt").text
    except KBError:
        return
    assert all(line == line.strip() and line for line in first.split("\n"))
    assert not any(char < " " for char in first.replace("\n", ""))
    assert parse_bytes(first.encode(), "a.txt").text == first
