"""The searches that stand side by side: each builds from ready passages, saves, opens, searches.

All get the same passages, the same embedder and the same Chinese words; only what they are made of
differs. `bring_in` imports what one is made of, and nobody else's; `missing` says in Chinese what to install.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from indexer.embed import load_embedder
from indexer.words import Words
from kb.errors import KBError
from kb.fold import fold

BETWEEN = "\x1f"  # between words handed over ready cut
DEPTH = 100  # candidates of each side that a fusion gets


class Contender(Protocol):
    """What `search` gives are positions in the passages given to `build`."""

    def build(self, texts: Sequence[str], folder: Path) -> None: ...

    def open(self, folder: Path) -> None: ...

    def search(self, question: str, k: int) -> list[int]: ...


class Exact:
    """Every vector compared with every question: the floor of what vectors cost and the top of their recall."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        rows = load_embedder().encode([fold(t) for t in texts])
        np.save(folder / "rows.npy", rows)
        self.open(folder)

    def open(self, folder: Path) -> None:
        self._embedder = load_embedder()
        self._rows = np.load(folder / "rows.npy")

    def search(self, question: str, k: int) -> list[int]:
        cosines = self._rows @ self._embedder.encode([fold(question)])[0]
        best = np.argpartition(-cosines, k)[:k]
        return [int(i) for i in best[np.argsort(-cosines[best])]]


class PlainBM25:
    """`bm25s` over jieba words."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        import bm25s

        words = Words()
        index = bm25s.BM25(k1=1.2, b=0.75)
        index.index([words.index_tokens(t) for t in texts], show_progress=False)
        index.save(str(folder / "bm25s"))
        self._index, self._words = index, words

    def open(self, folder: Path) -> None:
        import bm25s

        self._words = Words()
        self._index = bm25s.BM25.load(str(folder / "bm25s"))

    def search(self, question: str, k: int) -> list[int]:
        tokens = self._words.index_tokens(question)
        known = [t for t in tokens if t in self._index.vocab_dict]
        if not known:
            return []
        found, scores = self._index.retrieve([known], k=k, show_progress=False)
        return [int(i) for i, score in zip(found[0], scores[0], strict=True) if score > 0]


class LlamaIndexHybrid:
    """VectorStoreIndex over FAISS (flat) and LlamaIndex's BM25 retriever, fused by reciprocal rank."""

    def build(self, texts: Sequence[str], folder: Path) -> None:
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.faiss import FaissVectorStore

        embedder, words = load_embedder(), Words()
        rows = embedder.encode([fold(t) for t in texts])
        nodes = [
            TextNode(id_=str(i), text=text, embedding=row.tolist())
            for i, (text, row) in enumerate(zip(texts, rows, strict=True))
        ]
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(embedder.dim))
        context = StorageContext.from_defaults(vector_store=store)
        self._vectors: Any = VectorStoreIndex(nodes, storage_context=context, embed_model=_model(embedder))
        cut = [TextNode(id_=str(i), text=" ".join(words.index_tokens(t))) for i, t in enumerate(texts)]
        self._bm25: Any = BM25Retriever.from_defaults(
            nodes=cut, similarity_top_k=DEPTH, skip_stemming=True, token_pattern=r"\S+"
        )
        self._vectors.storage_context.persist(str(folder / "llama"))
        self._bm25.persist(str(folder / "llama-bm25"))
        self._words = words

    def open(self, folder: Path) -> None:
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.faiss import FaissVectorStore

        self._words = Words()
        store = FaissVectorStore.from_persist_dir(str(folder / "llama"))
        context = StorageContext.from_defaults(vector_store=store, persist_dir=str(folder / "llama"))
        self._vectors = load_index_from_storage(context, embed_model=_model(load_embedder()))
        self._bm25 = BM25Retriever.from_persist_dir(str(folder / "llama-bm25"))

    def search(self, question: str, k: int) -> list[int]:
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever

        dense = self._vectors.as_retriever(similarity_top_k=DEPTH)
        lexical = self._bm25
        cut = " ".join(self._words.index_tokens(question))
        fusion = QueryFusionRetriever(
            [dense, _cut_first(lexical, cut)], llm=MockLLM(), num_queries=1, use_async=False,
            mode="reciprocal_rerank", similarity_top_k=k,
        )  # fmt: skip
        return [int(n.node.node_id) for n in fusion.retrieve(question)]


def _cut_first(retriever: Any, words: str) -> Any:
    """A retriever that asks another one with the words already cut."""
    from llama_index.core.retrievers import BaseRetriever

    class Cut(BaseRetriever):
        def _retrieve(self, query_bundle: Any) -> Any:
            return retriever.retrieve(words)

    return Cut()


