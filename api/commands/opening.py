"""Settings, library and filters from the arguments of a command."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kb.fold import bracket_number
from kb.model import Filters
from kb.settings import Settings, load_settings

if TYPE_CHECKING:
    from indexer.library import Library


def settings_of(args: argparse.Namespace) -> Settings:
    given = {name: getattr(args, name, None) for name in ("host", "port")}
    return load_settings(args.home, **given)


def library_of(args: argparse.Namespace) -> Library:
    from indexer.library import Library

    return Library(settings_of(args))


def filters_of(args: argparse.Namespace) -> Filters:
    return Filters(
        kind=tuple(args.kind),
        issuer=tuple(args.issuer),
        region=tuple(args.region),
        status=tuple(args.status),
        number=bracket_number(args.number) if args.number else None,
        issued_from=args.issued_from,
        issued_to=args.issued_to,
        doc_id=tuple(args.doc),
        as_of=args.as_of,
    )
