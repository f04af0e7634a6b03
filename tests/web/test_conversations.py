"""The question page: follow-ups, conversations kept, and what is done with an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .journeys import QUESTION, ask, call, held_back, home


def test_a_follow_up_is_sent_with_its_history(page: Page, server: str, station: str) -> None:
    sent = []
    page.on(
        "request",
        lambda request: sent.append(request.post_data_json) if request.url.endswith("/api/ask") else None,
    )
    home(page, server)
    ask(page, QUESTION)
    ask(page, "那么助餐点的留样要保存多久？")
    assert sent[0]["history"] == []
    assert [turn["role"] for turn in sent[1]["history"]] == ["user", "assistant"]
    assert sent[1]["history"][0]["content"] == QUESTION
    assert page.locator(".turn").count() == 2


def test_conversations_survive_a_reload_and_can_be_deleted(page: Page, server: str, station: str) -> None:
    home(page, server)
    ask(page, QUESTION)
    page.goto(f"{server}/")
    page.locator(".conversation", has_text="青禾镇").click()
    expect(page.locator(".answer")).to_contain_text("七小时")
    page.get_by_role("button", name=re.compile("删除对话")).click()
    expect(page.locator(".conversation")).to_have_count(0)
    page.reload()
    page.wait_for_selector("#conversations li")
    expect(page.locator(".conversation")).to_have_count(0)


def test_a_deleted_conversation_comes_back_when_the_deletion_is_undone(
    page: Page, server: str, station: str
) -> None:
    home(page, server)
    ask(page, QUESTION)
    page.locator("#new").click()
    ask(page, "青禾镇邻里驿站助餐点的留样要保存多久？")
    listed = page.locator(".conversation").all_inner_texts()
    page.get_by_role("button", name=f"删除对话：{QUESTION}").press("Enter")
    expect(page.locator(".conversation")).to_have_count(1)
    expect(page.get_by_role("button", name=f"撤销删除：{QUESTION}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".conversation")).to_have_text(listed)
    expect(page.locator(".conversation", has_text=QUESTION)).to_be_focused()
    page.reload()
    expect(page.locator(".conversation")).to_have_text(listed)


def test_two_tabs_on_one_conversation_keep_the_turns_of_both(page: Page, server: str, station: str) -> None:
    home(page, server)
    ask(page, QUESTION)
    other = page.context.new_page()
    home(other, server)
    other.locator(".conversation", has_text="青禾镇").click()
    ask(other, "青禾镇邻里驿站助餐点的留样要保存多久？")
    ask(page, "青禾镇邻里驿站管理办法自何时起施行？")
    page.goto(f"{server}/")
    page.locator(".conversation", has_text="青禾镇").click()
    expect(page.locator(".question")).to_have_text(
        [QUESTION, "青禾镇邻里驿站助餐点的留样要保存多久？", "青禾镇邻里驿站管理办法自何时起施行？"]
    )
    expect(page.locator(".conversation")).to_have_count(1)


def test_a_conversation_deleted_in_one_tab_does_not_come_back_from_another(
    page: Page, server: str, station: str
) -> None:
    home(page, server)
    ask(page, QUESTION)
    other = page.context.new_page()
    home(other, server)
    other.locator(".conversation", has_text="青禾镇").click()
    page.get_by_role("button", name=re.compile("删除对话")).click()
    expect(other.locator(".welcome")).to_be_visible()
    ask(other, "青禾镇邻里驿站助餐点的留样要保存多久？")
    page.reload()
    expect(page.locator(".conversation")).to_have_text(["青禾镇邻里驿站助餐点的留样要保存多久？"])


def test_a_conversation_deleted_while_it_goes_on_keeps_only_the_turn_under_way(
    page: Page, server: str, station: str
) -> None:
    home(page, server)
    ask(page, QUESTION)
    held = held_back(page, "**/api/ask")
    page.fill("#question", "青禾镇邻里驿站助餐点的留样要保存多久？")
    page.keyboard.press("Enter")
    page.locator(".pending").wait_for()
    other = page.context.new_page()
    home(other, server)
    other.get_by_role("button", name=re.compile("删除对话")).click()
    expect(page.locator(".conversation")).to_have_count(0)
    held[0].continue_()
    expect(page.locator(".conversation")).to_have_text(["青禾镇邻里驿站助餐点的留样要保存多久？"])
    expect(page.locator(".question")).to_have_text(["青禾镇邻里驿站助餐点的留样要保存多久？"])


def test_back_returns_to_the_conversation_before(page: Page, server: str, station: str) -> None:
    home(page, server)
    ask(page, QUESTION)
    page.locator("#new").click()
    ask(page, "青禾镇邻里驿站助餐点的留样要保存多久？")
    page.go_back()
    expect(page.locator(".question")).to_have_text([QUESTION])
    page.go_forward()
    expect(page.locator(".question")).to_have_text(["青禾镇邻里驿站助餐点的留样要保存多久？"])


@pytest.mark.parametrize("by", ["button", "Escape", "twice"])
def test_on_a_phone_back_closes_the_source_and_closing_it_leaves_no_step_behind(
    by: str, new_page: Callable[..., Page], server: str, station: str
) -> None:
    page = new_page(width=375, height=720)
    page.goto(f"{server}/demo")
    home(page, server)
    ask(page, QUESTION)
    source = page.locator("dialog.source")
    page.locator(".answer .source-line").first.click()
    page.wait_for_selector("dialog.source mark.cited")
    page.go_back()
    expect(source).to_be_hidden()
    expect(page.locator(".answer")).to_contain_text("七小时")
    page.locator(".answer .source-line").first.click()
    if by == "Escape":
        page.keyboard.press("Escape")
    else:
        close = source.get_by_role("button", name="关闭")
        close.evaluate("(button, times) => { while (times--) button.click(); }", 2 if by == "twice" else 1)
    expect(source).to_be_hidden()
    assert page.url != f"{server}/demo"
    page.go_back()
    page.wait_for_url(f"{server}/demo")


def test_a_question_that_is_too_long_is_kept_whole_and_told(page: Page, server: str) -> None:
    home(page, server)
    page.fill("#question", "问" * 2003)
    page.keyboard.press("Enter")
    expect(page.locator(".length")).to_have_text("最多 2000 字，现有 2003 字；请删去 3 字后再提交。")
    assert len(page.input_value("#question")) == 2003 and page.locator(".turn").count() == 0
    page.fill("#question", "问" * 1900)
    expect(page.locator(".length")).to_have_text("1900 / 2000")
    page.fill("#question", "问")
    expect(page.locator(".length")).to_be_hidden()


def test_an_answer_says_for_which_day_it_holds_wherever_it_goes(
    new_page: Callable[..., Page], server: str, station: str
) -> None:
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home(page, server)
    page.locator("facet-panel input[type=date]").fill("2024-05-01")
    ask(page, QUESTION)
    expect(page.locator(".answer .within")).to_have_text("按 2024-05-01 的规定")
    page.get_by_role("button", name="复制（含脚注）").click()
    expect(page.locator(".answer .said")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "按 2024-05-01 的规定" in copied and "现行有效）" in copied
    other = new_page()
    other.goto(page.url)
    expect(other.locator(".answer .within")).to_have_text("按 2024-05-01 的规定")


def test_a_warning_that_begins_the_text_is_shown_once(page: Page, server: str) -> None:
    home(page, server)
    shown = page.evaluate(
        """async () => {
          const { answerCard } = await import('/static/js/answer-card.js');
          const note = '注意：《甲》已失效';
          const answer = { id: 'a', basis: 'grounded', kind: 'policy', text: note + '\\n原文。', notes: [note] };
          return answerCard({ ...answer, claims: [], citations: [], created: '', model: 'quoting' }, () => {}).textContent;
        }"""
    )
    assert shown.count("已失效") == 1 and "原文。" in shown


def test_the_way_home_has_a_name_where_the_words_are_hidden(
    new_page: Callable[..., Page], server: str
) -> None:
    page = new_page(width=375, height=720)
    home(page, server)
    expect(page.locator("top-bar .brand span")).to_be_hidden()
    expect(page.get_by_role("link", name="政策知识库")).to_be_visible()


def test_a_link_to_an_answer_opens_it_in_another_browser(
    new_page: Callable[..., Page], server: str, station: str
) -> None:
    first = new_page()
    home(first, server)
    ask(first, QUESTION)
    link = first.url
    assert "#answer=" in link
    other = new_page()
    other.goto(link)
    expect(other.locator(".answer")).to_contain_text("七小时")
    expect(other.locator(".question")).to_have_text(QUESTION)


def test_a_link_to_no_answer_says_so(page: Page, server: str) -> None:
    page.goto(f"{server}/#answer=nothing-of-the-kind")
    expect(page.locator(".answer.error")).to_be_visible()
    assert page.locator(".answer.error strong").inner_text()


def test_copied_text_has_its_footnotes(new_page: Callable[..., Page], server: str, station: str) -> None:
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home(page, server)
    ask(page, QUESTION)
    page.get_by_role("button", name="复制（含脚注）").click()
    expect(page.locator(".answer .said")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert QUESTION in copied
    assert "[1] 《青禾镇邻里驿站管理办法》" in copied
    assert re.search(r"“[^”]*七小时[^”]*” " + re.escape(f"{server}/documents/"), copied)


@pytest.mark.parametrize(
    ("name", "ending", "begins"), [("导出为 Markdown", ".md", None), ("导出为 DOCX", ".docx", b"PK")]
)
def test_an_answer_is_exported(
    page: Page, server: str, station: str, tmp_path: Path, name: str, ending: str, begins: bytes | None
) -> None:
    home(page, server)
    ask(page, QUESTION)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    assert waiting.value.suggested_filename.endswith(ending)
    waiting.value.save_as(tmp_path / "answer")
    written = (tmp_path / "answer").read_bytes()
    assert written.startswith(begins) if begins else "七小时" in written.decode()


def test_an_export_that_fails_is_told_in_the_colour_of_errors(page: Page, server: str, station: str) -> None:
    home(page, server)
    ask(page, QUESTION)
    said = page.locator(".answer .said")
    colour = "node => getComputedStyle(node).color"
    page.route("**/export?*", lambda route: route.abort())
    page.get_by_role("button", name="导出为 DOCX").click()
    expect(said).to_contain_text("连接不上服务")
    bad = said.evaluate(colour)
    page.unroute_all()
    page.get_by_role("button", name="导出为 DOCX").click()
    expect(said).to_have_text("已导出")
    assert said.evaluate(colour) != bad


@pytest.mark.parametrize(("width", "dark"), [(794, False), (1123, True)])  # A4 upright and across, at 96 to the inch
def test_an_answer_is_printed_over_the_whole_width_in_dark_ink(
    new_page: Callable[..., Page], server: str, station: str, width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark)
    home(page, server)
    ask(page, QUESTION)
    page.locator(".answer .source-line").first.click()
    page.wait_for_selector("dialog.source mark.cited")
    page.emulate_media(media="print")
    expect(page.locator("dialog.source")).to_be_hidden()
    box = page.locator(".answer").bounding_box()
    assert box and box["x"] < 20 and box["width"] > width - 40
    for part in (".question", ".answer-text p"):
        ink = page.locator(part).first.evaluate("node => getComputedStyle(node).color")
        assert max(int(part) for part in re.findall(r"\d+", ink)[:3]) < 80, ink


def test_feedback_reaches_the_ledger(page: Page, server: str, station: str) -> None:
    home(page, server)
    ask(page, QUESTION)
    with page.expect_request(lambda request: request.url.endswith("/review")) as waiting:
        page.get_by_role("button", name="有误").click()
        page.get_by_label("不完整").check()
        page.fill(".feedback textarea", "还应引用第四条")
        page.get_by_role("button", name="提交").click()
    assert waiting.value.post_data_json == {"verdict": "incomplete", "note": "还应引用第四条"}
    expect(page.locator(".answer .said")).to_have_text("已记录，谢谢。")
    identity = page.locator(".answer").get_attribute("data-answer")
    rows = call(server, "/api/answers?verdict=incomplete&limit=200")["answers"]
    assert identity in [row["id"] for row in rows]
    page.reload()
    expect(page.get_by_role("button", name="有误")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="有用")).to_have_attribute("aria-pressed", "false")
