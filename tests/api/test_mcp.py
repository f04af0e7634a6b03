"""`/mcp` with the official client over streamable HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from api_samples import HIDDEN_QUESTION, QUESTION, Live
from mcp import ClientSession
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from api.tools import goes_by

TOOLS = {"search", "fetch", "ask_policy", "verify_quote", "check_validity"}


def call(live: Live, key: str, tool: str, **arguments: Any) -> Any:
    """The result of one tool, called as a client does: connect, initialize, call."""

    async def work() -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            create_mcp_http_client(headers=headers) as http,
            streamable_http_client(f"{live.address}/mcp", http_client=http) as (read, write, *_),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await (session.list_tools() if tool == "list" else session.call_tool(tool, arguments))

    return asyncio.run(work())


def given(live: Live, tool: str, key: str = "", **arguments: Any) -> dict[str, Any]:
    """What a tool gives, once it is sure that its text says the same."""
    result = call(live, key or live.everything, tool, **arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


def test_there_are_five_tools_and_all_of_them_only_read(live: Live) -> None:
    tools = {tool.name: tool for tool in call(live, live.public, "list").tools}
    assert set(tools) == TOOLS
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools.values())
    assert set(tools["search"].input_schema["required"]) == {"query"}


def test_what_search_finds_fetch_gives_whole_or_in_part(live: Live) -> None:
    first = given(live, "search", query="驿站每日开放时间")["results"][0]
    assert set(first) == {"id", "title", "url", "text"} and first["title"]
    part = given(live, "fetch", id=first["id"])
    assert set(part) == {"id", "title", "text", "url", "metadata"}
    assert part["text"] == first["text"] and part["metadata"]["number"] == "安政发〔2023〕5号"
    whole = given(live, "fetch", id=part["metadata"]["doc_id"])
    span = slice(part["metadata"]["start"], part["metadata"]["end"])
    assert whole["text"][span] == part["text"] and not whole["metadata"]["truncated"]
    assert httpx.get(first["url"]).status_code == httpx.get(whole["url"]).status_code == 200


def test_ask_policy_gives_the_answer_of_the_interface_with_absolute_addresses(live: Live) -> None:
    answer = given(live, "ask_policy", question=QUESTION)
    assert answer["basis"] == "grounded" and "九小时" in answer["text"]
    assert all(one["url"].startswith(live.address) for one in (*answer["citations"], *answer["hits"]))
    headers = {"Authorization": f"Bearer {live.everything}"}
    stored = httpx.get(f"{live.address}/api/answers/{answer['id']}", headers=headers).json()
    assert stored["text"] == answer["text"]


def test_verify_quote_says_where_a_quote_stands(live: Live) -> None:
    found = given(live, "verify_quote", quote="驿站每日开放时间不得少于九小时。", number="安政发〔2023〕5号")
    assert found["result"] == "exact" and found["url"].startswith(live.address)
    assert given(live, "verify_quote", quote="驿站每日开放时间不得少于三小时。")["result"] == "near"


@pytest.mark.parametrize(
    "named", ["安政发[2023]5号", "《安吉县未来乡村驿站管理办法》", "安吉县未来乡村驿站管理办法"]
)
def test_check_validity_knows_a_document_by_number_or_title_and_on_any_day(live: Live, named: str) -> None:
    (document,) = given(live, "check_validity", document=named)["documents"]
    assert document["status"] == "in_force" and document["relations"] == []
    (before,) = given(live, "check_validity", document=named, as_of="2023-04-10")["documents"]
    assert before["status"] == "not_yet"


@pytest.mark.parametrize(
    ("named", "similar"),
    [
        ("浙政发〔2023〕1号", []), ("《中华人民共和国火星移民法》", []), ("完全不存在的某某文件xyz", []),
        ("未来乡村驿站", ["安吉县未来乡村驿站管理办法"]), ("安吉县未来乡村驿站管理细则", ["安吉县未来乡村驿站管理办法"]),
        ("关于废止安政发〔2023〕5号的通知", []),
    ],
)  # fmt: skip
def test_check_validity_of_what_is_not_there_says_nothing_of_other_documents(
    live: Live, named: str, similar: list[str]
) -> None:
    found = given(live, "check_validity", document=named)
    assert found["documents"] == [] and [one["title"] for one in found["similar"]] == similar
    assert all(set(one) == {"doc_id", "title", "number", "url"} for one in found["similar"])


def test_check_validity_knows_a_title_with_its_number_and_says_nothing_of_similar_ones(live: Live) -> None:
    named = "《安吉县未来乡村驿站管理办法》（安政发〔2023〕5号）"
    found = given(live, "check_validity", document=named)
    assert [one["number"] for one in found["documents"]] == ["安政发〔2023〕5号"] and found["similar"] == []


@pytest.mark.parametrize(
    ("title", "wanted", "same"),
    [
        ("关于印发《城市更新办法》的通知", "城市更新办法", True), ("城市更新办法", "关于印发《城市更新办法》的通知", True),
        ("甲市政府关于印发《城市更新办法》的通知", "乙市政府关于印发《城市更新办法》的通知", False),
        ("物业管理条例", "物业管理条例实施细则", False), ("物业管理条例（2018修正）", "《物业管理条例》", True),
        ("物业管理条例（2018修正）", "物业管理条例（2020年修订）", False),
        ("物业管理条例（2018修正）", "物业管理条例(2018-03-19)", True),
    ],
)  # fmt: skip
def test_a_document_goes_by_its_title_and_by_that_of_the_text_it_issues(
    title: str, wanted: str, same: bool
) -> None:
    assert goes_by(title, wanted) == same


def test_a_key_sees_through_the_tools_only_what_it_may_see(live: Live) -> None:
    hidden = given(live, "search", query="青石弄改造补偿标准")["results"][0]
    assert "青石弄" in hidden["text"]
    for tool, arguments in (
        ("search", {"query": "青石弄改造补偿标准"}),
        ("ask_policy", {"question": HIDDEN_QUESTION}),
        ("verify_quote", {"quote": hidden["text"]}),
        ("check_validity", {"document": "内部会议纪要青石弄"}),
    ):
        seen = given(live, tool, live.public, **arguments)
        for own in ("query", "question", "text") if tool in ("ask_policy", "check_validity") else ():
            seen.pop(own, None)
        assert "青石弄" not in json.dumps(seen, ensure_ascii=False), tool
    for id in (hidden["id"], hidden["id"].split("@")[0]):
        result = call(live, live.public, "fetch", id=id)
        assert result.is_error and result.structured_content["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("fetch", {"id": "没有这个"}), ("fetch", {"id": "x#1-"}), ("fetch", {"id": "x@y#1-2"}),
        ("search", {"query": "\u0000 "}), ("ask_policy", {"question": "问", "as_of": "昨天"}),
        ("check_validity", {"document": "x", "as_of": "2024-13-01"}), ("search", {}), ("search", {"query": "x", "k": 0}),
    ],
)  # fmt: skip
def test_a_call_that_makes_no_sense_gets_a_message_and_no_trace(
    live: Live, tool: str, arguments: dict[str, Any]
) -> None:
    result = call(live, live.everything, tool, **arguments)
    assert result.is_error and "Traceback" not in result.content[0].text


@pytest.mark.parametrize(
    ("tool", "arguments", "code", "said"),
    [
        ("search", {}, "bad_input", "query：缺少此项"), ("search", {"query": "x", "k": 0}, "bad_input", "k：太小（至少 1）"),
        ("ask_policy", {"question": "问" * 2001, "k": "多"}, "bad_input", "question：太长（至多 2000 个字）；k：应为整数"),
        ("verify_quote", {"quote": "x", "doc_id": 5}, "bad_input", "doc_id：应为字符串"),
        ("nope", {}, "not_found", "没有名为 nope 的工具；可用的有 search、fetch、ask_policy、verify_quote、check_validity"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_call_is_said_in_one_chinese_sentence(
    live: Live, tool: str, arguments: dict[str, Any], code: str, said: str
) -> None:
    result = call(live, live.everything, tool, **arguments)
    assert result.is_error and result.content[0].text == said
    assert result.structured_content == {"error": {"code": code, "message": said}}


def test_without_a_key_nobody_gets_in(live: Live) -> None:
    answer = httpx.post(f"{live.address}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert answer.status_code == 401 and answer.headers["content-type"] == "application/problem+json"
