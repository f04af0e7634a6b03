"""Every route, asked as a program would ask it."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from api_samples import DOCUMENTS
from fastapi.testclient import TestClient

from api.export import as_markdown
from indexer.library import Library

QUESTION = "安吉县未来乡村驿站每日开放时间不得少于几小时？"


@pytest.fixture(scope="module")
def answer(client: TestClient) -> dict:
    found = client.post("/api/ask", json={"question": QUESTION}).json()
    assert found["basis"] == "grounded"
    return found


def ids(client: TestClient) -> dict[str, str]:
    return {d["title"]: d["doc_id"] for d in client.get("/api/documents").json()["documents"]}


def test_an_answer_quotes_the_words_it_cites(client: TestClient, answer: dict) -> None:
    (citation, *_) = answer["citations"]
    text = client.get(f"/api/documents/{citation['doc_id']}/text", params={"revision": citation["revision"]}).json()
    assert text["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert text["sha256"] == citation["sha256"]
    assert "九小时" in answer["text"] and "[1]" in answer["text"]
    for claim in answer["claims"]:
        assert answer["text"][claim["start"] : claim["end"]] == claim["text"]


def test_a_streamed_answer_is_the_same_answer_in_pieces(client: TestClient) -> None:
    with client.stream("POST", "/api/ask", json={"question": QUESTION, "stream": True}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        blocks = response.read().decode().strip().split("\n\n")
    names = [block.split("\n")[0].removeprefix("event: ") for block in blocks]
    values = [json.loads(block.split("\n")[1].removeprefix("data: ")) for block in blocks]
    assert names[0] == "hits" and names[-1] == "answer" and "claim" in names
    claims = [value for name, value in zip(names, values, strict=True) if name == "claim"]
    assert claims == values[-1]["claims"]
    assert client.get(f"/api/answers/{values[-1]['id']}").json()["text"] == values[-1]["text"]


def test_a_question_without_a_basis_is_refused_with_a_reason(client: TestClient) -> None:
    found = client.post("/api/ask", json={"question": QUESTION, "filters": {"region": ["西藏自治区"]}}).json()
    assert found["basis"] == "none" and found["reason"] == "no_hit" and found["citations"] == []


def test_search_filters_before_it_ranks(client: TestClient) -> None:
    body = {"query": "驿站 食堂 古镇", "filters": {"region": ["浙江省"]}}
    hits = client.post("/api/search", json=body).json()["hits"]
    assert hits and {hit["title"] for hit in hits} == {"安吉县未来乡村驿站管理办法"}
    nothing = client.post("/api/search", json={**body, "filters": {"issued_to": "1990-01-01"}}).json()
    assert nothing["hits"] == []


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_search_ranks_by_words_by_meaning_or_by_both(client: TestClient, mode: str) -> None:
    hits = client.post("/api/search", json={"query": "社区食堂餐位", "mode": mode, "k": 1}).json()["hits"]
    assert [hit["title"] for hit in hits] == ["德清县社区食堂建设标准"]


def test_a_document_number_in_any_form_finds_its_document(client: TestClient) -> None:
    hits = client.post("/api/search", json={"query": "安政发[2023]5号"}).json()["hits"]
    assert hits[0]["number"] == "安政发〔2023〕5号"


def test_documents_are_listed_with_filters_and_paging(client: TestClient) -> None:
    whole = client.get("/api/documents").json()
    page = client.get("/api/documents", params={"offset": 1, "limit": 1}).json()
    assert page["total"] == whole["total"] >= 4
    assert page["documents"] == whole["documents"][1:2]
    assert client.get("/api/documents", params={"number": "安政发(2023)5号"}).json()["total"] == 1
    assert client.get("/api/documents", params={"kind": "case", "issued_to": "1900-01-01"}).json()["total"] == 0


def test_a_document_tells_its_facts_where_they_stand_and_its_text(client: TestClient) -> None:
    identity = ids(client)["安吉县未来乡村驿站管理办法"]
    document = client.get(f"/api/documents/{identity}").json()
    assert document["number"] == "安政发〔2023〕5号" and document["effective"] == "2023-05-01"
    assert document["revisions"][0]["sha256"] == document["sha256"]
    text = client.get(f"/api/documents/{identity}/text").json()
    start, end = document["evidence"]["effective"]
    assert "2023年5月1日" in text["text"][start:end]
    assert any(entry["label"].startswith("第二条") for entry in text["outline"])


def test_the_original_file_comes_back_byte_for_byte_and_never_as_a_page(client: TestClient) -> None:
    name = "德清县社区食堂建设标准.txt"
    response = client.get(f"/api/documents/{ids(client)['德清县社区食堂建设标准']}/file")
    assert response.content.decode() == DOCUMENTS[name]
    assert response.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in response.headers["content-security-policy"]


def test_facets_count_the_documents_there_are(client: TestClient) -> None:
    facets = client.get("/api/facets").json()
    assert sum(one["count"] for one in facets["kind"]) == client.get("/api/documents").json()["total"]
    assert {"value": "2023", "count": 1} in facets["year"]


def test_there_are_first_questions(client: TestClient) -> None:
    assert client.get("/api/suggestions").json()["suggestions"]


def test_a_quote_is_placed_exactly_after_normalising_or_nowhere(client: TestClient) -> None:
    def told(quote: str) -> str:
        return client.post("/api/verify", json={"quote": quote}).json()["result"]

    assert told("驿站每日开放时间不得少于九小时。") == "exact"
    assert told("驿站每日开放时间 不得少于九小时.") == "normalised"
    assert told("驿站每日开放时间不得少于七小时。") == "near"
    assert told("月球基地的氧气由谁供应？") == "not_found"


def send(client: TestClient, *files: tuple[str, bytes], **form: str) -> dict:
    response = client.post("/api/documents", files=[("files", file) for file in files], data=form)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_document_is_added_updated_left_alone_and_removed(client: TestClient) -> None:
    first = "莲塘村渡口守则\n\n第一条 渡船载客不得超过十二人。\n".encode()
    second = "莲塘村渡口守则\n\n第一条 渡船载客不得超过十人。\n".encode()
    outcomes = [send(client, ("莲塘村渡口守则.txt", data))["results"][0] for data in (first, first, second)]
    assert [one["outcome"] for one in outcomes] == ["added", "unchanged", "updated"]
    identity = outcomes[0]["doc_id"]
    assert client.get(f"/api/documents/{identity}").json()["revision"] == 2
    old = client.get(f"/api/documents/{identity}/text", params={"revision": 1}).json()
    assert "十二人" in old["text"]
    hits = client.post("/api/search", json={"query": "渡船载客", "filters": {"doc_id": [identity]}}).json()["hits"]
    assert hits and all("十二人" not in hit["text"] for hit in hits)
    assert client.delete(f"/api/documents/{identity}").json() == {"removed": identity}
    assert client.get(f"/api/documents/{identity}").status_code == 404
    assert client.delete(f"/api/documents/{identity}").status_code == 404
    auditor = client.get(f"/api/documents/{identity}/text", params={"revision": 1})
    assert auditor.status_code == 200  # what answers cited stays readable for auditors


def test_one_bad_file_does_not_stop_the_others(client: TestClient) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("好的.txt", "柿林村晒谷场规定\n\n第一条 晒谷场每日使用不超过六小时。\n")
        out.writestr("../逃.txt", "出界")
        out.writestr("空.txt", "")
    line = json.dumps({"_id": "r-1", "title": "乌溪村用水规定", "text": "第一条 每户每日用水不超过两吨。"})
    done = send(
        client, ("一批.zip", archive.getvalue()), ("几条.jsonl", f"{line}\n{{坏行\n".encode()), ("假.pdf", b"not a pdf")
    )
    assert done["added"] == 2 and done["failed"] == 4
    assert all(row["reason"] for row in done["results"] if row["outcome"] == "failed")
    assert not any("upload-" in json.dumps(row, ensure_ascii=False) for row in done["results"])
    record = next(row for row in done["results"] if row["title"] == "乌溪村用水规定")
    assert client.get(f"/api/documents/{record['doc_id']}").json()["external_id"] == "r-1"


def test_of_two_files_of_one_name_in_one_upload_the_second_is_refused_with_advice(client: TestClient) -> None:
    first = "柳桥村水井规定\n\n第一条 水井每日清理一次。\n".encode()
    second = "松岗村古树规定\n\n第一条 古树周围五米不得动土。\n".encode()
    rows = send(client, ("甲/柳松.txt", first), ("乙/柳松.txt", second), ("丙/柳松.txt", first))["results"]
    assert [row["outcome"] for row in rows] == ["added", "unchanged", "failed"]
    assert "同名" in rows[2]["reason"] and "改名" in rows[2]["reason"]
    assert client.get(f"/api/documents/{rows[0]['doc_id']}").json()["revision"] == 1
    archives = []
    for text in (first, second):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("规定.txt", text)
        archives.append(("柳松.zip", archive.getvalue()))
    assert send(client, *archives, kind="case")["failed"] == 1


def test_another_document_uploaded_under_a_known_name_is_a_new_revision_and_says_so(client: TestClient) -> None:
    texts = [
        "荷塘村船闸规定\n\n第一条 船闸每日开启四次。\n",
        "荷塘村船闸规定\n\n第一条 船闸每日开启六次。\n",
        "石坪村祠堂修缮公告\n\n祠堂屋面自九月起修缮，工期三个月。\n",
    ]
    rows = [send(client, ("荷塘.txt", text.encode()))["results"][0] for text in texts]
    assert [row["outcome"] for row in rows] == ["added", "updated", "updated"]
    assert [row["reason"] for row in rows[:2]] == [None, None]
    assert "差别很大" in rows[2]["reason"] and "改名" in rows[2]["reason"]
    assert client.get(f"/api/documents/{rows[2]['doc_id']}").json()["revision"] == 3


def test_records_are_shown_under_the_name_of_the_file_that_was_sent(client: TestClient) -> None:
    line = json.dumps({"_id": "w-9", "title": "芦荡村渔汛公告", "text": "第一条 渔汛自三月起。"}).encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("夹带.jsonl", line.replace(b"w-9", b"w-10"))
    rows = send(client, ("渔汛.jsonl", line), ("渔汛包.zip", archive.getvalue()))["results"]
    assert [row["file"] for row in rows] == ["渔汛.jsonl#w-9（第 1 行）", "渔汛包.zip!夹带.jsonl#w-10（第 1 行）"]


def test_a_person_may_settle_the_status_and_take_it_back(client: TestClient) -> None:
    identity = send(client, ("杨桥路灯规定.txt", "杨桥路灯规定\n\n第一条 路灯二十二点熄灭。\n".encode()))["results"][0]["doc_id"]
    said = {"status": "repealed", "reason": "已由新规定取代", "by": "王某"}
    assert client.post(f"/api/documents/{identity}/status", json=said).json()["status"] == "repealed"
    assert client.get("/api/documents", params={"status": "repealed"}).json()["total"] >= 1
    back = client.post(f"/api/documents/{identity}/status", json={**said, "status": None}).json()
    assert back["status"] != "repealed"


def test_an_auditor_finds_checks_replays_and_judges_an_answer(client: TestClient, answer: dict) -> None:
    found = client.get("/api/answers", params={"q": "驿站每日开放", "basis": "grounded", "status": "stands"}).json()
    assert answer["id"] in [one["id"] for one in found["answers"]]
    assert client.get("/api/answers", params={"doc_id": answer["citations"][0]["doc_id"]}).json()["total"] >= 1
    assert client.post(f"/api/answers/{answer['id']}/verify").json()["standing"] == "stands"
    again = client.post(f"/api/answers/{answer['id']}/replay").json()
    assert again["same"] and again["answer"]["id"] != answer["id"]
    said = client.post(f"/api/answers/{answer['id']}/review", json={"verdict": "incomplete", "note": "漏了一条"})
    assert said.json() == {"id": answer["id"], "verdict": "incomplete"}
    stored = client.get(f"/api/answers/{answer['id']}").json()
    assert stored["verdict"] == "incomplete" and stored["reviews"][-1]["note"] == "漏了一条"
    assert client.get("/api/answers/stats").json()["open_disputes"] >= 1
    report = client.post("/api/audit/verify").json()
    assert report["chain"]["ok"] and report["answers"] == client.get("/api/answers").json()["total"]


def test_the_ledger_is_exported_as_lines_sheets_and_workbook(client: TestClient, answer: dict) -> None:
    lines = client.get("/api/answers/export", params={"format": "jsonl"}).text.splitlines()
    assert answer["id"] in [json.loads(line)["id"] for line in lines]
    assert client.get("/api/answers/export", params={"format": "csv"}).text.startswith("\ufeffseq,")
    assert client.get("/api/answers/export", params={"format": "xlsx"}).content[:2] == b"PK"


def test_an_answer_is_saved_as_markdown_and_as_a_word_document(client: TestClient, answer: dict) -> None:
    import docx

    text = client.get(f"/api/answers/{answer['id']}/export", params={"format": "md"}).text
    assert f"[^1]: 《{answer['citations'][0]['title']}》" in text and "九小时" in text
    saved = client.get(f"/api/answers/{answer['id']}/export", params={"format": "docx"}).content
    words = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(saved)).paragraphs)
    assert answer["citations"][0]["quote"] in words


def test_a_saved_answer_says_for_which_day_it_holds_and_how_its_sources_stand(client: TestClient) -> None:
    asked = {"question": QUESTION, "as_of": "2024-02-03", "filters": {"region": ["浙江省"]}}
    answer = client.post("/api/ask", json=asked).json()
    assert (answer["as_of"], answer["filters"]) == ("2024-02-03", {"region": ["浙江省"]})
    assert client.get(f"/api/answers/{answer['id']}").json()["as_of"] == "2024-02-03"
    text = client.get(f"/api/answers/{answer['id']}/export", params={"format": "md"}).text
    for words in (text.replace("\\", ""), words_of(client, answer)):
        assert "按 2024-02-03 的规定" in words and "筛选条件：地区 浙江省" in words
        assert "（安政发〔2023〕5号，安吉县人民政府，2023-04-02，现行有效）" in words
        assert answer["created"] not in words and "（UTC" in words


def words_of(client: TestClient, answer: dict) -> str:
    import docx

    saved = client.get(f"/api/answers/{answer['id']}/export", params={"format": "docx"}).content
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(saved)).paragraphs)


def test_the_links_of_a_saved_answer_lead_to_the_cited_revision_from_anywhere(
    client: TestClient, answer: dict
) -> None:
    import docx

    cited = answer["citations"][0]
    where = f"{cited['doc_id']}?revision={cited['revision']}#c={cited['start']}-{cited['end']}"
    address = f"{str(client.base_url).rstrip('/')}/documents/{where}"
    assert f"<{address}>" in client.get(f"/api/answers/{answer['id']}/export", params={"format": "md"}).text
    saved = client.get(f"/api/answers/{answer['id']}/export", params={"format": "docx"}).content
    links = [link for p in docx.Document(io.BytesIO(saved)).paragraphs for link in p.hyperlinks]
    assert links[0].url == links[0].text == address


def test_a_warning_that_begins_the_text_is_exported_once() -> None:
    answer = {
        "id": "a", "question": "问", "text": "注意：《甲》已失效\n原文。", "notes": ["注意：《甲》已失效"], "citations": [],
        "created": "2024-05-06T07:08:09Z", "generation": 1,
    }  # fmt: skip
    assert as_markdown(answer, "http://x").count("已失效") == 1


def test_health_readiness_and_figures(client: TestClient, library: Library) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ready"}
    client.post("/api/search", json={"query": "驿站"})
    figures = client.get("/metrics").text
    assert f"kb_index_generation {float(library.searcher().catalog.generation)}" in figures
    assert 'route="/api/search"' in figures and 'kb_stage_seconds_count{stage="search"}' in figures


@pytest.mark.parametrize("path", ["/", "/documents/x", "/audit", "/embed", "/demo", "/embed.js", "/docs", "/openapi.json"])
def test_pages_are_served_under_a_strict_policy(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert ("frame-ancestors *" in policy) == (path == "/embed")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_an_unknown_address_is_a_page_to_browsers_and_a_problem_to_programs(client: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = client.get("/nothing", headers=browser)
    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html")
    assert "没有这个页面" in page.text and "unsafe" not in page.headers["content-security-policy"]
    for path, headers in (("/nothing", {}), ("/api/nothing", browser), ("/api/answers/nothing", browser)):
        assert client.get(path, headers=headers).json()["code"] == "not_found"
    assert client.get("/v1/nothing", headers=browser).json()["error"]["code"] == "not_found"


def test_the_reference_page_shows_every_route_and_asks_nobody_for_anything(client: TestClient) -> None:
    page = client.get("/docs").text
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in page
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*?(?:src|href)=['\"]?([^'\" >]+)", page)
    assert loaded and all(address.startswith("/") for address in loaded) and "<script" not in page
