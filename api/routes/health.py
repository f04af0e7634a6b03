"""`GET /health`, `/health/ready`, `/metrics`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import PlainTextResponse, Response

from kb.access import Caller

from ..doors import may
from ..problems import Json
from ..schemas import HealthOut, problems
from .asking import At

router = APIRouter(tags=["运行"])
FIGURES = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus 文本格式"}
}


@router.get("/health", response_model=HealthOut, summary="进程在运行")
async def alive() -> Response:
    return Json({"status": "ok"})


@router.get(
    "/health/ready", response_model=HealthOut, responses={503: problems()[503]}, summary="可以回答问题"
)
async def ready(service: At) -> Response:
    service.check_ready()
    return Json({"status": "ready"})


@router.get("/metrics", responses={**problems(), **FIGURES}, response_class=Response, summary="运行指标")
async def metrics(service: At, caller: Annotated[Caller, Depends(may("audit"))]) -> Response:
    return PlainTextResponse(
        await service.run(service.metrics.text), media_type="text/plain; version=0.0.4; charset=utf-8"
    )
