"""The many ways in which one thing is said: terms, numbers, dates, repeals and lists of repealed texts."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.official import Official, read_official
from kb.model import Parsed

OLD = ("repeals", "云州市房屋租赁管理规定", "云政发〔2010〕8号", "")
OTHER = ("repeals", "关于加强停车管理的通知", "云政办发〔2012〕3号", "")


def notice(
    closing: str = "", number: str = "云政发〔2020〕5号", signed: str = "云州市人民政府\n2020年3月15日"
) -> Official:
    text = (
        f"{number}\n\n云州市人民政府关于印发《云州市出租房屋管理办法》的通知\n\n各县（市、区）人民政府：\n\n"
        f"现将《云州市出租房屋管理办法》印发给你们，请认真贯彻执行。\n\n{signed}\n\n云州市出租房屋管理办法\n\n"
        f"第一条 为了加强管理，制定本办法。\n\n第二条 出租人应当登记。\n\n{closing}\n"
    )
    return read_official(Parsed(text), "a.txt")


def decision(title: str, body: str) -> Official:
    text = f"{title}\n\n各有关单位：\n\n{body}\n"
    return read_official(Parsed(text), "a.txt")


def aims(official: Official) -> list[tuple[str, str, str, str]]:
    ends = ("repeals", "supersedes", "amends")
    return [(r.type, r.title, r.number, r.scope) for r in official.relations if r.type in ends]


@pytest.mark.parametrize(
    ("sentence", "effective", "expires"),
    [
        ("本办法自２０２０年５月１日起施行。", "2020-05-01", None),
        ("本办法自2020 年 5 月 1 日起 施行。", "2020-05-01", None),
        ("本办法自二○二○年五月一日起施行，有效期五年。", "2020-05-01", "2025-04-30"),
        ("本办法自公布之日起三十日后施行。", "2020-04-14", None),
        ("本办法自2020年5月1日至2025年4月30日施行。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年5月1日起至2025年4月30日止。", "2020-05-01", "2025-04-30"),
        ("本办法执行期限为2020年5月1日至2025年12月31日。", "2020-05-01", "2025-12-31"),
        ("有效期为2020年5月1日至2025年12月31日。", "2020-05-01", "2025-12-31"),
        ("本办法施行时间为2020年5月1日。", "2020-05-01", None),
        ("本办法自2020年5月1日起施行，2025年4月30日自行失效。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年5月1日起施行，自2025年5月1日起废止。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年5月1日起施行，有效期18个月。", "2020-05-01", "2021-10-31"),
        ("本办法自公布之日起3个月后施行。", "2020-06-15", None),
        ("本办法自公布之日起六个月后施行。", "2020-09-15", None),
        ("本办法自公布之日起半年后施行。", "2020-09-15", None),
        ("本办法自公布三十日后施行。", "2020-04-14", None),
        ("本办法经市政府批准后，自公布之日起30日后施行。", "2020-04-14", None),
        ("本办法自公布之日起次日施行。", "2020-03-16", None),
        ("本办法自印发之次日起施行。", "2020-03-16", None),
        ("本办法自印发之日起第31日施行。", "2020-04-14", None),
        ("本办法自印发后的次月1日起施行。", "2020-04-01", None),
        ("本办法自印发次年1月1日起施行。", "2021-01-01", None),
        ("本办法自2020年5月1日开始施行。", "2020-05-01", None),
        ("本办法自2020年5月起施行。", "2020-05-01", None),
        ("本办法有效期为2020年5月1日—2025年4月30日。", "2020-05-01", "2025-04-30"),
        ("本办法执行期限为2020年5月1日至12月31日。", "2020-05-01", "2020-12-31"),
        ("本办法自2020年5月1日起施行，5年内有效。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年5月1日起施行，有效期至2025年12月。", "2020-05-01", "2025-12-31"),
        ("本办法自2020年5月1日起施行，执行至二〇二五年六月底。", "2020-05-01", "2025-06-30"),
        ("本办法自2020年5月1日起施行，有效期至2025年12月下旬。", "2020-05-01", None),
        ("本办法自2020年5月1日起施行，实施期五年。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年5月1日起施行，有效期叁年。", "2020-05-01", "2023-04-30"),
        ("本办法自2020年5月1日起施行，有效期不超过5年。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年5月1日起施行，于2025年5月1日失效。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年5月1日起施行，于2025年12月31日失效。", "2020-05-01", "2025-12-31"),
        ("本办法施行期限为五年，从2020年5月1日起计算。", "2020-05-01", "2025-04-30"),
        ("本办法有效期自2020年5月1日起5年。", "2020-05-01", "2025-04-30"),
        ("本办法自2020年2月29日起施行，有效期1年。", "2020-02-29", "2021-02-28"),
        ("对招用人员的企业给予补贴，实施期限为2020年1月1日至12月31日。", None, None),
        ("项目报告每年报送；执行期5年及以上的专项，中期报送。", None, None),
        ("居住证自签发之日起5年内有效。", None, None),
        ("本次申报自2020年5月1日至2020年6月1日止。", None, None),
        ("房屋租赁合同自2020年5月1日至2025年4月30日有效。", None, None),
        ("《云州市旧办法》2025年4月30日失效。", None, None),
    ],
)
def test_the_first_and_the_last_day_in_force_are_read_however_they_are_said(
    sentence: str, effective: str | None, expires: str | None
) -> None:
    official = notice(f"第三条 {sentence}")
    assert (official.value("effective"), official.value("expires")) == (effective, expires)


def test_working_days_are_never_counted_too_short() -> None:
    read = notice("第三条 本办法自公布之日起10个工作日后施行。", signed="云州市人民政府\n2020年9月25日").day("effective")
    assert read is not None and date(2020, 10, 19) <= read <= date(2020, 11, 1)  # the holidays of October lie between


OF_OTHER = "《云州市房屋租赁管理规定》"


@pytest.mark.parametrize(
    "other",
    [
        f"2019年5月1日起施行的{OF_OTHER}", f"原自2010年5月1日起施行的{OF_OTHER}", f"2010年3月1日施行的{OF_OTHER}",
        f"2010年3月1日实施的{OF_OTHER}", f"市政府2010年3月1日公布、2010年5月1日起施行的{OF_OTHER}",
        f"2010年5月1日起施行、2015年修订的{OF_OTHER}", f"2010年5月1日起施行，2015年修订的{OF_OTHER}",
        f"自2012年5月1日起试行的原{OF_OTHER}", f"{OF_OTHER}（自2010年5月1日起施行）",
        f"{OF_OTHER}（有效期至2020年12月31日）", f"有效期至2020年12月31日的{OF_OTHER}",
        "2010年5月1日起执行的云政发〔2010〕8号文件",
    ],
)  # fmt: skip
@pytest.mark.parametrize("joint", ["，", "。"])
def test_the_term_of_a_repealed_document_is_not_that_of_the_new_one(other: str, joint: str) -> None:
    official = notice(f"第三条 本办法自2024年5月1日起施行，有效期5年{joint}{other}同时废止。")
    assert (official.value("effective"), official.value("expires")) == ("2024-05-01", "2029-04-30")
    assert len(aims(official)) == 1


@pytest.mark.parametrize(
    "number",
    [
        "云政发［2020］5号", "云政发(2020)5号", "云政发【2020】5号", "云政发﹝2020﹞5号", "云政发〈2020〉5号",
        "云政发{2020}5号", "云政发〔２０２０〕５号", "云政发〔二○二○〕5号", "云政发〔2020〕第5号",
        "云 政 发〔2020〕5 号", "发文字号： 云政发〔2020〕05号", "云政发〔2020］ 5 号",
    ],
)  # fmt: skip
def test_a_number_has_one_spelling_whatever_its_brackets_and_digits(number: str) -> None:
    official = notice(number=number)
    assert official.value("number") == "云政发〔2020〕5号"
    assert official.fields["number"].span is not None


@pytest.mark.parametrize(
    "signed",
    [
        "云州市人民政府\n２０２０年３月１５日", "云州市人民政府\n二O二O年三月十五日", "云州市人民政府（盖章）\n2020年03月15日",
        "云州市人民政府    2020 年 3 月 15 日", "2020年3月15日\n云州市人民政府", "云州市人民政府\n二零二零年三月十五日",
    ],
)  # fmt: skip
def test_the_day_of_issue_is_read_from_any_signature(signed: str) -> None:
    assert notice(signed=signed).value("issued") == "2020-03-15"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("本办法自公布之日起施行，同时废止《云州市房屋租赁管理规定》（云政发〔2010〕8号）。", [OLD]),
        ("本办法自公布之日起施行，同时废止云政发〔2010〕8号文件。", [("repeals", "", OLD[2], "")]),
        ("本办法施行后，《云州市房屋租赁管理规定》（云政发[2010]8号）不再执行。", [OLD]),
        ("《云州市房屋租赁管理规定》（云政发〔2010〕8号，云政发〔2015〕2号修订）同时废止。", [OLD]),
        ("《云州市房屋租赁管理规定》（云政发〔2010〕8号）\n同时废止。", [OLD]),
        ("本办法代替《云州市房屋租赁管理规定》（云政发〔2010〕8号）。", [("supersedes", *OLD[1:])]),
        ("《云州市房屋租赁管理规定》（云政发〔2010〕8号）第五条同时废止。", [(*OLD[:3], "第五条")]),
        ("《云州市房屋租赁管理规定》（云政发〔2010〕8号）与本办法不一致的，以本办法为准。", []),
        ("依据《云州市房屋租赁管理规定》（云政发〔2010〕8号）发放的证件停止使用。", []),
    ],
)
def test_an_end_is_read_however_it_is_said(
    sentence: str, expected: list[tuple[str, str, str, str]]
) -> None:
    assert aims(notice(f"第三条 {sentence}")) == expected


DECISION = "云州市人民政府关于废止部分行政规范性文件的决定"
SEEN = "经清理，决定废止2件规范性文件（见附件）。\n\n云州市人民政府\n2020年3月15日\n\n附件\n\n"


@pytest.mark.parametrize(
    "table",
    [
        "废止的规范性文件目录\n\n1. 云州市房屋租赁管理规定（云政发〔2010〕8号）\n2. 关于加强停车管理的通知（云政办发〔2012〕3号）",
        "宣布失效的文件目录\n\n序号：1；文件名称：云州市房屋租赁管理规定；文号：云政发〔2010〕8号\n"
        "序号：2；文件名称：关于加强停车管理的通知；文号：云政办发〔2012〕3号",
        "废止文件目录\n\n| 序号 | 文号 | 名称 | 日期 |\n|---|---|---|---|\n"
        "| 1 | 云政发〔2010〕8号 | 云州市房屋租赁管理规定 | 2010-03-01 |\n"
        "| 2 | 云政办发〔2012〕3号 | 关于加强停车管理的通知 | 2012-03-01 |",
        "废止文件目录\n\n序号 文件名称 文号\n1 云州市房屋租赁管理规定 云政发〔2010〕8号\n2 关于加强停车管理的通知 云政办发〔2012〕3号",
        "废止文件目录\n\n1\n云州市房屋租赁\n管理规定\n云政发〔2010〕8号\n2\n关于加强停车管理的通知\n云政办发〔2012〕3号",
        "废止文件目录\n\n１．云州市房屋租赁管理规定\n文号：云政发［２０１０］８号\n说明：已被国务院令第5号代替。\n"
        "２．关于加强停车管理的通知\n文号：云政办发［２０１２］３号",
        "一、继续有效的文件目录\n1.《云州市养犬办法》（云政发〔2011〕9号）\n二、废止的文件目录\n"
        "1.《云州市房屋租赁管理规定》（云政发〔2010〕8号）\n2.《关于加强停车管理的通知》（云政办发〔2012〕3号）",
    ],
)
def test_a_list_of_repealed_texts_is_read_whatever_its_layout(table: str) -> None:
    official = decision(DECISION, SEEN + table)
    assert official.value("title") == DECISION
    assert aims(official) == [OLD, OTHER]


def test_a_page_without_line_ends_repeals_only_what_stands_under_repeal() -> None:
    kept = "".join(f"{i}《云州市第{i}号办法》云科规〔2020〕{i}号" for i in range(1, 30))
    text = (
        f"2023年规范性文件清理结果目录　　（一）保留规范性文件目录序号文件名称文号{kept}　　（二）予以废止规范性文件目录"
        "序号文件名称文号1《云州市房屋租赁管理规定》云政发〔2010〕8号"
    )
    assert aims(read_official(Parsed(text), "a.txt")) == [OLD]


def test_a_listed_notice_about_a_law_does_not_repeal_the_law() -> None:
    official = decision(
        DECISION,
        "决定废止下列文件：\n1.关于执行《云州市房屋租赁条例》若干问题的通知（云政发〔2010〕9号）\n"
        "2.“《云州市停车条例》若干条款的说明”",
    )
    assert [r[1] for r in aims(official)] == ["关于执行《云州市房屋租赁条例》若干问题的通知", "“《云州市停车条例》若干条款的说明”"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("云州市人民政府关于废止云政发〔2010〕8号文件的通知", ("repeals", "", "云政发〔2010〕8号", "")),
        ("云州市人民政府关于停止执行《云州市房屋租赁管理规定》的通知", ("repeals", OLD[1], "", "")),
        ("云州市人民政府关于调整《云州市房屋租赁管理规定》有关条款的通知", ("amends", OLD[1], "", "")),
    ],
)
def test_a_title_says_what_it_does_and_its_number_is_not_that_of_the_other(
    title: str, expected: tuple[str, str, str, str]
) -> None:
    official = decision(title, "经研究决定，自本通知印发之日起生效。\n\n云州市人民政府\n2020年3月15日")
    assert aims(official) == [expected]
    assert official.value("number") is None
