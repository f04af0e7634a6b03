"""Schemathesis over the whole OpenAPI: no 5xx, and no answer that the document does not promise."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import requests
import schemathesis
from api_samples import DOCUMENTS, write
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from indexer.adding import add
from indexer.library import Library
from kb.settings import load_settings

SEMANTIC = {  # what a schema cannot say: a quote has words, a conversation a question, a file a text, a vector its length
    "/api/verify", "/v1/chat/completions", "/api/documents", "/v1/embeddings",
}  # fmt: skip
SECONDS = 40.0  # for all operations together; each gets its first few whatever the clock says
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "10"))  # for each operation; more by hand
LEAST = 3
FEW = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., AbstractContextManager[str]]
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("schema")
    library = Library(load_settings(folder / "home", workers=1))
    add(library, write(folder / "in", DOCUMENTS))
    with serve(folder / "home") as at:
        while requests.get(f"{at}/health/ready", timeout=5).status_code != 200:
            time.sleep(0.05)
        for question in ("驿站每日开放几小时？", "食堂要有多少餐位？"):
            requests.post(f"{at}/api/ask", json={"question": question}, timeout=10)
        yield at


def test_no_route_fails_or_answers_other_than_promised(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    known = {
        "documents": requests.get(f"{address}/api/documents", timeout=5).json()["documents"][0]["doc_id"],
        "answers": requests.get(f"{address}/api/answers", timeout=5).json()["answers"][0]["id"],
    }
    began, wrong, tried = time.monotonic(), [], 0
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 28
    for operation in operations:

        of_this = 0

        @FEW
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            nonlocal tried, of_this
            tried, of_this = tried + 1, of_this + 1
            if tried % 2 and case.method != "DELETE":  # every other call names something that is there
                for kind, identity in known.items():
                    if f"/{kind}/" in case.path and "id" in case.path_parameters:
                        case.path_parameters["id"] = identity
            if of_this <= LEAST or EXAMPLES > 10 or time.monotonic() - began < SECONDS:
                excluded = [positive_data_acceptance] if case.path in SEMANTIC and case.method == "POST" else []
                case.call_and_validate(excluded_checks=excluded)

        try:
            holds()
        except BaseExceptionGroup as error:  # what schemathesis raises
            wrong.append(f"{operation.method.upper()} {operation.path}: {[str(one) for one in error.exceptions]}")
    assert not wrong, "\n\n".join(wrong)
