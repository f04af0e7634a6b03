"""A quote written elsewhere: exact, equal after normalising, near with a diff, or nowhere."""

import re
import time
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_samples import added, draft, opened

from kb.alike import marked_diff, nearest, normal, normal_text, shared
from kb.errors import BadInput, NotFound, TooLarge
from kb.model import Document
from kb.quotes import find_in_store, find_quote, quote_json

SOURCE = (
    "第一条 為規範資金管理（浙政发〔2023〕1号），制定本办法。\n"
    "第二条 补助标准为每平方米３００元，\n最高不超过3.5万元。"
)
DOCUMENT = Document("d1", "办法", "办法.txt", 1, "0" * 64, number="浙政发〔2023〕2号", status="in_force")


def found(quote: str, text: str = SOURCE) -> tuple[str, tuple[str, ...], str]:
    report = find_quote(quote, [(DOCUMENT, 1, text)])
    assert text[report.start : report.end] == report.text
    return report.result, report.steps, report.text


@pytest.mark.parametrize(
    ("quote", "result", "steps"),
    [
        ("补助标准为每平方米３００元", "exact", ()),
        ("  制定本办法。\n", "exact", ()),
        ("每平方米300元", "normalised", ("全角半角",)),
        ("３００元，最高不超过3.5万元", "normalised", ("空白",)),
        ("为规范资金管理", "normalised", ("繁简",)),
        ("“制定本办法”", "normalised", ("标点",)),
        ("浙政发[2023]1号", "normalised", ("标点",)),
        ("(浙政发〔2023〕1号)", "normalised", ("全角半角",)),
        ("每平方米300元；最高不超过3.5万元", "normalised", ("全角半角", "空白", "标点")),
        ("每平方米500元", "near", ()),
        ("最高不超过35万元", "near", ()),
        ("浙政发2023年1号", "near", ()),
        ("与此无关的另一句话", "not_found", ()),
    ],
)
def test_a_quote_is_placed(quote: str, result: str, steps: tuple[str, ...]) -> None:
    assert found(quote)[:2] == (result, steps)


def test_a_near_quote_shows_what_differs() -> None:
    report = find_quote("补助标准为每平方米500元", [(DOCUMENT, 1, SOURCE)])
    assert report.diff == "补助标准为每平方米[-３００-]{+500+}元"
    assert report.text == "补助标准为每平方米３００元" and 0.7 < report.ratio < 1


def test_figures_apart_by_a_stop_are_never_the_same_words() -> None:
    assert found("为3.5元", "为35元")[0] == "near"
    assert found("10%的比例", "10的比例")[0] != "normalised"
    assert found("共12项", "共1 2项")[0] == "near"


@pytest.mark.parametrize("quote", ["", "  ", "。，！", "〔〕"])
def test_a_quote_without_words_is_refused(quote: str) -> None:
    with pytest.raises(BadInput):
        find_quote(quote, [])


def test_a_boundless_quote_is_refused() -> None:
    with pytest.raises(TooLarge):
        find_quote("字" * 10_001, [])


def test_documents_in_force_come_first_and_the_others_are_named() -> None:
    old = Document("old", "旧", "a", 1, "0", status="repealed")
    report = find_quote("制定本办法", [(old, 1, SOURCE), (DOCUMENT, 1, "依法制定本办法。")])
    assert report.document == DOCUMENT and [d.id for d, *_ in report.also] == ["old"]
    assert quote_json(report)["url"] == "/documents/d1#c=2-7"


TEXTS = st.text(alphabet="补助標准为每平方米，。、 \n３3.5%元〔〕()“”《》Ａa-—", max_size=80)


@given(TEXTS)
def test_the_searching_form_keeps_the_place_of_every_character(text: str) -> None:
    form = normal(text)
    assert form.text == normal_text(text)
    assert len(form.offsets) == len(form.text) and form.offsets == sorted(set(form.offsets))
    assert all(0 <= i < len(text) for i in form.offsets)


@pytest.mark.parametrize("quote", ["不低于8", "5%", "超过2", "超过２", "处5", "000元"])
def test_a_quote_that_cuts_a_number_in_two_is_only_near(quote: str) -> None:
    assert found(quote, "效率不低于85%，浓度超过2.0，处5万元、1,000元。")[0] in ("near", "not_found")
    assert found("不低于85", "效率不低于85%。")[0] == "exact"
    assert found("不低于8", "效率不低于85%，不低于8成。")[::2] == ("exact", "不低于8")


