"""Examples of what each route gives, put into the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

DOCUMENT: dict[str, Any] = {
    "doc_id": "3f1c0a9be2d4", "external_id": None, "title": "某县未来社区建设管理办法", "number": "某政发〔2023〕1号",
    "issuer": "某县人民政府", "issued": "2023-01-17", "effective": "2023-03-01", "expires": None,
    "status": "in_force", "status_reason": "2023年3月1日起施行", "kind": "policy", "region": "浙江省",
    "visibility": "public", "source": "管理办法.docx", "sha256": "5d41…", "revision": 1,
    "revisions": [{"revision": 1, "sha256": "5d41…", "added": "2024-05-01T08:00:00.000Z"}],
    "evidence": {"number": [14, 25]}, "url": "/documents/3f1c0a9be2d4",
}  # fmt: skip
_PLACE: dict[str, Any] = {
    "doc_id": "3f1c0a9be2d4", "external_id": None, "title": "某县未来社区建设管理办法", "number": "某政发〔2023〕1号",
    "issuer": "某县人民政府", "issued": "2023-01-17", "status": "in_force", "kind": "policy",
}  # fmt: skip
HIT: dict[str, Any] = {
    "passage_id": 7, **_PLACE, "revision": 1, "path": ["第二章 建设", "第七条"], "page": None, "start": 120, "end": 138,
    "text": "未来社区服务用房不得少于八百平方米。", "highlights": [[0, 4]], "score": 5.2,
    "ranks": {"lexical": 1, "dense": 2}, "url": "/documents/3f1c0a9be2d4#c=120-138",
}  # fmt: skip
CITATION: dict[str, Any] = {
    "n": 1, **_PLACE, "revision": 1, "sha256": "5d41…", "path": ["第二章 建设", "第七条"], "page": None, "start": 120,
    "end": 138, "quote": "未来社区服务用房不得少于八百平方米。", "url": "/documents/3f1c0a9be2d4#c=120-138",
}  # fmt: skip
ANSWER: dict[str, Any] = {
    "id": "9f86d081884c7d65", "question": "服务用房要多大？", "rewritten": None,
    "text": "根据《某县未来社区建设管理办法》第七条：\n未来社区服务用房不得少于八百平方米。[1]", "basis": "grounded",
    "reason": None, "kind": "policy",
    "claims": [{"text": "未来社区服务用房不得少于八百平方米。", "start": 22, "end": 40, "citations": [1]}],
    "citations": [CITATION], "hits": [HIT], "notes": [], "as_of": None, "filters": {}, "model": "quoting", "generation": 12,
    "created": "2024-05-01T08:00:00.000Z", "took_ms": 14.2,
}  # fmt: skip
TEXT = {
    "title": "某县未来社区建设管理办法", "removed": None, "revision": 1, "sha256": "5d41…", "text": "某县未来社区建设管理办法\n第一条 ……",
    "outline": [{"path": ["第一条"], "label": "第一条", "start": 13, "end": 20, "level": 1, "kind": "article"}], "pages": [],
}  # fmt: skip
STORED = {**ANSWER, "standing": "stands", "verdict": None, "reviews": []}
EXAMPLES: dict[tuple[str, str], Any] = {
    ("post", "/api/ask"): ANSWER,
    ("post", "/api/search"): {"hits": [HIT], "took_ms": 6.1},
    ("post", "/api/verify"): {
        "result": "normalised", "steps": ["全角半角"], "doc_id": "3f1c0a9be2d4", "external_id": None, "revision": 1,
        "current": True, "title": _PLACE["title"], "number": _PLACE["number"], "status": "in_force", "start": 120,
        "end": 138, "text": HIT["text"], "diff": None, "ratio": 1.0, "note": None, "url": HIT["url"], "also": [],
    },
    ("get", "/api/facets"): {
        "kind": [{"value": "policy", "count": 12}], "status": [{"value": "in_force", "count": 12}], "issuer": [],
        "region": [{"value": "浙江省", "count": 9}], "year": [{"value": "2023", "count": 4}],
    },
    ("get", "/api/suggestions"): {"suggestions": ["未来社区建设管理办法主要规定了什么？"]},
    ("get", "/api/documents"): {"documents": [DOCUMENT], "total": 1, "offset": 0, "limit": 50},
    ("post", "/api/documents"): {
        "results": [{"file": "管理办法.docx", "outcome": "added", "doc_id": "3f1c0a9be2d4", "title": _PLACE["title"], "reason": None}],
        "added": 1, "updated": 0, "unchanged": 0, "failed": 0,
    },
    ("get", "/api/documents/{id}"): DOCUMENT,
    ("delete", "/api/documents/{id}"): {"removed": "3f1c0a9be2d4"},
    ("get", "/api/documents/{id}/text"): TEXT,
    ("get", "/api/documents/{id}/boxes"): {
        "boxes": [{"page": 1, "x0": 90.0, "y0": 120.5, "x1": 505.2, "y1": 136.0, "width": 595.0, "height": 842.0}]
    },
    ("post", "/api/documents/{id}/status"): {**DOCUMENT, "status": "repealed", "status_reason": "人工认定（张三）：已由新办法取代"},
    ("get", "/api/answers"): {"answers": [STORED], "total": 1, "offset": 0, "limit": 30},
    ("get", "/api/answers/{id}"): STORED,
    ("get", "/api/answers/stats"): {
        "since": "2024-04-02", "answers": 8, "refusals": 1, "refusal_rate": 0.125, "repealed_share": 0.0,
        "open_disputes": 0, "per_day": [{"day": "2024-05-01", "answers": 8, "refused": 1}],
        "most_cited": [{"doc_id": "3f1c0a9be2d4", "title": _PLACE["title"], "status": "in_force", "count": 5}],
    },
    ("post", "/api/answers/{id}/verify"): {
        "id": "9f86d081884c7d65", "standing": "stands",
        "citations": [{"n": 1, "doc_id": "3f1c0a9be2d4", "title": _PLACE["title"], "state": "valid",
                       "detail": "所引文字与现行文本逐字一致", "diff": None, "place": [120, 138]}],
    },
    ("post", "/api/answers/{id}/replay"): {"answer": ANSWER, "same": True},
    ("post", "/api/answers/{id}/review"): {"id": "9f86d081884c7d65", "verdict": "correct"},
    ("post", "/api/audit/verify"): {
        "chain": {"ok": True, "records": 9, "head": {"seq": 9, "hash": "ab12…"}, "breaks": [], "broken": []},
        "answers": 8, "standing": {"stands": 8, "review": 0, "fallen": 0},
    },
    ("get", "/health"): {"status": "ok"},
    ("get", "/health/ready"): {"status": "ready"},
}  # fmt: skip
_URL = "http://127.0.0.1:8000/documents/3f1c0a9be2d4?revision=1#c=120-138"
_ANNOTATION = {
    "type": "url_citation",
    "url_citation": {
        "url": _URL, "title": _PLACE["title"], "start_index": 40, "end_index": 43, "content": HIT["text"],
    },
}  # fmt: skip
_FOUND = {
    "citations": [_URL],
    "search_results": [{"title": _PLACE["title"], "url": _URL, "date": "2023-01-17", "snippet": HIT["text"]}],
    "policy": {
        "answer_id": ANSWER["id"], "basis": "grounded", "reason": None, "kind": "policy", "model": "quoting", "notes": [],
    },
}  # fmt: skip
_MODEL = {"id": "policy-quoting", "object": "model", "created": 1704067200, "owned_by": "policy-kb"}
_HEAD = {"id": "chatcmpl-5f2d", "created": 1714550400, "model": "policy-quoting"}
OPENAI: dict[tuple[str, str], Any] = {
    ("get", "/v1/models"): {"object": "list", "data": [_MODEL]},
    ("get", "/v1/models/{name}"): _MODEL,
    ("post", "/v1/embeddings"): {
        "object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.031, -0.012, 0.044]}],
        "model": "policy-static-zh", "usage": {"prompt_tokens": 4, "total_tokens": 4},
    },
    ("post", "/v1/chat/completions"): {
        **_HEAD, "object": "chat.completion",
        "choices": [{
            "index": 0, "logprobs": None, "finish_reason": "stop",
            "message": {
                "role": "assistant", "content": ANSWER["text"], "refusal": None, "annotations": [_ANNOTATION],
                "context": {
                    "citations": [{"title": _PLACE["title"], "content": HIT["text"], "url": _URL,
                                   "filepath": "管理办法.docx", "chunk_id": "1"}],
                    "intent": ANSWER["question"],
                },
            },
        }],
        "usage": {"prompt_tokens": 8, "completion_tokens": 44, "total_tokens": 52}, **_FOUND,
    },
}  # fmt: skip


def _chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    body = {**_HEAD, "object": "chat.completion.chunk", "choices": [choice], **more}
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def _event(name: str, value: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


# By content type, for what is not JSON. Files that are bytes have none.
TEXTS: dict[tuple[str, str, str], str] = {
    ("post", "/api/ask", "text/event-stream"):
        _event("hits", [HIT]) + _event("claim", ANSWER["claims"][0]) + _event("answer", ANSWER),
    ("post", "/v1/chat/completions", "text/event-stream"):
        _chunk({"role": "assistant", "content": ""}) + _chunk({"content": ANSWER["text"]})
        + _chunk({"content": "", "annotations": [_ANNOTATION]}, "stop", **_FOUND) + "data: [DONE]\n\n",
    ("get", "/api/answers/export", "application/x-ndjson"): json.dumps(STORED, ensure_ascii=False) + "\n",
    ("get", "/api/answers/export", "text/csv; charset=utf-8"):
        "seq,id,created,caller,question,basis\n1,9f86d081884c7d65,2024-05-01T08:00:00.000Z,门户,服务用房要多大？,grounded\n",
    ("get", "/api/answers/{id}/export", "text/markdown; charset=utf-8"):
        "# 服务用房要多大？\n\n未来社区服务用房不得少于八百平方米。[^1]\n\n[^1]: 《某县未来社区建设管理办法》……\n",
    ("get", "/metrics", "text/plain"): 'kb_answers_total{basis="grounded",reason=""} 8.0\nkb_index_generation 12.0\n',
}  # fmt: skip


def add_examples(openapi: dict[str, Any]) -> None:
    """Put each example beside the response it is one of."""
    for (method, path), example in {**EXAMPLES, **OPENAI}.items():
        _of(openapi, method, path)["application/json"]["example"] = example
    for (method, path, kind), text in TEXTS.items():
        _of(openapi, method, path)[kind]["example"] = text


def _of(openapi: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    content: dict[str, Any] = openapi["paths"][path][method]["responses"]["200"]["content"]
    return content
