"""Answers over a few documents made here: several documents at once, and short plain ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from eval.answering import unrefused
from indexer.adding import add
from indexer.assistant import Assistant
from indexer.library import Library
from indexer.outline import outline
from kb import articles, particulars
from kb.compose import caution, fallen_article
from kb.evidence import read
from kb.model import Answer, Document, Filters, Parsed, Question, Span, Turn
from kb.settings import load_settings

DOCUMENTS = {
    "甲": "---\ntitle: 湖州市养犬规定\nkind: policy\nregion: 湖州市\n---\n第一条 携犬进入商场的，由综合行政执法部门责令改正，处三百元罚款。\n",
    "乙": "---\ntitle: 温州市养犬条例\nkind: policy\nregion: 温州市\n---\n第九条 携犬进入商场的，由城市管理部门责令改正，处八百元罚款。\n",
    "丙": "---\ntitle: 节水办法\nkind: policy\n---\n第一条 用水单位应当每年开展一次水平衡测试。\n",
    "丁": "---\ntitle: 竹溪村以竹编带动就业\nkind: case\n---\n竹溪村办起竹编工坊，带动六十名村民就业。\n",
    "戊": "---\ntitle: 石桥村开直播带动就业\nkind: case\n---\n石桥村建起直播间卖山货，带动四十名村民就业。\n",
    "庚": "---\ntitle: 公园茶座登记办法\nkind: policy\n---\n第一条 登记公园茶座应当提交下列材料：\n（一）申请书；\n（二）身份证明；\n（三）场地证明。\n",
    "辛": "---\ntitle: 河道采砂许可办法\nkind: policy\nstatus: repealed\n---\n第一条 采砂许可由水利部门核发。\n第二条 采砂许可证的有效期为九个月。\n",
    "己": "---\ntitle: 老街夜市的管理\nkind: case\n---\n老街划定夜市摊位，由商户轮流值日打扫。\n",
}


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("in")
    for name, text in DOCUMENTS.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    library = Library(load_settings(home))
    add(library, [Path(folder)])
    assistant = Assistant(library)

    def asked(text: str, *before: str, heard: Callable[[str, object], None] | None = None) -> Answer:
        return assistant.ask(Question(text, tuple(Turn("user", said) for said in before)), on_event=heard)

    return asked


def quoted(given: Answer) -> dict[str, str]:
    return {c.document.title: c.quote for c in given.citations}


def test_two_cities_set_side_by_side_are_each_answered_from_their_own_document(answer) -> None:  # type: ignore[no-untyped-def]
    found = quoted(answer("带狗进商场，湖州和温州分别罚多少？"))
    assert "三百元" in found["湖州市养犬规定"] and "八百元" in found["温州市养犬条例"]


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("登记公园茶座要交多少钱？", "具体的金额"),
        ("老街夜市是哪天开张的？", "具体的日期"),
        ("石桥村的直播间归谁管，负责人叫什么名字？", "人名"),
    ],
)
def test_a_text_without_what_is_asked_for_is_no_answer_and_the_refusal_says_what_it_lacks(  # type: ignore[no-untyped-def]
    answer, question: str, lacking: str
) -> None:
    given = answer(question)
    assert given.basis == "none" and lacking in given.text


def test_a_follow_up_is_answered_by_the_document_spoken_of(answer) -> None:  # type: ignore[no-untyped-def]
    before = "温州带狗进商场归哪个部门管？"
    given = answer("要罚多少钱？", before)
    assert "八百元" in quoted(given)["温州市养犬条例"] and "湖州市养犬规定" not in quoted(given)
    assert given.rewritten and given.rewritten != given.question
    other = answer("那湖州呢？", before)  # names a place of its own
    assert "湖州市养犬规定" in quoted(other) and "温州市养犬条例" not in quoted(other)
    assert "每年" in quoted(answer("用水单位多久开展一次水平衡测试？", before))["节水办法"]  # another matter


def test_a_follow_up_does_not_get_round_the_refusal_of_a_text_no_longer_in_force(answer) -> None:  # type: ignore[no-untyped-def]
    before, asked = "采砂许可由哪个部门核发？", "有效期多久？"
    assert answer(before).reason == "not_in_force"
    assert answer(asked, before).basis == "none"
    named = "《河道采砂许可办法》规定采砂许可由哪个部门核发？"  # who names it wants it, and goes on wanting it
    assert answer(named).basis == "grounded"
    given = answer(asked, named)
    assert "九个月" in quoted(given)["河道采砂许可办法"] and given.notes


def test_a_place_in_a_list_that_is_not_there_is_named_in_the_refusal(answer) -> None:  # type: ignore[no-untyped-def]
    assert "场地证明" in quoted(answer("登记公园茶座要提交的第三项材料是什么？"))["公园茶座登记办法"]
    refused = answer("登记公园茶座要提交的第四项材料是什么？")
    assert refused.basis == "none" and "第四项" in refused.text


def test_hits_are_told_once_and_before_any_claim(answer) -> None:  # type: ignore[no-untyped-def]
    for text, *before in (("要罚多少钱？", "温州带狗进商场归哪个部门管？"), ("由谁监管？", "有哪些海上风电的案例？"), ("用水单位多久开展一次水平衡测试？",)):
        heard: list[str] = []
        answer(text, *before, heard=lambda name, _, heard=heard: heard.append(name))
        assert heard.count("hits") == 1 and heard[0] == "hits"


def test_a_city_without_a_basis_is_named_beside_the_one_that_has_it(answer) -> None:  # type: ignore[no-untyped-def]
    given = answer("带狗进商场，湖州和昆明分别罚多少？")
    assert set(quoted(given)) == {"湖州市养犬规定"}
    assert any("昆明" in note for note in given.notes) and "昆明" in given.text.splitlines()[0]


def test_a_question_word_is_no_word_the_documents_must_have(answer) -> None:  # type: ignore[no-untyped-def]
    given = answer("用水单位多久开展一次水平衡测试？")
    assert given.basis == "grounded" and "每年" in quoted(given)["节水办法"]


@pytest.mark.parametrize("question", ["1", "？！", "3.5", "——"])
def test_a_bare_figure_or_mark_is_no_question(answer, question: str) -> None:  # type: ignore[no-untyped-def]
    assert answer(question).reason == "out_of_scope"


def test_cases_on_a_topic_are_listed_one_citation_each_and_others_left_out(answer) -> None:  # type: ignore[no-untyped-def]
    given = answer("有哪些带动村民就业的案例？")
    assert set(quoted(given)) == {"竹溪村以竹编带动就业", "石桥村开直播带动就业"}
    assert len(given.citations) == 2


def test_cases_on_a_topic_that_none_touches_are_refused(answer) -> None:  # type: ignore[no-untyped-def]
    assert answer("有哪些海上风电的案例？").basis == "none"


def library_of(home: Path, texts: dict[str, str]) -> Assistant:
    """An assistant over a few documents, by file name."""
    (home / "in").mkdir()
    for name, text in texts.items():
        (home / "in" / name).write_text(text, "utf-8")
    library = Library(load_settings(home / "home"))
    add(library, [home / "in"])
    return Assistant(library)


WHARF = {
    "码头.md": "---\ntitle: 松江镇码头办法\nkind: policy\nissued: 2020-05-06\n---\n第一条 船舶应当凭证进港。\n\n船舶不得在港内焚烧垃圾。\n\n"
    "第二条 码头夜间照明由镇交通所负责维护。\n\n第三条 违反本办法第一条第二款规定，焚烧垃圾的，由海事部门处五千元罚款。\n\n"
    "第四条 每个专职安全员管理的码头不得超过五座。\n",
    "第五批.md": "---\ntitle: 关于推出第五批承诺事项的通知\nkind: policy\n---\n本通知各项承诺事项应当在2022年6月底前落地实施。\n",
    "游线.md": "---\ntitle: 浙江省旅游专线建设情况\nkind: case\nregion: 浙江省\n---\n全省建成专线三十条，推出“江南之春”专线。\n",
}


@pytest.fixture(scope="module")
def wharf(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return library_of(tmp_path_factory.mktemp("wharf"), WHARF)


def test_several_things_asked_at_once_are_each_answered(wharf: Assistant) -> None:
    given = "".join(c.quote for c in wharf.ask(Question("港内能焚烧垃圾吗？焚烧垃圾罚多少？码头照明由谁维护？")).citations)
    assert "不得在港内焚烧垃圾" in given and "五千元" in given and "镇交通所" in given


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("第六批承诺事项什么时候落地实施？", "第六批"),
        ("每个兼职安全员管理的码头不得超过几座？", "兼职"),
        ("“江南之秋”专线建成多少条？", "江南之秋"),
        ("全省建成的专线里，杭州有多少条？", "杭州"),
    ],
)
def test_the_same_of_another_batch_name_place_or_sort_is_no_answer(wharf: Assistant, question: str, lacking: str) -> None:
    given = wharf.ask(Question(question))
    assert given.basis == "none" and lacking in given.text


def test_the_year_a_document_was_issued_in_is_known_though_its_text_does_not_say_it(wharf: Assistant) -> None:
    given = wharf.ask(Question("2020年那份码头办法里，焚烧垃圾罚多少钱？"))
    assert "五千元" in "".join(c.quote for c in given.citations)


@pytest.mark.parametrize("remark", ["谢谢你", "好的，谢谢！", "知道了", "收到", "多谢啦"])
def test_thanks_are_taken_politely_and_without_citation(answer, remark: str) -> None:  # type: ignore[no-untyped-def]
    given = answer(remark, "温州带狗进商场归哪个部门管？")
    assert given.basis == "none" and "不客气" in given.text


def test_the_answer_that_a_history_leaves_out_is_worked_out_again(answer) -> None:  # type: ignore[no-untyped-def]
    given = answer("第三项是什么？", "登记公园茶座应当提交哪些材料？")  # what was answered is not told
    assert "场地证明" in quoted(given)["公园茶座登记办法"]


RENTING = {
    "租房.md": "---\ntitle: 云州市住房租赁办法\nkind: policy\nnumber: 云政发〔2024〕8号\nissued: 2024-03-01\n---\n第一条 申请公租房应当符合下列条件：\n"
    "（一）有本市户籍；\n（二）与用人单位签订一年以上劳动合同。\n博士研究生不受前款第二项限制。\n\n第二条 出租人收取的押金不得超过一个月租金。\n\n"
    "第三条 租赁企业应当设立租金监管账户。\n\n第四条 违反本办法第一条规定，骗取公租房的，处五千元罚款。\n\n违反本办法第二条规定，多收的，处三千元罚款。\n\n第五条 本办法自2024年4月1日起施行。第三条自2099年1月1日起施行。\n",
    "宁波.md": "---\ntitle: 宁波市充电桩管理规定\nkind: policy\nregion: 宁波市\n---\n第一条 充电服务费不得超过每千瓦时0.4元。\n\n第二条 全市已建成充电桩三千座。\n",
    "停车.md": "---\ntitle: 云州市停车收费通知\nkind: policy\n---\n# 云州市停车收费通知\n\n为规范停车收费，现就有关事项通知如下：\n\n## 一、室内\n\n室内车位每月停车费不超过80元。\n\n## 二、露天\n\n露天车位每月停车费不超过50元。\n",
    "2022.md": "---\ntitle: 云州市2022年统计公报\nkind: policy\nissued: 2023-03-01\n---\n年末全市常住人口485万人。\n",
    "2023.md": "---\ntitle: 云州市2023年统计公报\nkind: policy\nissued: 2024-03-01\n---\n年末全市常住人口487万人。\n",
    "案例.md": "---\ntitle: 完整社区案例汇编\nkind: case\n---\n北山社区物业费收缴率提高到92%。\n\n竹园社区建成食堂三处。\n",
}


@pytest.fixture(scope="module")
def renting(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    assistant = library_of(tmp_path_factory.mktemp("renting"), RENTING)

    def asked(*questions: str) -> Answer:
        turns: list[Turn] = []
        for text in questions:
            given = assistant.ask(Question(text, tuple(turns)))
            turns += [Turn("user", text), Turn("assistant", given.text)]
        return given

    return asked


def test_a_figure_of_another_year_is_no_answer_and_no_conflict(renting) -> None:  # type: ignore[no-untyped-def]
    given = renting("云州市2023年末常住人口有多少万人？")
    assert "487" in given.text and "485" not in given.text and given.reason is None
    assert renting("云州市2024年末常住人口有多少万人？").basis == "none"


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("云州市2019年出租人收取的押金不得超过几个月租金？", "2019年"),  # the rule is later
        ("云州市2024年末常住人口有多少万人？", "2024年"),  # both reports are of other years
        ("温州的充电服务费不得超过多少？", "温州"),
        ("慈溪已建成充电桩多少座？", "慈溪"),  # a figure of the whole city
        ("赤道几内亚咖啡烘焙火候", ""),
    ],
)
def test_what_lies_outside_what_the_evidence_holds_for_is_refused_whatever_the_judges_say(
    renting, question: str, lacking: str  # type: ignore[no-untyped-def]
) -> None:
    with unrefused([]):
        given = renting(question)
    assert given.basis == "none" and lacking in given.text


def test_an_article_named_bare_is_quoted_and_so_is_the_one_beside_it(renting) -> None:  # type: ignore[no-untyped-def]
    assert "一个月租金" in renting("云政发〔2024〕8号第二条").text
    assert "监管账户" in renting("《云州市住房租赁办法》第二条是什么？", "下一条呢？").text


def test_a_list_is_quoted_with_what_is_excepted_from_it(renting) -> None:  # type: ignore[no-untyped-def]
    assert "博士研究生不受前款第二项限制" in renting("申请公租房应当符合哪些条件？").text


def test_the_penalty_follows_the_rule_quoted_before(renting) -> None:  # type: ignore[no-untyped-def]
    given = renting("出租人收取的押金不得超过几个月租金？", "违反了怎么处罚？")
    assert [c.quote for c in given.citations] == ["违反本办法第二条规定，多收的，处三千元罚款。"] and given.rewritten


def test_an_article_that_applies_later_is_quoted_with_a_word_on_it(renting) -> None:  # type: ignore[no-untyped-def]
    given = renting("租赁企业应当设立什么账户？")
    assert any("第三条自2099年1月1日起施行" in note for note in given.notes)


def test_neither_the_title_nor_a_preamble_is_quoted_beside_the_answer(renting) -> None:  # type: ignore[no-untyped-def]
    assert [c.quote for c in renting("云州市的露天车位每月停车费多少？").citations] == ["露天车位每月停车费不超过50元。"]


def test_a_city_s_rule_is_given_for_its_district_and_said_to_be_the_city_s(renting) -> None:  # type: ignore[no-untyped-def]
    given = renting("慈溪的充电服务费不得超过多少？")
    assert "0.4元" in given.text and any("慈溪" in note and "宁波市的规定" in note for note in given.notes)
    assert renting("慈溪已建成充电桩多少座？").basis == "none"  # the whole city's
    assert renting("温州的充电服务费不得超过多少？").basis == "none"


def test_a_figure_of_another_community_is_no_answer(renting) -> None:  # type: ignore[no-untyped-def]
    assert "92%" in renting("北山社区物业费收缴率是多少？").text
    assert renting("竹园社区物业费收缴率是多少？").basis == "none"


def test_a_long_history_of_questions_alone_costs_two_answers_more(wharf: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    worked_out = wharf._worked_out
    monkeypatch.setattr(wharf, "_worked_out", lambda q, emit: (put.append(q.text), worked_out(q, emit))[1])
    questions = [f"码头照明由谁维护？第{i}次问" for i in range(40)]
    wharf.ask(Question("船舶能在港内焚烧垃圾吗？", tuple(Turn("user", text) for text in questions)))
    assert put == [*questions[-2:], "船舶能在港内焚烧垃圾吗？"]


def test_thirteen_cases_are_all_listed(tmp_path: Path) -> None:
    villages = [f"{name}村" for name in "杏花 柳浪 桃溪 竹山 梅岭 荷塘 枫桥 松坡 桂林 兰亭 菊园 茶坞 石桥".split()]
    case = "---\ntitle: {0}修缮古井\nkind: case\n---\n{0}修缮古井三口，村民用上清水。\n"
    assistant = library_of(tmp_path, {f"{name}.md": case.format(name) for name in villages})
    given = assistant.ask(Question("修缮古井有哪些案例？"))
    assert len(given.citations) == 13 and all(name in given.text for name in villages)


def test_the_item_of_a_province_s_list_is_not_quoted_as_a_city_s(tmp_path: Path) -> None:
    plan = "---\ntitle: {0}茶园整治方案\nkind: action\nregion: {0}\n---\n为整治茶园，制定本方案。\n{0}茶园整治任务包括：\n{1}\n"
    assistant = library_of(tmp_path, {
        "省.md": plan.format("浙江省", "（一）修建机耕路；\n（二）引水上山；\n（三）补种老茶树。"),
        "市.md": plan.format("宁波市", "（一）清除杂草；\n（二）疏浚沟渠。"),
    })  # fmt: skip
    turns: list[Turn] = []
    for text in ("浙江省茶园整治任务有哪些？", "第三项具体指什么？", "那宁波呢？"):
        given = assistant.ask(Question(text, tuple(turns)))
        turns += [Turn("user", text), Turn("assistant", given.text)]
    assert set(quoted(given)) == {"宁波市茶园整治方案"} and "疏浚沟渠" in given.text


def test_a_repealed_article_is_no_rule_and_an_amended_text_is_quoted_with_a_caution(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rule = (
        "松江镇垃圾处置办法\n\n松政发〔2023〕6号\n\n第一条垃圾的处置适用本办法。\n\n第二条收集点每日清扫两次。\n\n"
        "第三条违反本办法倾倒垃圾的，处五百元罚款。\n\n第四条本办法自2023年3月1日起施行。\n\n松江镇人民政府\n2023年2月1日\n"
    )
    (folder / "办法.txt").write_text(rule, "utf-8")
    library = Library(load_settings(tmp_path / "home"))
    add(library, [folder])
    assistant = Assistant(library)
    before = assistant.ask(Question("倾倒垃圾罚多少钱？"))
    assert "五百元" in before.citations[0].quote and not before.notes
    (folder / "通知.txt").write_text(
        "松江镇人民政府关于废止部分条款的通知\n\n松政发〔2026〕9号\n\n废止《松江镇垃圾处置办法》（松政发〔2023〕6号）第三条。\n\n"
        "松江镇人民政府\n2026年8月11日\n",
        "utf-8",
    )
    add(library, [folder])
    after = assistant.ask(Question("倾倒垃圾罚多少钱？"))
    assert after.reason == "not_in_force" and not after.citations
    kept = assistant.ask(Question("垃圾收集点每日清扫几次？"))
    assert "两次" in kept.citations[0].quote
    assert any("部分废止" in note and "第三条" in note for note in kept.notes) and kept.notes[0] in kept.text


@pytest.mark.parametrize(
    ("question", "grounded"),
    [
        ("《湖州市养犬规定》里携犬进入商场怎么处罚？", True),
        ("《湖州市养犬规定（试行）》里携犬进入商场怎么处罚？", True),
        ("《湖州市电梯安全条例》里携犬进入商场怎么处罚？", False),
        ("湖政发〔2019〕7号里携犬进入商场怎么处罚？", False),
    ],
)
def test_a_document_asked_for_by_name_is_answered_from_that_document_or_not_at_all(
    answer, question: str, grounded: bool  # type: ignore[no-untyped-def]
) -> None:
    given = answer(question)
    assert (given.basis == "grounded") == grounded
    if grounded:
        assert set(quoted(given)) == {"湖州市养犬规定"}
    else:
        assert given.reason == "below_threshold" and ("电梯安全条例" in given.text or "湖政发〔2019〕7号" in given.text)


@pytest.mark.parametrize(
    ("question", "title", "quote"),
    [
        ("《湖州市养犬规定》第一条规定了什么？", "湖州市养犬规定", "三百元"),
        ("温州市养犬条例第9条的内容是什么", "温州市养犬条例", "八百元"),
        ("温州市养犬条例第九条是怎么规定的", "温州市养犬条例", "八百元"),
        ("《湖州市养犬规定》第二十条规定了什么？", "", "《湖州市养犬规定》第二十条"),
    ],
)
def test_an_article_asked_for_by_its_number_is_quoted_or_said_not_to_be_there(
    answer, question: str, title: str, quote: str  # type: ignore[no-untyped-def]
) -> None:
    given = answer(question)
    if title:
        assert list(quoted(given)) == [title] and quote in quoted(given)[title]
    else:
        assert given.reason == "below_threshold" and quote in given.text


@pytest.mark.parametrize(
    "question",
    [
        "《松江镇老年食堂管理办法》规定每月的补贴什么时候发放？", "《松江镇老年食堂管理办法》里的菜单由谁发布的？",
        "《松江镇老年食堂管理办法》要求什么时候制定应急预案？", "《松江镇老年食堂管理办法》的收费什么时候开始执行？",
    ],
)  # fmt: skip
def test_what_is_asked_of_something_in_a_document_is_not_answered_by_the_document_itself(question: str) -> None:
    rule = Document(
        "d", "松江镇老年食堂管理办法", "a.txt", 1, "0" * 64, number="松政发〔2026〕12号", issuer="松江镇人民政府",
        issued=date(2026, 2, 5), effective=date(2099, 3, 1),
        evidence={name: Span(0, 5) for name in ("number", "issuer", "issued", "effective")},
    )  # fmt: skip
    assert particulars.asked_for(question, [rule], [read(RULE)]) is None
    assert particulars.asked_for("《松江镇老年食堂管理办法》什么时候开始执行？", [rule], [read(RULE)]) is not None


RULE = """松江镇老年食堂管理办法

