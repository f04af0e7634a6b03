"""The shipped questions' library, made once for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.making import library_of
from eval.sets import dataset
from indexer.library import Library


@pytest.fixture(scope="session")
def own_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_of(dataset("own", Path("/nonexistent")), tmp_path_factory.mktemp("own"))
