"""Standard, action, case or plain policy: what sort of document a title and its headings announce."""

from __future__ import annotations

import re

from indexer.official.names import core, without_version
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
