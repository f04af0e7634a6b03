"""Training material: every data file → plain texts and (question, text) pairs.

Splits are fixed by hashing ids, so that every run and every reader sees the same
ones. Nothing of a tune or test part is ever given to training.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Split = Literal["train", "tune", "test"]


@dataclass(frozen=True, slots=True)
class Text:
    """An unlabelled text; `group` marks texts of one law or document."""

    title: str
    body: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question (or anything asked or said shortly) and the text that answers it."""

    question: str
    title: str
    body: str


def split_of(key: str, train: int, tune: int) -> Split:
    """The part a record belongs to: the first `train` percent, the next `tune`, the rest test."""
    bucket = int(hashlib.sha256(key.encode()).hexdigest(), 16) % 100
    return "train" if bucket < train else "tune" if bucket < train + tune else "test"


def stard_split(query_id: int) -> Split:
    return split_of(f"stard/{query_id}", 60, 20)


def ncp_split(docid: str) -> Split:
    """NCP development questions are only ever measured on: half tune, half test."""
    return split_of(f"ncp/{docid}", 0, 50)


def news_split(index: int) -> Split:
    """Of titled news three of a hundred are kept for tuning and measuring."""
    return split_of(f"news/{index}", 97, 1)


def mailbox_split(letter: object) -> Split:
    return split_of(f"mailbox/{letter}", 75, 10)


def services_split(name: str) -> Split:
    return split_of(f"services/{name}", 70, 10)


def hebei_split(reading: object) -> Split:
    """Links from interpretations to policies are only ever measured on."""
    return split_of(f"hebei/{reading}", 0, 50)


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of an xz-compressed JSONL file; none when the file is absent."""
    if path.exists():
        with lzma.open(path, "rt", encoding="utf8") as lines:
            for line in lines:
                yield json.loads(line)


def law_title(record: dict[str, Any]) -> str:
    """How an article is headed in the index: law, chapter path, article."""
    path = [re.sub(r"\s+", " ", part) for part in record.get("path") or ()]
    article = record.get("article") or str(record.get("name", "")).removeprefix(record["law"])
    return " ".join([record["law"], *path, article])


def laws(data: Path) -> Iterator[Text]:
    for r in records(data / "laws_articles.jsonl.xz"):
        yield Text(law_title(r), r["text"], r["law"])


def stard_articles(data: Path) -> Iterator[Text]:
    for r in records(data / "stard" / "corpus.jsonl.xz"):
        yield Text(law_title(r), r["text"], r["law"])


def policies(data: Path) -> Iterator[Text]:
    for r in records(data / "hebei" / "policies.jsonl.xz"):
        yield Text(r.get("title") or "", r.get("text") or "", str(r["id"]))
    for r in records(data / "policies_central_shandong.jsonl.xz"):
        yield Text("", r.get("text") or "", r.get("title_en") or "")
    for r in records(data / "beijing" / "policies_dev.jsonl.xz"):
        yield Text(r.get("标题") or "", r.get("正文") or "", r.get("标题") or "")
    for r in records(data / "work_reports.jsonl.xz"):
        yield Text(r.get("title") or "", r.get("content") or "", r.get("title") or "")


def titled_news(data: Path) -> Iterator[Text]:
    for i, r in enumerate(records(data / "news" / "title_body_pairs.jsonl.xz")):
        if news_split(i) == "train":
            yield Text(r["title"], r["body"][:2000], f"n{i}")


def untitled_news(data: Path, most: int = 30000) -> Iterator[Text]:
    for i, r in enumerate(records(data / "news" / "articles_untitled.jsonl.xz")):
        if i >= most:
            return
        yield Text("", r["text"][:1500], f"u{i}")


def letters(data: Path) -> Iterator[Pair]:
    """Citizens' words: subject → letter, letter → reply."""
    answered = list(records(data / "mailbox" / "letters_with_replies.jsonl.xz"))
    measured = {r["subject"] for r in answered if mailbox_split(r["id"]) != "train"}
    for r in records(data / "mailbox" / "subject_message_pairs.jsonl.xz"):
        if r["subject"] not in measured:
            yield Pair(r["subject"], "", r["message"][:500])
    for r in answered:
        if r["subject"] in measured:
            continue
        yield Pair(r["subject"], "", r["message"][:500])
        yield Pair(r["subject"], "", r["reply"][:500])
        yield Pair(r["message"][:150], "", r["reply"][:500])


def reading_questions(data: Path) -> Iterator[Pair]:
    """CMRC 2018, training part: question → the stretch that holds its answer."""
    for r in records(data / "cmrc2018" / "train.jsonl.xz"):
        answer = (r.get("answers") or [r.get("answer") or ""])[0]
        answer = answer["text"] if isinstance(answer, dict) else str(answer)
        yield Pair(r["question"], "", around(r["context"], answer))


