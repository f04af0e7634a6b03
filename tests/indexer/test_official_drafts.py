"""Drafts 征求意见稿、草案: known by their titles, never law in force, and without effect on others."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.official import Official, read_official
from indexer.official.measure import facts
from kb.model import Parsed
from kb.validity import resolve, version_key

LAW = (
    "云州市物业管理办法\n（2020年3月1日云州市人民政府令第5号公布）\n第一条 物业费每平方米不超过2元。\n"
    "第二条 本办法自2020年5月1日起施行。\n"
)
BODY = (
    "第一条 物业费每平方米不超过3元。\n第二条 本办法自2024年5月1日起施行，有效期5年。《云州市物业管理办法》"
    "（云州市人民政府令第5号）同时废止。\n"
)


def read(text: str, name: str = "1.txt", **rest: object) -> Official:
    return read_official(Parsed(text, **rest), name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "head",
    [
        "云州市物业管理办法\n（征求意见稿）", "云州市物业管理办法（征求意见稿）", "# 云州市物业管理办法\n\n（征求意见稿）",
        "（征求意见稿）\n云州市物业管理办法",
    ],
)  # fmt: skip
def test_the_mark_of_a_draft_belongs_to_its_title_and_proves_that_it_is_not_in_force(head: str) -> None:
    text = f"{head}\n{BODY}"
    official = read(text)
    assert official.value("title") == "云州市物业管理办法（征求意见稿）"
    assert official.value("status") == "not_yet"
    span = official.fields["status"].span
    assert span is not None and "征求意见稿" in span.of(text) and "物业管理办法" in span.of(text)


def test_a_trial_text_keeps_the_mark_on_the_line_below_and_may_be_in_force() -> None:
    official = read("云州市物业管理办法\n（试行）\n第一条 制定本办法。\n")
    assert official.value("title") == "云州市物业管理办法（试行）"
    assert official.value("status") is None


def test_the_file_name_tells_a_draft_where_its_text_does_not() -> None:
    official = read(f"云州市物业管理办法\n{BODY}", "云州市物业管理办法（送审稿）.docx")
    assert official.value("title") == "云州市物业管理办法（送审稿）"
    assert official.value("status") == "not_yet"
    assert official.fields["status"].span is None


@pytest.mark.parametrize(
    "title",
    [
        "云州市物业管理条例（草案）", "云州市物业管理条例（修订草案二次审议稿）", "云州市物业管理条例草案",
        "云州市物业管理办法（第二次征求意见稿）", "《云州市物业管理办法（讨论稿）》", "云州市物业管理办法（送审稿，2024年5月）",
        "云州市住建局关于公开征求《云州市物业管理办法（征求意见稿）》意见的公告",
        "关于《云州市物业管理办法（征求意见稿）》公开征求意见的通知",
        "关于公开征求《云州市物业管理办法》意见的公告", "关于再次征求物业管理条例（草案）修改意见的函",
        "《云州市物业管理办法（征求意见稿）》公开征求意见", "云州市住宅专项规划（草案）批前公示",
    ],
)  # fmt: skip
def test_a_draft_and_a_notice_that_lays_one_open_are_not_in_force(title: str) -> None:
    official = read(f"{title}\n第一条 物业费每平方米不超过3元。\n云州市住建局\n2024年5月6日\n")
    assert official.value("title") == title
    assert official.value("status") == "not_yet"


@pytest.mark.parametrize(
    "title",
    [
        "关于《云州市物业管理办法（征求意见稿）》公开征求意见情况的说明", "《云州市物业管理办法（征求意见稿）》征求意见情况",
        "关于公开征求《云州市物业管理办法》意见采纳情况的公告", "《云州市物业管理办法（征求意见稿）》解读",
        "关于《云州市物业管理条例（草案）》的说明", "关于批准2024年预算草案的决议", "云州市地方性法规草案起草规定",
        "关于做好规章草案公开征求意见工作的通知", "关于云州市住宅规划（草案）的批复", "关于公开征求为民办实事项目建议的公告",
        "云州市政府召开会议，讨论《政府工作报告（征求意见稿）》",
    ],
)  # fmt: skip
def test_what_tells_about_a_draft_is_none(title: str) -> None:
    official = read(f"{title}\n\n各区县：\n现公告如下。\n云州市住建局\n2024年5月6日\n")
    assert official.value("title") == title
    assert official.value("status") is None


def test_a_page_that_calls_itself_valid_does_not_put_a_draft_into_force() -> None:
    text = f"有效性：有效\n云州市物业管理办法（征求意见稿）\n{BODY}"
    assert read(text).value("status") == "not_yet"
    assert read(text.replace("有效性：有效", "有效性：失效")).value("status") == "expired"


def test_a_draft_neither_starts_nor_ends_nor_repeals_the_law_it_would_replace() -> None:
    law, draft = read(LAW), read(f"云州市物业管理办法\n（征求意见稿）\n{BODY}2024年3月1日\n")
    assert {"effective", "expires", "commences"}.isdisjoint(draft.fields)
    assert not [r for r in draft.relations if r.type == "repeals"]
    assert version_key(draft.value("title") or "") != version_key(law.value("title") or "")
    verdicts = resolve([facts("law", law), facts("draft", draft)], date(2026, 1, 1))
    assert verdicts["law"].status == "in_force"
