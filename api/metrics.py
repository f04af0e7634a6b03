"""Figures for Prometheus: how long each route and stage takes, what is refused, which index serves."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from kb.model import Answer

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds


class Metrics:
    """One registry for one application, so that tests and services do not share figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "kb_request_seconds", "请求用时，按路由、方法、状态码", ("route", "method", "status"),
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.stages = Histogram(
            "kb_stage_seconds", "各阶段用时：search 检索，first_claim 到第一条，answer 到完整回答", ("stage",),
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.answers = Counter(
            "kb_answers", "回答数，按依据与拒答原因", ("basis", "reason"), registry=self.registry
        )
        self.rejected = Counter("kb_rejected", "因繁忙而拒绝的请求数", registry=self.registry)
        self.under_way = Gauge("kb_under_way", "处理中与排队中的请求数", registry=self.registry)
        self.generation = Gauge("kb_index_generation", "在用索引的代数", registry=self.registry)

    def follow(self, library: Any) -> None:
        self.generation.set_function(lambda: library.searcher().catalog.generation)

    def answered(self, answer: Answer, seconds: float) -> None:
        self.answers.labels(answer.basis, answer.reason or "").inc()
        self.stages.labels("answer").observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
