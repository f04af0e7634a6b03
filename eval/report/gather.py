"""The measurements behind the page, each kept until what it depends on changes."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import indexer
import kb
from indexer.embed import load_embedder

from .. import ablate, answers, run
from ..answer_sets import answer_set
from ..making import say, source_digest
from ..ranking import MODES
from ..sets import available, dataset

ABLATED = ("stard", "ncp", "cmrc", "mailbox", "services")
ANSWERED = ("own", "ncp", "cmrc")
MOST_ANSWERS = 400  # questions of one set put to the assistant
BIG = ("laws",)  # sets that are only measured when named


@dataclass(frozen=True, slots=True)
class Given:
    """What a report is made from."""

    data: Path
    work: Path
    sets: tuple[str, ...] = ()
    fresh: bool = False

    def chosen(self) -> list[str]:
        return [n for n in available(self.data) if (n in self.sets if self.sets else n not in BIG)]


def versions() -> dict[str, str]:
    """What the figures depend on besides the data."""
    root = Path(indexer.__file__).parent
    judges = Path(kb.__file__).parent / "models" / "answers.npz"
    return {
        "embedder": load_embedder().name,
        "ranker": _digest(root / "models" / "ranker.npz"),
        "shortlist": _digest(root / "models" / "shortlist.npz"),
        "judges": _digest(judges),
    }


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


def quality(given: Given) -> dict[str, Any]:
    """Every set in every mode on its test part."""
    found = {}
    for name in given.chosen():
        say(f"检索质量：{name}")
        chosen = dataset(name, given.data)
        results = run.measure(chosen, MODES, "test", given.work, fresh=given.fresh)
        found[name] = run.summary(chosen, "test", results)
    return found


def ablation(given: Given) -> dict[str, Any]:
    names = [name for name in ABLATED if name in given.chosen()]
    return ablate.measure(names, given.data, given.work) if names else {}


def answering(given: Given) -> dict[str, Any]:
    found = {}
    for name in ANSWERED:
        if name not in given.chosen():
            continue
        say(f"答案质量：{name}")
        chosen = answer_set(name, given.data)
        assistant = answers.assistant_of(chosen, None, given.work, given.fresh)
        asked = answers.part(chosen, "test", MOST_ANSWERS)
        outcomes = answers.measure(assistant, asked)
        found[name] = answers.figures(outcomes) | {
            "times_ms": [o.answer.took_ms for o in outcomes],
            "curve": answers.refusal_curve(assistant, asked) if name != "cmrc" else [],
        }
    return found


STEPS: dict[str, Callable[[Given], dict[str, Any]]] = {
    "quality": quality,
    "ablation": ablation,
    "answers": answering,
}
DEPENDS: dict[str, tuple[str, ...]] = {  # versions a step's figures depend on
    "quality": ("embedder", "ranker", "shortlist"),
    "ablation": ("embedder", "ranker", "shortlist"),
    "answers": ("embedder", "ranker", "shortlist", "judges"),
}


def gathered(given: Given, names: Sequence[str]) -> dict[str, Any]:
    """All results: the named steps measured where needed, the others as they were left."""
    folder = given.work / "report"
    folder.mkdir(parents=True, exist_ok=True)
    now = versions()
    results: dict[str, Any] = {"versions": now, "date": date.today().isoformat(), "machine": machine()}
    for name, step in STEPS.items():
        kept = folder / f"{name}.json"
        known = json.loads(kept.read_text("utf-8")) if kept.is_file() else None
        key = {d: now[d] for d in DEPENDS[name]} | {"code": source_digest(("*.py",)), "sets": given.chosen()}
        if name in names and (given.fresh or known is None or known["key"] != key):
            known = {"key": key, "date": date.today().isoformat(), "found": step(given)}
            kept.write_text(json.dumps(known, ensure_ascii=False), "utf-8")
        if known is not None:
            results[name] = known["found"]
            results[f"{name}_key"] = known["key"]
    bench = given.work / "bench.json"
    results["bench"] = json.loads(bench.read_text("utf-8")) if bench.is_file() else {}
    return results


def machine() -> str:
    return f"{os.cpu_count()} 核，{platform.system()}，Python {platform.python_version()}"
