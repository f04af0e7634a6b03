"""Questions for the answer measure: what must stand in the quotes, which document, when silence is right."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from indexer.official.places import places
from indexer.train import known as training
from indexer.train.sources import records
from kb.errors import BadInput

from .dataset import Dataset, Query
from .folder import lines
from .sets import OWN, available, dataset

ASKED = Path(__file__).parent / "asked"  # questions on public documents that are not shipped


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set; every one of `answers` must stand in the quotes of one of `docs`."""

    question: str
    answers: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()  # external ids, or parts of titles or source names
    history: tuple[str, ...] = ()  # the questions asked before
    refuse: bool = False
    part: str = "test"
    type: str = ""  # list, number, … or, where silence is right, why
    evidence: tuple[str, ...] = ()  # texts any of which is the evidence sentence


def own() -> list[Asked]:
    """The shipped questions."""
    made = []
    for line in OWN.read_text("utf-8").splitlines():
        r = json.loads(line)
        places = [(r["document"], r["evidence"])] if r["answerable"] else []
        if places and isinstance(r["document"], list):
            places = list(zip(r["document"], r["evidence"], strict=True))
        places += [(a["document"], a["evidence"]) for a in r.get("also", ())]
        made.append(
            Asked(
                r["question"], tuple(r["facts"]), tuple(d for d, _ in places),
                tuple(turn["content"] for turn in r["history"] if turn["role"] == "user"), not r["answerable"], r["split"],
                r.get("why") or r["type"], tuple(e for _, e in places),
            )
        )  # fmt: skip
    return made


def known(queries: Sequence[Query]) -> list[Asked]:
    """Questions with a gold answer, as the retrieval sets have them; the first answer is the one wanted."""
    made = []
    for q in queries:
        answer = q.answers[0]
        made.append(
            Asked(q.text, answer, tuple(q.grades), part=q.split, type="answer", evidence=("\n".join(answer),))
        )
    return made


OTHER_PLACES = ("湖州市", "台州", "昆明市", "兰州", "佛山市", "大连", "黑龙江省", "唐山", "湛江市", "贵阳")
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")


def exchanged(question: str, rng: random.Random) -> str | None:
    """The question with its place or its year exchanged for another; None where it has neither."""
    named = [name for name, _ in places(question)]
    if named:
        return question.replace(named[-1], rng.choice([p for p in OTHER_PLACES if p not in question]))
    year = _YEAR.search(question)
    return question.replace(year[0], str(int(year[0]) + rng.choice([-7, -5, 4, 6]))) if year else None


def strangers(asked: Sequence[Asked], others: Sequence[Asked], seed: int = 1) -> list[Asked]:
    """Questions without a basis: the same with a name or year exchanged, and questions on other matters."""
    rng = random.Random(seed)
    made = []
    for one in asked:
        other = exchanged(one.question, rng)
        if other:
            made.append(Asked(other, refuse=True, part=one.part, type="名称或年份换过"))
    made += [Asked(one.question, refuse=True, part=one.part, type="库外的问题") for one in others]
    return made


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """Questions and the documents they are put to; `dataset` is None where the library is given."""

    name: str
    asked: tuple[Asked, ...]
    dataset: Dataset | None


def answer_set(name: str, data: Path) -> AnswerSet:
    """A set by name, or the questions of a JSON lines file for a library at hand."""
    if name == "own":
        return AnswerSet(name, tuple(own()), dataset("own", data))
    if name == "ncp":
        asked = known(dataset("ncp", data).queries)
        foreign = known(dataset("cmrc", data).queries[::10]) if "cmrc" in available(data) else []
        return AnswerSet(name, (*asked, *strangers(asked, foreign)), judged_notices(data))
    if name == "cmrc":
        chosen = dataset("cmrc", data)
        return AnswerSet(name, tuple(known(chosen.queries)), chosen)
    if name in SHIPPED:
        part = EXAM7 / SHIPPED[name]
        files = tuple(sorted(part.iterdir()))
        return AnswerSet(name, tuple(read(part.with_suffix(".jsonl"))), Dataset(name, "为考试编写的文件", lambda: iter(()), (), files))
    if name in BESIDE:
        folder, made, questions = BESIDE[name]
        if not (data.parent / folder).is_dir():
            raise BadInput(f"问答集 {name} 需要 {data.parent / folder} 里的文件，没有找到；请用 --data 指明旁边的数据目录")
        return AnswerSet(name, *made(data, questions))
    path = Path(name)
    if not path.is_file():
        raise BadInput(f"{name} 既不是 own、ncp、cmrc、{'、'.join((*SHIPPED, *BESIDE))}，也不是文件；请检查 --dataset")
    return AnswerSet(path.stem, tuple(read(path)), None)


