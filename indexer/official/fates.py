"""What the own cell of a row says befalls the document in it: 继续有效, 修改, 废止, 宣布失效."""

from __future__ import annotations

import re
from typing import Literal

from indexer.official.names import ends_title
from indexer.official.rows import is_number_only, row_title

Fate = Literal["repeals", "amends", "partly", "stays", "other"]  # other: a word that is no fate in its column
_COLUMN = re.compile(
    r"(?:清理|处理|审查|评估|审核|审议|复核)?(?:结果|意见|结论|决定|方式|情况|建议|措施)|(?:法律)?效力(?:状态|情况)?|(?:是否)?有效(?:性|状态)?|时效性?|状态|去留"
)
_REMARK = re.compile(r"备注|说明|理由|原因")
_LABEL = re.compile(r"[^：:；;|\n]{1,24}[：:]")
_KEPT = re.compile(r"保留|有效|继续|暂缓|暂不|不予|不|无需|沿用|延续|待|拟|建议|适时")
_CHANGED = re.compile(r"修改|修订|修正|完善|重新(?:制定|公布|发布|印发)")
_STOPPED = re.compile(r"废止|失效|作废|停止|终止|不再执行|不再施行|撤销|取消")
_LONGEST = 16  # code points of a cell that tells a fate; a longer one is a remark


def row_fate(row: str) -> Fate | None:
    """The fate that a row of several cells gives; None where no cell of it gives one."""
    cells = [c.strip(" 　|") for c in re.split(r"[ 　]*[|\t；;][ 　]*", row.strip(" 　|"))]
    told = [fate for cell in cells if (fate := _labelled(cell))]
    if told:
        return told[-1]
    if len(cells) < 2:
        cells = row.split()
    if len(cells) < 2:
        return None
    found = [fate for cell in cells if (fate := fate_of(cell)) and not _LABEL.match(cell)]
    return found[-1] if found else None


def _labelled(cell: str) -> Fate | None:
    """`清理结果：继续有效`; a remark (备注) counts only where it is a fate."""
    label = _LABEL.match(cell)
    if label and _REMARK.fullmatch(label.group().rstrip("：:").strip()):
        return fate_of(cell[label.end() :].strip())
    if label is None or not _COLUMN.fullmatch(label.group().rstrip("：:").strip()):
        return None
    return fate_of(cell[label.end() :].strip()) or "other"


def fate_of(cell: str) -> Fate | None:
    """The fate a whole cell names: 废止, 宣布失效, 继续有效, 修改后继续有效, 部分废止; None for another cell."""
    bare = re.sub(r"[（(][^（()）]*[）)]", "", cell).strip(" 　。")
    if not 1 < len(bare) <= _LONGEST or ends_title(bare) or re.search(r"[《》\d：:]", bare):
        return None
    if _CHANGED.search(bare) and not _KEPT.match(bare) and not re.match(r"(?:予以|宣布)?(?:废止|失效)", bare):
        return "amends" if _word(bare) else None
    if _KEPT.search(bare):
        return "stays" if _word(bare) else None
    if _STOPPED.search(bare):
        return None if not _word(bare) else "partly" if "部分" in bare else "repeals"
    return None


def _word(cell: str) -> bool:
    """Is a cell made of words about fates alone, with no noun of its own?"""
    return not re.sub(
        r"继续|有效|保留|修改|修订|修正|完善|废止|失效|作废|停止|终止|执行|施行|实施|适用|使用|不再|撤销|取消|重新|制定|公布|发布|印发"
        r"|宣布|予以|给予|直接|全文|整体|部分|条款|内容|同时|拟|建议|暂缓|暂不|不予|不|无需|已|现|自行|即行|自然|自动|应当?|后|并|或|和|及|的|仍"
        r"|适时|待|继|沿用|延续|尽快|年内|按程序|[、，,/／ 　]",
        "",
        cell,
    )


def row_name(row: str) -> str:
    """The title in a row: that under its 名称, else the first cell that ends like one."""
    cells = [c.strip(" 　|《》") for c in re.split(r"[ 　]*[|\t；;][ 　]*", row.strip(" 　|"))]
    if len(cells) > 1 and not _LABEL.match(cells[0]):
        named = [c for c in cells if len(c) >= 4 and ends_title(c) and not is_number_only(c)]
        if named:
            return row_title(named[0]) or named[0]
    return row_title(row)
