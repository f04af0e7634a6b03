"""What ends another document and what only speaks of an end."""

from __future__ import annotations

import pytest

from indexer.official import Official, read_official
from indexer.parse.registry import parse_bytes
from kb.model import Parsed

OLD = "《云州市房屋租赁管理规定》（云政发〔2010〕8号）"
THE_OLD = ("repeals", "云州市房屋租赁管理规定", "云政发〔2010〕8号", "")
OTHER = ("repeals", "关于加强停车管理的通知", "云政办发〔2012〕3号", "")


def read(body: str, title: str = "关于进一步做好房屋租赁工作的通知") -> Official:
    text = f"云州市人民政府{title}\n\n各县（市、区）人民政府：\n\n{body}\n\n云州市人民政府\n2023年6月1日\n"
    return read_official(Parsed(text), "a.txt")


def ends(official: Official) -> list[tuple[str, str, str, str]]:
    kinds = ("repeals", "supersedes", "amends")
    return [(r.type, r.title, r.number, r.scope) for r in official.relations if r.type in kinds]


def days(official: Official, kind: str) -> list[str]:
    return [str(r.day) for r in official.relations if r.type == kind]


@pytest.mark.parametrize(
    "sentence",
    [
        f"{OLD}不予废止，继续执行。", f"本通知自印发之日起施行，{OLD}暂不废止。", f"{OLD}不得废止。", f"{OLD}暂缓废止。",
        f"{OLD}未废止。", f"{OLD}不停止执行。", f"{OLD}仍然有效，不失效。", f"避免{OLD}失效。",
        f"若{OLD}废止，各单位应重新备案。", f"如{OLD}废止，各单位应重新备案。", f"一旦{OLD}失效，各单位应当备案。",
        f"如需废止{OLD}，应当报批。", f"{OLD}废止后，各单位应重新备案。", f"{OLD}停止执行前，应当公告。",
        f"有群众建议{OLD}予以废止，市住建局应研究答复。", f"代表提议将{OLD}废止。", f"请研究是否废止{OLD}。",
        f"市司法局建议废止{OLD}，经审议不予采纳。", f"拟同时废止{OLD}。", f"应当及时废止{OLD}。",
        f"{OLD}曾于2015年拟予以废止，后经研究予以保留。", f"{OLD}原定2023年底废止，现继续有效。",
        f"违反{OLD}的行政许可同时废止。", f"本通知自印发之日起施行，违反{OLD}的行政许可同时废止。",
        f"{OLD}的收费项目停止执行。", f"{OLD}所核发的证书同时作废。", "《商标注册证》作废。",
        f"停止执行{OLD}的决定予以撤销。", f"本通知不取代{OLD}。", "电子证照与纸质证照同等有效，代替《居民身份证》。",
        f"按照{OLD}执行至2020年12月31日。",
    ],
)  # fmt: skip
def test_a_sentence_that_keeps_a_document_or_only_speaks_of_its_end_ends_nothing(sentence: str) -> None:
    assert ends(read(sentence)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        f"{OLD}继续有效，《云州市养犬办法》同时废止。", f"《云州市养犬办法》同时废止，{OLD}继续有效。",
        f"决定废止《云州市养犬办法》，保留{OLD}。", f"《云州市养犬办法》同时废止，{OLD}不予废止。",
    ],
)  # fmt: skip
def test_each_document_of_a_sentence_has_its_own_fate(sentence: str) -> None:
    assert ends(read(sentence)) == [("repeals", "云州市养犬办法", "", "")]


def test_taking_a_repeal_back_ends_the_repeal_and_not_the_document() -> None:
    body = f"决定撤销《关于废止〈云州市房屋租赁管理规定〉的通知》（云政发〔2022〕5号），{OLD}继续执行。"
    found = [r[1] for r in ends(read(body, "关于撤销有关通知的通知"))]
    assert found == ["关于废止〈云州市房屋租赁管理规定〉的通知"]


