"""An example of what a schema of the OpenAPI document describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FILES = "（文件内容）"


def example_of(body: Mapping[str, Any], openapi: Mapping[str, Any]) -> Any:
    """The stated example, or one built from the schema."""
    if "example" in body:
        return body["example"]
    return _instance(body.get("schema", {}), openapi, 0)


def _instance(schema: Mapping[str, Any], openapi: Mapping[str, Any], depth: int) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = openapi["components"]["schemas"][name]
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _instance(schema[choice][0], openapi, depth + 1)
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "object" and depth < 4:
        required = set(schema.get("required", ()))
        return {
            name: _instance(one, openapi, depth + 1)
            for name, one in schema.get("properties", {}).items()
            if name in required or one.get("examples")
        }
    if schema.get("format") == "binary" or schema.get("contentMediaType"):
        return FILES
    if schema.get("type") == "array" and depth < 4 and "items" in schema:
        return [_instance(schema["items"], openapi, depth + 1)]
    return {"array": [], "integer": 0, "number": 0.0, "boolean": False, "object": {}}.get(
        schema.get("type", ""), "…"
    )