def notice_questions(data: Path) -> Iterator[Pair]:
    """Questions on government notices, but none on a document that is measured on."""
    measured = {r["docid"] for r in records(data / "ncp_dev" / "questions.jsonl.xz")}
    measured |= {r["_id"] for r in records(data / "ncp_dev" / "documents.jsonl.xz")}
    for r in records(data / "ncp_pairs.jsonl.xz"):
        if r["docid"] not in measured:
            yield Pair(r["question"], "", r["answer"][:500])


def service_items(data: Path) -> Iterator[Pair]:
    skip = re.compile(r"^[\d\-:./\w]{0,40}$|^https?:|^\{|^\[", re.ASCII)
    for r in records(data / "guangdong_service_items.jsonl.xz"):
        if services_split(str(r.get("TASK_NAME") or "")) != "train":
            continue
        values = [str(v) for k, v in r.items() if isinstance(v, str) and len(v) > 25 and not skip.match(v)]
        if values:
            yield Pair(r.get("TASK_NAME") or "", "", max(values, key=len)[:500])


def stard_questions(data: Path, part: Split) -> Iterator[tuple[dict[str, Any], list[Text]]]:
    """Lay legal questions of one part with their gold articles."""
    articles = {r["id"]: r for r in records(data / "stard" / "corpus.jsonl.xz")}
    for r in records(data / "stard" / "queries_train.jsonl.xz"):
        if stard_split(r["query_id"]) == part:
            golds = [articles[i] for i in r["gold_ids"] if i in articles]
            yield r, [Text(law_title(g), g["text"], g["law"]) for g in golds]


def legal_questions(data: Path) -> Iterator[Pair]:
    """Question → gold article, question → a lawyer's answer, answer → article (training part)."""
    for r, golds in stard_questions(data, "train"):
        answer = re.sub(r"^您好[，,]?", "", r.get("answer_lecoqa") or "")
        for gold in golds:
            yield Pair(r["question"], gold.title, gold.body)
            if answer:
                yield Pair(answer[:150], gold.title, gold.body)
        if answer:
            yield Pair(r["question"], "", answer[:400])


def around(text: str, answer: str, size: int = 330) -> str:
    """About `size` characters of `text` that hold `answer` (the beginning where it is absent)."""
    at = max(text.find(answer), 0)
    start = max(0, at - (size - min(len(answer), size)) // 2)
    return text[start : start + size]


_NUMERAL = "[零〇一二三四五六七八九十百]+"
_OWN = re.compile(
    rf"(?:违反)?本(?:法|条例|办法|规定|细则|规则)(第{_NUMERAL}条)(?:第{_NUMERAL}款)?(?:第{_NUMERAL}项)?的?(?:规定)?"
)
_OTHER = re.compile(
    rf"《([^《》]{{2,40}})》(?:[（(][^（()）]*[)）])?(第{_NUMERAL}条)(?:第{_NUMERAL}款)?(?:第{_NUMERAL}项)?的?(?:规定)?"
)


def citations(data: Path) -> Iterator[Pair]:
    """Whoever cites an article says what it is about: the words around a citation → the article.

    Inside a law (违反本法第八条…) and from letters' replies, policies and news (《某法》第八条).
    """
    articles: dict[str, dict[str, Text]] = {}
    for name in ("laws_articles.jsonl.xz", "stard/corpus.jsonl.xz"):
        for r in records(data / name):
            number = r.get("article") or str(r.get("name", "")).removeprefix(r["law"])
            articles.setdefault(r["law"], {}).setdefault(number, Text(law_title(r), r["text"], r["law"]))
    for law in articles.values():
        for number, text in law.items():
            for clause in re.findall(r"[^。；\n]+", text.body):
                cited = _OWN.findall(clause)
                if len(cited) == 1 and cited[0] in law and cited[0] != number:
                    yield Pair(_OWN.sub("", clause), law[cited[0]].title, law[cited[0]].body)
    short = {law.removeprefix("中华人民共和国"): law for law in articles}
    for body, subject in _citing(data):
        for match in _OTHER.finditer(body):
            gold = articles.get(short.get(match[1].removeprefix("中华人民共和国"), ""), {}).get(match[2])
            if gold is not None:
                before, after = body[max(0, match.start() - 120) : match.start()], body[match.end() :][:60]
                yield Pair(_OTHER.sub("", before + after), gold.title, gold.body)
                if subject:
                    yield Pair(subject, gold.title, gold.body)


def _citing(data: Path) -> Iterator[tuple[str, str]]:
    """Texts that cite laws, with what the citizen had asked where it is a reply."""
    for r in records(data / "mailbox" / "letters_with_replies.jsonl.xz"):
        yield r["reply"], f"{r['subject']} {r['message'][:80]}"
    for text in (*policies(data), *titled_news(data), *untitled_news(data, 99999), *laws(data)):
        yield text.body, ""