@pytest.mark.parametrize(
    "sentence",
    [
        f"{OLD}以及其他有关规定同时废止。", f"{OLD}及其他相关规定同时废止。", f"{OLD}等有关规定同时废止。",
        f"{OLD}和本市其他规定同时废止。", f"{OLD}、其他有关规定同时废止。", f"{OLD}连同配套规定一并废止。",
    ],
)  # fmt: skip
def test_a_document_named_with_others_unnamed_ends_whole(sentence: str) -> None:
    assert ends(read(sentence)) == [THE_OLD]


def test_a_part_of_several_documents_is_still_a_part() -> None:
    assert ends(read(f"{OLD}等文件中有关收费的规定同时废止。"))[0][3] == "等文件中有关收费的规定"
    assert ends(read(f"{OLD}部分废止。"))[0][3] == "部分内容"


@pytest.mark.parametrize(
    "sentence",
    [
        f"自本通知施行之日起，{OLD}失效。", f"自本通知施行之日起{OLD}作废。", f"自本通知施行之日起，{OLD}终止执行。",
        f"自本通知施行之日起，{OLD}停止使用。", f"本通知施行之日，{OLD}同时失去效力。", f"{OLD}应同时废止。",
        f"经市司法局建议，决定废止{OLD}。", f"如与上级规定不一致，从其规定，{OLD}同时废止。",
        f"{OLD}同时废止，此前已受理的继续有效。", f"{OLD}同时废止，原核发的证件作废。",
        "2010年5月1日起执行的云政发〔2010〕8号文件同时废止。",
    ],
)  # fmt: skip
def test_an_end_is_read_in_these_words_too(sentence: str) -> None:
    (found,) = ends(read(sentence))
    assert (found[0], found[2], found[3]) == ("repeals", "云政发〔2010〕8号", "")


@pytest.mark.parametrize(
    ("sentence", "scope"),
    [
        (f"本通知自2023年7月1日起施行，取代{OLD}。", ""),
        (f"本通知自2023年7月1日起施行，代替{OLD}。", ""),
        (f"本通知施行后，替代2010年5月1日公布的{OLD}。", ""),
        (f"本通知施行后，{OLD}由本通知替代。", ""),
        (f"{OLD}被本通知取代。", ""),
        (f"本通知部分取代{OLD}。", "部分内容"),
        (f"本通知取代{OLD}第五条。", "第五条"),
    ],
)
def test_what_takes_the_place_of_a_document_supersedes_it(sentence: str, scope: str) -> None:
    assert ends(read(sentence)) == [("supersedes", *THE_OLD[1:3], scope)]


@pytest.mark.parametrize(
    "sentence",
    [
        f"{OLD}执行至2027年12月31日。", f"{OLD}执行至2027年12月31日后废止。", f"{OLD}实施至2027年12月31日止，同时废止。",
        f"{OLD}有效期至2027年12月31日，到期后不再执行。", f"{OLD}将于2027年12月31日到期，到期后自动失效。",
    ],
)  # fmt: skip
def test_a_document_that_runs_until_a_day_ends_after_it(sentence: str) -> None:
    official = read(sentence)
    assert ends(official) == [THE_OLD]
    assert days(official, "repeals") == ["2028-01-01"]


def test_a_document_that_ends_with_its_own_term_is_not_ended_by_another() -> None:
    assert ends(read(f"{OLD}到期后自动失效。")) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "决定废止以下规范性文件：云州市房屋租赁管理规定（云政发〔2010〕8号）；关于加强停车管理的通知（云政办发〔2012〕3号）。本决定自公布之日起施行。",
        "决定废止以下规范性文件：《云州市房屋租赁管理规定》（云政发〔2010〕8号）；《关于加强停车管理的通知》（云政办发〔2012〕3号）。",
        "对下列文件予以废止：云州市房屋租赁管理规定（云政发〔2010〕8号）、关于加强停车管理的通知（云政办发〔2012〕3号）。",
        "决定废止下列文件：1.云州市房屋租赁管理规定（云政发〔2010〕8号）；2.关于加强停车管理的通知（云政办发〔2012〕3号）。",
        "决定废止以下规范性文件：\n云州市房屋租赁管理规定（云政发〔2010〕8号）；\n关于加强停车管理的通知（云政办发〔2012〕3号）。",
    ],
)
def test_a_list_on_one_line_is_read_with_and_without_marks(sentence: str) -> None:
    assert ends(read(sentence, "关于废止部分规范性文件的决定")) == [THE_OLD, OTHER]


