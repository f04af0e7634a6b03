"""Standard, action, case or plain policy: what sort of document a title and its headings announce."""

from __future__ import annotations

import re

from indexer.official.names import DRAFT, ORG_END, core, without_version
from indexer.official.standards import standard_number

_CASE_TITLE = re.compile(
    r"案例|典型经验|经验做法|典型做法|优秀实践|实践样本|(?:诉|与|申请执行|申请|检察院).{1,40}(?:纠纷"
    r"|赔偿|合同|家庭|继承|侵权|行政|处罚|协议|安置|裁决|决定|出让|管理|复议).{0,12}案$|一案$"
    r"|(?:经验|做法|样本|模式)$"
)
_NOT_CASE = re.compile(r"征集|申报|遴选|推荐|评选|报送|管理|办法|规定|条例|规范|指引|方案|工作的|制度")
_CASE_HEADING = re.compile(
    r"^[#\s　]*(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|[【\[])?(?:基本案情|案情简介"
    r"|案情回顾|法官说法|法官解读|法院裁判|裁判理由|适用解析|诉讼请求|原告诉讼请求|申请人请求|简要案情"
    r"|案情|裁判结果|裁判要旨|裁判要点|处理结果|典型意义|案例分析|案例背景|案例简介|主要做法|经验做法"
    r"|经验启示|案例启示|特色做法|主要成效|创建成效|工作成效)[】\]]?[：:]?\s*$",
    re.MULTILINE,
)
_STANDARD = re.compile(
    r"(?:标准|规范|规程|导则|指南|指引|通则|准则|图集|图则|技术要求|技术规定|指标体系|评价体系"
    r"|评价指标|建设要求|创建要求|评分表|指标|技术条件|标准体系|应用目录|服务清单|配置表)$"
)
_YEARS = re.compile(r"[（(][^（()）]{1,20}[)）]$")
_CRITERIA = re.compile(r"(?:验收|评价|评定|评估|认定|考核|创建|命名|星级|评分)(?:管理)?(?:办法|细则)$")
_ACTION = re.compile(
    r"(?:计划|方案|工作要点|任务清单|重点任务|任务分工|行动.{0,4}意见|路线图|时间表)$"
    r"|(?:专项|三年|攻坚|提升|整治|推进|创建|示范|建设|百日|补短板|倍增)[^，。！ 　]{0,6}行动"
    r"|行动计划|行动方案|八大行动"
)
_LAW = re.compile(r"(?:条例|规定|决定|(?<!办)法|规则|章程|解释|应急预案|公告)$")

_ASKS = r"(?:征求|征集|征询)"
_OPINIONS = r"意见(?:和?建议)?"
_NOTICE = r"的?(?:公告|通知|通告|函|启事|公示|请示|议案)(?:[（(][^（()）]{1,20}[）)])*"
_MARKED = rf"(?:{DRAFT})[）)》]*"
_TRAILING = r"(?:[（(][^（()）]{1,20}[）)])*$"
# Titles of drafts and of notices that lay one open; what tells of the opinions received (意见情况) ends otherwise.
_DRAFT = re.compile(
    # X（征求意见稿）, 《X（送审稿，2024年5月）》 alone or after the body it comes from
    rf"[（(][^（()）]{{0,16}}(?:{DRAFT})(?:[，,、·第\d][^（()）]{{0,12}})?[）)]{_TRAILING}"
    rf"|^(?:[\u4e00-\u9fff]{{2,40}}(?:{ORG_END}))?(?:关于)?《[^《》]+(?:{DRAFT})[）)]*》{_TRAILING}"
    # X条例草案, X办法征求意见稿
    rf"|(?:法|条例|规定|办法|细则|规则|章程|规划|纲要|方案|标准|规范|指南|意见|目录|清单)(?:修[订改正]案?)?(?:{DRAFT}){_TRAILING}"
    # 公开征求《X》意见的公告, 征求X（草案）修改意见的函
    rf"|{_ASKS}[^《》]{{0,6}}《.+》(?:[（(][^（()）]{{1,20}}[）)])?{_OPINIONS}(?:{_NOTICE})?$"
    rf"|{_ASKS}.*{_MARKED}[^《》]{{0,12}}{_OPINIONS}(?:{_NOTICE})?$"
    # 《X》公开征求意见的通知, X（征求意见稿）意见征集
    rf"|(?:》|{_MARKED})(?:面?向(?:全?社会|公众))?(?:再次)?(?:公开)?"
    rf"(?:{_ASKS}[^《》]{{0,10}}{_OPINIONS}|意见(?:征求|征集)|听取意见)(?:{_NOTICE})?$"
    # 印发《X（讨论稿）》的通知, 提请审议《X（草案）》的议案, X（草案）批前公示
    rf"|(?:印发|公布|发布|提请|报送|上报).*{_MARKED}{_NOTICE}$"
    rf"|{_MARKED}(?:批前)?的?公示$"
)
_INNER = re.compile(r"《.*》|[（(][^（()）]*[）)]")


def is_draft(title: str) -> bool:
    """Is it a text not adopted yet (征求意见稿, 草案), or a notice that lays one open?

    A 解读, a report on the opinions received, a decision on a draft and a sentence about one are none.
    """
    compact = re.sub(r"[\s　]+", "", title)[-300:]
    return _DRAFT.search(compact) is not None and not re.search(r"[，。；！？]", _INNER.sub("", compact))


def kind_of(title: str, text: str) -> str:
    """`text` is only read near its head; a notice counts as what it carries."""
    name = without_version(_YEARS.sub("", core(title)))
    lead = text[:3000]
    if _CASE_TITLE.search(name) and not _NOT_CASE.search(name):
        return "case"
    if len(_CASE_HEADING.findall(lead)) >= 2 and "第一条" not in lead:
        return "case"
    if re.search(r"解读|问答|公示|函|批复|通报|报告", name[-6:]):
        return "policy"
    if _LAW.search(name) and not re.search(r"技术规定$", name):
        return "policy"
    if name.endswith("申报指南"):
        return "policy"
    if _STANDARD.search(name) or standard_number(text[:400]):
        return "standard"
    if _CRITERIA.search(name) and re.search(r"(?:指标|分值|评分|得分|标准)", lead):
        return "standard"
    if _ACTION.search(name) and not re.search(r"规划$", name):
        return "action"
    return "policy"
