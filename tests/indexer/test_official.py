"""Official metadata: each value as the document states it, with the span it was read from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.official import Official, read_official
from kb.model import Heading, Parsed

NOTICE = """云州省人民政府办公厅文件

云政办发[2023]第７号

云州省人民政府办公厅关于印发
《云州省未来社区建设三年行动计划
（2023—2025年）》的通知

各市、县（市、区）人民政府，省政府直属各单位：

《云州省未来社区建设三年行动计划（2023—2025年）》已经省政府同意，现印发给你们，请认真贯彻执行。
《国务院关于城市更新的意见》（国发〔2022〕3号）一并落实。

云州省人民政府办公厅
二〇二三年一月十七日

（此件公开发布）

云州省未来社区建设三年行动计划（2023—2025年）

根据《云州省城乡规划条例》，结合我省实际，制定本计划。
一、总体要求
到2025年，建成未来社区100个。
本计划自2023年2月1日起施行，有效期3年。

附件：1.任务分工表
2.进度安排表
"""

LAW = """# 云州省港口管理条例

2007年5月25日 云州省第十届人民代表大会常务委员会第三十二次会议通过

2020年11月27日 云州省第十三届人民代表大会常务委员会《关于修改〈云州省港口管理条例〉等七件法规的决定》修正

## 第一章　总则

第一条 为了加强港口管理，根据《中华人民共和国港口法》，结合本省实际，制定本条例。

