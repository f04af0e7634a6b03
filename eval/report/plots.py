"""Results → pictures: SVG texts to stand in the page. Words are set by the browser, so any of its fonts will do."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif"
)
COLOURS = ("#3b6ea8", "#c8553d", "#7a8f3c", "#8a5aa3", "#c39a2b", "#4a9a94")
MODE_NAMES = {"lexical": "只用词", "dense": "只用向量", "fused": "倒数排名融合", "hybrid": "混合（产品默认）"}


def svg(draw: Callable[[Axes], None], width: float = 7.2, height: float = 3.6, label: str = "") -> str:
    """One plot as an SVG element that scales with the page."""
    with rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "eval", "axes.unicode_minus": False, "font.size": 9}
    ):
        figure = Figure(figsize=(width, height))
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
        out = io.StringIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # glyphs matplotlib's own fonts lack
            draw(axes)
            figure.tight_layout()
            figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(
        r'<svg [^>]*viewBox="([^"]+)"[^>]*>',
        rf'<svg viewBox="\1" role="img" aria-label="{label}">',
        text,
        count=1,
    )
    return re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S).replace(
        "DejaVu Sans", FONTS.replace("'", "")
    )


def main_measure(modes: Mapping[str, Any]) -> str:
    return "passage@5" if "passage@5" in next(iter(modes.values())) else "nDCG@10"


def quality(found: Mapping[str, Any]) -> str:
    """Bars by set and mode, with intervals."""
    names = list(found)

    def draw(axes: Axes) -> None:
        modes = list(MODE_NAMES)
        for number, mode in enumerate(modes):
            at = [i + (number - 1.5) * 0.2 for i in range(len(names))]
            figures = [found[n]["modes"][mode][main_measure(found[n]["modes"])] for n in names]
            means = [f["mean"] for f in figures]
            spans = [[f["mean"] - f["low"] for f in figures], [f["high"] - f["mean"] for f in figures]]
            axes.bar(
                at,
                means,
                0.19,
                yerr=spans,
                label=MODE_NAMES[mode],
                color=COLOURS[number],
                error_kw={"lw": 0.8},
            )
        measures = [f"{n}\n{main_measure(found[n]['modes'])}" for n in names]
        axes.set_xticks(range(len(names)), measures)
        axes.set_ylim(0, 1.05)
        axes.legend(ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.15), frameon=False)

    return svg(draw, 8.6, 3.8, "各数据集、各检索方式的质量")


def against_speed(ours: Mapping[str, Any], peers: Mapping[str, Any]) -> str:
    """nDCG@10 over milliseconds, every mode and every peer on the judged set."""
    points = [
        (MODE_NAMES[m], r["p50_ms"], r["nDCG@10"]["mean"], COLOURS[0]) for m, r in ours["modes"].items()
    ]
    points += [
        (one["about"], one["p50_ms"], one["quality"]["nDCG@10"]["mean"], COLOURS[1])
        for name, one in peers.get("contenders", {}).items()
        if name != "ours" and "quality" in one
    ]

    def draw(axes: Axes) -> None:
        for name, x, y, colour in points:
            axes.scatter(x, y, color=colour, s=28)
            axes.annotate(name, (x, y), textcoords="offset points", xytext=(5, 4))
        axes.set_xscale("log")
        axes.set_xlabel("每问毫秒（中位数，对数）")
        axes.set_ylabel("nDCG@10")

    return svg(draw, label="质量与速度")


def latency(modes: Mapping[str, Any]) -> str:
    """Share of searches answered within so many milliseconds."""

    def draw(axes: Axes) -> None:
        for number, (mode, found) in enumerate(modes.items()):
            times = sorted(found["times_ms"])
            axes.plot(
                times,
                [(i + 1) / len(times) for i in range(len(times))],
                color=COLOURS[number],
                label=MODE_NAMES[mode],
            )
        axes.set_xscale("log")
        axes.set_xlabel("毫秒（对数）")
        axes.set_ylabel("不超过此时长的检索所占份额")
        axes.legend(frameon=False)

    return svg(draw, label="检索耗时的分布")


def growth(
    contests: Sequence[Mapping[str, Any]], ours_large: Mapping[str, Any] | None, measure: str, title: str
) -> str:
    """One figure of every contender over the number of passages."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for contest in contests:
        for one in contest["contenders"].values():
            lines.setdefault(one["about"], []).append((contest["passages"], one[measure]))
    if ours_large is not None:
        large = (
            ours_large["resident_mb"] if measure == "resident_mb" else ours_large["modes"]["hybrid"][measure]
        )
        lines.setdefault("本产品（混合）", []).append((ours_large["passages"], large))

    def draw(axes: Axes) -> None:
        for number, (name, points) in enumerate(lines.items()):
            xs, ys = zip(*sorted(points), strict=True)
            axes.plot(xs, ys, marker="o", ms=4, color=COLOURS[number % len(COLOURS)], label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("段落数（对数）")
        axes.set_ylabel(title)
        axes.legend(frameon=False)

    return svg(draw, label=f"{title}随规模的变化")


def refusals(curves: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Refused rightly over refused wrongly, one line a set; the dot is the shipped threshold."""

    def draw(axes: Axes) -> None:
        for number, (name, points) in enumerate(curves.items()):
            xs = [p["refused_wrongly"] for p in points]
            ys = [p["refused_rightly"] for p in points]
            axes.plot(xs, ys, color=COLOURS[number], label=name)
            shipped = min(points, key=lambda p: abs(p["threshold"]))
            axes.scatter(shipped["refused_wrongly"], shipped["refused_rightly"], color=COLOURS[number], s=30)
        axes.set_xlabel("有依据却拒答的份额")
        axes.set_ylabel("没有依据而拒答的份额")
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        axes.legend(frameon=False, loc="lower right")

    return svg(draw, 4.8, 4.0, "拒答曲线")
