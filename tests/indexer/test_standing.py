"""Statuses kept up step by step are those worked out anew."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from library_samples import opened, put, take

from indexer.library import Library
from kb.standing import Standing

TODAY = date.today()
NAMES = [f"青溪县{matter}管理办法" for matter in ("停车", "养犬", "采砂", "集市", "路灯", "绿化")]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return opened(tmp_path / "home", workers=1)


def text(rng: random.Random) -> str:
    """A rule that may repeal another, be a new edition of one, expire, or not apply yet."""
    name, other = rng.sample(NAMES, 2)
    issued = TODAY - timedelta(days=rng.randrange(10, 4000))
    lines = [f"# {name}", "", "第一条　为了加强管理，制定本办法。"]
    if rng.random() < 0.4:
        lines.append(f"第二条　本办法自{_said(issued + timedelta(days=rng.choice((30, 9000))))}起施行，《{other}》同时废止。")
    front = f"---\ntitle: {name}\nissuer: 青溪县人民政府\nissued: {issued.isoformat()}\n"
    if rng.random() < 0.6:
        front += f"expires: {(TODAY + timedelta(days=rng.choice((-5, 50)))).isoformat()}\n"
    front += "---\n"
    return front + "\n\n".join(lines) + "\n"


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def test_after_every_change_each_document_has_the_status_of_a_fresh_look(library: Library) -> None:
    rng = random.Random(7)
    names: dict[str, str] = {}
    seen = set()
    for _ in range(40):
        if names and rng.random() < 0.3:
            take(library, [names.pop(rng.choice(sorted(names)))])
        else:
            name = f"{rng.randrange(12)}.md"
            [names[name]] = put(library, {name: text(rng)})
        fresh = Standing(library.store).verdicts(TODAY)
        assert library.verdicts(TODAY) == fresh
        assert {d.id: d.status for d in library.store.documents()} == {i: v.status for i, v in fresh.items()}
        yesterday = TODAY - timedelta(days=800)
        assert library.verdicts(yesterday) == Standing(library.store).verdicts(yesterday)
        seen |= {verdict.status for verdict in fresh.values()}
    assert {"in_force", "repealed", "expired", "not_yet"} <= seen
