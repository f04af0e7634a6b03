"""What documents do to one another, and the words that say so."""

from __future__ import annotations

import pytest

from indexer.official import read_official
from indexer.official.dates import find_dates, last_day, read_date
from kb.model import Parsed, Relation


def relations(text: str, *types: str) -> list[Relation]:
    return [r for r in read_official(Parsed(text), "文件.txt").relations if r.type in types]


def names(found: list[Relation]) -> list[tuple[str, str, str]]:
    return [(r.title, r.number, r.scope) for r in found]


def closing(sentence: str) -> str:
    return f"云州市停车管理办法\n第一条 根据《道路交通安全法》，制定本办法。\n第二条 {sentence}\n"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("本办法自2020年1月1日起施行。《云州市停车规定》（云政发〔2010〕8号）同时废止。",
         [("云州市停车规定", "云政发〔2010〕8号", "")]),
        ("本办法自2020年1月1日起施行，《甲办法》、《乙办法》同时废止。",
         [("甲办法", "", ""), ("乙办法", "", "")]),
        ("1994年7月1日市人大通过的《停车条例》和市政府发布的《收费办法》同时废止。",
         [("停车条例", "", ""), ("收费办法", "", "")]),
        ("《云州市交通条例》第七条、第八条同时废止。", [("云州市交通条例", "", "第七条、第八条")]),
        ("《收费办法》中有关停车收费的规定停止执行。", [("收费办法", "", "有关停车收费的规定")]),
        ("《旧通知》（云财〔2018〕3号）自本办法施行之日起停止执行。", [("旧通知", "云财〔2018〕3号", "")]),
        ("原云政发〔2009〕5号文件同时废止。", [("", "云政发〔2009〕5号", "")]),
        ("2010年5月1日市人民政府令第258号公布的《停车场建设办法》同时废止。",
         [("停车场建设办法", "市人民政府令第258号", "")]),
        ("《飞行管制条例》（2003年1月10日国务院令第371号公布）同时废止。",
         [("飞行管制条例", "国务院令第371号", "")]),
        ("《实施〈中华人民共和国港口法〉办法》同时废止。", [("实施〈中华人民共和国港口法〉办法", "", "")]),
        ("停止执行《收费办法》。", [("收费办法", "", "")]),
        ("即日起停止执行《收费办法》（云财〔2018〕3号）第二条。", [("收费办法", "云财〔2018〕3号", "第二条")]),
        ("停止实施《收费办法》。", [("收费办法", "", "")]),
        ("《收费办法》（云财〔2018〕3号）不再适用。", [("收费办法", "云财〔2018〕3号", "")]),
        ("撤销《收费办法》（云财〔2018〕3号）。", [("收费办法", "云财〔2018〕3号", "")]),
        ("删除《收费办法》第二条。", [("收费办法", "", "第二条")]),
    ],
)  # fmt: skip
def test_a_closing_article_repeals_what_it_names(sentence: str, expected: list[tuple[str, str, str]]) -> None:
    assert names(relations(closing(sentence), "repeals")) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "制定机关应当及时修改或者废止《立法法》规定的不适当的文件。",
        "根据《立法法》清理文件，需要废止的，按照《清理办法》执行。",
        "与《价格法》不一致的收费项目一律停止执行。",
        "其上位法《奖励条例》已废止。",
        "执行《奖励条例》的规定，不再重复奖励。",
        "按照《通知》（国办发〔2011〕41号）要求，各地方自2011年12月1日起清理，挂钩措施停止执行。",
    ],
)
def test_speaking_of_repeal_repeals_nothing(sentence: str) -> None:
    assert relations(closing(sentence), "repeals", "supersedes") == []


