"""The library for LlamaIndex: a retriever and a query engine whose nodes say exactly where they stand.

from api.llamaindex import PolicyRetriever, PolicyQueryEngine
from indexer.library import Library
from kb.settings import load_settings

library = Library(load_settings("数据目录"))
nodes = PolicyRetriever(library, k=5).retrieve("未来社区建设目标")
response = PolicyQueryEngine(library).query("到2025年底未来社区要覆盖多少城镇社区？")
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from indexer.assistant import Assistant
from indexer.library import Library
from kb.model import Citation, Document, Filters, Hit, Mode, Question
from kb.wire import span_url


class PolicyRetriever(BaseRetriever):  # type: ignore[misc]
    """Passages of a library as nodes; a node's text is a slice of a revision, never rewritten."""

    def __init__(
        self, library: Library, k: int = 10, filters: Filters = Filters(), mode: Mode = "hybrid"
    ) -> None:
        super().__init__()
        self._library = library
        self._k = k
        self._filters = filters
        self._mode = mode

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._library.search(query_bundle.query_str, self._filters, self._k, self._mode)
        digests: dict[tuple[str, int], str] = {}
        return [self._node(hit, digests) for hit in hits]

    def _node(self, hit: Hit, digests: dict[tuple[str, int], str]) -> NodeWithScore:
        key = (hit.document.id, hit.revision)
        if key not in digests:
            rows = self._library.store.revisions(hit.document.id)
            digests[key] = next(row.sha256 for row in rows if row.number == hit.revision)
        p = hit.passage
        about = _metadata(hit.document, hit.revision, digests[key], p.start, p.end, p.path, p.page)
        return _node(str(hit.passage_id), p.text, about, hit.score)


class PolicyQueryEngine(BaseQueryEngine):  # type: ignore[misc]
    """Cited answers: `response.source_nodes` are the quotes, `response.metadata` the answer's basis."""

    def __init__(self, library: Library | Assistant, k: int = 10, filters: Filters = Filters()) -> None:
        super().__init__(CallbackManager())
        self._assistant = library if isinstance(library, Assistant) else Assistant(library)
        self._k = k
        self._filters = filters

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        question = Question(query_bundle.query_str, (), self._filters, self._k)
        answer = self._assistant.ask(question, "LlamaIndex")
        about = {
            "answer_id": answer.id, "basis": answer.basis, "reason": answer.reason, "kind": answer.kind,
            "generation": answer.generation, "model": answer.model, "notes": list(answer.notes),
        }  # fmt: skip
        return Response(answer.text, [_cited(c) for c in answer.citations], about)

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        import asyncio

        return await asyncio.to_thread(self._query, query_bundle)


def _cited(c: Citation) -> NodeWithScore:
    about = _metadata(c.document, c.revision, c.sha256, c.start, c.end, c.path, c.page)
    return _node(f"{c.document.id}-{c.revision}-{c.start}-{c.end}", c.quote, {**about, "citation": c.n}, 1.0)


def _metadata(
    document: Document,
    revision: int,
    sha256: str,
    start: int,
    end: int,
    path: tuple[str, ...],
    page: int | None,
) -> dict[str, Any]:
    return {
        "doc_id": document.id, "external_id": document.external_id, "title": document.title,
        "number": document.number, "status": document.status, "revision": revision, "sha256": sha256,
        "start": start, "end": end, "path": list(path), "page": page, "url": span_url(document.id, start, end),
    }  # fmt: skip


def _node(id: str, text: str, metadata: dict[str, Any], score: float) -> NodeWithScore:
    """Metadata travels beside the text, not inside of what an embedder or a model reads."""
    hidden = list(metadata)
    node = TextNode(
        id_=id,
        text=text,
        metadata=metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )
    return NodeWithScore(node=node, score=float(score))
