"""The Chinese words for codes, and the colours they are shown in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KIND_NAMES = {"standard": "标准", "action": "行动", "case": "案例", "policy": "政策", "mixed": "综合"}
STATUS_NAMES = {
    "in_force": "现行有效", "amended": "已修改", "partly_repealed": "部分废止", "repealed": "废止",
    "expired": "失效", "not_yet": "尚未生效", "unknown": "效力未知",
}  # fmt: skip
STATUS_STYLE = {
    "in_force": "green", "amended": "yellow", "partly_repealed": "yellow", "repealed": "red",
    "expired": "red", "not_yet": "yellow", "unknown": "dim",
}  # fmt: skip
VISIBILITY_NAMES = {"public": "公开", "internal": "内部", "restricted": "受限"}
REASON_NAMES = {
    "no_hit": "没有相关原文", "below_threshold": "依据不足", "not_in_force": "没有现行有效的依据",
    "quote_unverified": "引文未能核实", "out_of_scope": "不在知识库范围内", "conflict": "依据互相矛盾",
}  # fmt: skip
STANDING_NAMES = {"stands": "仍然成立", "review": "需要复核", "fallen": "不再成立"}
STATE_NAMES = {
    "valid": "一致", "moved": "位置移动", "changed": "文字有改", "tampered": "存档被改动", "withdrawn": "已撤下", "superseded": "已被取代",
    "repealed": "已废止",
}  # fmt: skip
QUOTE_NAMES = {"exact": "逐字一致", "normalised": "规范化后一致", "near": "近似", "not_found": "未找到"}
LIMIT_NAMES = {
    "kind": "类别", "issuer": "发文机关", "region": "地区", "status": "时效", "number": "文号",
    "issued_from": "成文日期不早于", "issued_to": "成文日期不晚于", "doc_id": "限于所选文件",
}  # fmt: skip


def within(answer: Mapping[str, Any]) -> list[str]:
    """For which day an answer (as `kb.wire.answer_json` gives it) holds and what it was limited to, a line each."""
    limits = "；".join(filter(None, (_limit(*one) for one in (answer.get("filters") or {}).items())))
    return [
        *([f"按 {answer['as_of']} 的规定"] if answer.get("as_of") else []),
        *([f"筛选条件：{limits}"] if limits else []),
    ]


def _limit(name: str, value: Any) -> str:
    codes = {"kind": KIND_NAMES, "status": STATUS_NAMES}.get(name, {})
    values = value if isinstance(value, list) else [value]
    if name == "doc_id":
        return f"{LIMIT_NAMES[name]} {len(values)} 份"
    return f"{LIMIT_NAMES.get(name, name)} {'、'.join(codes.get(one, str(one)) for one in values)}"