def test_a_repeal_decision_lists_what_falls_what_changes_and_what_stays() -> None:
    text = (
        "关于废止和修改部分规范性文件的决定\n云政发〔2024〕2号\n现决定：\n一、废止下列文件\n"
        "1. 《物业管理办法》（云政发〔2010〕1号）\n2. 关于停车的通知（云政办发〔2012〕15号）\n"
        "二、对下列文件予以修改\n1. 《绿化办法》（云政发〔2016〕8号）\n"
        "三、继续有效的文件\n1. 《养犬办法》（云政发〔2017〕3号）\n"
    )
    assert names(relations(text, "repeals")) == [
        ("物业管理办法", "云政发〔2010〕1号", ""),
        ("关于停车的通知", "云政办发〔2012〕15号", ""),
    ]
    assert names(relations(text, "amends")) == [("绿化办法", "云政发〔2016〕8号", "")]


def test_an_amending_decision_amends_what_its_title_names() -> None:
    text = "云州市人大常委会关于修改《云州市绿化条例》的决定\n"
    text += "对《云州市绿化条例》作如下修改：\n一、将第五条修改为……\n"
    found = relations(text, "amends")
    assert names(found) == [("云州市绿化条例", "", "")]
    assert found[0].span.of(text) == "云州市人大常委会关于修改《云州市绿化条例》的决定"


@pytest.mark.parametrize(
    ("said", "amends"),
    [
        ("现将《关于申报贴息的通知》（云经信〔2025〕33号）有关事项调整如下：", True),
        ("对《关于申报贴息的通知》（云经信〔2025〕33号）部分条款作如下调整：", True),
        ("现就《关于申报贴息的通知》（云经信〔2025〕33号）有关事项补充通知如下：", False),
        ("根据《关于申报贴息的通知》（云经信〔2025〕33号），现将有关事项调整如下：", False),
        ("及时调整《关于申报贴息的通知》（云经信〔2025〕33号）的执行口径。", False),
    ],
)
def test_a_notice_that_adjusts_another_amends_it(said: str, amends: bool) -> None:
    text = f"云州市经信局关于贴息的补充通知\n{said}\n一、截止时间由5月31日延长至6月30日。\n"
    assert names(relations(text, "amends")) == ([("关于申报贴息的通知", "云经信〔2025〕33号", "")] if amends else [])


def test_an_explanation_interprets_and_repeals_nothing_itself() -> None:
    text = "《云州市养老条例》解读\n一、背景\n条例施行后，《旧养老条例》同时废止。\n"
    found = relations(text, "interprets", "repeals")
    assert [(r.type, r.title) for r in found] == [("interprets", "云州市养老条例")]


def test_the_opening_article_names_what_is_implemented() -> None:
    text = "云州市养老条例实施办法\n第一条 根据《云州市养老条例》（云政发〔2020〕1号），制定本办法。\n"
    assert names(relations(text, "implements")) == [("云州市养老条例", "云政发〔2020〕1号", "")]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2023年1月7日", "2023-01-07"),
        ("２０２３年１月７日", "2023-01-07"),
        ("二〇二三年十二月二十一日", "2023-12-21"),
        ("二○二三年元月十日", "2023-01-10"),
        ("2023-01-07", "2023-01-07"),
        ("2023.1.7", "2023-01-07"),
        ("20230107", "2023-01-07"),
    ],
)
def test_dates_are_read_in_every_form(written: str, iso: str) -> None:
    day = read_date(written)
    assert day is not None and day.isoformat() == iso


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert list(find_dates("2023年2月30日和2023年13月1日")) == []


def test_a_term_of_years_ends_the_day_before_its_anniversary() -> None:
    first = read_date("2020-02-29")
    assert first is not None
    assert last_day(first, years=1).isoformat() == "2021-02-28"
    assert last_day(first, years=4).isoformat() == "2024-02-28"
    assert last_day(first, months=6).isoformat() == "2020-08-28"
    assert last_day(first, months=1).isoformat() == "2020-03-28"


