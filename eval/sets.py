"""The named sets: the shipped one, and those made from a data folder, with their fixed splits.

A split is decided by hashing the name of a question's document or of the question itself
(`indexer.train.sources`), so every run sees the same parts, and no training sees tune or test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import corpus as shipped
from indexer.train.sources import (
    hebei_split,
    law_title,
    mailbox_split,
    ncp_split,
    news_split,
    records,
    services_split,
    split_of,
    stard_split,
)
from kb.errors import BadInput

from .dataset import Dataset, Query, Record
from .folder import read_folder
from .laws import law_texts

OWN = Path(__file__).parent / "own" / "questions.jsonl"
OTHERS = 300  # policy documents that stand beside the judged ones of NCP


def own(_data: Path) -> Dataset:
    """The shipped questions that have an answer, over the shipped documents."""
    queries = []
    for line in OWN.read_text("utf-8").splitlines():
        r = json.loads(line)
        if not r["answerable"] or r["history"] or isinstance(r["document"], list):
            continue  # follow-ups and questions across documents are for `answers`
        places = {r["document"], *(a["document"] for a in r.get("also", ()))}
        queries.append(
            Query(r["id"], r["question"], dict.fromkeys(places, 1), (tuple(r["facts"]),), r["split"])
        )
    return Dataset("own", "自有问题 → 随附文档", lambda: iter(()), tuple(queries), shipped.documents())


def stard(data: Path) -> Dataset:
    """Lay legal questions over law articles: train 60, tune 20, test 20 of a hundred, by question."""

    def documents() -> Iterator[Record]:
        for r in records(data / "stard" / "corpus.jsonl.xz"):
            yield {"_id": str(r["id"]), "title": law_title(r), "text": r["text"]}

    queries = tuple(
        Query(
            str(r["query_id"]),
            r["question"],
            {str(i): 1 for i in r["gold_ids"]},
            split=stard_split(r["query_id"]),
        )
        for r in records(data / "stard" / "queries_train.jsonl.xz")
    )
    return Dataset("stard", "百姓的法律问题 → 58,649 条法条", documents, queries)


def ncp(data: Path) -> Dataset:
    """Questions on notices over 599 policy documents; half tune, half test, by document; never trained on."""

    def documents() -> Iterator[Record]:
        yield from records(data / "ncp_dev" / "documents.jsonl.xz")
        for i, r in enumerate(records(data / "hebei" / "policies.jsonl.xz")):
            if i < OTHERS and r["text"]:
                yield {"_id": f"hebei-{i}", "title": r["title"], "text": r["text"]}

    queries = tuple(
        Query(r["id"], r["question"], {r["docid"]: 1}, ((r["answer"],),), ncp_split(r["docid"]))
        for r in records(data / "ncp_dev" / "questions.jsonl.xz")
    )
    return Dataset("ncp", "政策问题 → 599 份文件", documents, queries)


def cmrc(data: Path) -> Dataset:
    """Every third question of CMRC 2018's development file over all its texts; half and half, by text."""
    held = list(records(data / "cmrc2018" / "dev.jsonl.xz"))
    contexts = {r["context"]: str(i) for i, r in enumerate(held)}
    queries = []
    for i, r in list(enumerate(held))[::3]:
        where = contexts[r["context"]]
        answers = tuple((text,) for text in dict.fromkeys(a["text"] for a in r["answers"]))
        queries.append(Query(str(i), r["question"], {where: 1}, answers, split_of(f"cmrc/{where}", 0, 50)))
    documents = [{"_id": i, "title": "", "text": c} for c, i in contexts.items()]
    return Dataset("cmrc", "百科问题 → 848 段百科文字", lambda: iter(documents), tuple(queries))


def hebei(data: Path) -> Dataset:
    """How an interpretation begins → the policy it interprets, among all policies."""
    texts = {str(r["id"]): r for r in records(data / "hebei" / "policies.jsonl.xz")}
    links = list(records(data / "hebei" / "interpretation_to_policy.jsonl.xz"))
    readings = {str(r["interp_id"]) for r in links}

    def documents() -> Iterator[Record]:
        for key, r in texts.items():
            if key not in readings and r["text"]:
                yield {"_id": key, "title": r["title"], "text": r["text"]}

    queries = tuple(
        Query(
            key,
            (texts[key]["text"] or "")[:80],
            {str(p): 1 for p in r["policy_ids"]},
            split=hebei_split(key),
        )
        for r in links
        if (key := str(r["interp_id"])) in texts and texts[key]["text"]
    )
    return Dataset("hebei", "解读的开头 → 被解读的政策", documents, queries)


