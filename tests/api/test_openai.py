"""`/v1` with the official client, with LlamaIndex's, and as two chat programs read its stream."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI

sys.path.insert(0, str(Path(__file__).parent.parent))
import fake_model as fake
from api_samples import DOCUMENTS, HIDDEN_QUESTION, QUESTION, Live, write

from indexer.adding import add
from indexer.library import Library
from kb.settings import load_settings

OUTSIDE = "写一首关于春天的诗"


@pytest.fixture(scope="module")
def client(live: Live) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{live.address}/v1", api_key=live.everything, max_retries=0) as made:
        yield made


def ask(client: OpenAI, text: str = QUESTION, **more: Any) -> Any:
    """A completion with every field it came with."""
    return client.chat.completions.create(
        model=more.pop("model", "policy-quoting"), messages=[{"role": "user", "content": text}], **more
    )


def streamed(client: OpenAI, text: str = QUESTION, **more: Any) -> list[dict[str, Any]]:
    return [chunk.to_dict() for chunk in ask(client, text, stream=True, **more)]


def content(chunks: list[dict[str, Any]]) -> str:
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def last_delta(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    delta: dict[str, Any] = chunks[-1]["choices"][0]["delta"]
    return delta


def good_citations(address: str, annotations: list[dict[str, Any]], text: str) -> None:
    """One for each marker, each with a title and an address that opens."""
    assert annotations
    for n, annotation in enumerate(annotations, 1):
        cited = annotation["url_citation"]
        assert annotation["type"] == "url_citation" and cited["title"].strip()
        assert text[cited["start_index"] : cited["end_index"]] == f"[{n}]"
        assert cited["url"].startswith(f"{address}/documents/")
        assert httpx.get(cited["url"]).status_code == 200
        assert cited["content"]


def test_a_whole_answer_has_its_citations_in_the_three_common_shapes(client: OpenAI, live: Live) -> None:
    found = ask(client).to_dict()
    (choice,) = found["choices"]
    message = choice["message"]
    assert found["object"] == "chat.completion" and abs(found["created"] - time.time()) < 60
    assert choice["finish_reason"] == "stop" and "九小时" in message["content"] and "[1]" in message["content"]
    good_citations(live.address, message["annotations"], message["content"])
    urls = [annotation["url_citation"]["url"] for annotation in message["annotations"]]
    assert found["citations"] == urls == [one["url"] for one in found["search_results"]]
    assert found["search_results"][0]["title"] == "安吉县未来乡村驿站管理办法"
    assert found["search_results"][0]["date"] == "2023-04-02"
    azure = message["context"]["citations"]
    assert [one["url"] for one in azure] == urls and all(one["content"] and one["title"] for one in azure)
    usage = found["usage"]
    assert usage["prompt_tokens"] + usage["completion_tokens"] == usage["total_tokens"] > 0


def test_a_streamed_answer_sends_its_citations_once_in_the_chunk_that_ends_it(
    client: OpenAI, live: Live
) -> None:
    chunks = streamed(client)
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    (last,) = [chunk for chunk in chunks if chunk["choices"][0]["finish_reason"]]
    assert last is chunks[-1] and last["choices"][0]["delta"]["content"] == ""
    good_citations(live.address, last["choices"][0]["delta"]["annotations"], content(chunks))
    assert last["citations"] == [one["url"] for one in last["search_results"]]
    for chunk in chunks[:-1]:
        assert "citations" not in chunk and "annotations" not in chunk["choices"][0]["delta"]
    assert content(chunks) == ask(client).choices[0].message.content


def test_usage_comes_in_a_chunk_of_its_own_when_asked_for(client: OpenAI) -> None:
    chunks = streamed(client, stream_options={"include_usage": True})
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["completion_tokens"] == len(content(chunks))
    assert all(not chunk.get("usage") for chunk in chunks[:-1])


def test_the_wire_ends_with_done(live: Live) -> None:
    body = {"model": "policy-quoting", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    answer = httpx.post(f"{live.address}/v1/chat/completions", json=body, headers=bearer(live.everything))
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = answer.text.strip().split("\n\n")
    assert events[-1] == "data: [DONE]" and all(event.startswith("data: ") for event in events)
    for event in events[:-1]:
        json.loads(event.removeprefix("data: "))


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_refusal_is_an_answer_that_cites_nothing(client: OpenAI) -> None:
    found = ask(client, OUTSIDE).to_dict()
    assert found["policy"]["basis"] == "none" and found["policy"]["reason"]
    message = found["choices"][0]["message"]
    assert message["content"] and message["annotations"] == [] == found["citations"] == found["search_results"]
    chunks = streamed(client, OUTSIDE)
    assert content(chunks) == message["content"] and chunks[-1]["choices"][0]["delta"]["annotations"] == []


def test_a_follow_up_is_understood_from_the_messages_before_it(client: OpenAI) -> None:
    messages = [
        {"role": "system", "content": "请用中文回答。"},
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "不得少于九小时。[1]"},
        {"role": "user", "content": [{"type": "text", "text": "它应当配备什么？"}]},
    ]
    found = client.chat.completions.create(model="policy-quoting", messages=messages)
    assert "急救箱" in found.choices[0].message.content


@pytest.mark.parametrize(
    "content",
    [
        [QUESTION],
        [{"type": "input_text", "text": QUESTION}],
        [{"type": "text", "text": None}, {"type": "text", "text": QUESTION}],
        [{"type": "image_url", "image_url": {"url": "data:,"}}, {"text": QUESTION}],
    ],
)
def test_words_are_read_in_every_form_that_clients_send_them_in(live: Live, content: list[Any]) -> None:
    body = {"model": None, "n": 1, "messages": [{"role": "user", "content": content}]}
    answer = httpx.post(f"{live.address}/v1/chat/completions", json=body, headers=bearer(live.everything)).json()
    assert answer["model"] == "policy-quoting" and "九小时" in answer["choices"][0]["message"]["content"]


def test_a_citation_names_its_file_and_not_where_it_lies_on_the_server(client: OpenAI) -> None:
    (cited,) = {one["filepath"] for one in ask(client).to_dict()["choices"][0]["message"]["context"]["citations"]}
    assert cited == "安吉县未来乡村驿站管理办法.md"


def test_what_open_webui_reads_of_the_stream_numbers_its_sources_as_the_text_does(client: OpenAI) -> None:
    """It shows one source for each annotation of a delta, in order; `[n]` in the text opens the n-th."""
    text, sources = "", []
    for chunk in streamed(client):
        for choice in chunk["choices"][:1]:
            delta = choice["delta"]
            for annotation in delta.get("annotations") or ():
                if annotation.get("type") == "url_citation" and "url_citation" in annotation:
                    cited = annotation["url_citation"]
                    sources.append({"name": cited.get("title", cited["url"]), "url": cited["url"]})
            text += delta.get("content") or ""
    assert f"[{len(sources)}]" in text and f"[{len(sources) + 1}]" not in text
    assert len({source["url"] for source in sources}) == len(sources)


def test_what_lobechat_reads_of_the_stream_has_text_then_sources_then_an_end(client: OpenAI) -> None:
    """A chunk with a finish reason is read for text if it has any, else for annotations: never for both."""
    seen = []
    for chunk in streamed(client):
        choice = chunk["choices"][0]
        if choice["finish_reason"]:
            if choice["delta"].get("content"):
                seen.append("text")
            elif choice["delta"].get("annotations"):
                seen.append("grounding")
            else:
                seen.append("stop")
        elif isinstance(choice["delta"].get("content"), str):
            seen.append("text")
    assert set(seen[:-1]) == {"text"} and seen[-1] == "grounding"


def test_there_is_one_model_without_a_language_model_and_no_other_is_pretended(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["policy-quoting"]
    assert client.models.retrieve("policy-quoting").object == "model"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")
    with pytest.raises(openai.NotFoundError, match="policy-quoting"):
        ask(client, model="gpt-4o")


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"messages": []}, 422, "invalid_request_error"),
        ({"messages": [{"role": "system", "content": "只有系统消息"}]}, 422, "invalid_request_error"),
        ({"messages": [{"role": "user", "content": "问" * 2001}]}, 422, "invalid_request_error"),
        ({"messages": [{"role": "user", "content": "问"}], "model": "无"}, 404, "not_found_error"),
        ({"messages": [{"role": "user", "content": "问"}], "n": 3}, 400, "invalid_request_error"),
        ("{", 400, "invalid_request_error"),
    ],
)
def test_errors_have_openais_shape(live: Live, body: Any, status: int, kind: str) -> None:
    sent = {"content": body} if isinstance(body, str) else {"json": body}
    headers = {**bearer(live.everything), "content-type": "application/json"}
    answer = httpx.post(f"{live.address}/v1/chat/completions", headers=headers, **sent)
    assert answer.status_code == status and answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert error["type"] == kind and error["message"] and error["code"]


def test_a_wrong_key_and_an_unknown_address_are_told_in_openais_shape_too(live: Live) -> None:
    with (
        OpenAI(base_url=f"{live.address}/v1", api_key="kb_wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError, match="密钥"),
    ):
        ask(stranger)
    lost = httpx.get(f"{live.address}/v1/nothing", headers=bearer(live.everything))
    assert lost.status_code == 404 and lost.json()["error"]["code"] == "not_found"


def test_a_key_gets_no_answer_from_what_it_may_not_see(live: Live, client: OpenAI) -> None:
    assert "一万七千元" in ask(client, HIDDEN_QUESTION).choices[0].message.content
    history = [
        {"role": "user", "content": HIDDEN_QUESTION},
        {"role": "assistant", "content": "见《内部会议纪要青石弄》第一条。"},
        {"role": "user", "content": "它的补偿标准是多少？"},
    ]
    with OpenAI(base_url=f"{live.address}/v1", api_key=live.public, max_retries=0) as public:
        for messages in (history[:1], history):
            found = public.chat.completions.create(model="policy-quoting", messages=messages).to_dict()
            told = json.dumps({**found, "choices": found["choices"]}, ensure_ascii=False)
            assert "一万七千" not in told and "会议纪要" not in json.dumps(found["citations"])


def test_embeddings_are_unit_vectors_in_either_encoding(client: OpenAI) -> None:
    texts = ["未来社区", "社区食堂餐位数"]
    floats = client.embeddings.create(model="policy-embedding", input=texts, encoding_format="float")
    packed = client.embeddings.create(model="policy-embedding", input=texts)  # the client asks for base64
    assert [one.index for one in floats.data] == [0, 1] and floats.usage.total_tokens > 0
    for a, b in zip(floats.data, packed.data, strict=True):
        assert a.embedding == pytest.approx(b.embedding)
        assert sum(x * x for x in a.embedding) == pytest.approx(1, abs=1e-3)
    one = client.embeddings.create(model="policy-embedding", input=texts[0], encoding_format="float")
    assert one.data[0].embedding == pytest.approx(floats.data[0].embedding)


@pytest.mark.parametrize("asked", [{"input": []}, {"input": ""}, {"input": [[1, 2]]}, {"input": "社区", "dimensions": 7}])
def test_embeddings_that_cannot_be_made_are_refused_in_words(live: Live, asked: dict[str, Any]) -> None:
    answer = httpx.post(f"{live.address}/v1/embeddings", json=asked, headers=bearer(live.everything))
    assert answer.status_code == 422 and answer.json()["error"]["message"]


def test_llamaindexs_openai_like_talks_to_it(live: Live) -> None:
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    model = OpenAILike(
        model="policy-quoting", api_base=f"{live.address}/v1", api_key=live.everything, is_chat_model=True,
        context_window=8000, max_retries=0,
    )  # fmt: skip
    asked = [ChatMessage(role="user", content=QUESTION)]
    whole = model.chat(asked)
    assert "九小时" in whole.message.content and whole.raw.citations
    *_, last = model.stream_chat(asked)
    assert last.message.content == whole.message.content


# ---- with a language model behind ------------------------------------------------------------

GOOD = "社区食堂建筑面积不得少于120平方米[1]。社区食堂餐位数不得少于四十个[1]。"
CANTEEN = "社区食堂建筑面积不得少于多少平方米？"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("with-model")
    add(Library(load_settings(folder / "home", workers=1)), write(folder / "in", DOCUMENTS))
    return folder / "home"


@pytest.fixture(scope="module")
def modelled(
    home: Path, serve: Callable[..., AbstractContextManager[str]]
) -> Iterator[tuple[OpenAI, dict[str, fake.Behaviour]]]:
    """A service whose language model plays what `plays["now"]` says."""
    plays: dict[str, fake.Behaviour] = {"now": fake.says(GOOD)}
    with (
        fake.playing(lambda to: plays["now"](to)) as model,
        serve(home, KB_MODEL_URL=model.url, KB_MODEL_NAME="Qwen/qwen2.5:7b", KB_MODEL_SECONDS="5") as at,
        OpenAI(base_url=f"{at}/v1", api_key="none", max_retries=0) as client,
    ):
        while httpx.get(f"{at}/health/ready").status_code != 200:
            time.sleep(0.02)
        yield client, plays


NAME = "policy-Qwen/qwen2.5:7b"


def test_the_configured_model_is_offered_beside_quoting_and_each_answers_for_itself(modelled: Any) -> None:
    client, plays = modelled
    plays["now"] = fake.says(GOOD)
    assert [model.id for model in client.models.list()] == ["policy-quoting", NAME]
    assert httpx.get(f"{client.base_url}models/{NAME}").json()["id"] == NAME
    by_model = ask(client, CANTEEN, model=NAME).to_dict()
    assert by_model["choices"][0]["message"]["content"].startswith("社区食堂建筑面积不得少于120平方米[1]。")
    assert by_model["policy"]["model"] == "Qwen/qwen2.5:7b"
    quoted = ask(client, CANTEEN).to_dict()
    assert quoted["policy"]["model"] == "quoting" and "一百二十平方米" in quoted["choices"][0]["message"]["content"]


def test_a_slow_model_shows_its_checked_claims_while_it_writes_and_the_answer_when_it_is_whole(
    modelled: Any,
) -> None:
    client, plays = modelled
    plays["now"] = fake.says(GOOD, size=1, pause=0.02)
    began, moments, chunks = time.perf_counter(), [], []
    for chunk in ask(client, CANTEEN, model=NAME, stream=True):
        moments.append(time.perf_counter() - began)
        chunks.append(chunk.to_dict())
    thoughts = [c["choices"][0]["delta"].get("reasoning_content") for c in chunks]
    first = next(i for i, thought in enumerate(thoughts) if thought)
    assert "120平方米" in thoughts[first] and moments[first] < 0.8 * moments[-1]
    assert content(chunks).count("120平方米[1]") == 1


@pytest.mark.parametrize("day", ["silent", "429", "half", "invented"])
def test_on_a_models_bad_day_both_forms_give_the_quoting_answer_and_say_so(modelled: Any, day: str) -> None:
    client, plays = modelled
    plays["now"] = {
        "silent": fake.silent, "429": fake.status(429), "half": fake.breaks_off(GOOD + "社区食堂应"),
        "invented": fake.says("社区食堂建筑面积不得少于150平方米[1]。"),
    }[day]  # fmt: skip
    expected = ask(client, CANTEEN).choices[0].message.content
    whole = ask(client, CANTEEN, model=NAME).to_dict()
    note, _, told = whole["choices"][0]["message"]["content"].partition("\n")
    assert note == whole["policy"]["notes"][-1] and note.endswith("以下为原文摘引") and told == expected
    chunks = streamed(client, CANTEEN, model=NAME)
    assert content(chunks) == f"{note}\n{expected}"
    good_citations(str(client.base_url).removesuffix("/v1/"), last_delta(chunks)["annotations"], content(chunks))
