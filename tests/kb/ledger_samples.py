"""Answers, documents and ledgers small enough to check by eye."""

from collections.abc import Sequence
from pathlib import Path

from kb.database import open_engine
from kb.ledger import Ledger
from kb.model import Answer, Citation, Claim, Document, Field, Filters, Hit, Passage, Question, Span, Turn
from kb.store import Draft, Store, text_sha256

TEXT = (
    "第一条 补助标准为每平方米三百元。\n第二条 申请应当在三十日内提出。\n第三条 本办法自2023年1月1日起施行。"
)


def draft(name: str, text: str = TEXT, **fields: str) -> Draft:
    values = {"title": Field(name), **{k: Field(v) for k, v in fields.items()}}
    whole = Passage(0, len(text), text)
    return Draft(name, name, name, text_sha256(text), text, (), (whole,), values)


def added(store: Store, name: str, text: str = TEXT, **fields: str) -> Document:
    (outcome,) = store.write([draft(name, text, **fields)])
    return store.document(outcome.doc_id)


def citing(
    store: Store, documents: Sequence[Document], quote: str = "每平方米三百元", **fields: object
) -> Answer:
    """An answer that cites the same words in each of the documents."""
    citations = tuple(cite(store, document, quote, n) for n, document in enumerate(documents, 1))
    text = "".join(f"{c.quote}[{c.n}]" for c in citations)
    claims = tuple(
        Claim(c.quote, text.index(f"{c.quote}[{c.n}]"), text.index(f"[{c.n}]"), (c.n,)) for c in citations
    )
    values: dict[str, object] = {
        "id": "", "question": "补助标准是多少？", "text": text, "basis": "grounded", "reason": None,
        "kind": "policy", "claims": claims, "citations": citations, "hits": (), "model": "quoting",
        "generation": 1, "created": "", "took_ms": 1.5,
    }  # fmt: skip
    return Answer(**(values | fields))  # type: ignore[arg-type]


def cite(store: Store, document: Document, quote: str, n: int = 1) -> Citation:
    revision = store.revision(document.id)
    start = revision.text.index(quote)
    return Citation(n, document, revision.number, revision.sha256, start, start + len(quote), quote)


def hit(document: Document) -> Hit:
    return Hit(1, document, 1, Passage(0, 4, "第一条 "), 0.5, {"lexical": 1}, (Span(0, 2),))


def refusal(*hits: Hit) -> Answer:
    return Answer(
        "",
        "火星上的补助？",
        "没有找到依据。",
        "none",
        "no_hit",
        "policy",
        (),
        (),
        hits,
        "quoting",
        1,
        "",
        0.3,
    )


def ask(text: str = "补助标准是多少？", *turns: str) -> Question:
    return Question(text, tuple(Turn("user", turn) for turn in turns), Filters(kind=("standard",)))


def opened(folder: Path, key: bytes = b"k") -> tuple[Store, Ledger]:
    engine = open_engine(f"sqlite:///{folder / 'kb.sqlite'}")
    return Store(engine), Ledger(engine, key)
