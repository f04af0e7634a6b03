"""The retriever and the query engine as parts of LlamaIndex."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from api_samples import QUESTION
from llama_index.core.indices.query.schema import QueryBundle
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import get_response_synthesizer
from llama_index.core.schema import MetadataMode, NodeWithScore
from llama_index.core.tools import QueryEngineTool

from api.llamaindex import PolicyQueryEngine, PolicyRetriever
from indexer.library import Library
from kb.model import Filters

GUIDE = Path(__file__).resolve().parents[2] / "docs/INTEGRATION.md"


def exact(library: Library, node: NodeWithScore) -> None:
    """A node says where its words stand, and they stand there."""
    about = node.metadata
    revision = library.store.revision(about["doc_id"], about["revision"])
    assert revision.text[about["start"] : about["end"]] == node.text
    assert revision.sha256 == about["sha256"] and isinstance(about["path"], list)


def test_nodes_are_exact_slices_best_first(library: Library) -> None:
    nodes = PolicyRetriever(library, k=3).retrieve("社区食堂餐位数")
    assert 1 <= len(nodes) <= 3 and "餐位" in nodes[0].text
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)
    for node in nodes:
        exact(library, node)
        assert node.node.get_content(MetadataMode.LLM) == node.text == node.node.get_content(MetadataMode.EMBED)


def test_the_retriever_keeps_to_its_filters(library: Library) -> None:
    for_the_public = Filters(visibility=("public",))
    assert not any("青石弄" in n.text for n in PolicyRetriever(library, 20, for_the_public).retrieve("青石弄改造补偿"))
    assert any("青石弄" in n.text for n in PolicyRetriever(library).retrieve("青石弄改造补偿"))


def test_an_answers_sources_are_its_quotes(library: Library) -> None:
    response = PolicyQueryEngine(library).query(QUESTION)
    assert "九小时" in str(response) and response.metadata["basis"] == "grounded"
    assert [n.metadata["citation"] for n in response.source_nodes] == list(range(1, len(response.source_nodes) + 1))
    for node in response.source_nodes:
        exact(library, node)


def test_a_refusal_has_no_sources_and_a_reason(library: Library) -> None:
    response = PolicyQueryEngine(library, filters=Filters(region=("西藏自治区",))).query(QUESTION)
    assert not response.source_nodes and response.metadata["reason"] == "no_hit" and str(response)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_other_parts_of_llamaindex_take_them_as_their_own(library: Library, asynchronous: bool) -> None:
    import asyncio

    engine = RetrieverQueryEngine(
        retriever=PolicyRetriever(library, k=5),
        node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=-1e9)],
        response_synthesizer=get_response_synthesizer(response_mode="compact", llm=MockLLM()),
    )
    bundle = QueryBundle("驿站每日开放时间")
    response = asyncio.run(engine.aquery(bundle)) if asynchronous else engine.query(bundle)
    assert response.source_nodes
    for node in response.source_nodes:
        exact(library, node)
    tool = QueryEngineTool.from_defaults(PolicyQueryEngine(library), name="policy", description="政策问答")
    assert "九小时" in tool(QUESTION).content


def test_the_example_of_the_guide_runs_as_it_stands(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = [code for code in re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.S) if "PolicyRetriever" in code]
    monkeypatch.setattr("kb.settings.load_settings", lambda home: library.settings)
    told: list[str] = []
    monkeypatch.setattr("builtins.print", lambda *what: told.append(" ".join(map(str, what))))
    space: dict[str, Any] = {}
    exec(compile(example, "INTEGRATION.md", "exec"), space)
    assert told and space["nodes"] and space["response"].source_nodes
