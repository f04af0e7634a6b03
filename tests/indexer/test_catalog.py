"""The catalog: kept up from one generation to the next it equals one that is read anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from library_samples import notice, opened, put, take

from api.listing import facets
from indexer.catalog import Catalog, passes
from kb.model import Document, Filters


def same(a: Catalog, b: Catalog) -> bool:
    equal = np.array_equal(a.ids, b.ids) and np.array_equal(a.owners, b.owners)
    return equal and a.documents == b.documents and a.generation == b.generation


def test_a_catalog_brought_up_to_date_is_one_read_anew(tmp_path: Path) -> None:
    library = opened(tmp_path)
    kept = Catalog.load(library.store)
    steps = [
        lambda: put(library, {f"{n}.md": notice(f"办法{n}", "应当登记。") for n in range(4)}),
        lambda: put(library, {"1.md": notice("办法1", "应当先登记。", number="某政发〔2020〕1号")}),
        lambda: take(library, [library.store.documents()[0].id]),
        lambda: put(library, {"0.md": notice("办法0", "应当登记。")}),
    ]
    for step in steps:
        step()
        kept = Catalog.load(library.store, kept)
        assert same(kept, Catalog.load(library.store))
    assert set(kept.by_number) == {"某政发〔2020〕1号"}
    for row, document in kept.documents.items():
        passages = kept.passages_of(row)
        assert [kept.document_of(int(p)) for p in passages] == [document] * len(passages)
    assert kept.document_of(10**9) is None


def test_the_scope_and_the_mask_of_a_filter_say_the_same(tmp_path: Path) -> None:
    library = opened(tmp_path)
    kinds = ("case", "policy", "policy", "policy", "standard")
    put(library, {f"{n}.md": notice(f"办法{n}", "应当登记。", kind=k) for n, k in enumerate(kinds)})
    catalog = Catalog.load(library.store)
    for filters in (
        Filters(kind=("case",)),
        Filters(kind=("policy",)),
        Filters(kind=("case", "policy")),
        Filters(region=("无",)),
    ):
        allowed = catalog.allowed(filters)
        rows = set(catalog.matching(filters))
        owners = {int(o) for i, o in zip(catalog.ids, catalog.owners, strict=True) if allowed.mask[i]}
        assert owners == rows and allowed.count == int(allowed.mask.sum())
        scope = {int(r) for r in allowed.scope.rows}
        assert (set(catalog.documents) - scope if allowed.scope.exclude else scope) == rows
    assert catalog.allowed(Filters()).scope is None


DOCUMENT = Document(
    "d", "办法", "a", 1, "0", number="某政发〔2020〕1号", issuer="某局", region="云州市", kind="case", status="in_force",
    issued=date(2020, 5, 1), visibility="internal",
)  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "through"),
    [
        (Filters(), True),
        (Filters(kind=("case", "policy"), issuer=("某局",), region=("云州市",), status=("in_force",)), True),
        (Filters(kind=("policy",)), False),
        (Filters(region=("云州",)), True),
        (Filters(region=("云州市云山区", "海州市")), False),
        (Filters(issuer=("别局",)), False),
        (Filters(number="某政发〔2020〕1号"), True),
        (Filters(number="某政发〔2020〕2号"), False),
        (Filters(issued_from=date(2020, 5, 1), issued_to=date(2020, 5, 1)), True),
        (Filters(issued_from=date(2020, 5, 2)), False),
        (Filters(issued_to=date(2020, 4, 30)), False),
        (Filters(as_of=date(2020, 4, 30)), False),
        (Filters(as_of=date(2020, 5, 1)), True),
        (Filters(doc_id=("e",)), False),
        (Filters(visibility=("public",)), False),
    ],
)
def test_a_document_passes_a_filter_when_each_part_of_it_does(filters: Filters, through: bool) -> None:
    assert passes(DOCUMENT, filters) is through


def test_a_province_takes_in_its_cities_in_the_catalog_the_store_and_the_counts(tmp_path: Path) -> None:
    library = opened(tmp_path)
    regions = ("浙江省", "浙江省杭州市", "浙江省杭州市西湖区", "江苏省", "50%省", "")
    put(library, {f"{n}.md": notice(f"办法{n}", "应当登记。", region=r) for n, r in enumerate(regions)})
    catalog = Catalog.load(library.store)
    for wanted, count in ((("浙江省",), 3), (("浙江省杭州市",), 2), (("浙江省杭州市", "江苏省"), 3), (("50%",), 1), (("%",), 0), (("海南省",), 0)):
        assert len(catalog.matching(Filters(region=wanted))) == library.store.count(Filters(region=wanted)) == count
    counted = {one["value"]: one["count"] for one in facets(library.store.documents())["region"]}
    assert (counted["浙江省"], counted["浙江省杭州市"], counted["江苏省"]) == (3, 2, 1)


def test_a_document_without_a_date_passes_as_of_but_no_date_range() -> None:
    undated = Document("d", "办法", "a", 1, "0")
    assert passes(undated, Filters(as_of=date(2020, 1, 1)))
    assert not passes(undated, Filters(issued_from=date(1900, 1, 1)))