def news(data: Path) -> Dataset:
    """A headline → its report, among 18,854 reports without their headlines; 3 % asked."""
    path = data / "news" / "title_body_pairs.jsonl.xz"

    def documents() -> Iterator[Record]:
        return ({"_id": str(i), "title": "", "text": r["body"]} for i, r in enumerate(records(path)))

    queries = tuple(
        Query(str(i), r["title"], {str(i): 1}, split=split)
        for i, r in enumerate(records(path))
        if (split := news_split(i)) != "train"
    )
    return Dataset("news", "新闻标题 → 1.9 万篇正文", documents, queries)


def mailbox(data: Path) -> Dataset:
    """The subject of a citizen's letter → the authority's reply; a quarter asked."""
    path = data / "mailbox" / "letters_with_replies.jsonl.xz"

    def documents() -> Iterator[Record]:
        return ({"_id": str(r["id"]), "title": "", "text": r["reply"]} for r in records(path) if r["reply"])

    queries = tuple(
        Query(str(r["id"]), r["subject"], {str(r["id"]): 1}, split=split)
        for r in records(path)
        if r["reply"] and (split := mailbox_split(r["id"])) != "train"
    )
    return Dataset("mailbox", "来信主题 → 2,765 封答复", documents, queries)


def services(data: Path) -> Dataset:
    """The name of a government service → what its guide says, the name itself left out of the guide."""
    path = data / "guangdong_service_items.jsonl.xz"
    guides: dict[str, tuple[str, str]] = {}
    for i, r in enumerate(records(path)):
        name = str(r.get("TASK_NAME") or "")
        fields = ("accept_standard", "DEPT_NAME", "handle_location", "handle_time_limit", "material_intro")
        told = "\n".join(_shown(r.get(f)) for f in fields if r.get(f) and r[f] != "无").replace(name, "")
        if len(name) > 3 and len(told) > 60:
            guides[str(i)] = (name, told)
    by_name: dict[str, dict[str, int]] = {}
    for key, (name, _) in guides.items():
        by_name.setdefault(name, {})[key] = 1
    queries = tuple(
        Query(f"s{n}", name, grades, split=split)
        for n, (name, grades) in enumerate(by_name.items())
        if (split := services_split(name)) != "train"
    )
    documents = [{"_id": key, "title": "", "text": told} for key, (_, told) in guides.items()]
    return Dataset("services", "办事事项名 → 办事指南", lambda: iter(documents), queries)


def _shown(value: object) -> str:
    return "；".join(map(str, value)) if isinstance(value, list) else str(value)


def laws(data: Path) -> Dataset:
    """“某法第几条” → that article, among 3,321 whole laws; one of a hundred articles asked."""

    def documents() -> Iterator[Record]:
        for name, (law, text) in law_texts(data).items():
            yield {"_id": name, "title": law, "text": text}

    files: dict[str, set[str]] = {}
    for r in records(data / "laws_articles.jsonl.xz"):
        files.setdefault(r["law"], set()).add(r["file"])
    queries = tuple(
        Query(
            f"{r['law']}{r['article']}",
            f"{r['law']}{r['article']}是怎么规定的？",
            {Path(r["file"]).stem: 1},
            ((r["text"],),),
        )
        for r in records(data / "laws_articles.jsonl.xz")
        if 20 < len(r["text"]) < 300
        and len(files[r["law"]]) == 1  # of a law with several versions the question would be unclear
        and split_of(f"laws/{r['file']}/{r['article']}", 99, 0) == "test"
    )
    return Dataset("laws", "某法第几条 → 3,321 部法规", documents, queries)


NAMED: dict[str, Callable[[Path], Dataset]] = {
    "own": own, "stard": stard, "ncp": ncp, "cmrc": cmrc, "hebei": hebei, "news": news, "mailbox": mailbox,
    "services": services, "laws": laws,
}  # fmt: skip


def dataset(name: str, data: Path) -> Dataset:
    """A set by name or folder. Raises `BadInput` where it is neither or its data is not there."""
    if name in NAMED:
        made = NAMED[name](data)
        if not made.queries:
            raise BadInput(f"数据集 {name} 需要 {data} 里的数据文件，没有找到；请用 --data 指明数据目录")
        return made
    if Path(name).is_dir():
        return read_folder(Path(name))
    raise BadInput(f"{name} 既不是数据集名（{'、'.join(NAMED)}），也不是文件夹")


def available(data: Path) -> list[str]:
    """Names of the sets whose data is there."""
    needed = {
        "own": OWN, "stard": data / "stard", "ncp": data / "ncp_dev", "cmrc": data / "cmrc2018",
        "hebei": data / "hebei", "news": data / "news", "mailbox": data / "mailbox",
        "services": data / "guangdong_service_items.jsonl.xz", "laws": data / "laws_articles.jsonl.xz",
    }  # fmt: skip
    return [name for name, path in needed.items() if path.exists()]
