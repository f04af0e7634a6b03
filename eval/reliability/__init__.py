"""Hostile conditions on purpose: killed processes, damaged files, long runs; docs/RELIABILITY.md has the results."""
