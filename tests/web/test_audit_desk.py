"""The audit desk: find an answer, check it beside its sources, judge it, see the whole."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .journeys import call, held_back, send

RULES = """\
松岭乡夜间照明管理规定

第一条 为管理松岭乡夜间照明，制定本规定。
第二条 松岭乡村道路灯每晚十点半熄灭。
第三条 本规定自2021年1月1日起施行。
"""
QUESTION = "松岭乡村道路灯每晚几点熄灭？"


@pytest.fixture(scope="module")
def lamps(server: str) -> tuple[str, str]:
    """A document and an answer that rests on it."""
    document = send(server, "松岭乡夜间照明管理规定.txt", RULES)["results"][0]["doc_id"]
    return document, call(server, "/api/ask", {"question": QUESTION})["id"]


def opened(page: Page, server: str, identity: str) -> None:
    page.goto(f"{server}/audit#a={identity}")
    page.wait_for_selector(".audit-source mark.cited")


def test_an_answer_stands_beside_the_words_it_cited(page: Page, server: str, lamps: tuple[str, str]) -> None:
    opened(page, server, lamps[1])
    expect(page.locator(".audit-detail h2")).to_have_text(QUESTION)
    assert "十点半" in "".join(page.locator(".audit-source mark.cited").all_text_contents())
    expect(page.locator(".audit-source")).to_contain_text("校验相符")


def test_a_long_quote_is_shown_and_printed_whole(page: Page, server: str, lamps: tuple[str, str]) -> None:
    long = "松岭乡村道路灯每晚十点半熄灭。" * 60
    record = call(server, f"/api/answers/{lamps[1]}")
    record["citations"][0]["quote"] = long
    page.route(
        f"**/api/answers/{lamps[1]}",
        lambda route: route.fulfill(content_type="application/json", body=json.dumps(record)),
    )
    opened(page, server, lamps[1])
    quote = page.locator(".audit-citations blockquote").first
    whole = "node => node.clientHeight > 200 && node.scrollHeight <= node.clientHeight"
    assert quote.evaluate(whole)
    page.emulate_media(media="print")
    assert quote.evaluate(whole)
    box = quote.bounding_box()
    assert box and box["width"] > 900  # over the whole page
    expect(page.locator(".list-part")).to_be_hidden()


def test_answers_are_found_by_words_and_by_document(page: Page, server: str, lamps: tuple[str, str]) -> None:
    page.goto(f"{server}/audit")
    page.get_by_label("问题含有").fill("松岭乡")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator(".answer-row")).to_have_count(1)
    page.get_by_label("问题含有").fill("世上没有的词")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator("#answers")).to_contain_text("没有符合条件的答案")
    page.goto(f"{server}/audit#doc={lamps[0]}")
    page.reload()
    expect(page.locator("#about-document")).to_contain_text("松岭乡夜间照明管理规定")
    expect(page.locator(".answer-row")).to_have_count(1)


def test_a_late_list_does_not_overwrite_the_one_asked_for_after_it(
    page: Page, server: str, lamps: tuple[str, str]
) -> None:
    held = held_back(page, "**/api/answers?*")
    page.goto(f"{server}/audit")
    page.get_by_label("问题含有").fill("松岭乡")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator(".answer-row")).to_have_count(1)
    with page.expect_response(lambda response: response.request == held[0].request):
        held[0].continue_()
    expect(page.locator(".answer-row")).to_have_count(1)
    expect(page.locator("#total")).to_have_text("共 1 条答案")


def test_a_document_is_chosen_by_its_title(page: Page, server: str, lamps: tuple[str, str]) -> None:
    page.goto(f"{server}/audit")
    box = page.get_by_label("依据的文件")
    box.press_sequentially("松岭乡夜间照明")
    page.locator("datalist option[value='松岭乡夜间照明管理规定']").wait_for(state="attached")
    box.fill("松岭乡夜间照明管理规定")
    with page.expect_request(lambda request: f"doc_id={lamps[0]}" in request.url):
        page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator(".answer-row")).to_have_count(1)


def test_a_removed_document_still_stands_beside_the_answer_that_cited_it(page: Page, server: str) -> None:
    text = "鹭洲村晒场使用规定\n\n第一条 鹭洲村晒场每户可用两天。\n"
    document = send(server, "鹭洲村晒场使用规定.txt", text)["results"][0]["doc_id"]
    identity = call(server, "/api/ask", {"question": "鹭洲村晒场每户可用几天？"})["id"]
    call(server, f"/api/documents/{document}", method="DELETE")
    opened(page, server, identity)
    assert "两天" in "".join(page.locator(".audit-source mark.cited").all_text_contents())
    page.get_by_role("button", name="重新核对引文").click()
    expect(page.locator(".checks .notice.bad")).to_contain_text("文件已撤下")


def test_a_check_says_that_the_answer_stands_and_after_a_new_revision_what_changed(
    page: Page, server: str
) -> None:
    send(server, "竹坞村水闸值守规定.txt", "竹坞村水闸值守规定\n\n第一条 竹坞村水闸由三人轮流值守。\n")
    identity = call(server, "/api/ask", {"question": "竹坞村水闸由几人轮流值守？"})["id"]
    opened(page, server, identity)
    page.get_by_role("button", name="重新核对引文").click()
    expect(page.locator(".checks .notice")).to_contain_text("仍然成立")
    send(server, "竹坞村水闸值守规定.txt", "竹坞村水闸值守规定\n\n第一条 竹坞村水闸由五人轮流值守。\n")
    page.get_by_role("button", name="重新核对引文").click()
    expect(page.locator(".checks .notice")).to_contain_text("文字有变")
    assert "三人" in "".join(page.locator(".audit-source mark.cited").all_text_contents())
    page.get_by_role("button", name="用现在的文件重答").click()
    expect(page.locator(".replayed .diff").first).to_be_visible()
    assert "五" in "".join(page.locator(".replayed ins").all_text_contents())


def test_a_verdict_is_recorded_and_shown_in_the_list(page: Page, server: str, lamps: tuple[str, str]) -> None:
    opened(page, server, lamps[1])
    page.get_by_label("正确", exact=True).check()
    page.locator(".audit-detail textarea").fill("已对照原文")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".audit-detail .said")).to_have_text("已记入账本。")
    expect(page.locator(f".answer-row[data-id='{lamps[1]}'] .badge", has_text="正确")).to_be_visible()


def test_the_ledger_is_checked_as_a_whole(page: Page, server: str, lamps: tuple[str, str]) -> None:
    page.goto(f"{server}/audit")
    page.get_by_role("button", name="核对全部答案与账本").click()
    expect(page.locator("#chain .notice.good")).to_contain_text("账本完整")


def test_a_broken_ledger_names_its_records(page: Page, server: str) -> None:
    broken = json.dumps(
        {
            "answers": 2,
            "chain": {
                "ok": False,
                "broken": [{"id": "ans-7", "problem": "账本第 2 条（答案 ans-7）内容被改动"}],
            },
            "standing": {},
        }
    )
    page.route(
        "**/api/audit/verify",
        lambda route: route.fulfill(status=200, content_type="application/json", body=broken),
    )
    page.goto(f"{server}/audit")
    page.get_by_role("button", name="核对全部答案与账本").click()
    expect(page.locator("#chain .notice.bad")).to_contain_text("ans-7")


def test_the_dashboard_draws_what_the_service_counts(page: Page, server: str, lamps: tuple[str, str]) -> None:
    stats = call(server, "/api/answers/stats")
    page.goto(f"{server}/audit")
    page.get_by_role("button", name="看板").click()
    page.wait_for_selector(".tile")
    total = sum(day["answers"] for day in stats["per_day"])
    expect(page.locator(".tile .value").first).to_have_text(str(total))
    assert page.locator(".chart svg title").count() == len(stats["per_day"])
    page.locator(".rank button").first.click()
    expect(page.locator("#about-document")).to_be_visible()


@pytest.mark.parametrize("format_", ["csv", "jsonl", "xlsx"])
def test_the_ledger_is_exported(page: Page, server: str, lamps: tuple[str, str], format_: str) -> None:
    page.goto(f"{server}/audit")
    page.wait_for_selector(".answer-row")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"导出为 {format_.upper()}").click()
    assert waiting.value.suggested_filename.endswith(f".{format_}")
    assert waiting.value.path().stat().st_size > 20


def test_on_a_phone_the_list_gives_way_to_the_answer(
    new_page: Callable[..., Page], server: str, lamps: tuple[str, str]
) -> None:
    page = new_page(width=390, height=844)
    page.goto(f"{server}/audit")
    page.locator(f".answer-row[data-id='{lamps[1]}']").click()
    page.wait_for_selector(".audit-detail")
    expect(page.locator(".answer-row").first).to_be_hidden()
    page.locator(".audit-detail > header button").click()
    expect(page.locator(".answer-row").first).to_be_visible()