def _model(embedder: Any) -> Any:
    """Our embedder as LlamaIndex's."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Model(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return list(map(float, embedder.encode([fold(query)])[0]))

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_query_embedding(text)

    return Model()


class Txtai:
    """txtai's hybrid: its FAISS index and its BM25, words cut for it, vectors of the uncut texts; gives positions only."""

    content = False

    def __init__(self) -> None:
        self._uncut: dict[str, str] = {}  # what txtai is given → what is embedded

    def _load(self) -> None:
        self._words, self._embedder = Words(), load_embedder()

    def _transform(self) -> Callable[[Any], Any]:
        def transform(texts: Any) -> Any:
            given = [texts] if isinstance(texts, str) else list(texts)
            return self._embedder.encode([fold(self._uncut.get(t, t)) for t in given])

        return transform

    def _cut(self, text: str) -> str:
        cut = BETWEEN.join(self._words.index_tokens(text))
        self._uncut[cut] = text
        return cut

    def build(self, texts: Sequence[str], folder: Path) -> None:
        from txtai import Embeddings

        self._load()
        scoring = {
            "method": "bm25",
            "terms": True,
            "normalize": True,
            "tokenizer": {"regexp": f"[^{BETWEEN}]+"},
        }
        self._index: Any = Embeddings(
            {
                "method": "external", "transform": self._transform(), "dimensions": self._embedder.dim,
                "content": self.content, "scoring": scoring,
            }
        )  # fmt: skip
        self._index.index((i, self._cut(t), None) for i, t in enumerate(texts))
        self._index.save(str(folder / "txtai"))

    def open(self, folder: Path) -> None:
        from txtai import Embeddings

        self._load()
        self._index = Embeddings()
        self._index.load(str(folder / "txtai"), config={"transform": self._transform()})

    def search(self, question: str, k: int) -> list[int]:
        self._uncut.clear()
        return [int(i) for i, _ in self._index.search(self._cut(question), k)]


class TxtaiWithTexts(Txtai):
    """The same, also keeping the texts it was given (cut into words) and giving them back, as LlamaIndex and ours do."""

    content = True

    def search(self, question: str, k: int) -> list[int]:
        self._uncut.clear()
        return [int(found["id"]) for found in self._index.search(self._cut(question), k)]


class Ours:
    """This product, from ready passages: stored, cut twice, embedded, indexed, killable at any moment."""

    drafts: Sequence[Any] = ()  # the same passages with their documents, made before the clock runs

    def build(self, texts: Sequence[str], folder: Path) -> None:
        from indexer.library import Library
        from kb.settings import load_settings

        library = Library(load_settings(folder / "home"))
        with library.writing():
            for start in range(0, len(self.drafts), 256):
                library.store.write(self.drafts[start : start + 256])
            library.refresh()
        self.open(folder)

    def open(self, folder: Path) -> None:
        from indexer.library import Library
        from kb.settings import load_settings

        self._library = Library(load_settings(folder / "home"))
        self._library.searcher()
        self._places = {int(p): i for i, p in enumerate(self._library.searcher().catalog.ids)}

    def search(self, question: str, k: int) -> list[int]:
        return [self._places[hit.passage_id] for hit in self._library.searcher().search(question, k=k)]


CONTENDERS: dict[str, tuple[str, Callable[[], Contender], tuple[str, ...]]] = {  # with the modules each is made of
    "ours": ("本产品（混合）", Ours, ("indexer.library", "kb.settings", "faiss")),
    "exact": ("逐一比较向量", Exact, ()),
    "bm25s": ("bm25s（词）", PlainBM25, ("bm25s",)),
    "llamaindex": (
        "LlamaIndex（FAISS＋BM25）",
        LlamaIndexHybrid,
        ("faiss", "llama_index.core", "llama_index.vector_stores.faiss", "llama_index.retrievers.bm25"),
    ),
    "txtai": ("txtai（混合）", Txtai, ("txtai",)),
    "txtai-texts": ("txtai（混合，存着文字）", TxtaiWithTexts, ("txtai",)),
}


def bring_in(name: str) -> None:
    """Import what a contender is made of."""
    for module in CONTENDERS[name][2]:
        import_module(module)


def missing(name: str) -> list[str]:
    """Modules that a contender needs and this environment lacks."""
    return [module for module in CONTENDERS[name][2] if not _there(module)]


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def make(name: str) -> Contender:
    absent = missing(name)
    if absent:
        raise KBError(
            f"{CONTENDERS[name][0]} 没有安装；要一起比较，请运行 pip install -c constraints.txt '.[peers]'"
        )
    return CONTENDERS[name][1]()


def read_passages(path: Path) -> tuple[list[str], list[str]]:
    """Texts and the names of their documents."""
    texts, owners = [], []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            r = json.loads(line)
            texts.append(r["text"])
            owners.append(r["doc"])
    return texts, owners