松政发〔2026〕12号

各村、各单位：

第一条 老年食堂应当每日供应午餐。

第二条 本办法自2099年3月1日起施行。

松江镇人民政府
2026年2月5日
"""


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("《松江镇老年食堂管理办法》的文号是什么？", "松政发〔2026〕12号"),
        ("松江镇老年食堂管理办法是谁发布的？", "松江镇人民政府"),
        ("《松江镇老年食堂管理办法》什么时候印发的？", "2026年2月5日"),
        ("松江镇老年食堂管理办法的成文日期是哪天", "2026年2月5日"),
        ("松江镇老年食堂管理办法从什么时候开始施行？", "2099年3月1日"),
        ("老年食堂管理办法什么时候施行？", "2099年3月1日"),
    ],
)
def test_what_a_document_says_of_itself_is_quoted_from_the_line_that_says_it(
    tmp_path: Path, question: str, words: str
) -> None:
    (tmp_path / "办法.txt").write_text(RULE, "utf-8")
    (tmp_path / "节水.md").write_text(DOCUMENTS["丙"], "utf-8")
    library = Library(load_settings(tmp_path / "home"))
    add(library, [tmp_path / "办法.txt", tmp_path / "节水.md"])
    given = Assistant(library).ask(Question(question))
    assert words in "".join(c.quote for c in given.citations), given.text
    assert any("尚未施行" in note for note in given.notes)


@pytest.mark.parametrize(
    ("asked", "quotes", "lacking"),
    [
        ("第二条规定了什么？", ["第二条 乙。\n丙。"], ()),
        ("第一条和第二条分别规定了什么？", ["第一条 甲。", "第二条 乙。\n丙。"], ()),
        ("第一条、第九条的内容是什么？", ["第一条 甲。"], ("第九条",)),
        ("第二条第一款规定了什么？", ["第二条 乙。\n丙。"], ()),
        ("第八条规定了什么？", [], ("第八条",)),
    ],
)
def test_articles_asked_for_end_where_they_end(asked: str, quotes: list[str], lacking: tuple[str, ...]) -> None:
    text = "甲办法\n第一条 甲。\n第二条 乙。\n丙。\n第三条 丁。\n附件\n第一条 戊。\n第二条 己。\n"
    rule = Document("d", "甲乙丙办法", "a.txt", 1, "0" * 64)
    found = articles.asked_for(f"《甲乙丙办法》{asked}", [rule], [read(text, outline(Parsed(text)))])
    assert found is not None and [text[slice(*span)] for span in found.spans] == quotes and found.lacking == lacking


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("《甲乙丙办法》第二条", True), ("请问甲乙丙办法第二条", True), ("云政发〔2024〕8号第二条？", True),
        ("什么时候废止了《甲乙丙办法》第二条？", False), ("违反《甲乙丙办法》第二条", False),
    ],
)  # fmt: skip
def test_an_article_named_bare_is_asked_for_where_nothing_else_is(question: str, asked: bool) -> None:
    reading = read("第一条 甲。\n第二条 乙。\n", outline(Parsed("第一条 甲。\n第二条 乙。\n")))
    rule = Document("d", "甲乙丙办法", "d.md", 1, "", number="云政发〔2024〕8号")
    assert (articles.asked_for(question, [rule], [reading]) is not None) is asked


@pytest.mark.parametrize("question", ["养犬管理办法第2条说了什么", "请问养犬管理办法的第二条是什么？", "养犬管理办法第二条"])
def test_a_title_given_without_its_place_names_the_only_one_that_ends_so(question: str) -> None:
    text = "第一条 甲。\n第二条 乙。\n"
    reading = read(text, outline(Parsed(text)))
    one, other = (Document(p, f"{p}养犬管理办法", "d.md", 1, "") for p in ("云州市", "海州市"))
    fee = Document("f", "云州市停车管理办法", "f.md", 1, "")
    asked = articles.asked_for(question, [fee, one], [reading, reading])
    assert asked is not None and asked.document == 1 and text[slice(*asked.spans[0])] == "第二条 乙。"
    assert articles.asked_for(question, [one, other], [reading, reading]) is None
    assert articles.asked_for(question.replace("养犬", "海边养犬"), [fee, one], [reading, reading]) is None
    assert articles.asked_for("管理办法第二条是什么", [fee, one], [reading, reading]) is None


def test_words_changed_by_a_later_text_are_quoted_with_the_change(tmp_path: Path) -> None:
    rule = "云州市养犬管理办法\n云政规〔2022〕7号\n2022年3月1日\n第一条 为规范养犬，制定本办法。\n第二条 养犬人每年缴纳管理服务费300元。\n第三条 犬只应当免疫。\n"
    decision = (
        "云州市人民政府关于修改部分规范性文件的决定\n云政规〔2025〕2号\n2025年2月10日\n"
        "一、对《云州市养犬管理办法》（云政规〔2022〕7号）作出如下修改：\n（一）将第二条中的“300元”修改为“200元”。\n"
        "本决定自2025年3月1日起施行。\n"
    )
    for name, text, seen in (("养犬.txt", rule, "public"), ("决定.txt", decision, "internal")):
        (tmp_path / name).write_text(text, "utf-8")
        library = Library(load_settings(tmp_path / "home", workers=1))
        assert not add(library, [tmp_path / name], {"visibility": seen}).failed
    assistant = Assistant(library)

    def said(day: str | None = None, *eyes: str) -> list[str]:
        within = Filters(visibility=eyes or ("public", "internal"), as_of=date.fromisoformat(day) if day else None)
        return [c.quote for c in assistant.ask(Question("云州市养犬管理服务费每年交多少", filters=within)).citations]

    old, new = "第二条 养犬人每年缴纳管理服务费300元。", "（一）将第二条中的“300元”修改为“200元”。"
    assert said() == [old, new]
    assert said("2024-05-01") == [old]
    assert said(None, "public") == [old]


def test_of_a_deleted_article_and_on_a_day_when_nothing_held_nothing_is_laid_down(tmp_path: Path) -> None:
    rule = "绍兴市养犬管理办法\n绍政发〔2022〕7号\n2022年3月1日\n第一条 每户限养一只犬。\n第二条 犬只应当免疫。\n第三条 本办法自2022年4月1日起施行，有效期五年。\n"
    decision = (
        "绍兴市人民政府关于修改《绍兴市养犬管理办法》的决定\n绍政发〔2025〕2号\n2025年2月10日\n"
        "一、删去第一条。\n本决定自2025年3月1日起施行。\n"
    )
    for name, text in (("养犬.txt", rule), ("决定.txt", decision)):
        (tmp_path / name).write_text(text, "utf-8")
    library = Library(load_settings(tmp_path / "home", workers=1))
    add(library, [tmp_path / "养犬.txt", tmp_path / "决定.txt"])
    assistant = Assistant(library)

    def asked(text: str, day: str | None = None) -> tuple[str | None, list[str]]:
        given = assistant.ask(Question(text, filters=Filters(as_of=date.fromisoformat(day) if day else None)))
        return given.reason, [c.quote for c in given.citations]

    assert asked("绍兴市每户限养几只犬") == ("not_in_force", [])
    assert asked("绍兴市每户限养几只犬", "2024-05-01") == (None, ["第一条 每户限养一只犬。"])
    assert asked("绍兴市犬只要免疫吗", "2024-05-01") == (None, ["第二条 犬只应当免疫。"])
    assert asked("绍兴市犬只要免疫吗", "2028-05-01") == ("not_in_force", [])


def test_whether_a_text_holds_is_answered_with_the_words_that_decide_it(tmp_path: Path) -> None:
    old = "云州市房屋租赁管理办法\n云政规〔2019〕3号\n2019年3月1日\n第一条 押金不得超过三个月租金。\n第二条 本办法自2019年4月1日起施行。\n"
    new = "云州市住房租赁管理规定\n云政规〔2024〕6号\n2024年3月1日\n第一条 押金不得超过两个月租金。\n第二条 本规定自2024年5月1日起施行。《云州市房屋租赁管理办法》（云政规〔2019〕3号）同时废止。\n"
    for name, text, seen in (("旧.txt", old, "public"), ("新.txt", new, "internal")):
        (tmp_path / name).write_text(text, "utf-8")
        library = Library(load_settings(tmp_path / "home", workers=1))
        assert not add(library, [tmp_path / name], {"visibility": seen}).failed
    assistant = Assistant(library)

    def asked(text: str, *eyes: str) -> Answer:
        return assistant.ask(Question(text, filters=Filters(visibility=eyes or ("public", "internal"))))

    for question in ("云政规[2019]3号还有效吗？", "《云州市房屋租赁管理办法》被哪个文件废止了？"):
        given = asked(question)
        assert given.text.startswith("《云州市房屋租赁管理办法》（云政规〔2019〕3号）：废止（自2024年5月1日起，被")
        assert [c.quote for c in given.citations] == ["《云州市房屋租赁管理办法》（云政规〔2019〕3号）同时废止。"]
        hidden = asked(question, "public")
        assert "住房租赁管理规定" not in hidden.text and all(c.document.title == "云州市房屋租赁管理办法" for c in hidden.citations)
    assert asked("云州市住房租赁管理规定现在有效吗").text.startswith("《云州市住房租赁管理规定》（云政规〔2024〕6号）：现行有效（自2024年5月1日起施行")


def test_an_answer_of_questions_and_answers_is_quoted_with_its_question_and_whole(tmp_path: Path) -> None:
    text = "《云州市茶园补贴办法》解读\n问：哪些人可以领茶园补贴？\n答：种茶满三年的农户。采茶工不在其内。\n问：茶园补贴和稻田补贴能一起领吗？\n答：不可以。已领稻田补贴的，扣除后发给。\n"
    (tmp_path / "解读.txt").write_text(text, "utf-8")
    library = Library(load_settings(tmp_path / "home", workers=1))
    add(library, [tmp_path / "解读.txt"])
    given = Assistant(library).ask(Question("茶园补贴和稻田补贴可以同时领取吗"))
    assert [c.quote for c in given.citations] == ["问：茶园补贴和稻田补贴能一起领吗？\n答：不可以。已领稻田补贴的，扣除后发给。"]
    assert given.text.startswith("根据《〈云州市茶园补贴办法〉解读》")


@pytest.mark.parametrize(("turn", "begins"), [("您好，在吗？", "您好"), ("hello", "您好"), ("请再详细一点", "这里只引用原文"), ("说简单点吧", "这里只引用原文"), ("谢谢", "不客气")])
def test_small_talk_is_no_question_to_the_documents(answer, turn: str, begins: str) -> None:  # type: ignore[no-untyped-def]
    given = answer(turn, "登记公园茶座应当提交哪些材料？")
    assert given.basis == "none" and given.reason == "out_of_scope" and given.text.startswith(begins)


def test_a_past_year_is_answered_by_what_held_then_and_an_old_edition_is_found(tmp_path: Path) -> None:
    form = "云州市房屋租赁管理办法\n云政规〔{y}〕3号\n{y}年3月1日\n第一条 租房押金不得超过{n}个月租金。\n第二条 本办法自{y}年5月1日起施行。{end}\n"
    for year, months, end in (("2019", "三", ""), ("2024", "两", "《云州市房屋租赁管理办法》（云政规〔2019〕3号）同时废止。")):
        (tmp_path / f"{year}.txt").write_text(form.format(y=year, n=months, end=end), "utf-8")
    library = Library(load_settings(tmp_path / "home", workers=1))
    add(library, [tmp_path / "2019.txt", tmp_path / "2024.txt"])
    assistant = Assistant(library)

    def asked(text: str) -> str:
        return assistant.ask(Question(text)).text

    assert "两个月" in asked("租房押金最多几个月租金") and "三个月" not in asked("租房押金最多几个月租金")
    then = assistant.ask(Question("2021年租房押金最多几个月租金"))
    assert then.text.startswith("以下是2021年12月31日施行的规定。") and "三个月" in then.text
    assert then.filters.as_of == date(2021, 12, 31)
    assert "三个月" not in asked("2017年租房押金最多几个月租金") and "两个月" not in asked("2017年租房押金最多几个月租金")
    for question in ("按老办法租房押金最多几个月租金", "2019版办法里租房押金最多几个月租金"):
        assert "三个月" in asked(question) and "两个月" not in asked(question)


def test_a_town_and_a_year_asked_for_are_the_ones_quoted(tmp_path: Path) -> None:
    plan = "云山城市更新行动计划（2025—2027年）\n一、总体目标。分年度推进。\n2025年，新增口袋公园25个。\n2026年，新增口袋公园30个。\n2027年，新增口袋公园35个。\n"
    town = "{name}镇人民政府关于发放养老补助的通知\n2025年3月1日\n一、补助对象为本镇老年人。\n二、养老补助标准为每人每年{sum}元。\n"
    texts = {"计划.txt": plan} | {f"{name}.txt": town.format(name=name, sum=sum) for name, sum in (("石桥", 150), ("云台", 220))}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    library = Library(load_settings(tmp_path / "home", workers=1))
    add(library, [tmp_path / name for name in texts])
    assistant = Assistant(library)

    def asked(text: str, *before: str) -> str:
        return assistant.ask(Question(text, tuple(Turn("user", said) for said in before))).text

    for year, count in (("2025", "25个"), ("2026", "30个"), ("2027", "35个")):
        given = asked(f"{year}年新增口袋公园多少个？")
        assert count in given and sum(other in given for other in ("25个", "30个", "35个")) == 1
    first = "石桥镇养老补助每年多少元？"
    assert "150元" in asked(first) and "220元" not in asked(first)
    assert "220元" in asked("云台镇的呢？", first) and "150元" not in asked("云台镇的呢？", first)
    assert "元" not in asked("青峰镇养老补助每年多少元？")


def test_articles_set_against_each_other_are_not_asked_for_as_such() -> None:
    rule = Document("d", "甲乙丙办法", "a.txt", 1, "0" * 64)
    reading = read("第一条 甲。\n第二条 乙。\n", outline(Parsed("第一条 甲。\n第二条 乙。\n")))
    for question in ("《甲乙丙办法》第一条和第二条有什么区别？", "《甲乙丙办法》第一条违反了第二条规定了什么罚则？"):
        assert articles.asked_for(question, [rule], [reading]) is None


@pytest.mark.parametrize(("scope", "fallen"), [("第三条", "第三条"), ("第三条第二款", ""), ("第二条、第三条", "第三条")])
def test_of_a_partly_repealed_article_only_the_part_has_fallen(scope: str, fallen: str) -> None:
    rule = Document(
        "d", "办法", "a.txt", 1, "0" * 64, status="partly_repealed", status_reason=f"自2026年8月11日起被《通知》废止{scope}"
    )
    assert fallen_article(rule, ("第三条",)) == fallen
    assert ("第三条已废止" in caution(rule, [("第三条",)])) == bool(fallen) and scope in caution(rule, [("第三条",)])


@pytest.mark.parametrize("remark", ["谢谢", "李白的诗", "猪肉价格", "月球房价"])
def test_a_remark_about_nothing_here_is_not_given_the_last_answer_again(answer, remark: str) -> None:  # type: ignore[no-untyped-def]
    before = "登记公园茶座应当提交哪些材料？"
    assert answer(before).basis == "grounded"
    assert answer(remark, before).basis == "none"
    assert answer("场地证明呢？", before).basis == "grounded"
