"""The rule that turns what is known of one document into its status on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.model import Relation, Status

from .extensions import extended_to
from .facts import Facts, Incoming, Proof, Verdict
from .titles import titled

BY_HAND = "人工认定"  # how the reason of a person's word begins
_ENDS = ("repeals", "supersedes")
_STATED: dict[str, str] = {
    "in_force": "现行有效", "amended": "已修改", "partly_repealed": "部分废止", "repealed": "废止",
    "expired": "失效", "not_yet": "尚未生效", "unknown": "未知",
}  # fmt: skip


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _name(facts: Facts) -> str:
    return f"{titled(facts.title)}（{facts.number}）" if facts.number else titled(facts.title)


def _since(day: date | None) -> str:
    return f"自{_day(day)}起，" if day else ""


def _acting(relations: Sequence[Incoming], as_of: date) -> list[Incoming]:
    """Relations already in effect on the day, earliest first; undated ones count as in effect."""
    live = [r for r in relations if r.begins is None or r.begins <= as_of]
    return sorted(live, key=lambda r: (r.begins or date.min, r.source.id, r.relation.span.start))


def _stated(facts: Facts) -> Verdict | None:
    """What the document's own front matter or label line says."""
    if facts.stated is None or facts.stated == "unknown":
        return None
    if facts.stated == "not_yet":
        return Verdict("not_yet", "文件自身写明是草案、征求意见稿或尚未生效", facts.proof("status", "title"))
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
        return Verdict(word.status, f"{BY_HAND}（{word.by}，{word.at[:10]}）：{word.reason}")
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
        or _expired(facts, acting, as_of)
        or (stated if stated and stated.status != "in_force" else None)
        or _touched(acting)
        or stated
        or _in_force(facts, acting)
    )


def _repealed(acting: Sequence[Incoming]) -> Verdict | None:
    for one in acting:
        source, relation = one.source, one.relation
        if relation.type in _ENDS and not relation.scope:
            verb = "废止" if relation.type == "repeals" else "代替"
            proof = Proof(source.id, relation.span)
            return Verdict("repealed", f"{_since(one.begins)}被{_name(source)}{verb}", proof, (source.id,))
    return None


def _replaced(later: Sequence[Facts], as_of: date) -> Verdict | None:
    """A later text of the same norm; without words to prove it this only warns."""
    live = sorted((f for f in later if f.begins and f.begins <= as_of), key=lambda f: (f.begins, f.id))
    for newer in live:
        proof = newer.proof("title", "issued", "effective")
        if proof:
            reason = f"{_since(newer.begins)}被同名新文本{_name(newer)}取代"
            return Verdict("repealed", reason, proof, (newer.id,))
    if live:
        return Verdict(
            "amended", f"另有较新的同名文本{_name(live[0])}，文中未见废止依据，请核对", None, (live[0].id,)
        )
    return None


def _expired(facts: Facts, acting: Sequence[Incoming], as_of: date) -> Verdict | None:
    last, by = extended_to(facts, acting)
    if last is None or last >= as_of:
        return None
    if by is None:
        return Verdict("expired", f"有效期至{_day(last)}，已届满", facts.proof("expires"))
    return Verdict("expired", f"{_extended(facts, last, by)}，已届满", Proof(by.source.id, by.relation.span), (by.source.id,))


def _extended(facts: Facts, last: date, by: Incoming) -> str:
    how = f"有效期经{_name(by.source)}延长至" if facts.expires else f"依{_name(by.source)}，执行至"
    return f"{how}{_day(last)}"


def _touched(acting: Sequence[Incoming]) -> Verdict | None:
    """部分废止 or 已修改 by other documents: every end of a part is told and the latest change; the latest proves it."""
    hits = [i for i in acting if i.relation.type == "amends" or (i.relation.type in _ENDS and i.relation.scope)]
    if not hits:
        return None
    ended = [i for i in hits if i.relation.type in _ENDS]
    changed = [i for i in hits if i.relation.type == "amends"]
    last = (ended or changed)[-1]
    by = tuple(dict.fromkeys(i.source.id for i in hits))
    told = dict.fromkeys(f"{_since(i.begins)}被{_name(i.source)}{_done(i.relation)}" for i in (*ended, *changed[-1:]))
    status: Status = "partly_repealed" if ended else "amended"
    return Verdict(status, "；".join(told), Proof(last.source.id, last.relation.span), by)


def _done(relation: Relation) -> str:
    return "修改" if relation.type == "amends" else f"废止{relation.scope}"


def _in_force(facts: Facts, acting: Sequence[Incoming]) -> Verdict:
    """A dated document without an end is in force; one that bears no date and says nothing is unknown."""
    last, by = extended_to(facts, acting)
    if last and by:
        return Verdict("in_force", _extended(facts, last, by), Proof(by.source.id, by.relation.span), (by.source.id,))
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