@pytest.mark.parametrize(
    ("sentence", "scope"),
    [
        ("《云州市交通条例》第三条至第五条同时废止。", "第三条至第五条"),
        ("《云州市交通条例》第六条第二款、第九条同时废止。", "第六条第二款、第九条"),
        ("《云州市交通条例》第三条第（三）项同时废止。", "第三条第（三）项"),
        ("《云州市交通条例》除第五条外同时废止。", "除第五条外"),
        ("《云州市交通条例》门票部分同时废止。", "门票部分"),
    ],
)
def test_the_part_that_ends_is_told(sentence: str, scope: str) -> None:
    assert names(relations(closing(sentence), "repeals")) == [("云州市交通条例", "", scope)]


def test_two_ends_of_parts_of_one_text_are_both_told() -> None:
    text = closing("《云州市交通条例》第七条停止执行。\n第三条 《云州市交通条例》第九条同时废止。")
    assert names(relations(text, "repeals")) == [("云州市交通条例", "", "第七条"), ("云州市交通条例", "", "第九条")]


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("《云州市交通条例》自2027年7月1日起废止。", "2027-07-01"),
        ("《云州市交通条例》（云政发〔2010〕8号）自2022年3月1日起停止执行。", "2022-03-01"),
        ("自2024年1月1日起，《云州市交通条例》停止执行。", "2024-01-01"),
        ("自2024年1月1日起废止《云州市交通条例》。", "2024-01-01"),
        ("《云州市交通条例》已于2020年12月31日废止。", "2020-12-31"),
        ("本办法自2020年1月1日起施行，《云州市交通条例》同时废止。", None),
        ("《云州市交通条例》自本办法施行之日起停止执行。", None),
    ],
)
def test_the_day_a_sentence_gives_an_end_is_kept(sentence: str, day: str | None) -> None:
    found = relations(closing(sentence), "repeals")
    assert [str(r.day) if r.day else None for r in found if r.title == "云州市交通条例"] == [day]


@pytest.mark.parametrize(
    "sentence",
    [
        "《云州市创新券办法》（云科〔2020〕15号）的有效期延长至2028年6月30日。",
        "决定将《云州市创新券办法》（云科〔2020〕15号）有效期延长至2028年6月30日。",
        "《云州市创新券办法》（云科〔2020〕15号）继续有效至2028年6月30日。",
    ],
)
def test_an_extension_gives_the_last_day(sentence: str) -> None:
    (found,) = relations(closing(sentence), "extends")
    assert (found.title, found.number, str(found.day)) == ("云州市创新券办法", "云科〔2020〕15号", "2028-06-30")


AGED = "《云州市创新券办法》（云科〔2020〕15号）"


@pytest.mark.parametrize(
    ("sentence", "day", "length"),
    [
        (f"{AGED}将于2025年4月30日到期，经研究，决定继续有效，有效期至2030年4月30日。", "2030-04-30", ""),
        (f"{AGED}有效期延长2年，至2025年4月30日。", "2025-04-30", ""),
        (f"{AGED}继续执行，有效期自2025年5月1日至2030年4月30日。", "2030-04-30", ""),
        (f"决定延长{AGED}有效期至2028年6月30日。", "2028-06-30", ""),
        (f"{AGED}有效期自2025年5月1日起延长2年。", "2027-04-30", ""),
        (f"{AGED}延期至2025年12月31日。", "2025-12-31", ""),
        (f"{AGED}有效期延长5年。", None, "5年"),
        (f"{AGED}有效期顺延十八个月。", None, "18个月"),
        (f"{AGED}到期后继续执行两年。", None, "2年"),
        (f"决定延长{AGED}有效期三年。", None, "3年"),
        (f"{AGED}有效期自本通知印发之日起延长2年。", None, "自施行之日起2年"),
        (f"{AGED}有效期由3年延长至5年。", None, "共5年"),
    ],
)
def test_an_extension_gives_its_last_day_or_its_length(sentence: str, day: str | None, length: str) -> None:
    (found,) = relations(closing(sentence), "extends")
    assert (found.title, found.number, found.scope) == ("云州市创新券办法", "云科〔2020〕15号", length)
    assert (str(found.day) if found.day else None) == day


