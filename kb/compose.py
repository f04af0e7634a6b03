"""Chosen quotes → a readable Chinese answer with markers, claims and citations."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .evidence import Reading
from .model import IN_FORCE, Citation, Claim, Document, Revision
from .quoting import Pick
from .validity.parts import ended
from .validity.titles import bare, titled

STATUS_NAMES = {
    "repealed": "已废止", "expired": "已失效", "not_yet": "尚未施行", "amended": "已修改", "partly_repealed": "部分废止",
}  # fmt: skip
KIND_NAMES = {"standard": "标准", "action": "行动", "case": "案例", "policy": "政策"}


@dataclass(frozen=True, slots=True)
class Composed:
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    kind: str


def compose(
    picks: Sequence[Pick],
    documents: Sequence[Document],
    revisions: Sequence[Revision],
    readings: Sequence[Reading],
    head: str = "",
) -> Composed:
    """`documents[i]`, `revisions[i]`, `readings[i]` belong to `pick.document == i`."""
    citations: list[Citation] = []
    numbers: dict[tuple[str, int, int], int] = {}
    claims: list[Claim] = []
    quoted = [documents[p.document] for p in picks]
    kinds = list(dict.fromkeys(document.kind for document in quoted))
    text = head
    last_kind = ""
    for pick in picks:
        document, revision = documents[pick.document], revisions[pick.document]
        if len(kinds) > 1 and document.kind != last_kind:
            text += ("\n" if text else "") + f"【{KIND_NAMES[document.kind]}】"
            last_kind = document.kind
        paths = [readings[pick.document].path(start) for start, _ in pick.spans]
        text += ("\n" if text else "") + f"{source_name(document, paths, edition(document, quoted))}："
        for (start, end), path in zip(pick.spans, paths, strict=True):
            n = numbers.setdefault((document.id, start, end), len(citations) + 1)
            if n > len(citations):
                quote = revision.text[start:end]
                citations.append(
                    Citation(n, document, revision.number, revision.sha256, start, end, quote, path,
                             page_of(revision, start))
                )  # fmt: skip
            quote = revision.text[start:end]
            text += "\n"
            claims.append(Claim(quote, len(text), len(text) + len(quote), (n,)))
            text += f"{quote}[{n}]"
    return Composed(text, tuple(claims), tuple(citations), kinds[0] if len(kinds) == 1 else "mixed")


def fallen_article(document: Document, path: Sequence[str]) -> str:
    """The article of a clause path (第六条) that another text has repealed while the rest stays; "" for none."""
    return ended(document.status_reason or "", path) if document.status == "partly_repealed" else ""


def caution(document: Document, paths: Sequence[Sequence[str]], dated: str = "") -> str:
    """What must be said at the head of an answer that quotes these clauses of a document; "" for nothing."""
    title = f"{titled(document.title)}{dated}"
    if document.status not in IN_FORCE:
        return f"注意：{title}{STATUS_NAMES.get(document.status, '不是现行文件')}"
    why = f"（{document.status_reason}）" if document.status_reason else ""
    fallen = list(dict.fromkeys(article for path in paths if (article := fallen_article(document, path))))
    if fallen:
        return f"注意：{title}{'、'.join(fallen)}已废止{why}"
    if document.status in ("amended", "partly_repealed"):
        return f"注意：{title}{STATUS_NAMES[document.status]}{why}，请核对所引条款"
    return ""


def edition(document: Document, beside: Iterable[Document]) -> str:
    """（2026年3月28日成文） where a document of the same title is quoted beside this one; "" else."""
    twins = [d for d in beside if d.id != document.id and bare(d.title) == bare(document.title)]
    if not twins or all(d.number and document.number and d.number != document.number for d in twins):
        return ""
    day, what = (document.issued, "成文") if document.issued else (document.effective, "施行")
    return f"（{day.year}年{day.month}月{day.day}日{what}）" if day else ""


def source_name(document: Document, paths: Sequence[tuple[str, ...]], dated: str = "") -> str:
    """“根据《……》（浙政发〔2023〕1号）第七条” – the clause only where all quotes share it."""
    number = f"（{document.number}）" if document.number else ""
    labels = {path[-1] for path in paths if path}
    shared = labels.pop() if len(labels) == 1 and all(paths) else ""
    clause = shared if shared.startswith("第") and shared.endswith("条") else ""
    return f"根据{titled(document.title)}{number}{dated}{clause}"


def page_of(revision: Revision, start: int) -> int | None:
    if not revision.pages:
        return None
    return max(1, bisect_right([p.start for p in revision.pages], start))


def known_instead(documents: Sequence[Document]) -> str:
    """What is known instead, for a refusal: the nearest documents by name."""
    titles = list(dict.fromkeys(titled(d.title) for d in documents))[:2]
    return "、".join(titles)


COURTESY = "不客气。还想查哪方面的政策，请直接提问。"
GREETING = "您好。请直接写出要查的政策问题，答案会逐句引用原文。"
NOT_REWORDED = "这里只引用原文，不改写也不概括；点开引文可以看上下文，或者写明还想查哪一点。"
_REFUSALS: Mapping[str, str] = {
    "no_hit": "抱歉，现有文档中没有与这个问题相关的内容。",
    "below_threshold": "抱歉，现有文档中没有找到能够回答这个问题的依据{nearest}。",
    "not_in_force": "抱歉，只在已经失效、废止或尚未施行的文件中找到相关内容，不能作为现行依据{nearest}。",
    "out_of_scope": "抱歉，我只能依据已收录的政策文件回答问题，这个请求不在范围内。",
    "quote_unverified": "抱歉，找到的内容未能通过原文核对，因此不作回答{nearest}。",
    "conflict": "抱歉，现有文件对此说法不一，无法给出确定的回答{nearest}。",
}


def refusal_text(reason: str, nearest: Sequence[Document] = (), missing: str = "") -> str:
    """One polite sentence; `missing` names what the documents lack."""
    names = known_instead(nearest)
    if reason == "below_threshold" and missing:
        tail = f"；最接近的是{names}，可作参考" if names else ""
        return f"抱歉，现有文档中没有关于{missing}的依据{tail}。"
    return _REFUSALS[reason].format(nearest=f"；最接近的是{names}" if names else "")
