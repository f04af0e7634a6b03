"""Where and when a document holds: rules and figures of another place or year answer nothing."""

from __future__ import annotations

from .evidence_prior import Places, places_about
from .fold import fold
from .model import Document
from .years import YEAR, years_of


def foreign_place(question: str, document: Document, near: str, places: Places) -> str:
    """A place that the question names, where the document is about another one; "" where it is not.

    A document of a wider region holds for the place too, and one of a narrower region is part of it.
    `near` is what stands around the words quoted: it may speak of the place all the same.
    """
    asked, about = places(question), places_about(document, places)
    if not asked or not about:
        return ""
    for _, region in asked:
        within = region in about or about & places.wider(region) or any(region in places.wider(a) for a in about)
        if within or any(name in near for name in places.names(region)):
            return ""
    return asked[0][0]


def foreign_year(question: str, document: Document, near: str, context: str) -> str:
    """A year that the (folded) question names, where the words quoted are of another one; "" where they are not.

    What a title is dated by holds for all of the text, else the day of issue: a later text says nothing of the
    year unless it speaks of it.
    """
    wanted = set(YEAR.findall(question))
    if not wanted or any(year in near for year in wanted):
        return ""
    titled = years_of(fold(document.title))
    if titled:
        return "" if titled & wanted else min(wanted)
    issued = {str(day.year) for day in (document.issued, document.effective) if day}
    later = bool(issued) and min(issued) > max(wanted)
    return min(wanted) if later and not any(year in context for year in wanted) else ""


__all__ = ["foreign_place", "foreign_year"]
