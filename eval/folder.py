"""Question sets that lie in a folder: BEIR form, or questions with a gold document and span.

BEIR: `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`), and `qrels.tsv` or
`qrels/{train,dev,test}.tsv` (query, document, grade; a header line may stand first).
Question answering: `corpus.jsonl` and `questions.jsonl` (`question`, `doc`, `answer`, and where the
answer is not unique in the document `start`; `id` and `split` as you like).
Every file may be packed with xz (`.jsonl.xz`).
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.errors import BadInput

from .dataset import Dataset, Query, Record, Split

PARTS: dict[str, Split] = {"train": "train", "dev": "tune", "tune": "tune", "valid": "tune", "test": "test"}


def read_folder(folder: Path) -> Dataset:
    """The set in a folder. Raises `BadInput` naming the file, the line and what is wrong."""
    corpus = _found(folder, "corpus.jsonl") or _found(folder, "documents.jsonl")
    if corpus is None:
        raise BadInput(f"{folder} 里没有 corpus.jsonl；BEIR 或问答格式都要有它（说明见 docs/EVALUATION.md）")
    queries, questions = _found(folder, "queries.jsonl"), _found(folder, "questions.jsonl")
    if queries is not None:
        asked = _beir(folder, queries)
    elif questions is not None:
        asked = _answered(questions)
    else:
        raise BadInput(f"{folder} 里没有 queries.jsonl（BEIR 格式）或 questions.jsonl（问答格式）")
    if not asked:
        raise BadInput(f"{folder} 里没有一条既有问题又有判定的记录；请检查 qrels 与 queries 的编号是否一致")
    return Dataset(folder.name, f"{folder.name}（文件夹）", lambda: _documents(corpus), tuple(asked))


def _found(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / name, folder / f"{name}.xz") if p.is_file()), None)


def lines(path: Path, *needed: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSON lines file; every object has the keys `needed`."""
    open_text = lzma.open if path.suffix == ".xz" else open
    with open_text(path, "rt", encoding="utf-8") as text:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise BadInput(f"{path} 第 {number} 行不是合法的 JSON（{error}）") from error
            missing = [key for key in needed if not isinstance(record, dict) or key not in record]
            if missing:
                raise BadInput(f"{path} 第 {number} 行缺少 {'、'.join(missing)}")
            yield number, record


def _documents(path: Path) -> Iterator[Record]:
    for _, r in lines(path, "_id", "text"):
        yield {"_id": str(r["_id"]), "title": r.get("title") or "", "text": r["text"]}


def _beir(folder: Path, queries: Path) -> list[Query]:
    parts: list[tuple[Path, Split]] = [
        (path, PARTS[path.stem]) for path in sorted((folder / "qrels").glob("*.tsv")) if path.stem in PARTS
    ]
    if not parts and (folder / "qrels.tsv").is_file():
        parts = [(folder / "qrels.tsv", "test")]
    if not parts:
        raise BadInput(f"{folder} 里没有 qrels.tsv，也没有 qrels/test.tsv；没有判定就无法评测")
    texts = {str(r["_id"]): str(r["text"]) for _, r in lines(queries, "_id", "text")}
    asked = []
    for path, split in parts:
        for query, grades in _judgements(path).items():
            if query in texts and any(grade > 0 for grade in grades.values()):
                asked.append(Query(query, texts[query], grades, split=split))
    return asked


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """query → document → grade; three columns, or TREC's four."""
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        columns = line.split("\t") if "\t" in line else line.split()
        if not columns or (number == 1 and not columns[-1].lstrip("-").isdigit()):
            continue
        if len(columns) not in (3, 4) or not columns[-1].lstrip("-").isdigit():
            raise BadInput(f"{path} 第 {number} 行应是“问题编号、文档编号、整数等级”三列，用制表符隔开")
        found.setdefault(columns[0], {})[columns[-2]] = int(columns[-1])
    return found


def _answered(path: Path) -> list[Query]:
    asked = []
    for number, r in lines(path, "question"):
        document = r.get("doc") or r.get("docid") or r.get("document")
        if not document:
            raise BadInput(f"{path} 第 {number} 行缺少 doc（答案所在文档的 _id）")
        answers = r.get("answers") or ([r["answer"]] if r.get("answer") else [])
        split = PARTS.get(str(r.get("split", "test")))
        if split is None:
            raise BadInput(f"{path} 第 {number} 行的 split 是 {r['split']}；应为 train、tune 或 test")
        asked.append(
            Query(
                str(r.get("id", number)),
                r["question"],
                {str(document): 1},
                tuple((a,) for a in answers),
                split,
            )
        )
    return asked
