"""Who may see a document: a mark in its head or foot closes it, and a word nobody understands never opens it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from library_samples import opened

from indexer.adding import Watcher, add, add_sources
from indexer.official import Official, read_official
from indexer.parse import Source
from indexer.parse.jsonl import parse_record
from indexer.parse.registry import parse_bytes
from kb.model import Parsed

TITLE = "云州市人民政府关于加强桥梁管理的通知"
CLAUSES = "第一条 桥梁养护单位应当每月巡查三次。\n\n云州市人民政府\n2020年3月15日\n"


def read(head: str = "", foot: str = "", clauses: str = CLAUSES) -> Official:
    return read_official(
        Parsed(f"{head}\n云政发〔2020〕5号\n\n{TITLE}\n\n各县人民政府：\n\n{clauses}\n{foot}\n"), "1.txt"
    )


def of_file(text: str, name: str = "1.md") -> Official:
    return read_official(parse_bytes(text.encode(), name), name)


def of_record(**values: object) -> Official:
    line = json.dumps({"_id": "1", "title": TITLE, "text": CLAUSES, **values}, ensure_ascii=False)
    return read_official(parse_record(line.encode(), "1.jsonl"), "1.jsonl")


@pytest.mark.parametrize(
    "mark",
    [
        "机密★1年", "机 密★1年", "秘 密★3年", "秘　密", "秘密\u200b★3年", "【秘密】", "绝密★长期", "机密10年", "机密（5年）",
        "特急 机密★1年", "机密★1年\t特急", "000123　　机密★1年", "份号：0001 机密★5年", "秘密★5年　　　份号：000012",
        "密 级：机 密", "密级 秘密", "保密级别：秘密", "密级：秘密级", "工作秘密★2年", "商密★2年", "份号 | 0001 | 密级 | 机密 |",
    ],
)  # fmt: skip
def test_a_mark_of_secrecy_however_it_is_spread_restricts_and_is_no_title(mark: str) -> None:
    official = read(mark)
    assert (official.value("visibility"), official.value("title")) == ("restricted", TITLE)
    field = official.fields["secrecy"]
    assert field.span and "".join(field.span.of(f"{mark}").split()).startswith(field.value)


@pytest.mark.parametrize(
    "mark", ["内 部", "内部公开", "仅供内部使用", "内部事项", "（机关内部资料）", "密级：内部", "内 部 资 料　注意保存", "严禁外传"]
)
def test_what_is_for_inside_use_is_internal_and_its_mark_no_title(mark: str) -> None:
    official = read(mark)
    assert (official.value("visibility"), official.value("title")) == ("internal", TITLE)


@pytest.mark.parametrize("line", ["特 急", "特急 000012", "份号：000012", "密级："])
def test_urgency_and_copy_alone_close_nothing_and_are_no_title(line: str) -> None:
    official = read(line)
    assert (official.value("visibility"), official.value("title")) == (None, TITLE)


def test_a_mark_stands_beside_the_red_head_and_at_the_very_end() -> None:
    assert read("云州市人民政府文件　　机密★1年").value("visibility") == "restricted"
    assert read(foot="内部资料　注意保存").value("visibility") == "internal"


@pytest.mark.parametrize(
    "clauses",
    [
        "第一条 国家秘密的密级分为：\n绝密\n机密\n秘密\n第二条 涉及国家秘密、工作秘密、内部资料的，不得公开。\n",
        "一、国家秘密\n国家秘密\n密级分为绝密、机密、秘密三级，标注为“机密★1年”。\n秘密级国家秘密由处室确定。\n",
        "第一条 起草时应当标注“此件公开发布”“此件依申请公开”“此件不公开”等字样。\n",
        "第一条 公开属性分为此件主动公开、此件依申请公开、此件不予公开。\n（三）不予公开\n",
        "第一条 目录如下。\n公开方式：依申请公开\n第一条 一\n公开方式：主动公开\n第二条 二\n公开方式：依申请公开\n第三条 三\n",
    ],
)
def test_a_body_that_speaks_of_secrets_marks_nothing(clauses: str) -> None:
    assert read(clauses=clauses).value("visibility") is None


def test_the_boxes_of_a_form_count_when_they_are_ticked() -> None:
    assert read("密级：□绝密 □机密 □秘密\n公开方式：□主动公开 □依申请公开").value("visibility") is None
    assert read("密级：□绝密 ☑机密 □秘密").value("visibility") == "restricted"


def test_a_mark_stands_above_or_below_the_menu_of_a_page() -> None:
    menu = "\n".join(f"栏目{i}" for i in range(40)) + "\n您当前的位置：首页 > 政务公开 > 通知\n"
    assert read(f"{menu}机 密★1年").value("visibility") == read(f"机密★1年\n{menu}").value("visibility") == "restricted"


def test_a_section_about_state_secrets_marks_nothing() -> None:
    assert read_official(Parsed("保密须知\n国家秘密\n商业秘密\n正文。\n"), "1.txt").value("visibility") is None


@pytest.mark.parametrize(
    ("foot", "visibility"),
    [
        ("信息公开选项：不予公开", "restricted"), ("（信息公开选项：不予公开）", "restricted"),
        ("公开属性：不予公开", "restricted"), ("主动公开选项：不公开", "restricted"), ("公开类型：免予公开", "restricted"),
        ("（不予公开）", "restricted"), ("（此文件不公开）", "restricted"), ("（本文不予公开）", "restricted"),
        ("（此件 不公开）", "restricted"), ("此 件 不 公 开", "restricted"), ("（此件免于公开）", "restricted"),
        ("公开方式：依申请公开", "internal"), ("公 开 方 式 ： 依 申 请 公 开", "internal"),
        ("（此件属于依申请公开）", "internal"), ("（此件仅限内部传阅）", "internal"),
        ("（此件为内部资料，不得外传）", "internal"), ("（此件删减后公开）", "internal"),
        ("（此件公开发布）", "public"), ("（信息公开形式：主动公开）", "public"), ("（此件主动公开）更多信息请关注", "public"),
    ],
)  # fmt: skip
def test_the_foot_says_who_may_read(foot: str, visibility: str) -> None:
    official = read(foot=foot)
    assert official.value("visibility") == visibility
    span = official.fields["visibility"].span
    assert span is not None and span.start > 50
    assert read(foot=f"{foot}\n\n抄送：市委办公室。").value("visibility") == visibility


def test_of_several_words_the_most_closed_holds() -> None:
    assert read("机密★1年", "（此件公开发布）").value("visibility") == "restricted"
    assert read("公开方式：主动公开", "（此件不予公开）").value("visibility") == "restricted"
    assert read("公开方式：主动公开").value("visibility") == "public"
    assert of_file(f"---\nvisibility: public\n可见范围: 内部\n---\n{CLAUSES}").value("visibility") == "internal"
    assert of_record(公开方式="主动公开", 密级="机密").value("visibility") == "restricted"


@pytest.mark.parametrize(
    ("value", "visibility"),
    [
        ("public", "public"), ("公开", "public"), ("主动公开", "public"), ("面向社会", "public"), ("政府网站", "public"),
        ("internal", "internal"), ("内部", "internal"), ("内部公开", "internal"), ("依申请公开", "internal"),
        ("Restricted", "restricted"), ("受限", "restricted"), ("机密", "restricted"), ("不对外公开", "restricted"),
        ("confidential", "restricted"), ("secret", "restricted"), ("top", "restricted"), ("publc", "restricted"),
        ("not public", "restricted"), ("有限公开", "restricted"), ("甲", "restricted"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["visibility", "可见范围", "公开属性"])
def test_a_stated_visibility_is_one_of_three_and_what_is_none_of_them_restricts(key: str, value: str, visibility: str) -> None:
    assert of_file(f"---\n{key}: {value}\n---\n{CLAUSES}").value("visibility") == visibility
    assert of_record(**{key: value}).value("visibility") == visibility


@pytest.mark.parametrize(
    ("secrecy", "visibility"), [("机 密", "restricted"), ("secret", "restricted"), ("内部", "internal"), ("一般", None), ("非密", None)]
)
def test_a_stated_level_of_secrecy_restricts_as_well(secrecy: str, visibility: str | None) -> None:
    assert of_record(密级=secrecy).value("visibility") == visibility


def test_a_visibility_of_another_shape_restricts_and_an_empty_one_states_nothing() -> None:
    assert of_record(visibility={"level": "top"}).value("visibility") == "restricted"
    assert of_record(visibility=None).value("visibility") is None


def test_whoever_adds_is_told_which_visibility_was_not_understood(tmp_path: Path) -> None:
    library = opened(tmp_path / "home", workers=1)
    path = tmp_path / "甲.md"
    path.write_text(f"---\nvisibility: confidential\n---\n{CLAUSES}", "utf-8")
    [added] = add(library, [path]).done
    assert "“confidential”" in added.note and "请改写成 public（公开）、internal（内部）或 restricted（受限）" in added.note
    assert library.store.document(added.doc_id).visibility == "restricted"
    [again] = add_sources(library, [Source(str(path), path.name, path.name, path=str(path))], {"visibility": "internal"}, Watcher()).done
    assert again.note == "" and library.store.document(again.doc_id).visibility == "internal"