@pytest.mark.parametrize(
    "sentence",
    [
        f"{AGED}有效期届满后不再延长。", f"{AGED}有效期可延长2年。", f"如需延长{AGED}有效期至2028年6月30日，应当报批。",
        f"经评估，建议{AGED}有效期延长5年。", f"按照{AGED}规定，居住证有效期延长5年。", f"{AGED}规定的补贴期限延长1年。",
        f"{AGED}继续执行，3年内完成整改。", f"{AGED}继续有效。",
    ],
)  # fmt: skip
def test_speaking_of_an_extension_extends_nothing(sentence: str) -> None:
    assert relations(closing(sentence), "extends") == []


def test_the_title_names_what_the_text_of_an_extension_calls_it() -> None:
    text = "云州市科技局关于延长《云州市创新券办法》有效期的通知\n\n经研究，决定将该办法有效期延长至2028年6月30日。\n"
    assert [(r.title, str(r.day)) for r in relations(text, "extends")] == [("云州市创新券办法", "2028-06-30")]


@pytest.mark.parametrize(
    ("text", "field", "day"),
    [
        ("云州市电动车条例\n第一条 为了安全，制定本条例。\n第六条 本条例自2025年7月1日起施行。第五条自2027年1月1日起施行。\n", "effective", "2025-07-01"),
        ("云州市电动车条例\n第一条 为了安全，制定本条例。\n第六条 本条例自2025年7月1日起施行，第五条、第三条第二款自2027年1月1日起施行。\n", "effective", "2025-07-01"),
        ("云州市电动车条例\n第一条 为了安全，制定本条例。\n第六条　自2025年7月1日起施行。\n", "effective", "2025-07-01"),
        ("云州市补助通知\n云政发〔2020〕1号\n一、补助三百元。\n二、本通知自2020年2月1日起施行，有效期至2025年底。\n", "expires", "2025-12-31"),
        ("云州市补助通知\n云政发〔2020〕1号\n一、补助三百元。\n二、本通知自2020年2月1日起施行，有效期2年零6个月。\n", "expires", "2022-07-31"),
        ("云州市民政局关于补贴的通知\n云民〔2025〕3号\n各镇：\n一、补贴四百元。\n三、本通知自2025年2月1日起施行，有效期至2027年12月31日。\n云州市民政局\n2025年1月10日\n", "issued", "2025-01-10"),
    ],
)  # fmt: skip
def test_the_dates_of_the_whole_text_are_not_those_of_a_part(text: str, field: str, day: str) -> None:
    assert read_official(Parsed(text), "文件.txt").fields[field].value == day


@pytest.mark.parametrize(
    "sentence",
    [
        "《云州市养犬办法》（市政府令第35号）自2027年1月1日起废止。",
        "市人民政府决定，自2027年1月1日起废止《云州市养犬办法》。",
        "云州市养犬办法自2027年1月1日起不再执行。",
    ],
)
def test_the_day_in_the_text_holds_for_what_the_title_ends(sentence: str) -> None:
    text = f"云州市人民政府关于废止《云州市养犬办法》的决定\n\n{sentence}\n\n云州市人民政府\n2026年11月1日\n"
    assert {str(r.day) for r in relations(text, "repeals")} == {"2027-01-01"}


def test_articles_an_amending_decision_deletes_are_no_more() -> None:
    text = "云州市人民政府关于修改《云州市养犬办法》的决定\n\n一、第二条修改为：“犬只应当登记。”\n\n二、删去第五条、第七条。\n\n三、删去第八条第二款。\n"
    assert names(relations(text, "repeals")) == [("云州市养犬办法", "", "第五条、第七条")]
