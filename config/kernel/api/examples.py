"""Examples for the schema: made from each contract, so that none is forgotten or stale."""

from __future__ import annotations

from typing import Any

_TEXTS = {
    "member": "mem_abcdefghijklmnopqrstuvwxyz",
    "survivor": "mem_abcdefghijklmnopqrstuvwxyz",
    "duplicate": "mem_zyxwvutsrqponmlkjihgfedcba",
    "entry": "ent_abcdefghijklmnopqrstuvwxyz",
    "reservation": "res_abcdefghijklmnopqrstuvwxyz",
    "external_no": "SO-1001",
    "currency": "CNY",
    "phone": "+8613800138000",
    "email": "lin@example.com",
    "nickname": "林",
    "sku": "A1",
    "name": "Tea",
    "category": "food/tea",
    "source": "order:SO-1001",
    "reason": "thank you",
    "status": "paid",
    "type": "refunded",
    "gender": "female",
    "locale": "zh-hans",
    "op": "earn",
    "actor": "ann",
    "purpose": "terms",
    "policy_version": "2026-11",
    "channel": "web",
    "idempotency_key": "a-key-of-yours",
    "next_cursor": None,
    "cursor": None,
}
# What a first call can do without: nothing in a new shop answers to a made-up one.
_ABSENT = frozenset({"reservation", "quote", "store", "completed_at", "pending_until"})
_EMPTY = frozenset({"coupons"})
_TIMES = {"expires_at": "2028-12-01T00:00:00+08:00"}
_FORMATS = {
    "date-time": "2026-11-20T10:00:00+08:00",
    "date": "1990-05-17",
    "uuid": "0190b6a0-0000-7000-8000-000000000000",
}
_NUMBERS = {
    "line_no": 1,
    "quantity": 1,
    "points": 100,
    "unit_price": 5000,
    "amount": 5000,
    "ttl_seconds": 1800,
}
_DEEPEST = 6


def text(name: str) -> Any:
    """Return an example of a text field or path parameter with this name."""
    return _TEXTS.get(name, "text")


def of(schema: dict[str, Any], components: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """Return an example of a schema, guided by the names of its fields."""
    if "$ref" in schema:
        name_of = schema["$ref"].rsplit("/", 1)[-1]
        return of(components[name_of], components, name, depth)
    if examples := schema.get("examples"):
        return examples[0]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        if name in _ABSENT and {"type": "null"} in options:
            return None
        return of(options[0], components, name, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return _TEXTS[name] if _TEXTS.get(name) in schema["enum"] else schema["enum"][0]
    match schema.get("type"):
        case "object":
            return _object(schema, components, depth)
        case "array":
            items = schema.get("items") or {}
            bare = not items or depth >= _DEEPEST or name in _EMPTY
            return [] if bare else [of(items, components, name, depth + 1)]
        case "integer" | "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            return max(least, _NUMBERS.get(name, 0))
        case "boolean":
            return False
        case "string":
            return _TIMES.get(name) or _FORMATS.get(schema.get("format", "")) or text(name)
        case _:
            return None


def _object(schema: dict[str, Any], components: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth >= _DEEPEST:
        return {}
    return {
        name: of(inner, components, name, depth + 1)
        for name, inner in schema.get("properties", {}).items()
    }
