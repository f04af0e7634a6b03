"""The question page: asking, the answer as it comes, its sources, and what is said when something fails."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from .journeys import ARTICLES, BROKEN, QUESTION, ask, call, held_back, home, marked, send


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
