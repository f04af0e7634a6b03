"""Imported once by the fork server, so that every worker starts with the parsers loaded."""

from __future__ import annotations

import pypdfium2

from . import archive, docx, html, jsonl, markdown, pdf, registry, sources, text

__all__ = ["archive", "docx", "html", "jsonl", "markdown", "pdf", "pypdfium2", "registry", "sources", "text"]
