"""The first page: ask, check a citation, filter, keep, export, complain."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from .journeys import ARTICLES, BROKEN, ask, call, held_back, home, marked, send

QUESTION = "青禾镇邻里驿站每日开放时间不得少于几小时？"


@pytest.fixture(scope="module")
def station(server: str) -> str:
    """A document of our own, so that answers are known to the character."""
    return send(server, "青禾镇邻里驿站管理办法.txt", ARTICLES)["results"][0]["doc_id"]


def test_an_answer_streams_and_its_chip_shows_the_exact_quote(page: Page, server: str, station: str) -> None:
    home(page, server)
    ask(page, QUESTION)
    answer = page.locator(".answer").last
    expect(answer).to_contain_text("七小时")
    answer.locator("button.chip").first.hover()
    card = page.locator(".citation-card")
    expect(card).to_be_visible()
    assert card.locator("blockquote").text_content() in ARTICLES
    expect(card).to_contain_text("青禾镇邻里驿站管理办法")
    expect(card).to_contain_text("第三条")
    expect(card.locator(".badge")).to_have_text("现行有效")


def test_the_first_page_offers_questions_and_answers_the_one_that_is_pressed(page: Page, server: str) -> None:
    home(page, server)
    offered = page.locator(".suggestion")
    offered.first.wait_for()
    question = offered.first.inner_text()
    assert 1 < offered.count() <= 6
    offered.first.click()
    page.wait_for_selector(".answer-foot")
    expect(page.locator(".question")).to_have_text(question)
    assert page.locator(".answer button.chip").count() > 0


def test_claims_are_shown_and_read_aloud_as_they_come(page: Page, server: str) -> None:
    home(page, server)
    page.evaluate(
        """() => {
          const send = (text) => new TextEncoder().encode(`event: claim\\ndata: ${JSON.stringify({ text })}\\n\\n`);
          window.fetch = async () => new Response(
            new ReadableStream({ start: (stream) => { window.claim = (text) => stream.enqueue(send(text)); } }),
            { headers: { "Content-Type": "text/event-stream" } },
          );
        }"""
    )
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(page.locator("#status")).to_have_text("正在查找依据…")
    for told in (["先说的一句。"], ["先说的一句。", "后说的一句。"]):
        page.evaluate("text => window.claim(text)", told[-1])
        expect(log.locator("p")).to_have_text(told)
    assert log.evaluate("node => node.closest('[aria-busy=true]')") is None  # or nothing would be read


@pytest.mark.parametrize("how", ["error", "close"])
def test_an_answer_that_is_cut_off_says_so(page: Page, server: str, how: str) -> None:
    home(page, server)
    page.evaluate(BROKEN)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("说了一半。")
    page.evaluate("how => window.end(how)", how)
    alert = page.locator(".answer.error")
    expect(alert).to_contain_text("回答没有传完")
    expect(alert).to_contain_text("连接中途断开，请重试。")
    expect(page.get_by_role("button", name="重试")).to_be_visible()


def test_an_answer_can_be_stopped_and_asked_for_again(page: Page, server: str) -> None:
    page.route("**/api/ask", lambda route: None)  # an answer that never comes
    home(page, server)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".pending")).to_be_visible()
    page.get_by_role("button", name="停止").click()
    expect(page.locator("#thread")).to_contain_text("已停止")
    page.unroute_all(behavior="ignoreErrors")
    page.get_by_role("button", name="重新提问").click()
    page.wait_for_selector(".answer-foot")
    expect(page.locator(".question")).to_have_text([QUESTION])


def test_a_chip_opens_the_source_at_the_cited_words_and_escape_gives_the_focus_back(
    page: Page, server: str, station: str
) -> None:
    home(page, server)
    ask(page, QUESTION)
    chip = page.locator(".answer button.chip").first
    chip.click()
    page.wait_for_selector("dialog.source mark.cited")
    assert "七小时" in marked(page)
    expect(page.locator("dialog.source mark.cited").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.source")).to_be_hidden()
    expect(chip).to_be_focused()


def test_a_source_tells_how_its_document_stands_now_not_when_it_was_cited(page: Page, server: str) -> None:
    name = "蓼汀村渔船停泊规定.txt"
    text = (
        "蓼汀村渔船停泊规定\n\n第一条 蓼汀村渔船每次停泊不超过六小时。\n第二条 本规定自2020年5月1日起施行。\n"
    )
    document = send(server, name, text)["results"][0]["doc_id"]
    home(page, server)
    ask(page, "蓼汀村渔船每次停泊不超过几小时？")
    source = page.locator("dialog.source")

    def reopened() -> None:
        page.reload()
        page.locator(".answer .source-line").first.click()
        page.wait_for_selector("dialog.source mark.cited")
        assert "六小时" in marked(page)

    reopened()
    expect(source.locator(".badge")).to_have_text("现行有效")
    expect(source.locator(".notice")).to_have_count(0)
    send(server, name, text.replace("六小时", "九小时"))
    reopened()
    expect(source.locator(".notice")).to_contain_text("这是第 1 版，最新为第 2 版。")
    call(server, f"/api/documents/{document}", method="DELETE")
    reopened()
    expect(source.locator(".notice")).to_contain_text("移出本库，不再用于检索和作答")
    expect(source.locator(".badge")).to_have_text("文件已撤下")


def test_a_source_that_does_not_load_can_be_tried_again(page: Page, server: str, station: str) -> None:
    home(page, server)
    ask(page, QUESTION)
    page.route("**/text?*", lambda route: route.abort())
    page.locator(".answer .source-line").first.click()
    source = page.locator("dialog.source")
    expect(source.get_by_role("alert")).to_contain_text("连接不上服务")
    page.unroute_all()
    source.get_by_role("button", name="重试").press("Enter")
    page.wait_for_selector("dialog.source mark.cited")
    assert "七小时" in marked(page)
    expect(source.locator(".source-body")).to_be_focused()


def test_everything_can_be_done_from_the_keyboard(page: Page, server: str, station: str) -> None:
    home(page, server)
    page.locator("body").click(position={"x": 600, "y": 300})
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer-foot")
    page.locator(".answer button.chip").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".citation-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".citation-card")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.source mark.cited")


def test_a_tap_shows_the_card_first_and_the_source_from_there(
    new_page: Callable[..., Page], server: str, station: str
) -> None:
    page = new_page(width=390, height=844, touch=True)
    home(page, server)
    ask(page, QUESTION)
    page.locator(".answer button.chip").first.tap()
    expect(page.locator(".citation-card")).to_be_visible()
    expect(page.locator("dialog.source")).to_be_hidden()
    page.locator(".citation-card button").tap()
    page.wait_for_selector("dialog.source mark.cited")
    assert page.evaluate("document.querySelector('dialog.source').matches(':modal')")


def test_the_focus_stays_near_what_was_pressed_though_that_goes(
    page: Page, server: str, station: str
) -> None:
    page.goto(f"{server}/#search=社区")
    page.get_by_role("button", name="显示更多").press("Enter")
    expect(page.locator(".title-button").nth(20)).to_be_focused()
    boxes = page.locator("facet-panel input[name=kind]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    tags = page.locator(".tags button")
    tags.nth(0).press("Enter")
    expect(tags).to_have_count(1)
    expect(tags.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.click(".tab[data-mode=ask]")
    ask(page, QUESTION)
    wrong = page.get_by_role("button", name="有误")
    for name in ("取消", "提交"):
        wrong.press("Enter")
        expect(page.locator(".feedback textarea")).to_be_focused()
        page.get_by_role("button", name=name).press("Enter")
        expect(page.locator(".feedback")).to_have_count(0)
        expect(wrong).to_be_focused()
    page.locator(".conversation").first.press("Enter")
    expect(page.locator(".conversation").first).to_be_focused()


def test_what_is_tried_again_has_the_focus(page: Page, server: str, station: str) -> None:
    home(page, server)
    for place, mode in (("ask", ".turn"), ("search", "#results")):
        page.route(f"**/api/{place}", lambda route: route.abort())
        page.click(f".tab[data-mode={place}]")
        page.fill("#question", QUESTION)
        page.keyboard.press("Enter")
        again = page.get_by_role("button", name="重试")
        again.focus()
        page.unroute_all()
        page.keyboard.press("Enter")
        expect(again).to_have_count(0)
        page.locator(f"{mode} :is(.chip, .title-button)").first.wait_for()
        expect(page.locator(f"{mode}:focus")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.locator(f"{mode} button:focus")).to_be_visible()


@pytest.mark.parametrize(("opens", "first"), [("筛选", "facet-panel input"), ("对话与筛选", "#new")])
def test_the_drawer_of_a_phone_takes_the_focus_and_escape_gives_it_back(
    new_page: Callable[..., Page], server: str, opens: str, first: str
) -> None:
    page = new_page(width=390, height=844)
    home(page, server)
    opener = page.get_by_role("button", name=opens, exact=True)
    opener.press("Enter")
    expect(page.locator(first).first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    expect(opener).to_be_focused()


def test_enter_that_ends_composing_chinese_does_not_send(page: Page, server: str) -> None:
    home(page, server)
    page.fill("#question", "养lao")
    page.evaluate(
        """document.getElementById('question').dispatchEvent(new KeyboardEvent(
          'keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"""
    )
    assert page.locator(".turn").count() == 0
    expect(page.locator("#question")).to_have_value("养lao")


def test_a_rule_no_longer_in_force_is_refused_in_words_with_the_documents_to_look_at(
    page: Page, server: str
) -> None:
    text = "苇塘渡口摆渡收费规定\n\n第一条 苇塘渡口摆渡每人次收费三元。\n"
    identity = send(server, "苇塘渡口摆渡收费规定.txt", text)["results"][0]["doc_id"]
    call(
        server,
        f"/api/documents/{identity}/status",
        {"status": "repealed", "reason": "渡口已撤", "by": "张三"},
    )
    home(page, server)
    ask(page, "苇塘渡口摆渡每人次收费多少？")
    refusal = page.locator(".answer.refusal")
    expect(refusal.locator(".refusal-text")).to_contain_text("苇塘渡口摆渡收费规定")
    expect(refusal).to_contain_text("相关文件已不再有效")
    assert refusal.locator("button.chip").count() == 0
    nearest = refusal.locator(".nearest .source-line")
    expect(nearest).to_contain_text(["苇塘渡口摆渡收费规定"])
    expect(nearest.locator(".badge")).to_have_text("已废止")
    nearest.click()
    page.wait_for_selector("dialog.source mark.cited")
    assert "三元" in marked(page)


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


@pytest.mark.parametrize("width", [794, 1123])  # A4 upright and across, at 96 to the inch
@pytest.mark.parametrize("dark", [False, True])
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


FACETS = {"kind": "kind", "issuer": "issuer", "region": "region", "status": "status"}


@pytest.mark.parametrize("name", FACETS)
def test_facets_limit_what_search_finds_and_can_be_undone(
    page: Page, server: str, station: str, name: str
) -> None:
    page.goto(f"{server}/#search=社区")
    page.wait_for_selector(".hits")
    box = page.locator(f"facet-panel input[name={name}]").first
    with page.expect_request(lambda request: request.url.endswith("/api/search")) as waiting:
        box.check()
    value = box.get_attribute("value") or box.evaluate("node => node.value")
    assert waiting.value.post_data_json["filters"] == {name: [value]}
    found = waiting.value.response().json()["hits"]
    about = [call(server, f"/api/documents/{doc}") for doc in {hit["doc_id"] for hit in found}]
    assert about and all(str(each[name]).startswith(value) for each in about)  # a region takes in those below it
    with page.expect_request(lambda request: request.url.endswith("/api/search")) as again:
        page.get_by_role("button", name=re.compile("去掉条件")).click()
    assert "filters" not in again.value.post_data_json
    expect(box).not_to_be_checked()


def test_years_limit_what_search_finds(page: Page, server: str) -> None:
    page.goto(f"{server}/#search=社区")
    page.wait_for_selector(".hits")
    year = call(server, "/api/facets")["year"][0]["value"]
    for place in (0, 1):  # from, to
        with page.expect_response(lambda response: response.url.endswith("/api/search")) as waiting:
            page.locator(".year select").nth(place).select_option(year)
    found = waiting.value.json()["hits"]
    assert found and {hit["issued"][:4] for hit in found} == {year}
    expect(page.locator(".tags")).to_contain_text(f"{year}—{year} 年")


def test_a_search_while_an_answer_is_pending_leaves_it_alone_and_the_address_names_what_is_shown(
    page: Page, server: str, station: str
) -> None:
    held = held_back(page, "**/api/ask")
    home(page, server)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    page.locator(".pending").wait_for()
    page.click(".tab[data-mode=search]")
    page.fill("#question", "社区")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits")
    page.click(".tab[data-mode=ask]")
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    page.fill("#question", "助餐点的留样要保存多久？")
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_text([QUESTION])
    page.click(".tab[data-mode=search]")
    held[0].continue_()
    expect(page.locator(".answer")).to_contain_text("七小时")
    expect(page.locator(".conversation")).to_have_count(1)
    page.wait_for_url(re.compile("#search="))
    page.click(".tab[data-mode=ask]")
    page.wait_for_url(re.compile("#answer="))
    page.click(".tab[data-mode=search]")
    page.wait_for_url(re.compile("#search=%E7%A4%BE"))


def test_a_question_that_failed_stays_when_the_next_is_asked(page: Page, server: str, station: str) -> None:
    page.route("**/api/ask", lambda route: route.abort())
    home(page, server)
    page.fill("#question", "第一问")
    page.keyboard.press("Enter")
    expect(page.locator(".answer.error")).to_be_visible()
    page.unroute_all()
    ask(page, QUESTION)
    expect(page.locator(".question")).to_have_text(["第一问", QUESTION])


def test_the_first_year_is_never_after_the_last(page: Page, server: str) -> None:
    home(page, server)
    years = sorted(each["value"] for each in call(server, "/api/facets")["year"])
    first, last = page.locator(".year select").nth(0), page.locator(".year select").nth(1)
    last.select_option(years[0])
    first.select_option(years[-1])
    expect(last).to_have_value(years[-1])
    expect(page.locator(".tags")).to_contain_text(f"{years[-1]}—{years[-1]} 年")
    last.select_option(years[0])
    expect(first).to_have_value(years[0])


def test_a_refusal_under_filters_says_so_and_asks_again_without_them(
    page: Page, server: str, station: str
) -> None:
    home(page, server)
    page.locator("facet-panel input[value=case]").check()  # where the rule is not
    ask(page, QUESTION)
    refusal = page.locator(".answer.refusal")
    expect(refusal).to_contain_text("提问时设有筛选条件或日期")
    refusal.get_by_role("button", name="清除条件").press("Enter")
    page.locator(".answer-foot").nth(1).wait_for()
    expect(page.locator(".answer").last).to_contain_text("七小时")
    expect(page.locator(".tags li")).to_have_count(0)
    expect(page.locator(".turn").last).to_be_focused()
    page.click("#new")
    ask(page, "天文望远镜怎样校准赤道仪？")
    expect(refusal).to_have_count(1)
    expect(refusal.locator(".refusal-head button")).to_have_count(0)


def test_filters_and_the_day_outlive_a_reload_of_the_tab_and_are_shown(
    new_page: Callable[..., Page], server: str
) -> None:
    page = new_page()
    home(page, server)
    page.locator("facet-panel input[value=case]").check()
    page.locator("facet-panel input[type=date]").fill("2024-05-01")
    year = call(server, "/api/facets")["year"][0]["value"]
    page.locator(".year select").nth(0).select_option(year)
    tags = page.locator(".tags li")
    shown = tags.all_inner_texts()
    assert len(shown) == 3
    page.reload()
    expect(tags).to_have_text(shown)
    expect(page.locator("facet-panel input[value=case]")).to_be_checked()
    expect(page.locator("facet-panel input[type=date]")).to_have_value("2024-05-01")
    expect(page.locator(".year select").nth(0)).to_have_value(year)
    with page.expect_request("**/api/ask") as waiting:
        page.fill("#question", QUESTION)
        page.keyboard.press("Enter")
    assert waiting.value.post_data_json["filters"] == {"kind": ["case"], "issued_from": f"{year}-01-01"}
    assert waiting.value.post_data_json["as_of"] == "2024-05-01"
    other = new_page()
    home(other, server)
    expect(other.locator(".tags li")).to_have_count(0)


def test_behind_results_opened_from_a_link_stands_the_first_page(page: Page, server: str) -> None:
    page.goto(f"{server}/#search=物业")
    page.wait_for_selector(".hits")
    page.click(".tab[data-mode=ask]")
    expect(page.locator(".welcome h1")).to_have_text("向政策文件提问，句句有据")
    expect(page.locator(".suggestion").first).to_be_visible()


def test_found_words_are_marked_where_the_service_says(page: Page, server: str, station: str) -> None:
    home(page, server)
    page.click(".tab[data-mode=search]")
    page.fill("#question", "𠮷野 邻里驿站 借阅 助餐")
    with page.expect_response(lambda response: response.url.endswith("/api/search")) as waiting:
        page.keyboard.press("Enter")
    page.wait_for_selector(".hit .snippet")
    hit = waiting.value.json()["hits"][0]
    wanted = [hit["text"][start:end] for start, end in hit["highlights"]]
    assert page.locator(".hit").first.locator("mark").all_text_contents() == wanted
    assert page.locator(".hit").first.locator(".snippet").text_content() == hit["text"]


def test_uploads_report_each_file_in_words(page: Page, server: str) -> None:
    home(page, server)
    page.get_by_role("button", name="添加文件").click()
    page.set_input_files(
        "#upload-files",
        [
            {
                "name": "芦湾村公约.md",
                "mimeType": "text/markdown",
                "buffer": "# 芦湾村公约\n\n第一条 芦湾村每月逢五清洁河道。".encode(),
            },
            {"name": "空文件.txt", "mimeType": "text/plain", "buffer": b""},
        ],
    )
    expect(page.locator(".upload-result.good")).to_contain_text("芦湾村公约")
    expect(page.locator(".upload-result.bad")).to_contain_text("空文件.txt")
    assert page.locator(".upload-result.bad .reason").inner_text()


def test_adding_files_while_the_service_is_down_says_so_and_works_again_after(
    page: Page, server: str
) -> None:
    home(page, server)
    page.route("**/upload.js", lambda route: route.abort())
    add = page.get_by_role("button", name="添加文件")
    add.click()
    expect(page.get_by_role("alert")).to_contain_text("连接不上服务")
    page.get_by_role("button", name="关闭").click()
    expect(add).to_be_focused()
    page.unroute_all()
    add.click()
    expect(page.locator(".upload-dialog")).to_be_visible()


def test_an_empty_library_says_so_and_leads_to_adding_files(
    page: Page, serve: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> None:
    with serve(tmp_path / "home", "--no-corpus") as address:
        page.goto(address)
        expect(page.locator(".welcome h1")).to_have_text("库里还没有文件")
        page.locator(".welcome").get_by_role("button", name="添加文件").click()
        page.set_input_files(
            "#upload-files",
            [{"name": "邻里驿站.txt", "mimeType": "text/plain", "buffer": ARTICLES.encode()}],
        )
        expect(page.locator(".upload-result.good")).to_be_visible()
        expect(page.locator(".welcome h1")).to_have_text("向政策文件提问，句句有据")


def test_a_service_still_loading_is_said_so_and_asked_again(page: Page, server: str) -> None:
    problem = json.dumps(
        {"title": "服务尚未就绪", "detail": "正在加载索引；请稍候", "status": 503, "code": "not_ready"}
    )
    for path in ("**/api/suggestions", "**/api/facets"):
        page.route(
            path,
            lambda route: route.fulfill(status=503, content_type="application/problem+json", body=problem),
        )
    page.goto(f"{server}/")
    expect(page.locator(".welcome [role=alert]")).to_contain_text("正在加载索引")
    page.unroute_all()
    expect(page.locator(".suggestion").first).to_be_visible()
    expect(page.locator(".welcome [role=alert]")).to_be_hidden()
    expect(page.locator("facet-panel fieldset").first).to_be_visible()


def test_a_failing_service_is_told_in_its_own_words_and_can_be_tried_again(
    page: Page, server: str, station: str
) -> None:
    problem = json.dumps(
        {"title": "索引正在重建", "detail": "请一分钟后重试。", "status": 503, "code": "not_ready"}
    )
    page.route(
        "**/api/ask",
        lambda route: route.fulfill(status=503, content_type="application/problem+json", body=problem),
    )
    home(page, server)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer.error")).to_contain_text("索引正在重建")
    page.unroute("**/api/ask")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".answer").last).to_contain_text("七小时")


