"""The rule that turns what is known of one document into its status on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.model import Status

from .facts import Facts, Incoming, Proof, Verdict

_STATED: dict[str, str] = {
    "in_force": "现行有效", "amended": "已修改", "partly_repealed": "部分废止", "repealed": "废止",
    "expired": "失效", "not_yet": "尚未生效", "unknown": "未知",
}  # fmt: skip


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _name(facts: Facts) -> str:
    title = facts.title.strip("《》")
    return f"《{title}》（{facts.number}）" if facts.number else f"《{title}》"


def _since(facts: Facts) -> str:
    return f"自{_day(facts.begins)}起，" if facts.begins else ""


def _acting(relations: Sequence[Incoming], as_of: date) -> list[Incoming]:
    """Relations already in effect on the day, earliest first; undated sources count as in effect."""
    live = [r for r in relations if r.source.begins is None or r.source.begins <= as_of]
    return sorted(live, key=lambda r: (r.source.begins or date.min, r.source.id, r.relation.span.start))


def _stated(facts: Facts) -> Verdict | None:
    """What the document's own front matter or label line says."""
    if facts.stated is None or facts.stated == "unknown":
        return None
    return Verdict(facts.stated, f"文件自身标注为“{_STATED[facts.stated]}”", facts.proof("status"))


def status_of(
    facts: Facts, relations: Sequence[Incoming], as_of: date, later: Sequence[Facts] = ()
) -> Verdict:
    """The status of a document on a day.

    `relations` are those other documents aim at it, `later` the later texts of the same norm. In order:
    a person's override; not yet issued or in effect; stated 废止/失效; repealed or replaced by another
    document; replaced by a later text; expired; stated otherwise; partly repealed; amended; in force
    where it bears a date or says that it takes effect; unknown.
    """
    if facts.overrides and (word := facts.overrides[-1]).status is not None:
        return Verdict(word.status, f"人工认定（{word.by}，{word.at[:10]}）：{word.reason}")
    if facts.begins and facts.begins > as_of:
        what = "施行" if facts.effective == facts.begins else "成文"
        proof = facts.proof("effective" if what == "施行" else "issued", "issued", "commences")
        return Verdict("not_yet", f"自{_day(facts.begins)}{what}，{_day(as_of)}尚未生效", proof)
    stated = _stated(facts)
    if stated and stated.status in ("repealed", "expired"):
        return stated
    acting = _acting(relations, as_of)
    return (
        _repealed(acting)
        or _replaced(later, as_of)
        or _expired(facts, as_of)
        or (stated if stated and stated.status != "in_force" else None)
        or _touched(acting, "partly_repealed")
        or _touched(acting, "amended")
        or stated
        or _in_force(facts)
    )


def _repealed(acting: Sequence[Incoming]) -> Verdict | None:
    for source, relation in ((i.source, i.relation) for i in acting):
        if relation.type in ("repeals", "supersedes") and not relation.scope:
            verb = "废止" if relation.type == "repeals" else "代替"
            proof = Proof(source.id, relation.span)
            return Verdict("repealed", f"{_since(source)}被{_name(source)}{verb}", proof, (source.id,))
    return None


def _replaced(later: Sequence[Facts], as_of: date) -> Verdict | None:
    """A later text of the same norm; without words to prove it this only warns."""
    live = sorted((f for f in later if f.begins and f.begins <= as_of), key=lambda f: (f.begins, f.id))
    for newer in live:
        proof = newer.proof("title", "issued", "effective")
        if proof:
            reason = f"{_since(newer)}被同名新文本{_name(newer)}取代"
            return Verdict("repealed", reason, proof, (newer.id,))
    if live:
        return Verdict(
            "amended", f"另有较新的同名文本{_name(live[0])}，文中未见废止依据，请核对", None, (live[0].id,)
        )
    return None


def _expired(facts: Facts, as_of: date) -> Verdict | None:
    if facts.expires is None or facts.expires >= as_of:
        return None
    return Verdict("expired", f"有效期至{_day(facts.expires)}，已届满", facts.proof("expires"))


def _touched(acting: Sequence[Incoming], status: Status) -> Verdict | None:
    """部分废止 or 已修改 by another document, the latest one named."""
    if status == "partly_repealed":
        hits = [i for i in acting if i.relation.type in ("repeals", "supersedes") and i.relation.scope]
    else:
        hits = [i for i in acting if i.relation.type == "amends"]
    if not hits:
        return None
    last = hits[-1]
    verb = f"废止{last.relation.scope}" if status == "partly_repealed" else "修改"
    by = tuple(dict.fromkeys(i.source.id for i in hits))
    return Verdict(
        status,
        f"{_since(last.source)}被{_name(last.source)}{verb}",
        Proof(last.source.id, last.relation.span),
        by,
    )


def _in_force(facts: Facts) -> Verdict:
    """A dated document without an end is in force; one that bears no date and says nothing is unknown."""
    if facts.expires:
        return Verdict("in_force", f"有效期至{_day(facts.expires)}", facts.proof("expires"))
    if facts.effective:
        reason = f"自{_day(facts.begins or facts.effective)}起施行，未见废止、失效依据"
        return Verdict("in_force", reason, facts.proof("effective", "commences", "issued"))
    if facts.issued:
        return Verdict("in_force", f"{_day(facts.issued)}成文，未见废止、失效依据", facts.proof("issued"))
    if "commences" in facts.evidence:
        return Verdict("in_force", "文中载明施行，未见废止、失效依据", facts.proof("commences"))
    return Verdict("unknown", "文中没有日期，也没有关于效力的说明")
