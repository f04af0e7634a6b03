"""The ledger keeps every answer as it was shown, and shows no caller what they may not see."""

import csv
import io
import json
import multiprocessing
import threading
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_samples import added, ask, citing, hit, opened, refusal
from sqlalchemy import update

from kb.errors import BadInput, NotFound
from kb.ledger import AnswerFilters, Ledger, ledger_key
from kb.model import Document
from kb.schema import documents
from kb.sheets import defuse
from kb.store import Store
from kb.wire import answer_json


def test_a_stored_answer_comes_back_as_it_was_shown(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    answer = citing(
        store, [added(store, "办法", number="浙政发〔2023〕1号")], id="a1", created="2024-05-06T07:08:09Z"
    )
    ledger.record(answer, ask(), "窗口", {"lexicon": "abc", "embedder": "default"})
    stored = ledger.get("a1")
    said = stored.pop("ledger")
    assert stored.pop("reviews") == []
    assert stored == json.loads(json.dumps(answer_json(answer)))
    assert said["caller"] == "窗口" and said["intact"] and not said["erased"]
    assert said["context"] == {"lexicon": "abc", "embedder": "default"}
    assert said["filters"]["kind"] == ["standard"]


def test_an_answer_without_an_id_is_given_one_and_a_time(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    id = ledger.record(refusal(), ask(), "a")
    assert ledger.get(id)["id"] == id and ledger.get(id)["created"].endswith("Z")


def test_hostile_characters_in_a_question_are_kept_and_the_chain_holds(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    hostile = "a\x00b\ud800'; DROP TABLE answers; --\u2028"
    ledger.record(refusal(), ask(hostile, hostile), hostile, {"x": hostile})
    assert ledger.verify_chain().ok and ledger.count() == 1


def test_an_answer_resting_on_a_hidden_document_is_hidden_everywhere(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    open_, inner = added(store, "公开"), added(store, "内部", visibility="internal")
    seen = ledger.record(citing(store, [open_]), ask(), "a")
    cited = ledger.record(citing(store, [open_, inner]), ask(), "a")
    near = ledger.record(refusal(hit(inner)), ask(), "a")
    named = ledger.record(refusal(), ask(), "a", {"documents": [inner]})
    public = ("public",)
    for id in (cited, near, named):
        with pytest.raises(NotFound):
            ledger.get(id, public)
        with pytest.raises(NotFound):
            ledger.review(id, "wrong", "", "甲", public)
    assert ledger.ids(visibility=public) == [seen] == [a["id"] for a in ledger.list(visibility=public)]
    assert ledger.count(visibility=public) == 1 and ledger.count() == 4
    assert ledger.resting_on(inner.id, public) == [] and ledger.resting_on(inner.id) == [cited]
    assert ledger.resting_on(open_.id, public) == [seen]
    figures = ledger.stats(visibility=public)
    assert figures["answers"] == 1 and [d["doc_id"] for d in figures["most_cited"]] == [open_.id]
    exported = b"".join(ledger.export("jsonl", visibility=public))
    assert exported.count(b"\n") == 1 and inner.id.encode() not in exported


def test_a_document_made_internal_afterwards_hides_its_old_answers(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    document = added(store, "办法")
    id = ledger.record(citing(store, [document]), ask(), "a")
    assert ledger.get(id, ("public",))["id"] == id
    with store.engine.begin() as connection:
        connection.execute(update(documents).values(visibility="restricted"))
    with pytest.raises(NotFound):
        ledger.get(id, ("public", "internal"))


VISIBLE = st.sampled_from(["public", "internal", "restricted"])


@settings(max_examples=30, deadline=None)
@given(
    then=st.lists(VISIBLE, min_size=4, max_size=4),
    later=st.lists(VISIBLE, min_size=4, max_size=4),
    touched=st.lists(st.sets(st.integers(0, 3)), min_size=1, max_size=6),
    seen=st.sets(VISIBLE),
)
def test_what_a_caller_sees_is_what_every_touched_document_allowed_then_and_allows_now(
    tmp_path_factory: pytest.TempPathFactory,
    then: list[str],
    later: list[str],
    touched: list[set[int]],
    seen: set[str],
) -> None:
    store, ledger = opened(tmp_path_factory.mktemp("v"))
    files = [added(store, f"文{i}", visibility=v) for i, v in enumerate(then)]
    ids = [ledger.record(refusal(*(hit(files[i]) for i in some)), ask(), "a") for some in touched]
    with store.engine.begin() as connection:
        for i, v in enumerate(later):
            connection.execute(
                update(documents).where(documents.c.doc_id == files[i].id).values(visibility=v)
            )
    wanted = [
        id for id, some in zip(ids, touched, strict=True) if all({then[i], later[i]} <= seen for i in some)
    ]
    assert ledger.ids(visibility=tuple(seen)) == wanted


def test_answers_are_filtered_by_day_caller_basis_verdict_document_and_words(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    document = added(store, "办法")
    a = ledger.record(citing(store, [document], created="2024-01-01T10:00:00Z"), ask(), "窗口")
    b = ledger.record(refusal(), ask(), "网站")
    ledger.review(a, "wrong", "数字不对", "张三")
    ledger.review(a, "correct", "看错了", "张三")

    def found(**limits: object) -> list[str]:
        return list(ledger.ids(AnswerFilters(**limits)))  # type: ignore[arg-type]

    assert found(since="2024-01-01", until="2024-01-01") == [a]
    assert found(since="2024-01-02") == [b] and found(until="2023-12-31") == []
    assert found(caller="网站") == [b] and found(basis="grounded") == [a] and found(reason="no_hit") == [b]
    assert found(verdict="correct") == [a] and found(verdict="wrong") == [] and found(verdict="none") == [b]
    assert found(doc_id=document.id) == [a] and found(text="火星") == [b] and found(text="%") == []
    assert [r["verdict"] for r in ledger.get(a)["reviews"]] == ["wrong", "correct"]


def test_an_unknown_verdict_or_answer_is_refused(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    id = ledger.record(refusal(), ask(), "a")
    with pytest.raises(BadInput):
        ledger.review(id, "splendid", "", "甲")
    with pytest.raises(NotFound):
        ledger.review("nothing", "wrong", "", "甲")


def test_figures_count_refusals_disputes_and_answers_on_repealed_texts(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    a, b = added(store, "旧办法"), added(store, "新办法")
    first = ledger.record(citing(store, [a]), ask(), "甲")
    ledger.record(citing(store, [b]), ask(), "甲")
    ledger.record(citing(store, [b]), ask(), "乙")
    ledger.record(refusal(), ask(), "乙")
    ledger.review(first, "wrong", "", "审")
    with store.engine.begin() as connection:
        connection.execute(update(documents).where(documents.c.doc_id == a.id).values(status="repealed"))
    figures = ledger.stats(7)
    assert (figures["answers"], figures["refusal_rate"], figures["disputes"]) == (4, 0.25, 1)
    assert figures["repealed_rate"] == pytest.approx(1 / 3)
    assert figures["reasons"] == {"no_hit": 1} and figures["callers"] == {"甲": 2, "乙": 2}
    assert [(d["doc_id"], d["answers"]) for d in figures["most_cited"]] == [(b.id, 2), (a.id, 1)]
    assert [(d["answers"], d["refusals"]) for d in figures["per_day"]] == [(4, 1)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_no_exported_cell_starts_a_formula(tmp_path: Path, start: str) -> None:
    _, ledger = opened(tmp_path)
    attack = start + "cmd|' /C calc'!A0"
    id = ledger.record(refusal(), ask(attack), attack)
    ledger.review(id, "wrong", attack, "甲")
    rows = list(csv.reader(io.StringIO(b"".join(ledger.export("csv")).decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(ledger.export("xlsx"))))
    sheet = [[cell for cell in row] for row in book.active.iter_rows(min_row=2)]  # type: ignore[union-attr]
    assert len(rows) == 2 and len(sheet) == 1
    assert sum("calc" in cell for cell in rows[1]) == 2
    assert not [cell for cell in rows[1] if cell.lstrip().startswith(tuple("=+-@＝"))]
    assert "f" not in {cell.data_type for cell in sheet[0]}


@given(st.text())
def test_a_defused_cell_keeps_its_words(text: str) -> None:
    cell = str(defuse(text))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert len(cell) - len(text) in (0, 1)


def test_an_unknown_export_format_is_named(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    with pytest.raises(BadInput, match="pdf"):
        ledger.export("pdf")


def test_a_large_ledger_is_exported_whole(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    ids = [ledger.record(refusal(), ask(), "a") for _ in range(450)]
    lines = b"".join(ledger.export("jsonl")).decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids


def test_threads_append_without_losing_a_record(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    document = added(store, "办法")

    def work() -> None:
        for _ in range(25):
            ledger.record(citing(store, [document]), ask(), "线程")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = ledger.verify_chain()
    assert report.ok and report.records == ledger.count() == 200


def _append_many(folder: Path) -> None:
    _, ledger = opened(folder)
    for _ in range(40):
        ledger.record(refusal(), ask(), "进程")


def test_processes_append_without_losing_a_record(tmp_path: Path) -> None:
    _, ledger = opened(tmp_path)
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_append_many, args=(tmp_path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    report = ledger.verify_chain()
    assert report.ok and report.records == 120


def test_personal_numbers_can_be_masked_on_entry(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    ledger = Ledger(store.engine, b"k", mask=lambda text: text.replace("13800138000", "*" * 11))
    id = ledger.record(refusal(), ask("我的电话13800138000", "13800138000"), "a")
    assert "13800138000" not in json.dumps(ledger.get(id), ensure_ascii=False)
    assert ledger.verify_chain().ok


def test_the_sealing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    key = ledger_key(tmp_path)
    assert len(key) == 64 and ledger_key(tmp_path) == key
    assert (tmp_path / "ledger.key").stat().st_mode & 0o077 == 0


def test_documents_that_were_removed_still_hide_their_answers(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    document: Document = added(store, "内部", visibility="internal")
    ledger.record(citing(store, [document]), ask(), "a")
    Store(store.engine).remove(document.id)
    assert ledger.count(visibility=("public",)) == 0 and ledger.count() == 1