CLEARED = "关于公布规范性文件清理结果的公告"
ROWS = (
    ("云州市绿化管理办法", "云政发〔2015〕1号", "继续有效"),
    ("云州市房屋租赁管理规定", "云政发〔2010〕8号", "废止"),
    ("云州市养犬管理办法", "云政发〔2016〕6号", "修改"),
    ("云州市供水管理办法", "云政发〔2011〕4号", "保留"),
    ("云州市户外广告办法", "云政发〔2011〕6号", "宣布失效"),
    ("云州市夜市管理办法", "云政发〔2011〕7号", "拟废止"),
    ("云州市集市管理办法", "云政发〔2011〕9号", "部分废止"),
)
FATES = [
    THE_OLD,
    ("amends", "云州市养犬管理办法", "云政发〔2016〕6号", ""),
    ("repeals", "云州市户外广告办法", "云政发〔2011〕6号", ""),
    ("repeals", "云州市集市管理办法", "云政发〔2011〕9号", "部分内容"),
]


def laid_out(layout: str) -> str:
    """The rows of a table of fates in one of the layouts in which tables reach us."""
    head = ("序号", "文件名称", "文号", "清理结果")
    rows = [(str(i), *row) for i, row in enumerate(ROWS, 1)]
    if layout == "labelled":
        return "\n".join("；".join(f"{h}：{c}" for h, c in zip(head, row, strict=True)) for row in rows)
    between = {"piped": " | ", "blank": " ", "tabbed": "\t", "stacked": "\n"}[layout]
    return "\n".join(between.join(row) for row in [head, *rows])


@pytest.mark.parametrize("layout", ["labelled", "piped", "blank", "tabbed", "stacked"])
def test_the_own_cell_of_a_row_says_what_befalls_its_document(layout: str) -> None:
    assert ends(read(f"现将清理结果公布如下：\n\n{laid_out(layout)}", CLEARED)) == FATES


def test_the_rows_of_a_table_in_a_page_have_their_own_fates() -> None:
    rows = "".join(f"<tr><td>{i}</td>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for i, row in enumerate(ROWS, 1))
    page = (
        f"<html><body><h1>云州市人民政府{CLEARED}</h1><p>现将规范性文件清理结果公布如下：</p><table><tr><th>序号</th>"
        f"<th>文件名称</th><th>文号</th><th>清理结果</th></tr>{rows}</table><p>云州市人民政府</p><p>2023年6月1日</p></body></html>"
    )
    assert ends(read_official(parse_bytes(page.encode(), "n.html"), "n.html")) == FATES


def test_a_list_of_results_without_any_fate_ends_nothing() -> None:
    assert ends(read("1.云州市绿化管理办法（云政发〔2015〕1号）\n2.云州市供水管理办法（云政发〔2011〕4号）", CLEARED)) == []


def test_a_planned_or_refused_repeal_lists_nothing() -> None:
    lists = "一、拟废止的文件\n1.云州市绿化管理办法（云政发〔2015〕1号）\n二、废止的文件\n1.云州市房屋租赁管理规定（云政发〔2010〕8号）"
    assert ends(read(lists, CLEARED)) == [THE_OLD]
    assert ends(read("1.云州市绿化管理办法（云政发〔2015〕1号）", "关于不予废止部分规范性文件的通知")) == []


def test_a_remark_in_a_list_of_repealed_texts_changes_nothing() -> None:
    rows = "废止文件目录\n\n序号：1；文件名称：云州市房屋租赁管理规定；文号：云政发〔2010〕8号；处理意见：已有新文件；备注：2012年印发"
    assert ends(read(rows, "关于废止部分规范性文件的决定")) == [THE_OLD]
