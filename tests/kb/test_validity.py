"""Which text is in force on a day, and the words that prove it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model import Relation, Span, Status
from kb.validity import Facts, Override, Verdict, affected, resolve, title_keys, version_key
from kb.validity.parts import ended

TODAY = date(2024, 6, 1)
HERE = Span(5, 9)


def facts(name: str, title: str, issued: str | None = "2015-01-01", **rest: object) -> Facts:
    evidence = {"title": Span(0, 4), "issued": Span(10, 20)} if issued else {"title": Span(0, 4)}
    day = date.fromisoformat(issued) if issued else None
    return Facts(name, title, issued=day, **({"evidence": evidence} | rest))  # type: ignore[arg-type]


def repeal(title: str = "", number: str = "", scope: str = "", kind: str = "repeals") -> Relation:
    return Relation(kind, title, number, HERE, scope)  # type: ignore[arg-type]


def status(name: str, *documents: Facts, as_of: date = TODAY) -> Verdict:
    return resolve(documents, as_of)[name]


def test_a_dated_document_without_an_end_is_in_force_with_its_date_as_proof() -> None:
    verdict = status("a", facts("a", "云州市停车办法", effective=date(2016, 1, 1)))
    assert verdict.status == "in_force"
    assert verdict.proof is not None and verdict.proof.document == "a"


def test_only_a_document_that_says_nothing_is_unknown() -> None:
    assert status("a", facts("a", "某文", None)).status == "unknown"
    says = facts("a", "某文", None, evidence={"commences": HERE})
    assert status("a", says).status == "in_force"


def test_a_repeal_by_number_is_proved_by_the_words_of_the_repealing_text() -> None:
    old = facts("old", "云州市停车规定", number="云政发〔2010〕8号")
    new = facts("new", "云州市停车办法", "2020-01-01", relations=(repeal("停车旧规", "云政发[2010]第8号"),))
    verdict = status("old", old, new)
    assert verdict.status == "repealed"
    assert verdict.proof == ("new", HERE)
    assert verdict.by == ("new",)
    assert "云州市停车办法" in verdict.reason
    assert status("old", old, new, as_of=date(2019, 12, 31)).status == "in_force"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("云州省城市规划法实施办法", "《云州省城市规划法实施办法》"),
        ("停车管理规定实施细则", "云州市人民政府关于印发《停车管理规定实施细则》的通知"),
        ("云州市停车收费办法", "云州市人民政府关于印发云州市停车收费办法的通知"),
        ("中华人民共和国港口法", "港口法"),
        ("云州省实施〈中华人民共和国港口法〉办法", "云州省实施《港口法》办法"),
        ("云州市停车条例", "云州市停车条例（2012年修正）"),
    ],
)
def test_a_title_meets_its_wrapped_abbreviated_and_versioned_forms(said: str, title: str) -> None:
    new = facts("new", "新的办法", "2020-01-01", relations=(repeal(said),))
    assert status("old", facts("old", title), new).status == "repealed"


def test_a_notice_of_another_house_with_the_same_name_is_left_alone() -> None:
    said = (repeal("关于做好安全工作的通知"),)
    new = facts("new", "甲市安全办法", "2020-01-01", issuer="甲市人民政府", region="甲市", relations=said)
    other = facts("old", "关于做好安全工作的通知", issuer="乙市人民政府", region="乙市")
    assert status("old", other, new).status == "in_force"


def test_a_text_never_repeals_itself_or_what_is_younger() -> None:
    law = facts("law", "云州市物业条例", "2018-11-30", effective=date(2003, 1, 1),
                relations=(repeal("云州市物业条例"), repeal("云州市房屋办法")))  # fmt: skip
    younger = facts("younger", "云州市房屋办法", "2010-01-01")
    assert {v.status for v in resolve([law, younger], TODAY).values()} == {"in_force"}


def test_a_trial_text_is_another_text_than_the_final_one() -> None:
    final = facts("final", "审查规则", "2019-12-30", relations=(repeal("审查规则（试行）"),))
    trial = facts("trial", "审查规则（试行）", "2012-01-01")
    found = resolve([final, trial], TODAY)
    assert found["final"].status == "in_force"
    assert found["trial"].status == "repealed"


def test_a_later_text_of_the_same_norm_replaces_the_older_ones() -> None:
    texts = [facts(d, "浙江省港口管理条例", d, effective=date(2007, 10, 1))
             for d in ("2007-05-25", "2017-09-30", "2020-11-27")]  # fmt: skip
    now = resolve(texts, TODAY)
    assert [now[t.id].status for t in texts] == ["repealed", "repealed", "in_force"]
    assert now["2007-05-25"].proof is not None and now["2007-05-25"].proof.document == "2017-09-30"
    then = resolve(texts, date(2018, 1, 1))
    assert [then[t.id].status for t in texts] == ["repealed", "in_force", "not_yet"]


def test_a_region_with_and_without_its_province_is_one_region() -> None:
    old = facts("old", "停车管理办法", "2010-01-01", region="宁波市")
    new = facts("new", "停车管理办法", "2020-01-01", region="浙江省宁波市")
    assert status("old", old, new).status == "repealed"
    other = facts("new", "停车管理办法", "2020-01-01", region="温州市")
    assert status("old", old, other).status == "in_force"


def test_notices_and_reports_of_one_name_do_not_replace_each_other() -> None:
    for title in ("关于做好防汛工作的通知", "政府工作报告", "2024年工作要点"):
        pair = [facts("a", title, "2020-01-01"), facts("b", title, "2021-01-01")]
        assert {v.status for v in resolve(pair, TODAY).values()} == {"in_force"}


def test_no_document_is_repealed_without_words_that_prove_it() -> None:
    old = facts("old", "云州市绿化条例", "2010-01-01")
    new = facts("new", "云州市绿化条例", "2020-01-01", evidence={})  # title and date from the file name
    verdict = status("old", old, new)
    assert verdict.status == "amended"
    assert "请核对" in verdict.reason


def test_a_term_that_has_run_out_is_expired_from_the_next_day() -> None:
    text = facts("a", "云州市补贴办法", expires=date(2023, 12, 31))
    assert status("a", text, as_of=date(2023, 12, 31)).status == "in_force"
    assert status("a", text, as_of=date(2024, 1, 1)).status == "expired"


def test_a_text_not_yet_issued_or_in_effect_is_not_yet() -> None:
    text = facts("a", "云州市补贴办法", "2024-05-01", effective=date(2024, 7, 1))
    assert status("a", text).status == "not_yet"
    assert status("a", text, as_of=date(2024, 7, 1)).status == "in_force"


def test_part_of_a_text_repealed_and_a_text_amended() -> None:
    old = facts("old", "云州市交通条例")
    part = facts("new", "云州市停车条例", "2020-01-01", relations=(repeal("云州市交通条例", scope="第七条"),))
    verdict = status("old", old, part)
    assert (verdict.status, verdict.proof) == ("partly_repealed", ("new", HERE))
    assert "第七条" in verdict.reason
    change = facts("new", "关于修改某条例的决定", "2020-01-01",
                   relations=(repeal("云州市交通条例", kind="amends"),))  # fmt: skip
    assert status("old", old, change).status == "amended"


@pytest.mark.parametrize("stated", ["repealed", "expired", "amended", "partly_repealed", "in_force"])
def test_front_matter_is_respected(stated: Status) -> None:
    assert status("a", facts("a", "云州市交通条例", stated=stated)).status == stated


def test_stated_in_force_yields_to_the_words_of_a_later_repeal() -> None:
    old = facts("old", "云州市交通条例", stated="in_force")
    new = facts("new", "云州市停车条例", "2020-01-01", relations=(repeal("云州市交通条例"),))
    assert status("old", old, new).status == "repealed"


def test_a_persons_word_wins_until_it_is_taken_back() -> None:
    said = Override("repealed", "市府会议决定", "张三", "2024-05-01T08:00:00Z")
    back = Override(None, "误判", "李四", "2024-05-02T08:00:00Z")
    verdict = status("a", facts("a", "云州市交通条例", overrides=(said,)))
    assert verdict.status == "repealed"
    assert "张三" in verdict.reason and "市府会议决定" in verdict.reason
    assert status("a", facts("a", "云州市交通条例", overrides=(said, back))).status == "in_force"


def test_title_and_version_keys() -> None:
    assert title_keys("关于印发《停车管理办法》的通知")[-1] == "停车管理办法"
    assert version_key("云州市停车办法(2020-11-27)") == version_key("云州市停车办法（2017年修订）")
    assert version_key("关于做好防汛工作的通知") == ""


def test_what_a_new_text_touches_is_enough_to_resolve_again() -> None:
    old = facts("old", "云州市停车规定")
    bystander = facts("other", "云州市绿化条例")
    new = facts("new", "云州市停车办法", "2020-01-01", relations=(repeal("云州市停车规定"),))
    touched = affected(new, [old, bystander, new])
    assert touched == {"new", "old"}
    everything = resolve([old, bystander, new], TODAY)
    assert resolve([old, bystander, new], TODAY, only=touched) == {i: everything[i] for i in touched}


DAYS = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
TITLES = st.sampled_from(
    ["甲办法", "乙条例", "关于印发《甲办法》的通知", "乙条例（2020年修正）", "丙通知", ""]
)
RELATIONS = st.builds(
    Relation,
    st.sampled_from(["repeals", "supersedes", "amends", "implements", "interprets"]),
    TITLES, st.sampled_from(["", "云政发〔2020〕1号"]), st.just(HERE), st.sampled_from(["", "第七条"]),
)  # fmt: skip


@given(
    st.lists(
        st.builds(
            Facts, id=st.uuids().map(str), title=TITLES, number=st.sampled_from(["", "云政发〔2020〕1号"]),
            issued=DAYS, effective=DAYS, expires=DAYS,
            evidence=st.sampled_from([{}, {"title": Span(0, 2)}]),
            relations=st.lists(RELATIONS, max_size=3).map(tuple),
        ),
        max_size=8,
        unique_by=lambda f: f.id,
    ),
    st.dates(date(1999, 1, 1), date(2031, 1, 1)),
)  # fmt: skip
def test_repealed_always_has_proof_in_another_document_and_order_does_not_matter(
    documents: list[Facts], day: date
) -> None:
    found = resolve(documents, day)
    for name, verdict in found.items():
        assert verdict.reason
        if verdict.status == "repealed":
            assert verdict.proof is not None and verdict.proof.document != name
    again = resolve(documents[::-1], day)
    assert {i: v.status for i, v in again.items()} == {i: v.status for i, v in found.items()}


def test_five_thousand_documents_are_resolved_in_a_second() -> None:
    documents = [
        facts(str(i), f"云州第{i % 4000}号管理办法", f"{2010 + i % 10}-01-01", number=f"云政发〔2020〕{i}号",
              relations=(repeal(f"云州第{i // 2}号管理办法"), repeal("", f"云政发〔2019〕{i}号")))
        for i in range(5000)
    ]  # fmt: skip
    began = time.process_time()
    assert len(resolve(documents, TODAY)) == 5000
    assert time.process_time() - began < 3  # under one second on an idle machine


@pytest.mark.parametrize(
    ("scope", "inside", "outside"),
    [
        ("第三条至第五条", ["第三条", "第四条", "第五条"], ["第二条", "第六条"]),
        ("第六条第二款、第九条", ["第九条"], ["第六条"]),
        ("第三条第（三）项", [], ["第三条"]),
        ("除第五条外", ["第一条", "第六条"], ["第五条"]),
        ("第十二条之一", ["第十二条之一"], ["第十二条"]),
    ],
)
def test_a_scope_means_these_articles_and_no_others(scope: str, inside: list[str], outside: list[str]) -> None:
    reason = f"自2020年1月1日起，被《关于废止部分条款的决定》（云政发〔2020〕1号）废止{scope}"
    assert [ended(reason, ("第一章", label)) for label in inside] == inside
    assert not any(ended(reason, (label,)) for label in outside)


def test_every_end_of_a_part_is_told_and_each_article_known() -> None:
    old = facts("old", "云州市停车办法")
    first = facts("a", "甲通知", "2018-01-01", relations=(repeal("云州市停车办法", scope="第八条"),))
    second = facts("b", "乙通知", "2021-01-01", relations=(repeal("云州市停车办法", scope="第十条"),))
    verdict = status("old", old, first, second)
    assert verdict.status == "partly_repealed" and verdict.by == ("a", "b")
    assert ended(verdict.reason, ("第八条",)) and ended(verdict.reason, ("第十条",)) and not ended(verdict.reason, ("第九条",))
    assert "第十条" not in status("old", old, first, second, as_of=date(2020, 1, 1)).reason


def test_an_end_begins_on_the_day_its_own_sentence_gives() -> None:
    old = facts("old", "云州市补贴办法")
    later = replace(repeal("云州市补贴办法"), day=date(2025, 7, 1))
    new = facts("new", "关于补贴衔接的通知", "2024-01-10", relations=(later,))
    assert status("old", old, new, as_of=date(2025, 6, 30)).status == "in_force"
    verdict = status("old", old, new, as_of=date(2025, 7, 1))
    assert verdict.status == "repealed" and verdict.reason.startswith("自2025年7月1日起")


def test_an_extension_puts_the_last_day_off_with_the_words_that_do_so() -> None:
    old = facts("old", "云州市创新券办法", expires=date(2023, 12, 31), number="云科〔2018〕1号")
    longer = Relation("extends", "云州市创新券办法", "", HERE, "", date(2026, 12, 31))
    notice = facts("new", "关于延长创新券办法有效期的通知", "2023-11-01", relations=(longer,))
    assert status("old", old).status == "expired"
    verdict = status("old", old, notice)
    assert (verdict.status, verdict.proof) == ("in_force", ("new", HERE)) and "延长至2026年12月31日" in verdict.reason
    assert status("old", old, notice, as_of=date(2027, 1, 1)).status == "expired"


@pytest.mark.parametrize(
    ("lengths", "last"),
    [
        (("5年",), date(2029, 4, 30)),
        (("5年", "5年"), date(2029, 4, 30)),
        (("18个月",), date(2025, 10, 31)),
        (("自施行之日起2年",), date(2026, 1, 9)),
        (("共8年",), date(2027, 4, 30)),
        (("很久",), date(2024, 4, 30)),
    ],
)
def test_a_length_puts_the_last_day_off_once_a_document(lengths: tuple[str, ...], last: date) -> None:
    old = facts("old", "云州市补贴办法", effective=date(2019, 5, 1), expires=date(2024, 4, 30))
    said = tuple(Relation("extends", "云州市补贴办法", "", HERE, length) for length in lengths)
    new = facts("new", "关于延长有效期的通知", "2024-01-10", relations=said)
    assert status("old", old, new, as_of=last).status == "in_force"
    assert status("old", old, new, as_of=last + timedelta(days=1)).status == "expired"


def test_two_documents_put_a_term_off_one_after_the_other() -> None:
    old = facts("old", "云州市补贴办法", expires=date(2022, 4, 30))
    longer = Relation("extends", "云州市补贴办法", "", HERE, "1年")
    one = facts("one", "关于延长有效期的通知", "2022-01-10", relations=(longer,))
    two = facts("two", "关于再次延长有效期的通知", "2023-01-10", relations=(longer,))
    verdict = status("old", old, two, one, as_of=date(2024, 4, 30))
    assert (verdict.status, verdict.by) == ("in_force", ("two",)) and "延长至2024年4月30日" in verdict.reason


def test_a_document_without_a_term_lasts_until_the_day_another_gives_it() -> None:
    old = facts("old", "云州市补贴办法")
    new = facts("new", "关于继续执行的通知", "2024-01-10", relations=(Relation("extends", "云州市补贴办法", "", HERE, "", date(2025, 4, 30)),))
    verdict = status("old", old, new, as_of=date(2025, 4, 30))
    assert verdict.status == "in_force" and verdict.reason.endswith("执行至2025年4月30日")
    assert status("old", old, new, as_of=date(2025, 5, 1)).status == "expired"


def test_what_a_higher_body_made_no_city_repeals() -> None:
    ministry = facts("old", "公共住房管理办法", region="国家")
    city = facts("new", "云州市公共住房办法", "2020-01-01", region="云州市", relations=(repeal("公共住房管理办法"),))
    assert status("old", ministry, city).status == "in_force"


def test_texts_of_one_name_by_two_offices_do_not_replace_each_other() -> None:
    one = facts("a", "举报奖励办法", "2020-01-01", issuer="云州市应急管理局", number="云应急〔2020〕1号", region="云州市")
    other = facts("b", "举报奖励办法", "2023-01-01", issuer="云州市交通运输局", number="云交〔2023〕2号", region="云州市")
    same = replace(other, issuer="云州市应急管理局", number="云应急〔2023〕2号")
    assert status("a", one, other).status == "in_force"
    assert status("a", one, same).status == "repealed"