def on_files(data: Path, questions: Sequence[str]) -> tuple[tuple[Asked, ...], Dataset]:
    """Questions on regulations, cases and policies in the users' own words, over all of them together."""
    policies = training.hebei(data)
    texts = training.file_texts([data.parent / "files"])

    def text_of(name: str) -> str:
        return str(policies[name]["text"]) if name in policies else texts(name)

    asked = tuple(one for name in questions for one in spans(name, text_of))
    files = tuple(sorted(path for path in (data.parent / "files").rglob("*") if path.is_file()))
    return asked, Dataset("files", "法规、案例与政策", lambda: iter(policies.values()), (), files)


def on_article(data: Path, questions: Sequence[str]) -> tuple[tuple[Asked, ...], Dataset]:
    """Questions on one article, over it alone."""
    folder = data.parent / "seed"
    asked = tuple(one for name in questions for one in spans(name, training.file_texts([folder])))
    files = tuple(sorted(path for path in folder.iterdir() if path.is_file()))
    return asked, Dataset("seed", "一篇文章", lambda: iter(()), (), files)


def on_records(
    name: str, title: str, records: Callable[[Path], dict[str, dict[str, Any]]], data: Path, questions: Sequence[str]
) -> tuple[tuple[Asked, ...], Dataset]:
    """Questions on some policies by their ids, over them alone."""
    policies = records(data)
    asked = tuple(one for name in questions for one in spans(name, lambda doc: str(policies[doc]["text"])))
    return asked, Dataset(name, title, lambda: iter(policies.values()), ())


on_beijing = partial(on_records, "beijing", "北京市的政策", training.beijing)
on_central = partial(on_records, "central", "中央与山东的政策", training.central)


def spans(name: str, text_of: Callable[[str], str]) -> list[Asked]:
    """The questions of a file in `eval/asked`."""
    return [
        Asked(k.question, k.facts, (k.document,) if k.document else (), k.history, not k.document, k.part, k.type, k.pieces)
        for k in training.asked(ASKED / f"{name}.jsonl", text_of)
    ]


def judged_notices(data: Path) -> Dataset:
    """NCP's own 299 documents, without the others that retrieval is made harder by."""
    return Dataset("ncp-alone", "299 份文件", lambda: records(data / "ncp_dev" / "documents.jsonl.xz"), ())


# The folder beside the data folder that they are about, what reads them, and their files in `eval/asked`.
BESIDE = {
    "files": ("files", on_files, ("regulations", "cases", "files", "policies", "mixed")),
    "seed": ("seed", on_article, ("seed",)),
    "exam-files": ("files", on_files, ("exam_files",)),
    "exam-seed": ("seed", on_article, ("exam_seed",)),
    "exam2-files": ("files", on_files, ("exam2_files",)),
    "exam2-seed": ("seed", on_article, ("exam2_seed",)),
    "exam2-beijing": ("data", on_beijing, ("exam2_beijing",)),
    "exam3-files": ("files", on_files, ("exam3_files",)),
    "exam3-seed": ("seed", on_article, ("exam3_seed",)),
    "exam3-central": ("data", on_central, ("exam3_central",)),
    "exam4-files": ("files", on_files, ("exam4_files", "exam4_policies")),
    "exam5-files": ("files", on_files, ("exam5_files",)),
    "exam5-seed": ("seed", on_article, ("exam5_seed",)),
    "exam5-central": ("data", on_central, ("exam5_central",)),
    "exam6-files": ("files", on_files, ("exam6_files",)),
    "exam6-seed": ("seed", on_article, ("exam6_seed",)),
}


EXAM7 = Path(__file__).parent / "exam7"  # questions on documents made for them, both shipped
SHIPPED = {"exam7-one": "one", "exam7-two": "two"}


def read(path: Path) -> list[Asked]:
    """The questions of a JSON lines file: `question`, `answers`, `docs`, `history`, `refuse`, `type`."""
    return [
        Asked(
            r["question"], tuple(r.get("answers", ())), tuple(r.get("docs", ())), tuple(r.get("history", ())),
            bool(r.get("refuse")), r.get("part", "test"), r.get("type", ""), tuple(r.get("evidence", ())),
        )
        for _, r in lines(path, "question")
    ]  # fmt: skip
