"""Places too small for the table of places, known by their sort: 竹园社区, 云台镇, 滨江新区."""

from __future__ import annotations

import re
from typing import NamedTuple

_NO_NAME = "个些少每各本该哪几么两多全某此这那其的了在到是有和与及或等新老旧农城乡镇村县市省区级类种项第向为由对从把被将给向入下返"
_SMALL = re.compile(
    rf"(?P<name>(?:(?![{_NO_NAME}])[\u4e00-\u9fff]){{2}})"
    r"(?P<sort>街道|社区|小区|村|(?<![小古集重建名强大])镇(?!级|民|委|域|区|街|上的?|里的?|长|江|静|痛|海)|(?<![家故异思他同还水外])乡(?!级|村|镇|愁|亲|情|土|贤|音|民|试|邻|规|下|间|里)|(?<!发)新区|开发区)"
    r"(?!级|民|委(?!会)|建|规|振|治|庄|企|里的?|长)"
)
_ANY = frozenset(  # what stands before 社区 and is no name
    "未来 完整 智慧 和谐 示范 试点 数字 基层 所在 周边 附近 物业 住宅 成熟 特色 行政 自然 历史 传统 重点 普通 什么 我们 他们 属地 相关 有关 当地 同 "
    "创建 建设 改造 居住 生活 大型 小型 中型 高层 多层 整个 十个 封闭 开放 商业 国际 邻里 文明 平安 绿色 低碳 宜居 幸福 共富 共同 美丽 "
    "经济 技术 工业 产业 国家 中心 一般 主要 沿海 少数 民族 人民 发达 贫困 边远 生态 卫生 保税 综合 高新 周围".split()
)


class Locality(NamedTuple):
    name: str  # 云台
    sort: str  # 镇


def localities(text: str) -> tuple[Locality, ...]:
    """The small places that a (folded) text names, in order."""
    return tuple(Locality(m["name"], m["sort"]) for m in _SMALL.finditer(text) if m["name"] not in _ANY)


__all__ = ["Locality", "localities"]
