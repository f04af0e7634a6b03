"""The page itself: sections of tables and pictures, one file, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..bench.table import PEER_HEADS, peer_rows
from ..bench.table import rows as bench_rows
from ..metrics import Interval
from . import plots

STYLE = """
body{font:16px/1.7 'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif;
 max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1d2a35;background:#fff}
h1{font-size:1.7rem}h2{margin-top:2.4rem;border-bottom:1px solid #d5dde3;padding-bottom:.3rem}
table{border-collapse:collapse;margin:1rem 0;font-size:.86rem;display:block;overflow-x:auto}
th,td{border:1px solid #d5dde3;padding:.28rem .6rem;text-align:left}th{background:#f1f5f8}
td.worse{color:#a02c1c;font-weight:600}td.better{color:#2c6e2f}
figure{margin:1rem 0}figcaption{color:#52636f;font-size:.86rem}svg{max-width:100%;height:auto}
pre{background:#f1f5f8;padding:.8rem;overflow-x:auto}
@media(prefers-color-scheme:dark){body{background:#14191d;color:#dbe4ea}th,pre{background:#1f272d}
 td,th{border-color:#37444d}figure svg{background:#fff}}
"""
COMMANDS = """python -m eval bench --only add,search,http,talk,update,open,million,peers
python -m eval report
# 单看一项：
python -m eval run --dataset stard --split test
python -m eval ablate --dataset stard,ncp,cmrc
python -m eval answers --dataset own --split test --curve"""
ANSWER_ROWS = {
    "questions": "有答案的问题", "right": "应有的文字都在引文里", "right document cited": "引对了文件",
    "evidence covered, of right": "答对者中引文覆盖依据句", "list completeness": "列表完整度",
    "follow-ups right": "追问答对", "refused wrongly": "有依据却拒答", "absent": "没有依据的问题",
    "refused rightly": "没有依据而拒答", "refusal precision": "拒答的精确率", "citation recall": "引用召回率（ALCE）",
    "citation precision": "引用精确率（ALCE）", "exact quotes": "引文与原文逐字相同",
    "answers with a figure not cited": "有数字不在所引之处的答案", "p50 ms": "中位耗时 ms", "p99 ms": "p99 耗时 ms",
}  # fmt: skip


def page(results: Mapping[str, Any]) -> str:
    bench = results.get("bench", {})
    parts = [
        "<h1>评测报告</h1>",
        _p(f"测于 {results['date']}，{results['machine']}。向量模型 {results['versions']['embedder']}，"
           f"排序网络 {results['versions']['ranker']}，选段网络 {results['versions']['shortlist']}，证据裁判 {results['versions']['judges']}。"
           "区间为 95%，按问题成对自助抽样；数字由下面的命令重新得出，说明见 EVALUATION.md。"),
        f"<pre>{escape(COMMANDS)}</pre>",
        *_quality(results.get("quality", {}), bench),
        *_ablation(results.get("ablation", {})),
        *_answers(results.get("answers", {})),
        *_speed(bench),
    ]  # fmt: skip
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>评测报告</title><style>{STYLE}</style>'
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head><body>\n'
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _quality(found: Mapping[str, Any], bench: Mapping[str, Any]) -> list[str]:
    if not found:
        return []
    rows, against = [], []
    for name, one in found.items():
        measures = [m for m in next(iter(one["modes"].values())) if "@" in m]
        for mode, measured in one["modes"].items():
            label = f"{one['about']}（{name}，{one['questions']} 问）" if mode == "lexical" else ""
            cells = [f"{m} {Interval(**measured[m])}" for m in measures]
            rows.append([label, plots.MODE_NAMES[mode], "；".join(cells), f"{measured['p50_ms']:.1f}"])
        for measure, v in one["hybrid_against_better"].items():
            verdict = "better" if v["low"] > 0 else "worse" if v["high"] < 0 else ""
            difference = f"{v['mean']:+.3f} [{v['low']:+.3f}, {v['high']:+.3f}]"
            against.append([name, measure, plots.MODE_NAMES[v["better"]], (difference, verdict)])
    made = [
        "<h2>检索质量</h2>",
        _figure(plots.quality(found), "各数据集测试部分；线段为 95% 区间。"),
        _table(["数据集", "方式", "指标", "p50 ms"], rows),
        "<h3>混合对照较好的一半</h3>",
        _p("差值为“混合减去词与向量中较好的一个”，同题成对；区间不含 0 才算有差别。"),
        _table(["数据集", "指标", "较好的一半", "差值及 95% 区间"], against),
    ]
    if "stard" in found:
        judged = bench.get("peers", {}).get("judged", {})
        made.append("<h3>质量与速度</h3>")
        made.append(
            _figure(
                plots.against_speed(found["stard"], judged), "百姓的法律问题，58,649 条法条；红点为同类。"
            )
        )
    return made


def _ablation(found: Mapping[str, Any]) -> list[str]:
    made = ["<h2>消融</h2>"] if found else []
    for name, table in found.items():
        measures = list(next(iter(table.values())))
        rows: list[list[Any]] = []
        for step, measured in table.items():
            row: list[Any] = [step]
            for measure in measures:
                v = measured[measure]["against_whole"]
                verdict = "better" if v["low"] > 0 else "worse" if v["high"] < 0 else ""
                row += [
                    f"{measured[measure]['mean']:.3f}",
                    (f"{v['mean']:+.3f} [{v['low']:+.3f}, {v['high']:+.3f}]", verdict),
                ]
            rows.append(row)
        heads = ["步骤"] + [head for m in measures for head in (m, "与重新训练的学习排序之差")]
        made += [f"<h3>{escape(name)}</h3>", _table(heads, rows)]
    return made


def _answers(found: Mapping[str, Any]) -> list[str]:
    if not found:
        return []
    rows = [[label, *(_shown(one.get(key)) for one in found.values())] for key, label in ANSWER_ROWS.items()]
    curves = {name: one["curve"] for name, one in found.items() if one.get("curve")}
    made = ["<h2>答案质量（不用语言模型）</h2>", _table(["指标", *found], rows)]
    if curves:
        made.append(_figure(plots.refusals(curves), "拒答曲线：门槛从松到严；圆点为随附的门槛。"))
    return made


def _speed(bench: Mapping[str, Any]) -> list[str]:
    if not bench:
        return []
    made = ["<h2>速度与占用</h2>", _table(["工作", "要求", "实测"], [list(row) for row in bench_rows(bench)])]
    if "search" in bench:
        made.append(
            _figure(
                plots.latency(bench["search"]["modes"]), f"{bench['search']['passages']} 段，进程内检索。"
            )
        )
    peers = bench.get("peers", {})
    growth = peers.get("growth", [])
    if growth:
        large = bench.get("million")
        made.append("<h3>与同类并排</h3>")
        made.append(_p("同样的段落、同一向量模型、同样的分词，各在自己的进程里依次运行。"))
        made.append(
            _figure(plots.growth(growth, large, "p50_ms", "每问毫秒（中位数）"), "检索耗时随规模的变化。")
        )
        made.append(
            _figure(plots.growth(growth, large, "resident_mb", "常驻内存 MB"), "打开并检索之后的常驻内存。")
        )
    for contest in (*growth, *([peers["judged"]] if "judged" in peers else ())):
        made.append(f"<h3>{contest['passages']:,} 段</h3>")
        made.append(_table(list(PEER_HEADS), [list(row) for row in peer_rows(contest)]))
    return made


def _shown(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "—" if value is None else str(value)


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A cell is a text, or a text with a class."""
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: str | tuple[str, str]) -> str:
    text, kind = cell if isinstance(cell, tuple) else (cell, "")
    return f'<td class="{kind}">{escape(text)}</td>' if kind else f"<td>{escape(text)}</td>"
