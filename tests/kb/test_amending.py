"""What later texts changed of the words quoted."""

from __future__ import annotations

import pytest

from kb.amending import changes
from kb.evidence import read
from kb.model import Document

RULE = Document("d", "云州市养犬管理办法", "d.txt", 1, "", number="云政规〔2022〕7号")
DECISION = """云州市人民政府关于修改部分规范性文件的决定
一、对《云州市停车管理办法》（云政规〔2021〕3号）作出如下修改：
（一）将第八条中的“每小时5元”修改为“每小时6元”。
二、对《云州市养犬管理办法》（云政规〔2022〕7号）作出如下修改：
（一）将第八条中的“每年300元”修改为“每年200元”。
（二）第九条修改为：“第九条 养犬登记证有效期两年。
“登记证遗失的，十日内申请补发。”
（三）删去第二十条。
三、本决定自2025年3月1日起施行。
"""


def told(text: str, path: str, words: str, amended: Document = RULE) -> list[str]:
    reading = read(text)
    return [text[a:b] for a, b in changes(reading, amended, [((path,) if path else (), words)])]


@pytest.mark.parametrize(
    ("article", "words", "said"),
    [
        ("第八条", "每只犬每年300元。", ["（一）将第八条中的“每年300元”修改为“每年200元”。"]),
        ("第九条", "有效期一年。", ["（二）第九条修改为：“第九条 养犬登记证有效期两年。\n“登记证遗失的，十日内申请补发。”"]),
        ("第二十条", "本办法由公安局解释。", ["（三）删去第二十条。"]),
        ("第七条", "犬只应当免疫。", []),
        ("", "费用为每年300元", ["（一）将第八条中的“每年300元”修改为“每年200元”。"]),
    ],
)
def test_the_change_of_the_quoted_article_is_found_and_no_other(article: str, words: str, said: list[str]) -> None:
    assert told(DECISION, article, words) == said


def test_a_change_of_another_document_in_the_same_decision_is_not_taken() -> None:
    parking = Document("p", "云州市停车管理办法", "p.txt", 1, "", number="云政规〔2021〕3号")
    assert told(DECISION, "第八条", "每小时5元", parking) == ["（一）将第八条中的“每小时5元”修改为“每小时6元”。"]
    assert told(DECISION, "第八条", "x", Document("x", "云州市广告管理办法", "x.txt", 1, "")) == []


def test_old_words_in_the_quote_are_enough_where_no_article_is_named() -> None:
    notice = (
        "关于调整2025年贴息申报的补充通知\n现将《关于组织申报2025年贴息的通知》（云经信〔2025〕33号）有关事项调整如下：\n"
        "一、申报截止时间由2025年5月31日延长至2025年6月30日。\n二、单户贴息上限由50万元提高至80万元。\n三、其他事项不变。\n"
    )
    rule = Document("d", "云州市经信局关于组织申报2025年贴息的通知", "d.txt", 1, "", number="云经信〔2025〕33号")
    assert told(notice, "", "单户最高50万元。", rule) == ["二、单户贴息上限由50万元提高至80万元。"]
    assert told(notice, "", "于2025年5月31日前提交", rule) == ["一、申报截止时间由2025年5月31日延长至2025年6月30日。"]
    assert told(notice, "", "按60%给予贴息", rule) == []


def test_the_new_words_of_one_article_may_name_another() -> None:
    text = "关于修改《云州市养犬管理办法》的决定\n一、第三条修改为：“第三条 违反第八条的，处罚款。”\n二、第八条第二款修改为：“免缴。”\n"
    assert told(text, "第八条", "x") == ["二、第八条第二款修改为：“免缴。”"]
    assert told(text, "第三条", "x") == ["一、第三条修改为：“第三条 违反第八条的，处罚款。”"]
