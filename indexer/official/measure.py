"""How exact is what we read? `python -m indexer.official.measure DATA`, DATA as in the shared data folder.

Every figure counts only documents whose text has the labelled value (or whose texts decide the status);
the labels themselves are never shown to the reader.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from indexer.official import Official, read_official
from indexer.official.dates import find_dates
from kb.fold import bracket_number, find_numbers
from kb.model import Heading, Parsed
from kb.validity import Facts, resolve


def records(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            yield json.loads(line)


def facts(identity: str, official: Official) -> Facts:
    """What validity needs, straight from a reading."""
    value = official.value
    return Facts(
        identity, value("title") or "", value("number") or "", value("issuer") or "", value("region") or "",
        official.day("issued"), official.day("effective"), official.day("expires"), None,
        official.evidence(), official.relations,
    )  # fmt: skip


def _share(name: str, right: int, all_: int) -> str:
    return f"{name}: {right}/{all_} = {right / all_:.1%}" if all_ else f"{name}: none"


def _has_date(text: str, day: str) -> bool:
    return any(d.day.isoformat() == day for d in find_dates(text))


def beijing(path: Path) -> list[str]:
    """文号, dates and title of documents given as title + body; wrong ones are listed."""
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for r in records(path):
        text = f"{r['标题']}\n\n{r['正文']}"
        official = read_official(Parsed(text), "document.txt")
        wanted = {"title": r["标题"], "issued": r["日期"], "effective": r["生效日期"]}
        label = bracket_number(r["发文字号"]) if r["发文字号"] else ""
        if label and any(n == label for _, _, n in find_numbers(text)):
            wanted["number"] = label
        for key, value in wanted.items():
            if not value or (key in ("issued", "effective") and not _has_date(text, value)):
                continue
            seen[key] += 1
            right[key] += official.value(key) == value
            if official.value(key) != value:
                wrong.append(f"  {key}: read {official.value(key)}, label {value}: {r['标题'][:40]}")
    return [_share(f"beijing {key}", right[key], seen[key]) for key in seen] + wrong


def regulations(folder: Path) -> list[str]:
    """Dates in the names of local regulations, where the text has them; effective dates of 附则."""
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    spent = 0.0
    for path in sorted(folder.glob("[!_]*.md")):
        text = path.read_text(encoding="utf8")
        heads = tuple(
            Heading(m.start(2), m.end(2), len(m[1])) for m in re.finditer(r"^(#+) (.*)$", text, re.M)
        )
        began = time.process_time()
        official = read_official(Parsed(text, headings=heads), path.name)
        spent += time.process_time() - began
        named = re.search(r"\((\d{4}-\d\d-\d\d)\)", path.name)
        if named and _has_date(text, named[1]):
            seen["issued"] += 1
            right["issued"] += official.value("issued") == named[1]
            if official.value("issued") != named[1]:
                wrong.append(f"  issued: read {official.value('issued')}: {path.name}")
        closing = re.findall(r"本(?:条例|办法|规定|决定|细则|规则)自(\d{4}年\d+月\d+日)起", text)
        if closing:
            seen["effective"] += 1
            day = next(find_dates(closing[-1])).day.isoformat()
            right["effective"] += official.value("effective") == day
        seen["title"] += 1
        stem = re.sub(r"\([-\d]+\)$", "", path.stem)
        right["title"] += (official.value("title") or "").replace("中华人民共和国", "") == stem
        seen["documents"] += 1
    head = [_share(f"regulations {key}", right[key], seen[key]) for key in ("title", "issued", "effective")]
    return [*head, f"regulations: {spent / max(1, seen['documents']) * 1000:.2f} ms a document", *wrong]


def laws(path: Path) -> list[str]:
    """Several dated texts of one law: all but the newest must be repealed, with proof; speed at scale."""
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for r in records(path):
        parts[r["file"]].append(r)
    read: list[Facts] = []
    family: dict[str, list[tuple[str, str]]] = defaultdict(list)
    spent, size = 0.0, 0
    for file, articles in parts.items():
        body = "\n\n".join(f"{a['article']} {a['text']}" for a in articles)
        text = f"# {articles[0]['law']}\n\n{body}"
        size += len(text)
        began = time.process_time()
        official = read_official(Parsed(text, headings=(Heading(2, text.index("\n"), 1),)), Path(file).name)
        spent += time.process_time() - began
        read.append(facts(file, official))
        if articles[0]["date"]:
            family[articles[0]["law"]].append((articles[0]["date"], file))
    began = time.process_time()
    verdicts = resolve(read, date(2026, 1, 1))
    resolving = time.process_time() - began
    old = new = old_right = new_right = 0
    for texts in (sorted(t) for t in family.values() if len({d for d, _ in t}) > 1):
        old, new = old + len(texts) - 1, new + 1
        old_right += sum(verdicts[f].status == "repealed" for _, f in texts[:-1])
        new_right += verdicts[texts[-1][1]].status not in ("repealed", "unknown")
    unproved = sum(v.status == "repealed" and v.proof is None for v in verdicts.values())
    return [
        f"laws: {len(read)} documents, {size / 1e6:.1f} M characters, "
        f"{spent / len(read) * 1000:.2f} ms a document",
        f"laws: resolved in {resolving:.2f} s; {dict(Counter(v.status for v in verdicts.values()))}",
        _share("laws older text repealed", old_right, old),
        _share("laws newest text in force", new_right, new),
        f"laws repealed without proof: {unproved}",
    ]


def hebei(path: Path) -> list[str]:
    """Texts without line ends: how often a date is read, and whether it can be right (not after 发布)."""
    seen: Counter[str] = Counter()
    for r in records(path):
        official = read_official(Parsed(r["text"], front={"title": r["title"]}), "document.txt")
        issued, day = official.day("issued"), next(find_dates((r["date"] or "").split(" ")[0]), None)
        if issued and day:
            gap = (day.day - issued).days
            seen["dated"] += 1
            seen["plausible"] += gap >= -1
        head = re.match(r"[\s　]*([\u4e00-\u9fff]{2,12}[〔\[﹝]\d{4}[〕\]﹞]\d+号)(?![）)》])", r["text"])
        if head:
            seen["numbered"] += 1
            seen["number"] += official.value("number") == bracket_number(head[1])
    return [
        _share("hebei issued not after publication", seen["plausible"], seen["dated"]),
        _share("hebei number at the head", seen["number"], seen["numbered"]),
    ]


def main(folder: str) -> None:
    data = Path(folder)
    reports = [
        (beijing, data / "beijing" / "policies_dev.jsonl.xz"),
        (hebei, data / "hebei" / "policies.jsonl.xz"),
        (regulations, data.parent / "files" / "zhejiang_regulations"),
        (laws, data / "laws_articles.jsonl.xz"),
    ]
    for report, path in reports:
        if path.exists():
            print("\n".join(report(path)))
        else:
            print(f"{path.name}: not found")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("用法：python -m indexer.official.measure 数据目录")
    main(sys.argv[1])
