"""The reader: cited words where they stand, whence each fact comes, what changed between revisions."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .journeys import call, marked, send

FIRST = """\
云溪县口袋公园养护办法

第一条 为做好云溪县口袋公园养护，制定本办法。
第二条 𠮷野😀园的养护参照本办法执行。
第三条 口袋公园的座椅每季度检修一次。
第四条 本办法自2022年5月1日起施行。
"""
SECOND = FIRST.replace("每季度检修一次", "每两个月检修一次")


@pytest.fixture(scope="module")
def garden(server: str) -> str:
    """A document of two revisions, with rare characters before what is cited."""
    send(server, "云溪县口袋公园养护办法.txt", FIRST)
    return send(server, "云溪县口袋公园养护办法.txt", SECOND)["results"][0]["doc_id"]


def span(text: str, words: str) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)


def test_a_revision_that_is_not_there_is_told_from_a_document_that_is_not(
    page: Page, server: str, garden: str
) -> None:
    page.goto(f"{server}/documents/{garden}?revision=9")
    said = page.get_by_role("alert")
    expect(said).to_contain_text("《云溪县口袋公园养护办法》没有第 9 版")
    said.get_by_role("link", name="看最新版").click()
    expect(page.locator("h1")).to_have_text("云溪县口袋公园养护办法")


def test_the_cited_span_is_marked_to_the_character_behind_rare_ones(
    page: Page, server: str, garden: str
) -> None:
    text = call(server, f"/api/documents/{garden}/text")["text"]
    start, end = span(text, "园的养护参照")
    page.goto(f"{server}/documents/{garden}#c={start}-{end}")
    page.wait_for_selector("mark.cited")
    assert marked(page) == "园的养护参照"
    expect(page.locator("mark.cited")).to_be_in_viewport()


def test_a_span_over_several_lines_is_marked_line_by_line(page: Page, server: str, garden: str) -> None:
    text = call(server, f"/api/documents/{garden}/text")["text"]
    start, end = text.index("参照本办法"), text.index("的座椅")
    page.goto(f"{server}/documents/{garden}#c={start}-{end}")
    page.wait_for_selector("mark.cited")
    assert marked(page) == text[start:end].replace("\n", "")


def test_the_page_shows_the_whole_text_and_nothing_else(page: Page, server: str, garden: str) -> None:
    text = call(server, f"/api/documents/{garden}/text")["text"]
    page.goto(f"{server}/documents/{garden}")
    page.wait_for_selector("document-text p")
    shown = page.locator("document-text p").all_text_contents()
    assert shown == [line for line in text.split("\n") if line.strip()]


def test_the_outline_leads_to_its_clause(page: Page, server: str, garden: str) -> None:
    page.goto(f"{server}/documents/{garden}")
    link = page.locator("#outline a", has_text="第四条")
    link.click()
    expect(page.locator("document-text p", has_text="第四条")).to_be_in_viewport()


def test_each_fact_leads_to_the_words_it_was_read_from(page: Page, server: str, garden: str) -> None:
    about = call(server, f"/api/documents/{garden}")
    text = call(server, f"/api/documents/{garden}/text")["text"]
    start, end = about["evidence"]["effective"]
    page.goto(f"{server}/documents/{garden}")
    page.get_by_role("button", name="在正文中查看“施行日期”的出处").click()
    assert "".join(page.locator("mark.proof").all_text_contents()) == text[start:end]
    assert "2022年5月1日" in text[start:end]


def test_a_status_leads_to_the_words_that_decide_it_in_whichever_document_they_stand(
    page: Page, server: str
) -> None:
    old = "雁荡村石桥通行规定\n\n第一条 石桥限载三吨。\n第二条 本规定自2018年3月1日起施行。\n"
    new = "雁荡村道路桥梁管理办法\n\n第一条 村道限载五吨。\n第二条 本办法自2023年6月1日起施行，《雁荡村石桥通行规定》同时废止。\n"
    repealed = send(server, "雁荡村石桥通行规定.txt", old)["results"][0]["doc_id"]
    repealing = send(server, "雁荡村道路桥梁管理办法.txt", new)["results"][0]["doc_id"]
    page.goto(f"{server}/documents/{repealing}")
    page.get_by_role("button", name="在正文中查看“时效”的出处").click()
    assert "".join(page.locator("mark.proof").all_text_contents()) in new
    page.goto(f"{server}/documents/{repealed}")
    expect(page.locator("#title-block .badge").first).to_have_text("已废止")
    page.locator("#metadata").get_by_role("link", name="出处：《雁荡村道路桥梁管理办法》").click()
    page.wait_for_selector("mark.cited")
    assert "雁荡村石桥通行规定" in marked(page)


def test_two_revisions_are_compared_to_the_character(page: Page, server: str, garden: str) -> None:
    page.goto(f"{server}/documents/{garden}")
    page.get_by_role("button", name="比较").click()
    page.wait_for_selector(".diff")
    assert "".join(page.locator(".diff del").all_text_contents()) in {"季度", "季度检修一次"}
    assert "".join(page.locator(".diff ins").all_text_contents()).startswith("两个月")


def test_an_older_revision_says_that_it_is_old(page: Page, server: str, garden: str) -> None:
    page.goto(f"{server}/documents/{garden}?revision=1")
    expect(page.locator("#title-block .notice")).to_contain_text("这是第 1 版")
    expect(page.locator("document-text")).to_contain_text("每季度检修一次")


def test_the_original_file_is_given_back_unchanged(page: Page, server: str, garden: str) -> None:
    page.goto(f"{server}/documents/{garden}")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载原件").click()
    assert waiting.value.path().read_bytes().decode().strip() == SECOND.strip()


def test_a_document_that_is_not_there_is_said_kindly(page: Page, server: str) -> None:
    page.goto(f"{server}/documents/nothing-of-the-kind")
    expect(page.get_by_role("alert")).to_contain_text("没有这份文件")
    expect(page.get_by_role("link", name="返回首页")).to_be_visible()


def test_that_a_document_is_not_there_is_said_over_the_width_of_the_text(page: Page, server: str) -> None:
    page.goto(f"{server}/documents/nothing-of-the-kind")
    notice = page.get_by_role("alert").bounding_box()
    assert notice and notice["width"] > 600


def test_a_removed_document_is_shown_as_it_was_cited_and_said_to_be_removed(page: Page, server: str) -> None:
    text = "松涧村水磨坊守则\n\n第一条 水磨坊每日运转不超过五小时。\n"
    removed = send(server, "松涧村水磨坊守则.txt", text)["results"][0]["doc_id"]
    start, end = span(call(server, f"/api/documents/{removed}/text")["text"], "不超过五小时")
    call(server, f"/api/documents/{removed}", method="DELETE")
    page.goto(f"{server}/documents/{removed}?revision=1#c={start}-{end}")
    expect(page.locator("#title-block .notice")).to_contain_text(
        "移出本库，不再用于检索和作答。以下是它的第 1 版"
    )
    expect(page.locator("h1")).to_have_text("松涧村水磨坊守则")
    expect(page.locator("#title-block .badge")).to_have_text("文件已撤下")
    assert marked(page) == "不超过五小时"
    expect(page.locator("#metadata dt")).to_have_text(["标题", "文本校验值（SHA-256）"])
    expect(page.locator("#revisions")).to_be_hidden()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载原件").click()
    assert waiting.value.path().read_bytes().decode().strip() == text.strip()
    page.goto(f"{server}/documents/{removed}")  # which revision was cited, only an answer knows
    expect(page.get_by_role("alert")).to_contain_text("没有这份文件")


@pytest.mark.parametrize("hash_", ["#c=5-3", "#c=999999-9999999", "#c=abc", "#c=0-0", "#%E0%A4%A"])
def test_a_broken_address_still_shows_the_document(page: Page, server: str, garden: str, hash_: str) -> None:
    page.goto(f"{server}/documents/{garden}{hash_}")
    page.wait_for_selector("document-text p")
    expect(page.locator("h1")).to_have_text("云溪县口袋公园养护办法")


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF with a text layer, Helvetica, one line below the other."""
    drawn = (
        b"BT /F1 14 Tf 72 760 Td 24 TL " + b" ".join(f"({line}) Tj T*".encode() for line in lines) + b" ET"
    )
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for n, part in enumerate(parts, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (n, part))
    start = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def test_a_cited_line_of_a_pdf_is_boxed_on_its_page(new_page: Callable[..., Page], server: str) -> None:
    page = new_page()
    page.goto(f"{server}/")
    page.get_by_role("button", name="添加文件").click()
    lines = ["Harbour lantern rules", "Lanterns are lit at dusk every day", "Keepers log each lamp by hand"]
    page.set_input_files(
        "#upload-files", [{"name": "lanterns.pdf", "mimeType": "application/pdf", "buffer": pdf(lines)}]
    )
    link = page.locator(".upload-result.good a")
    address = link.get_attribute("href")
    identity = str(address).rsplit("/", 1)[-1]
    text = call(server, f"/api/documents/{identity}/text")["text"]
    start, end = span(text, "Lanterns are lit at dusk every day")
    page.goto(f"{server}{address}#c={start}-{end}")
    page.locator("[data-view=pages]").click()
    page.wait_for_selector(".sheet canvas")
    box = page.locator(".cited-box")
    expect(box).to_have_count(1)
    sheet, cited = page.locator(".sheet").bounding_box(), box.bounding_box()
    assert sheet and cited
    middle = (cited["y"] + cited["height"] / 2 - sheet["y"]) / sheet["height"]
    assert abs(middle - (842 - 736) / 842) < 0.02  # the second line stands 24 points under 760
    page.get_by_role("button", name="放大").click()
    larger = page.locator(".sheet").bounding_box()
    assert larger and larger["width"] > 1.9 * sheet["width"]
    expect(box).to_be_in_viewport()
