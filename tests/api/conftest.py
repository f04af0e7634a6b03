"""A library of a few small documents, and the application over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx
import pytest
from api_samples import DOCUMENTS, HIDDEN, Live, key_of, ready, write
from fastapi.testclient import TestClient

from indexer.adding import add
from indexer.library import Library
from kb.settings import load_settings


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
    with ready(library) as made:
        yield made


@pytest.fixture(scope="session")
def live(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., AbstractContextManager[str]]
) -> Iterator[Live]:
    """A real service in its own process over the same documents; one key sees all, the other what is public."""
    folder = tmp_path_factory.mktemp("live")
    library = Library(load_settings(folder / "home", workers=1))
    add(library, write(folder / "public", DOCUMENTS))
    add(library, write(folder / "hidden", HIDDEN), {"visibility": "restricted"})
    everything = key_of(library, "全部", scopes=["admin"], visibility=["public", "internal", "restricted"])
    public = key_of(library, "公众", scopes=["ask", "search"])
    with serve(folder / "home") as address:
        while httpx.get(f"{address}/health/ready").status_code != 200:
            time.sleep(0.02)
        yield Live(address, *(key["Authorization"].removeprefix("Bearer ") for key in (everything, public)))


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., tuple[Library, TestClient]]]:
    """`make(texts, restricted=texts, **settings)`: a fresh library and a ready client over it."""
    clients: list[TestClient] = []
    opened = ExitStack()

    def made(
        texts: dict[str, str] = DOCUMENTS, restricted: dict[str, str] | None = None, **settings: object
    ) -> tuple[Library, TestClient]:
        home = tmp_path / f"home{len(clients)}"
        library = Library(load_settings(home, **{"workers": 1, **settings}))
        if texts:
            add(library, write(tmp_path / "in", texts))
        if restricted:
            add(library, write(tmp_path / "in-hidden", restricted), {"visibility": "restricted"})
        clients.append(opened.enter_context(ready(library)))
        return library, clients[-1]

    with opened:
        yield made