def test_a_stream_cut_short_is_an_error_not_an_answer(page: Page, server: str) -> None:
    half = (
        'event: hits\ndata: []\n\nevent: claim\ndata: {"text":"半句","start":0,"end":2,"citations":[1]}\n\n'
    )
    page.route(
        "**/api/ask", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=half)
    )
    home(page, server)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer.error")).to_contain_text("回答没有传完")
    assert "半句" not in page.locator("#thread").inner_text()


def test_a_service_that_wants_a_key_gets_one_for_this_session(page: Page, server: str) -> None:
    def guarded(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer good-key":
            return route.fulfill(status=200, content_type="application/json", body='{"hits":[],"took_ms":1}')
        return route.fulfill(
            status=401, content_type="application/problem+json", body='{"title":"需要访问密钥"}'
        )

    page.route("**/api/search", guarded)
    home(page, server)
    page.click(".tab[data-mode=search]")
    page.fill("#question", "社区")
    page.keyboard.press("Enter")
    page.fill("dialog input[name=key]", "good-key")
    page.get_by_role("button", name="使用").click()
    expect(page.locator("#results")).to_contain_text("没有找到相符的原文")
    assert page.evaluate(
        "[sessionStorage.getItem('key'), JSON.stringify({...localStorage}).includes('good-key')]"
    ) == ["good-key", False]


def test_late_hits_do_not_overwrite_those_looked_for_after_them(page: Page, server: str) -> None:
    held = held_back(page, "**/api/search")
    home(page, server)
    page.click(".tab[data-mode=search]")
    page.fill("#question", "世上没有的词")
    page.keyboard.press("Enter")
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".hit h3").first).to_be_visible()
    shown = page.locator("#results").inner_text()
    with page.expect_response(lambda response: response.request == held[0].request):
        held[0].continue_()
    page.wait_for_timeout(100)
    assert page.locator("#results").inner_text() == shown


