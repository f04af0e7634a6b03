"""The PDFium library, loaded when a PDF is first read. It has no types that mypy could follow."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def library() -> Any:
    """`pypdfium2`: documents and pages."""
    return import_module("pypdfium2")


def functions() -> Any:
    """`pypdfium2.raw`: the C functions."""
    return import_module("pypdfium2.raw")
