"""Figures of the bench as a table for the terminal, with what the product must reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Figures = Mapping[str, Any]
ROWS: tuple[tuple[str, str, str, Callable[[Figures], str]], ...] = (
    ("add", "添加法规，从文件到可检索", "≤ 90 秒（2,000 万字）", lambda r: f"{r['seconds']:.1f} 秒（{r['files']} 份、{r['characters'] / 1e6:.1f} 百万字、{r['passages']} 段）"),
    ("add", "　同上，内存峰值（各进程之和）", "≤ 1,500 MB", lambda r: f"{r['peak_mb']:.0f} MB"),
    ("search", "混合检索，进程内，k = 10", "p50 ≤ 8 ms，p99 ≤ 25 ms", lambda r: "p50 {p50_ms:.1f} ms，p99 {p99_ms:.1f} ms".format(**r["modes"]["hybrid"])),
    ("search", "　向量一侧 recall@10（对照逐一比较）", "≥ 0.99", lambda r: f"{r['vector_recall@10']:.4f}"),
    ("http", "POST /api/search，8 个客户，没有一问问两次", "≥ 150 次/秒，无错误", lambda r: f"{r['answers_per_s']:.0f} 次/秒，{r['errors']} 个错误，p99 {r['p99_ms']:.0f} ms"),
    ("http", "　同上，大家都问的一百问", "", lambda r: f"{r['again']['answers_per_s']:.0f} 次/秒，p99 {r['again']['p99_ms']:.0f} ms"),
    ("talk", "50 人同时各开一个流式对话：到第一句", "中位 ≤ 150 ms，无错误", lambda r: f"中位 {r['under_way']['first_p50_ms']:.0f} ms，九成在 {r['under_way']['first_p90_ms']:.0f} ms 内，{r['errors']} 个错误"),
    ("talk", "　同上，50 个不同的问题在同一瞬间发出", "", lambda r: f"中位 {r['at_once']['first_p50_ms']:.0f} ms"),
    ("update", "服务运行中，改动一份文档到可检索", "≤ 1 秒", lambda r: f"{r['changed_to_searchable_s']:.2f} 秒"),
    ("open", "启动到服务就绪", "≤ 2 秒", lambda r: f"{r['service_ready_s']:.2f} 秒"),
    ("open", "　就绪时常驻内存", "≤ 700 MB", lambda r: f"{r['resident_mb']:.0f} MB"),
    ("million", "一百万段：混合检索", "p50 ≤ 20 ms", lambda r: f"{r['passages']} 段，p50 {r['modes']['hybrid']['p50_ms']:.1f} ms，p99 {r['modes']['hybrid']['p99_ms']:.1f} ms"),
    ("million", "　向量一侧 recall@10", "≥ 0.99", lambda r: f"{r['vector_recall@10']:.4f}"),
    ("million", "　常驻内存", "≤ 2,500 MB", lambda r: f"{r['resident_mb']:.0f} MB"),
    ("million", "　改动一份文档到可检索", "≤ 1 秒", lambda r: f"{r['update']['changed_to_searchable_s']:.2f} 秒"),
)  # fmt: skip


def rows(results: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(work, must reach, measured) of the steps that have been run."""
    return [(work, wanted, show(results[step])) for step, work, wanted, show in ROWS if step in results]


def peer_rows(contested: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """(name, build s, p50 ms, p99 ms, start to first answer s, resident MB, nDCG@10) of one contest."""
    made = []
    for one in contested["contenders"].values():
        quality = one.get("quality", {}).get("nDCG@10")
        made.append(
            (
                one["about"], f"{one['build_s']:.1f}", f"{one['p50_ms']:.1f}", f"{one['p99_ms']:.1f}",
                f"{one['first_answer_s']:.2f}" if "first_answer_s" in one else "", f"{one['resident_mb']:.0f}", f"{quality['mean']:.3f}" if quality else "",
            )
        )  # fmt: skip
    return made


PEER_HEADS = ("", "建库 秒", "p50 ms", "p99 ms", "从启动到第一答 秒", "常驻 MB", "nDCG@10")


def shown(results: Mapping[str, Any]) -> str:
    lines = [f"{work}：{measured}{f'　（要求 {wanted}）' if wanted else ''}" for work, wanted, measured in rows(results)]
    peers = results.get("peers", {})
    for contested in (*peers.get("growth", ()), *([peers["judged"]] if "judged" in peers else ())):
        lines.append(f"\n同类并排，{contested['passages']} 段：")
        lines.append("　".join(PEER_HEADS))
        lines += ["　".join(row) for row in peer_rows(contested)]
    return "\n".join(lines)
