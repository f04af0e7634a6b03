"""Milliseconds and memory of the process at hand. Imports little: what is measured with it starts as light as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import psutil


def percentiles(times: list[float] | npt.NDArray[Any]) -> dict[str, float]:
    """Milliseconds: median, 95th and 99th percentile."""
    return {
        "p50_ms": round(float(np.quantile(times, 0.5)), 3),
        "p95_ms": round(float(np.quantile(times, 0.95)), 3),
        "p99_ms": round(float(np.quantile(times, 0.99)), 3),
    }


def memory_mb() -> float:
    """Resident memory, MB."""
    return float(psutil.Process().memory_info().rss / 2**20)
