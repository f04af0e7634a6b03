"""A stored answer stands, needs review, or has fallen; each citation says why."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import TEXT, added, citing, draft, opened, refusal
from sqlalchemy import delete, update

from indexer.outline import outline
from kb.model import Document, Filters, Parsed, Question
from kb.schema import revisions
from kb.store import Store
from kb.verify import sentence, verify_all, verify_answer

Stored = tuple[Store, dict[str, Any], Document]


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    """An answer citing 每平方米三百元 of 办法, and the store it came from."""
    store, ledger = opened(tmp_path)
    document = added(store, "办法", status="in_force")
    id = ledger.record(citing(store, [document]), Question("补助标准是多少？"), "甲")
    return store, ledger.get(id), document


def checked(store: Store, stored: dict[str, Any]) -> tuple[str, str, str | None]:
    report = verify_answer(stored, store)
    (citation,) = report.citations
    return report.standing, citation.state, citation.diff


def test_an_untouched_document_leaves_the_answer_standing(
    stored: Stored,
) -> None:
    store, answer, _ = stored
    assert checked(store, answer) == ("stands", "valid", None)


def test_words_that_moved_in_a_new_revision_are_found_again(
    stored: Stored,
) -> None:
    store, answer, document = stored
    store.write([draft("办法", "总则\n" + TEXT)])
    report = verify_answer(answer, store)
    assert (report.standing, report.citations[0].state) == ("stands", "moved")
    low, high = report.citations[0].place or (0, 0)
    assert store.revision(document.id).text[low:high] == "每平方米三百元"


def test_a_changed_figure_needs_review_and_is_shown(stored: Stored) -> None:
    store, answer, _ = stored
    store.write([draft("办法", TEXT.replace("三百元", "五百元"))])
    assert checked(store, answer) == (
        "review", "changed", "第一条 补助标准为每平方米[-三-]{+五+}百元。",
    )  # fmt: skip


def test_short_words_found_in_another_sentence_are_not_the_same_provision(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    document = added(store, "办法")
    answer = ledger.get(ledger.record(citing(store, [document], "三十日"), Question("多久？"), "甲"))
    store.write([draft("办法", TEXT.replace("三十日", "十五日") + "\n第四条 公示期为三十日。")])
    assert checked(store, answer)[:2] == ("review", "changed")


def test_the_same_words_in_an_altered_sentence_need_review(stored: Stored) -> None:
    store, answer, _ = stored
    store.write([draft("办法", TEXT.replace("补助标准为", "新建住房补助标准为"))])
    assert checked(store, answer) == (
        "review", "moved", "第一条 {+新建住房+}补助标准为每平方米三百元。",
    )  # fmt: skip


def test_another_line_break_is_no_other_wording(stored: Stored) -> None:
    store, answer, _ = stored
    store.write([draft("办法", TEXT.replace("第一条 补助标准", "第一条　补助\n标准"))])
    assert checked(store, answer)[:2] == ("stands", "moved")


def test_a_removed_document_takes_the_answer_with_it(stored: Stored) -> None:
    store, answer, document = stored
    store.remove(document.id)
    assert checked(store, answer)[:2] == ("fallen", "withdrawn")


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        ("repealed", "自2024年1月1日起，被《关于清理的决定》废止", "repealed"),
        ("repealed", "自2024年1月1日起，被《新办法》代替", "superseded"),
        ("repealed", "自2024年1月1日起，被同名新文本《办法》取代", "superseded"),
        ("expired", "有效期至2023年12月31日，已届满", "repealed"),
    ],
)
def test_a_text_no_longer_in_force_fells_the_answer(
    stored: Stored, status: str, reason: str, state: str
) -> None:
    store, answer, document = stored
    store.set_statuses({document.id: (status, reason)}, date(2024, 1, 2))
    assert checked(store, answer)[:2] == ("fallen", state)
    assert reason in verify_answer(answer, store).citations[0].detail


def test_an_answer_about_a_text_already_repealed_then_still_stands(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    document = added(store, "旧办法", status="repealed")
    answer = ledger.get(ledger.record(citing(store, [document]), Question("当时是多少？"), "甲"))
    assert checked(store, answer) == ("stands", "valid", None)


def test_an_amendment_by_another_document_asks_for_review(
    stored: Stored,
) -> None:
    store, answer, document = stored
    store.set_statuses({document.id: ("amended", "被《修改决定》修改")}, date(2024, 1, 2))
    assert checked(store, answer)[:2] == ("review", "valid")


def test_one_support_lost_of_two_needs_review_and_all_lost_has_fallen(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    a, b = added(store, "甲办法"), added(store, "乙办法")
    shown = citing(store, [a, b])
    claim = shown.claims[0]
    both = type(claim)(claim.text, claim.start, claim.end, (1, 2))
    id = ledger.record(citing(store, [a, b], claims=(both,)), Question("？"), "甲")
    store.remove(a.id)
    assert verify_answer(ledger.get(id), store).standing == "review"
    store.remove(b.id)
    assert verify_answer(ledger.get(id), store).standing == "fallen"


def test_an_altered_archive_is_not_taken_for_the_source(
    stored: Stored,
) -> None:
    store, answer, _ = stored
    with store.engine.begin() as connection:
        connection.execute(update(revisions).values(text=TEXT.replace("三十日", "九十日")))
    standing, state, _ = checked(store, answer)
    assert (standing, state) == ("review", "tampered")


def test_a_refusal_stands(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    answer = ledger.get(ledger.record(refusal(), Question("火星？"), "甲"))
    report = verify_answer(answer, store)
    assert (report.standing, report.citations) == ("stands", ())


def test_many_answers_are_counted_and_share_what_is_read(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    documents = [added(store, f"办法{i}") for i in range(10)]
    for i in range(200):
        ledger.record(citing(store, [documents[i % 10]]), Question("？"), "甲")
    store.remove(documents[0].id)
    report = verify_all(ledger.stream(), store).json()
    assert (report["checked"], report["stands"], report["review"], report["fallen"]) == (200, 180, 0, 20)
    assert report["answers"][0]["citations"][0]["state"] == "withdrawn"


@given(st.text(alphabet="字。\n ；", min_size=1, max_size=40), st.data())
def test_a_sentence_holds_its_span_and_no_stop_before_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    low, high = sentence(text, start, end)
    assert 0 <= low <= start < end <= high <= len(text)
    assert not set("。\n；") & set(text[low:start]) and not set("。\n；") & set(text[end : high - 1])


@pytest.mark.parametrize(("as_of", "standing"), [("2020-01-01", "stands"), ("2025-06-01", "fallen"), (None, "fallen")])
def test_an_answer_about_a_day_is_judged_by_the_statuses_of_that_day(
    tmp_path: Path, as_of: str | None, standing: str
) -> None:
    store, ledger = opened(tmp_path)
    document = added(store, "办法", effective="2019-01-01", expires="2024-12-31")
    filters = Filters(as_of=date.fromisoformat(as_of) if as_of else None)
    shown = citing(store, [replace(document, status="in_force")])
    id = ledger.record(shown, Question("补助标准是多少？", filters=filters), "甲")
    store.set_statuses({document.id: ("expired", "有效期至2024年12月31日，已届满")}, date(2026, 1, 1))
    assert verify_answer(ledger.get(id), store).standing == standing


def test_an_article_repealed_since_takes_its_claim_with_it(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path)
    before = "自2023年1月1日起，被《甲通知》废止第二条"
    document = replace(added(store, "办法"), status="partly_repealed", status_reason=before)
    told = citing(store, [document], notes=(f"注意：《办法》部分废止（{before}），请核对所引条款",))
    told = replace(told, citations=tuple(replace(c, path=("第一条",)) for c in told.citations))
    answer = ledger.get(ledger.record(told, Question("补助标准是多少？"), "甲"))
    store.set_statuses({document.id: ("partly_repealed", before)}, date(2024, 1, 1))
    assert checked(store, answer)[:2] == ("stands", "valid")  # it was told so then
    other = f"{before}；自2024年1月1日起，被《乙通知》废止第三条"
    store.set_statuses({document.id: ("partly_repealed", other)}, date(2024, 1, 2))
    assert checked(store, answer)[:2] == ("review", "valid")
    own = f"{before}；自2024年1月1日起，被《乙通知》废止第一条"
    store.set_statuses({document.id: ("partly_repealed", own)}, date(2024, 1, 3))
    assert checked(store, answer)[:2] == ("fallen", "repealed")


HEAD = "云岭市救助办法\n"
GROUPS = f"{HEAD}一、城镇居民\n救助标准为每人每月500元。\n二、农村居民\n救助标准为每人每月300元。\n"
ARTICLES = (
    f"{HEAD}第一章 总则\n第一条 为了救助困难居民，制定本办法。\n第二章 标准\n"
    "第二条 下列人员免收：\n（一）老人；\n（二）儿童。\n第三条 污水处理费按每吨1元征收。\n"
)


def outlined(store: Store, text: str) -> Document:
    """The 办法 stored with the outline its words have."""
    (outcome,) = store.write([replace(draft("办法", text), outline=outline(Parsed(text)))])
    return store.document(outcome.doc_id)


def revised(folder: Path, before: str, after: str, quote: str) -> tuple[str, str, str]:
    """(standing, state, detail) of an answer that quoted `before`, once `after` has come."""
    store, ledger = opened(folder)
    document = outlined(store, before)
    answer = ledger.get(ledger.record(citing(store, [document], quote), Question("多少？"), "甲"))
    outlined(store, after)
    report = verify_answer(answer, store)
    return report.standing, report.citations[0].state, report.citations[0].detail


def test_figures_swapped_between_two_groups_need_review(tmp_path: Path) -> None:
    swapped = GROUPS.replace("500", "X").replace("300", "500").replace("X", "300")
    standing, state, detail = revised(tmp_path, GROUPS, swapped, "救助标准为每人每月500元")
    assert (standing, state) == ("review", "moved")
    assert "由“城镇居民”变为“农村居民”" in detail


def test_groups_that_changed_places_with_their_figures_still_stand(tmp_path: Path) -> None:
    turned = f"{HEAD}一、农村居民\n救助标准为每人每月300元。\n二、城镇居民\n救助标准为每人每月500元。\n"
    assert revised(tmp_path, GROUPS, turned, "救助标准为每人每月500元")[:2] == ("stands", "moved")


def test_the_same_words_in_two_groups_are_found_in_their_own(tmp_path: Path) -> None:
    same = GROUPS.replace("300", "500")
    longer = same.replace("一、", "一、特困人员\n按月发放，由街道办理，逐户核实。\n二、").replace("二、农", "三、农")
    assert revised(tmp_path, same, longer, "救助标准为每人每月500元")[:2] == ("stands", "moved")


@pytest.mark.parametrize("quote", ["每吨1元", "（一）老人"])
def test_an_article_counted_anew_is_the_same_provision(tmp_path: Path, quote: str) -> None:
    later = ARTICLES.replace("第三条", "第四条").replace("第二条", "第三条").replace("第二章", "第三章")
    later = later.replace("第三章", "第二章 范围\n第二条 本办法适用于本市。\n第三章")
    _, state, detail = revised(tmp_path, ARTICLES, later, quote)
    assert state == "moved" and "所在条" not in detail


@pytest.mark.parametrize(
    ("old", "new", "quote", "said"),
    [
        ("每吨1元征收。", "每吨1元征收。自2025年1月1日起，暂停征收。", "每吨1元", "增加了“自2025年1月1日起，暂停征收。”"),
        ("（二）儿童。", "（二）儿童。\n前款规定不适用于外地居民。", "（一）老人", "增加了“前款规定不适用于外地居民。”"),
        ("（二）儿童。", "", "（一）老人", "删去了“儿童。”"),
        ("第二章 标准", "第二章 已停征的标准", "每吨1元", "由“标准”变为“已停征的标准”"),
    ],
)
def test_an_article_that_gained_or_lost_a_sentence_needs_review(
    tmp_path: Path, old: str, new: str, quote: str, said: str
) -> None:
    standing, _, detail = revised(tmp_path, ARTICLES, ARTICLES.replace(old, new), quote)
    assert standing == "review" and said in detail


def test_a_change_in_another_article_leaves_the_answer_standing(tmp_path: Path) -> None:
    later = ARTICLES.replace("（二）儿童。", "（二）儿童；\n（三）残疾人。")
    assert revised(tmp_path, ARTICLES, later, "每吨1元")[0] == "stands"


def test_an_article_broken_into_other_lines_is_the_same(tmp_path: Path) -> None:
    later = ARTICLES.replace("按每吨", "按\n每吨").replace("免收：\n", "免收： ")
    assert revised(tmp_path, ARTICLES, later, "每吨1元")[0] == "stands"


@pytest.mark.parametrize("status", ["not_yet", "unknown"])
def test_a_person_s_word_that_a_text_is_not_in_force_asks_for_review(stored: Stored, status: str) -> None:
    store, answer, document = stored
    store.set_statuses({document.id: (status, "人工认定（甲，2024-01-02）：推迟施行")}, date(2024, 1, 2))
    assert checked(store, answer)[:2] == ("review", "valid")
    assert "推迟施行" in verify_answer(answer, store).citations[0].detail


def test_an_archive_that_lost_or_changed_its_text_is_told_apart(stored: Stored) -> None:
    store, answer, document = stored
    store.write([draft("办法", "总则\n" + TEXT)])
    with store.engine.begin() as connection:
        connection.execute(update(revisions).where(revisions.c.number == 2).values(text="总则\n" + TEXT + "。"))
    assert checked(store, answer)[:2] == ("review", "tampered")
    with store.engine.begin() as connection:
        connection.execute(delete(revisions).where(revisions.c.number == 1))
    assert checked(store, answer)[:2] == ("review", "tampered")
    assert document.id