def test_markup_in_documents_and_answers_stays_text(page: Page, server: str) -> None:
    act = "document.title='hacked'"
    evil = f'第一条 <img src=x onerror="{act}"><script>{act}</script>霜桥镇栈道限重五百公斤。'
    send(server, "霜桥镇栈道规定.txt", f"霜桥镇栈道规定\n\n{evil}\n")
    home(page, server)
    ask(page, "霜桥镇栈道限重多少公斤？")
    page.locator(".answer .source-line").first.click()
    page.wait_for_selector("dialog.source document-text p")
    assert page.locator("main img, main script, dialog.source img, dialog.source script").count() == 0
    assert page.title() != "hacked"


OURS = [
    "top-bar",
    "#side h2, #side legend, #new",
    ".welcome",
    "#composer",
    ".audit-head, #filters",
    "dt, summary",
]


def test_the_pages_speak_english_when_asked(page: Page, server: str, station: str) -> None:
    home(page, server)
    page.get_by_role("button", name="English").click()
    expect(page.locator("#new")).to_have_text("New conversation")
    assert page.evaluate("document.documentElement.lang") == "en"
    for path in ("/", "/audit", f"/documents/{station}"):
        page.goto(server + path)
        page.wait_for_selector("#new, #filters button, #metadata dt")
        shown = [text for part in OURS for text in page.locator(part).all_inner_texts()]
        shown += page.locator("[aria-label]").evaluate_all("all => all.map((node) => node.ariaLabel)")
        chinese = [
            text for text in shown if re.search("[\u4e00-\u9fff]", text.replace("中文", "").replace("中", ""))
        ]
        assert [text for text in chinese if "青禾镇" not in text and "？" not in text] == []
    page.goto(server)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#new")).to_have_text("新对话")


def test_a_chosen_theme_is_kept_and_does_not_wait_for_modules(page: Page, server: str) -> None:
    home(page, server)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    toggle = page.locator("top-bar .theme")
    toggle.click()
    toggle.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_first_page_is_light_and_asks_only_its_own_service(page: Page, server: str) -> None:
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    home(page, server)
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 150_000, sizes
    assert {url.split("/")[2] for url in sizes} == {server.split("/")[2]}


TRIES = 12


def test_the_first_page_paints_within_a_second(new_page: Callable[..., Page], server: str) -> None:
    def paint() -> float:
        page = new_page()
        home(page, server)
        page.wait_for_function(
            "performance.getEntriesByName('first-contentful-paint').length"
        )  # told a little later
        return float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))

    # one of so many: other tests share the machine, and may keep both processors for seconds
    assert any(paint() < 1000 for _ in range(TRIES))
