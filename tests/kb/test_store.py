"""The store: what is saved comes back unchanged, nothing is lost, nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.database import open_engine
from kb.errors import BadInput, NotFound
from kb.model import Clause, Field, Filters, LineBox, Passage, Relation, Span
from kb.store import Draft, Store, text_sha256

WORDS = st.text(
    alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\x1f"), max_size=20
)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A draft of any text, its outline, passages, pages, boxes and fields all inside the text."""
    text = draw(st.text(alphabet="国务院令第743号。，\n😀𠮷aB１", min_size=1, max_size=120))

    def spans(most: int) -> list[Span]:
        ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
        return [Span(min(p), max(p)) for p in draw(st.lists(ends, max_size=most))]

    paths = st.lists(WORDS.filter(bool), max_size=3).map(tuple)
    clauses = [Clause(s.start, s.end, draw(st.integers(0, 6)), draw(WORDS), draw(paths)) for s in spans(4)]
    passages = [
        Passage(s.start, s.end, s.of(text), draw(paths), draw(st.none() | st.integers(1, 9)))
        for s in spans(4)
        if s.start < s.end
    ]
    boxes = [LineBox(s.start, s.end, 1, 0.5, 1.25, 100.0, 12.75) for s in spans(3)]
    names = ("title", "issuer", "number", "region", "recipients")
    fields = {name: Field(draw(WORDS.filter(bool)), Span(0, 1)) for name in names}
    return Draft(
        draw(WORDS), "文件.txt", "某处/文件.txt", "0" * 64, text, tuple(clauses), tuple(passages), fields,
        pages=tuple(spans(2)), boxes=tuple(boxes),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(open_engine(f"sqlite:///{tmp_path}/kb.sqlite"))
    yield made
    made.engine.dispose()


def draft(key: str = "a.txt", text: str = "第一条 应当登记。", **fields: str) -> Draft:
    named = {name: Field(value) for name, value in fields.items()}
    passage = Passage(0, len(text), text, ("第一条",))
    return Draft(
        key,
        key,
        f"某处/{key}",
        text_sha256(text),
        text,
        (Clause(0, len(text), 0, "", ()),),
        (passage,),
        named,
    )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many drafts: making a database takes longer than filling it."""
    made = Store(open_engine(f"sqlite:///{tmp_path_factory.mktemp('shelf')}/kb.sqlite"))
    yield made
    made.engine.dispose()


@settings(max_examples=40, deadline=None)
@given(made=drafts())
def test_saving_then_loading_changes_nothing(shelf: Store, made: Draft) -> None:
    made = replace(made, key=f"{shelf.generation()}/{made.key}")
    [(doc_id, change)] = shelf.write([made])
    revision, document = shelf.revision(doc_id), shelf.document(doc_id)
    assert change == "added"
    assert (revision.text, revision.outline) == (made.text, made.outline)
    assert (revision.pages, revision.boxes) == (made.pages, made.boxes)
    kept = [row.passage for row in shelf.passages_of(doc_id)]
    assert sorted(map(repr, kept)) == sorted(map(repr, made.passages))
    for name in ("title", "issuer", "number", "region"):
        assert getattr(document, name) == made.fields[name].value
        assert document.evidence[name] == made.fields[name].span
    assert document.details["recipients"] == made.fields["recipients"].value
    assert revision.sha256 == document.sha256 == text_sha256(made.text)


def test_changed_bytes_make_a_new_revision_and_the_old_one_stays(store: Store) -> None:
    [(doc_id, _)] = store.write([draft(text="旧文字。")])
    [(same, change)] = store.write([draft(text="新文字。")])
    assert (same, change) == (doc_id, "updated")
    assert (store.revision(doc_id, 1).text, store.revision(doc_id, 2).text) == ("旧文字。", "新文字。")
    assert store.document(doc_id).revision == 2
    assert [row.passage.text for row in store.passages_of(doc_id)] == ["新文字。"]


def test_a_removed_document_leaves_its_revisions_for_the_answers_that_cite_them(store: Store) -> None:
    [(doc_id, _)] = store.write([draft()])
    store.remove(doc_id)
    assert store.count() == 0 and store.documents() == []
    assert store.revision_text(doc_id, 1) == "第一条 应当登记。"
    with pytest.raises(NotFound):
        store.document(doc_id)
    with pytest.raises(NotFound):
        store.remove(doc_id)


def test_a_document_added_again_has_its_id_again_but_passage_ids_are_never_used_twice(store: Store) -> None:
    [(doc_id, _)] = store.write([draft()])
    first = {row.id for row in store.passages_of(doc_id)}
    store.remove(doc_id)
    assert store.write([draft()]) == [(doc_id, "added")]
    assert first.isdisjoint({row.id for row in store.passages_of(doc_id)})


def test_drafts_are_stored_all_or_none(store: Store) -> None:
    broken = replace(draft("b.txt"), passages=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"."):
        store.write([draft("a.txt"), broken])
    assert store.count() == 0 and store.generation() == 0


@pytest.mark.parametrize("parted", [False, True], ids=["ids in a row", "ids of two documents mixed"])
def test_passages_and_their_documents_are_told_in_id_order_of_all_and_of_what_came_since(
    store: Store, parted: bool
) -> None:
    def long(key: str, count: int) -> Draft:
        text = "应当登记。" * count
        return replace(draft(key, text), passages=tuple(Passage(5 * i, 5 * i + 5, "应当登记。") for i in range(count)))

    store.write([long("a.txt", 3), long("b.txt", 1)])
    store.write([long("c.txt", 2)])
    store.write([long("a.txt", 5)])  # its passages now come after those of the others
    if parted:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE passages SET document = 2 WHERE id = 8")
    with store.engine.connect() as connection:
        every = connection.exec_driver_sql("SELECT id, document, generation FROM passages ORDER BY id").all()
    for since in range(4):
        wanted = [(id, document) for id, document, generation in every if generation > since]
        assert [tuple(pair) for pair in store.passage_documents(since).tolist()] == wanted
        batches = list(store.added_since(since, batch=2))
        assert [(row.id, row.document) for batch in batches for row in batch] == wanted
        assert all(len(batch) == 2 for batch in batches[:-1]) and store.added_count(since) == len(wanted)


def test_each_write_and_removal_is_one_generation_and_says_what_came_and_went(store: Store) -> None:
    [(doc_id, _)] = store.write([draft("a.txt")])
    store.write([draft("b.txt"), draft("c.txt")])
    assert store.generation() == 2
    old = [row.id for row in store.passages_of(doc_id)]
    assert [row.text for batch in store.added_since(1) for row in batch] == ["第一条 应当登记。"] * 2
    store.remove(doc_id)
    assert store.generation() == 3
    assert store.gone_since(2) == old and store.gone_since(3) == []


def test_the_same_file_name_has_the_same_id_on_every_machine(store: Store, tmp_path: Path) -> None:
    other = Store(open_engine(f"sqlite:///{tmp_path}/other.sqlite"))
    assert store.write([draft("x/a.txt")]) == other.write([draft("x/a.txt", text="别的文字。")])
    other.engine.dispose()


def test_documents_are_listed_by_filter_and_page(store: Store) -> None:
    store.write([draft(f"{n}.txt", kind="case" if n % 2 else "policy", issuer="某局") for n in range(5)])
    assert store.count(Filters(kind=("case",))) == 2
    assert store.count(Filters(issuer=("某局",), kind=("policy",))) == 3
    assert len(store.documents(limit=2)) == 2
    paged = [d.id for at in range(0, 5, 2) for d in store.documents(offset=at, limit=2)]
    assert sorted(paged) == sorted(d.id for d in store.documents()) and len(set(paged)) == 5


def test_who_may_not_see_a_document_is_told_that_it_is_not_there(store: Store) -> None:
    [(doc_id, _)] = store.write([draft(visibility="restricted")])
    assert store.document(doc_id, ("restricted",)).id == doc_id
    with pytest.raises(NotFound):
        store.document(doc_id, ("public",))


def test_relations_are_kept_with_the_words_that_say_them(store: Store) -> None:
    told = Relation("repeals", "旧办法", "某政发〔2001〕1号", Span(0, 3), "第七条")
    [(doc_id, _)] = store.write([replace(draft(), relations=(told,))])
    assert store.relations() == {doc_id: [told]}


def test_a_database_opened_again_has_everything(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kb.sqlite"
    first = Store(open_engine(url))
    [(doc_id, _)] = first.write([draft()])
    first.engine.dispose()
    again = Store(open_engine(url))
    assert again.document(doc_id).source == "某处/a.txt" and again.generation() == 1
    again.engine.dispose()


def test_passages_come_back_to_the_letter_whatever_they_hold(store: Store) -> None:
    odd = "引号\"'\\反斜\t制表\x0b\x1b\u2028行\u0085😀𠮷\ufeff\u200b 全角　“”"
    (made,) = store.write([draft("奇.md", odd)])
    kept = store.passages_of(made.doc_id)
    assert "".join(row.passage.text for row in kept) == odd
    assert store.passages([row.id for row in kept] + [10**9]) == {row.id: row for row in kept}


@pytest.mark.parametrize(("reason", "author"), [("", "张三"), ("已被代替", " "), ("　", "")])
def test_a_status_is_set_by_somebody_for_a_reason(store: Store, reason: str, author: str) -> None:
    (made,) = store.write([draft()])
    with pytest.raises(BadInput, match="理由和认定人"):
        store.override_status(made.doc_id, "repealed", reason, author)
    assert not store.status_overrides()