@given(TEXTS, st.data())
def test_every_slice_with_words_that_cuts_no_number_is_found_exactly(text: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    cut = any(re.search(r"\d[.．,]?$", text[:i]) and re.match(r"[.．,]?\d|[百千万亿]", text[i:]) for i in (low, high))
    if any(c.isalnum() for c in text[low:high].strip()) and not cut:
        assert found(text[low:high], text)[0] == "exact"


def slow_ratio(quote: str, text: str) -> float:
    """The best likeness of any window about as long as the quote: every place, every length."""
    best = 0.0
    for start in range(len(text)):
        for length in range(max(1, len(quote) - 4), len(quote) + 5):
            best = max(
                best, SequenceMatcher(None, text[start : start + length], quote, autojunk=False).ratio()
            )
    return best


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_fast_place_is_as_good_as_the_best_of_all_windows(data: st.DataObject) -> None:
    letters = st.text(alphabet="甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳", min_size=16, max_size=24)
    before, quote, after = data.draw(letters), data.draw(letters), data.draw(letters)
    altered = list(quote)
    for i in data.draw(st.sets(st.integers(0, len(quote) - 1), max_size=3)):
        altered[i] = "改"
    text = before + "".join(altered) + after
    place = nearest(quote, text)
    assert place is not None and place.ratio >= slow_ratio(quote, text) - 0.1


def test_nearness_in_a_long_text_is_quick() -> None:
    text = "".join(chr(0x4E00 + i * 7919 % 900) for i in range(100_000))
    quote = list(text[60_000:60_400])
    for i in range(0, 400, 11):
        quote[i] = "囗"
    begun = time.process_time()
    report = find_quote("".join(quote), [(DOCUMENT, 1, text)])
    assert report.result == "near" and time.process_time() - begun < 2


def test_repetition_does_not_make_nearness_slow() -> None:
    begun = time.process_time()
    find_quote("独特词组八个字呀" + "的" * 9000 + "尾", [(DOCUMENT, 1, "独特词组八个字呀" + "的" * 20_000)])
    assert time.process_time() - begun < 5


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_diff_of_short_texts_holds_both(old: str, new: str) -> None:
    marked = marked_diff(old, new)
    if not set("[]{}+-") & set(old + new):
        assert "".join(p for p in _parts(marked, "{+", "+}")).replace("[-", "").replace("-]", "") == old
        assert "".join(p for p in _parts(marked, "[-", "-]")).replace("{+", "").replace("+}", "") == new


def _parts(marked: str, opening: str, closing: str) -> Sequence[str]:
    """The text outside of these brackets."""
    first, *rest = marked.split(opening)
    return [first, *(part.split(closing, 1)[1] for part in rest)]


def test_likeness_is_guessed_from_shared_grams() -> None:
    assert shared("补助标准为", "补助标准为三百元") == 1 and shared("补助标准为", "无关") == 0


def test_a_whole_store_is_asked_and_hidden_documents_stay_hidden(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    public, inner = (
        added(store, "公开", "每平方米补助三百元。"),
        added(store, "内部", "奖励五百元整。", visibility="internal"),
    )

    def candidates(_: str) -> list[str]:
        return [inner.id, public.id, "gone"]

    def ask(quote: str, *seen: str, **limits: str) -> str:
        return find_in_store(quote, store, candidates, visibility=seen, **limits).result  # type: ignore[arg-type]

    assert ask("补助三百元", "public") == "exact"
    assert ask("补助 三百元", "public") == "normalised"
    assert ask("奖励五百元", "public", "internal") == "exact"
    assert ask("奖励五百元", "public") == "not_found" == ask("奖励 五百元", "public")
    assert ask("奖励五百元", "public", doc_id=public.id) == "not_found"
    with pytest.raises(NotFound):
        ask("奖励五百元", "public", doc_id=inner.id)


def test_a_document_number_in_any_spelling_narrows_the_search(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    added(store, "甲", "补助三百元。", number="浙政发〔2023〕1号")
    report = find_in_store("补助三百元", store, lambda _: [], number="浙政发[2023]第1号")
    assert report.result == "exact"
    unknown = quote_json(find_in_store("补助三百元", store, lambda _: [], number="浙政发〔2023〕9号"))
    assert unknown["result"] == "not_found" and "没有文号为 浙政发〔2023〕9号 的文件" in unknown["note"]
    assert quote_json(find_in_store("补助一百元整", store, lambda _: [], number="浙政发〔2023〕1号"))["note"] is None


def test_words_of_an_earlier_revision_are_found_and_said_to_be_old(tmp_path: Path) -> None:
    store, _ = opened(tmp_path)
    document = added(store, "甲", "补助标准为三百元。")
    store.write([draft("甲", "补助标准为五百元。")])
    report = quote_json(find_in_store("标准为三百元", store, lambda _: [document.id]))
    assert (report["result"], report["revision"], report["current"]) == ("exact", 1, False)
    assert report["url"] == f"/documents/{document.id}?revision=1#c=2-8"
    assert find_in_store("标准为四百元", store, lambda _: [document.id]).result == "near"


def test_a_digit_in_a_text_of_one_long_line_is_looked_for_quickly() -> None:
    begun = time.process_time()
    assert find_quote("1", [(DOCUMENT, 1, "21" * 100_000)]).result in ("near", "not_found")
    assert find_quote("1", [(DOCUMENT, 1, "共21项，" * 30_000)]).result in ("near", "not_found")
    assert time.process_time() - begun < 5
