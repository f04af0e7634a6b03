"""The last day of a document whose term others have put off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from kb.calendar import last_day

from .facts import Facts, Incoming

_LENGTH = re.compile(r"(?P<whole>共)?(?P<since>自施行之日起)?(?:(?P<years>\d{1,2})年)?(?:(?P<months>\d{1,3})个月)?")


def extended_to(facts: Facts, acting: Sequence[Incoming]) -> tuple[date | None, Incoming | None]:
    """The last day in force and the document that put it off, if one did.

    A day is taken as it stands; a length (5年) is counted from the last day so far, or as its words say. One
    document puts a term off once, however often it says so.
    """
    last, by = facts.expires, None
    told: set[str] = set()
    longer = [i for i in acting if i.relation.type == "extends"]
    for one in sorted(longer, key=lambda i: (i.begins or date.min, i.relation.day is None)):
        if one.relation.day is None and one.source.id in told:
            continue
        until = one.relation.day or _counted(facts, last, one)
        if until is None:
            continue
        told.add(one.source.id)
        if last is None or until > last:
            last, by = until, one
    return last, by


def _counted(facts: Facts, last: date | None, one: Incoming) -> date | None:
    """The last day where only a length is told: 5年 more, 自施行之日起5年, 共5年 in all."""
    said = _LENGTH.fullmatch(one.relation.scope)
    months = 12 * int(said["years"] or 0) + int(said["months"] or 0) if said else 0
    if said is None or not months:
        return None
    if said["whole"]:
        first = facts.begins
    elif said["since"]:
        first = one.source.begins
    else:
        first = last + timedelta(days=1) if last else None
    return last_day(first, months=months) if first else None