第五十六条 本条例自2007年10月1日起施行。
"""


def read(text: str, name: str = "文件.txt", **rest: object) -> Official:
    return read_official(Parsed(text, **rest), name)  # type: ignore[arg-type]


def said(official: Official, key: str, text: str) -> str | None:
    """The words of the text that prove a field."""
    span = official.fields[key].span
    return span.of(text) if span else None


def test_a_notice_gives_every_field_with_the_words_it_was_read_from() -> None:
    official = read(NOTICE)
    assert official.value("title") == (
        "云州省人民政府办公厅关于印发《云州省未来社区建设三年行动计划（2023—2025年）》的通知"
    )
    assert official.value("number") == "云政办发〔2023〕7号"
    assert said(official, "number", NOTICE) == "云政办发[2023]第７号"
    assert official.value("issuer") == "云州省人民政府办公厅"
    assert official.value("issued") == "2023-01-17"
    assert said(official, "issued", NOTICE) == "二〇二三年一月十七日"
    assert official.value("effective") == "2023-02-01"
    assert official.value("expires") == "2026-01-31"
    assert said(official, "expires", NOTICE) == "有效期3年"
    assert official.value("recipients") == "各市、县（市、区）人民政府，省政府直属各单位"
    assert official.value("attachments") == "任务分工表；进度安排表"
    assert official.value("kind") == "action"
    assert official.value("region") == "云州省"
    assert official.value("visibility") == "public"


def test_a_cited_number_is_never_the_documents_own() -> None:
    text = "关于做好垃圾分类工作的通知\n各区人民政府：\n根据《办法》（云政发〔2020〕1号）要求，现通知如下。\n"
    assert read(text).value("number") is None


def test_a_law_bears_the_date_of_its_last_change_and_keeps_its_first_effective_day() -> None:
    official = read(LAW, "云州省港口管理条例(2020-11-27).md", headings=(Heading(2, 13, 1),))
    assert official.value("title") == "云州省港口管理条例"
    assert official.value("issued") == "2020-11-27"
    assert said(official, "issued", LAW) == "2020年11月27日"
    assert official.value("effective") == "2007-10-01"
    assert official.value("issuer") == "云州省第十届人民代表大会常务委员会"
    assert official.value("kind") == "policy"
    assert [r.title for r in official.relations if r.type == "implements"] == ["中华人民共和国港口法"]


def test_a_decree_is_read_from_the_bracketed_line_under_its_title() -> None:
    text = (
        "云州市停车场管理办法\n\n（2020年1月1日云州市人民政府令第5号公布　自2020年3月1日起施行）\n\n"
        "第一条 为了加强管理，制定本办法。\n"
    )
    official = read(text)
    assert official.value("number") == "云州市人民政府令第5号"
    assert official.value("issuer") == "云州市人民政府"
    assert official.value("issued") == "2020-01-01"
    assert official.value("effective") == "2020-03-01"


def test_a_list_of_repealed_laws_is_no_history_of_the_decision() -> None:
    text = (
        "关于废止部分行政法规的决定\n现决定废止下列法规：\n（一）拆迁条例（2001年6月13日国务院令第305号公布）\n"
        "（二）《公路条例》（1987年10月13日国务院发布）\n本决定自公布之日起施行。\n"
    )
    official = read(text)
    assert official.value("issued") is None
    assert official.value("commences") == "本决定自公布之日起施行"
    assert {r.title for r in official.relations if r.type == "repeals"} == {"拆迁条例", "公路条例"}


def test_the_date_in_the_file_name_counts_only_where_the_text_has_none() -> None:
    official = read("第一条 为了加强管理，制定本办法。", "云州市停车管理办法(2019-05-06).docx")
    assert official.value("title") == "云州市停车管理办法"
    assert official.value("issued") == "2019-05-06"
    assert official.fields["issued"].span is None


def test_front_matter_wins_and_reads_chinese_keys() -> None:
    front = {
        "标题": "养老服务设施配置标准", "发文字号": "云民[2020]第1号", "发布日期": "2020年3月4日",
        "时效性": "已废止", "kind": "标准", "发布机关": "云州市民政局", "可见性": "内部",
    }  # fmt: skip
    official = read("# 另一个标题\n\n2021年1月1日\n", "a.md", front=front)
    assert {k: official.value(k) for k in ("title", "number", "issued", "status", "kind")} == {
        "title": "养老服务设施配置标准",
        "number": "云民〔2020〕1号",
        "issued": "2020-03-04",
        "status": "repealed",
        "kind": "standard",
    }
    assert official.value("issuer") == "云州市民政局"
    assert official.value("visibility") == "internal"


def test_label_lines_of_a_saved_page_are_read_and_are_no_title() -> None:
    text = (
        "发文机关：云州市民政局\n发文字号：云民发〔2021〕5号　成文日期：2021-06-01\n有效性：废止\n"
        "云州市民政局关于养老服务的通知\n各区民政局：\n正文。\n"
    )
    official = read(text)
    assert official.value("title") == "云州市民政局关于养老服务的通知"
    assert official.value("issuer") == "云州市民政局"
    assert official.value("number") == "云民发〔2021〕5号"
    assert official.value("issued") == "2021-06-01"
    assert official.value("status") == "repealed"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "机密★1年\n特急\n云州市财政局文件\n云财〔2022〕1号\n关于做好预算工作的通知\n",
            "关于做好预算工作的通知",
        ),
        (
            "云州市住建局 云州市财政局\n关于旧房改造的意见\n各区：\n",
            "云州市住建局 云州市财政局关于旧房改造的意见",
        ),
        ("勇立潮头 再谱新篇\n\n建设美丽城乡的云州样板\n\n周 静\n\n正文开始。\n", "建设美丽城乡的云州样板"),
        ("2023年5月1日\n云州社区食堂开张迎客\n记者走进社区。\n", "云州社区食堂开张迎客"),
        ("筑府办发〔2020〕5号市人民政府关于复工的通知 各县：正文。", "市人民政府关于复工的通知"),
    ],
)
def test_a_title_is_never_a_banner_a_number_a_date_or_an_eyebrow(text: str, title: str) -> None:
    assert read(text, "1.txt").value("title") == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("各县（市、区）民政局，市级各单位：\n《养老机构评定办法（试行）》已经局务会议审议通过，现印发给你们，请遵照执行。\n一、目的\n为了规范。\n", "关于印发《养老机构评定办法（试行）》的通知"),
        ("各县（市、区）民政局：\n为了规范评定，现将《养老机构评定办法》印发给你们。\n一、目的\n为了规范。\n", "关于印发《养老机构评定办法》的通知"),
        ("各县（市、区）民政局：\n现将《养老服务条例》转发给你们，请结合实际执行。\n一、要求\n提高质量。\n", "关于转发《养老服务条例》的通知"),
        # a text that is only cited gives no name
        ("根据《养老服务条例》，现将标准公布如下。\n一、床位费\n每月二百元。\n", "根据《养老服务条例》，现将标准公布如下"),
        ("国务院制定了《养老服务条例》，我市现提出如下意见。\n一、要求\n提高质量。\n", "国务院制定了《养老服务条例》，我市现提出如下意见"),
        ("各县（市、区）民政局：\n今年的评定工作于三月开始。\n请按时报送。\n", "今年的评定工作于三月开始"),  # not whom it is written to
        (
            "为了深入贯彻落实全市高质量发展大会的部署和要求，进一步提高养老机构的服务质量和水平，不断满足老年人多层次多样化的需要，市民政局现就有关事项提出意见。\n一、要求\n提高质量。\n",
            "为了深入贯彻落实全市高质量发展大会的部署和要求，进一步提高养老机构的服务质量和水平，不断满足老年人多层次多样化的需要",  # to where a clause ends
        ),
    ],
)
def test_a_text_without_a_title_is_named_by_what_it_sends_out_or_by_its_first_words(text: str, title: str) -> None:
    assert read(text, "1.txt").value("title") == title


def test_a_text_in_traditional_characters_is_read_and_kept_in_them() -> None:
    text = (
        "雲州省財政廳關於印發專項資金管理辦法的通知\n雲財建〔2021〕３號\n各市、縣財政局：\n"
        "現印發給你們。本辦法自2021年5月1日起施行。《舊辦法》（雲財建〔2015〕2號）同時廢止。\n"
        "雲州省財政廳\n2021年4月1日\n"
    )
    official = read(text)
    assert official.value("title") == "雲州省財政廳關於印發專項資金管理辦法的通知"
    assert official.value("issuer") == "雲州省財政廳"
    assert official.value("number") == "云财建〔2021〕3号"
    assert official.value("effective") == "2021-05-01"
    assert [(r.title, r.number) for r in official.relations] == [("旧办法", "云财建〔2015〕2号")]


def test_the_cover_of_a_standard_gives_number_dates_and_what_it_replaces() -> None:
    text = (
        "云州省地方标准\nDB99/T 1234-2021\n城镇社区建设规范\n2021-05-01发布　2021-09-01实施\n"
        "前言\n本标准代替DB99/T 1234—2011《城镇社区建设要求》。\n"
    )
    official = read(text)
    assert official.value("title") == "城镇社区建设规范"
    assert official.value("number") == "DB99/T 1234—2021"
    assert (official.value("issued"), official.value("effective")) == ("2021-05-01", "2021-09-01")
    assert official.value("kind") == "standard"
    assert [(r.type, r.title, r.number) for r in official.relations] == [
        ("supersedes", "城镇社区建设要求", "DB99/T 1234—2011")
    ]


def test_a_signature_in_running_text_is_found() -> None:
    text = "关于资金管理的通知　　各市财政局：　　现通知如下。" + "要按时上报。" * 20
    text += "云州省财政厅2017年9月13日（此件主动公开）更多信息请关注公众号"
    official = read(text)
    assert official.value("issued") == "2017-09-13"
    assert official.value("issuer") == "云州省财政厅"


@pytest.mark.parametrize(
    ("sentence", "effective", "expires"),
    [
        ("本办法自2020年1月1日起施行，有效期5年。", "2020-01-01", "2024-12-31"),
        ("本办法自印发之日起施行，有效期至2025年12月31日。", "2019-12-20", "2025-12-31"),
        ("本办法自发布之日起30日后施行，试行两年。", "2020-01-19", "2022-01-18"),
        ("许可证自发证之日起生效，有效期为10年。", None, None),
        ("本报告数据的统计期限自2019年1月1日起至2019年12月31日止。", None, None),
    ],
)
def test_terms_are_those_of_the_document_not_of_a_licence(
    sentence: str, effective: str | None, expires: str | None
) -> None:
    text = f"云州市停车管理办法\n第一条 制定本办法。\n第二条 {sentence}\n云州市人民政府\n2019年12月20日\n"
    official = read(text)
    assert official.value("issued") == "2019-12-20"
    assert (official.value("effective"), official.value("expires")) == (effective, expires)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("城镇社区建设专项规划编制导则（试行）", "standard"),
        ("关于印发《未来乡村建设规范》的通知", "standard"),
        ("云州省规范性文件备案审查条例", "policy"),
        ("公共服务补短板专项行动实施方案", "action"),
        ("科技成果转化示范区建设实施方案（2017－2020年）", "action"),
        ("搜救人员继续开展行动", "policy"),
        ("2024年政务公开工作要点", "action"),
        ("张某诉某公司买卖合同纠纷案", "case"),
        ("未来社区建设典型案例", "case"),
        ("关于征集典型案例的通知", "policy"),
        ("云州市档案管理办法", "policy"),
    ],
)
def test_the_kind_follows_what_the_title_carries(title: str, kind: str) -> None:
    assert read(f"{title}\n\n正文内容。\n").value("kind") == kind


@pytest.mark.parametrize(
    ("title", "region"),
    [
        ("浙江省港口管理条例", "浙江省"),
        ("浙江省杭州市余杭区人民政府关于养老的通知", "余杭区"),
        ("国家税务总局重庆市税务局关于减税的通知", "重庆市"),
        ("国务院办公厅关于创新的意见", "国家"),
        ("农业农村部关于春耕的通知", "国家"),
        ("海陵区关于复工的通告", "海陵区"),
        ("怎样写好一份总结", None),
    ],
)
def test_the_region_is_the_most_local_one_named_first(title: str, region: str | None) -> None:
    assert read(f"{title}\n\n正文内容。\n").value("region") == region


PIECES = st.sampled_from(
    [
        *(
            "关于印发",
            "《甲办法》",
            "（云政发〔2020〕1号）",
            "同时废止",
            "2020年1月1日",
            "起施行",
            "有效期",
            "5年",
        ),
        *("本办法自", "附件：", "各市人民政府：", "云州省财政厅", "第七条", "修改", "通过"),
        *("《", "》", "（", "，", "。", "\n", "　"),
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=60).map("".join))
def test_any_text_is_read_without_error_and_every_span_lies_in_it(text: str) -> None:
    official = read(text, "x.txt")
    assert official.value("title")
    assert official.value("kind") in ("standard", "action", "case", "policy")
    for field in official.fields.values():
        if field.span:
            assert 0 <= field.span.start < field.span.end <= len(text)
    for relation in official.relations:
        assert 0 <= relation.span.start < relation.span.end <= len(text)
    for key in ("issued", "effective", "expires"):
        official.day(key)  # an ISO date, or None


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["日", "废止《", "有效期自", "《", "起施行", "\n附件：", "2023年1月1日\n", "〔2023〕1号"]
)
def test_a_million_hostile_characters_take_seconds_not_minutes(piece: str) -> None:
    text = "关于废止部分文件的决定\n" + piece * (1_000_000 // len(piece))
    assert read(text).value("title") == "关于废止部分文件的决定"
