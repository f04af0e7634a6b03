"""What is read from a document: its fields and what it does to other documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kb.model import Field, Relation, Span


@dataclass(frozen=True, slots=True)
class Official:
    """The official metadata of one document.

    Keys of `fields`: title, issuer, number, issued, effective, expires, recipients 主送机关,
    attachments 附件, secrecy 密级, kind, region, status, visibility; `issuers` where several bodies
    signed (joined by 、, the first is `issuer`); `commences` for the words that say when the
    document takes effect, even where they give no date. Dates are ISO 8601. A field's span is where
    its value stands in the parsed text; None where it comes from front matter or the file name.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()

    def value(self, key: str) -> str | None:
        found = self.fields.get(key)
        return found.value if found else None

    def day(self, key: str) -> date | None:
        found = self.fields.get(key)
        return date.fromisoformat(found.value) if found else None

    def evidence(self) -> dict[str, Span]:
        """The spans that prove fields, by key."""
        return {key: value.span for key, value in self.fields.items() if value.span}
