"""A library of a few small documents, and the application over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.adding import add
from indexer.library import Library
from kb.settings import load_settings

from api_samples import DOCUMENTS, HIDDEN, client_over, write

@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Three public documents and a restricted one. Tests add to it but take nothing away."""
    folder = tmp_path_factory.mktemp("library")
    made = Library(load_settings(folder / "home", workers=1))
    report = add(made, write(folder / "public", DOCUMENTS))
    assert not report.failed
    add(made, write(folder / "hidden", HIDDEN), {"visibility": "restricted"})
    return made


@pytest.fixture(scope="session")
def client(library: Library) -> Iterator[TestClient]:
    """The application on loopback, open to its own machine, ready."""
    with client_over(library) as made:
        while made.get("/health/ready").status_code != 200:
            pass
        yield made


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., tuple[Library, TestClient]]]:
    """`make(texts, restricted=texts, **settings)`: a fresh library and a ready client over it."""
    opened = []

    def made(
        texts: dict[str, str] = DOCUMENTS, restricted: dict[str, str] | None = None, **settings: object
    ) -> tuple[Library, TestClient]:
        home = tmp_path / f"home{len(opened)}"
        library = Library(load_settings(home, **{"workers": 1, **settings}))
        if texts:
            add(library, write(tmp_path / "in", texts))
        if restricted:
            add(library, write(tmp_path / "in-hidden", restricted), {"visibility": "restricted"})
        client = client_over(library)
        client.__enter__()
        opened.append(client)
        while client.get("/health/ready").status_code != 200:
            pass
        return library, client

    yield made
    for client in opened:
        client.__exit__(None, None, None)
