"""The operations as the page shows them, read from the OpenAPI document and so from the code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from config.kernel.api import examples, openapi
from config.kernel.api import reference as kernel_reference
from config.kernel.api.operations import Operation
from config.kernel.api.problems import status_of
from config.pages import catalogue
from config.pages.docs.samples import API, Sample, guide, make

_DEEPEST = 3
_CODE = re.compile(r"`([^`]+)`")
_IDS = {
    "member": "$MEMBER",
    "entry": "$ENTRY",
    "reservation": "$RESERVATION",
    "item": "$ITEM",
    "order": "$MALLORDER",
}
# What an operation's sample is in the guide; the others are made from their contracts.
_FROM_GUIDE = {
    "members_enrol": "enrol",
    "points_balance": "balance",
    "points_entries": "entries",
    "settlement_report_order": "order",
    "settlement_report_event": "refund",
    "points_earn": "earn",
    "points_reserve": "reserve",
    "points_capture": "capture",
    "points_batch": "points-batch",
    "settlement_report_orders": "orders-batch",
}
_BODIES: dict[str, dict[str, Any]] = {
    "members_change": {"nickname": "小林"},
    "earning_reward": {"behavior": "review", "source": "REVIEW-1001"},
    "points_reverse": {"reason": "given by mistake", "points": 10},
    "mall_place_order": {
        "member": "$MEMBER",
        "item": "$ITEM",
        "address": {
            "recipient": "林小雨",
            "phone": "13800138000",
            "region": "浙江省杭州市拱墅区",
            "street": "武林路 1 号",
        },
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter or one field of a body, nested ones with a dotted name."""

    name: str
    type: str
    required: bool
    limits: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error an operation may answer with."""

    code: str
    status: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An operation as its part of the page needs it."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: tuple[SafeString, ...]
    scope: str
    status: str
    repeatable: bool
    parameters: tuple[Field, ...]
    fields: tuple[Field, ...]
    answer: str
    refusals: tuple[Refusal, ...]
    sample: Sample


def groups(*, now: datetime) -> dict[str, list[Shown]]:
    """Return every operation by tag, in the order of their paths."""
    document = openapi.document(None)
    steps = guide(now=now)
    found: dict[str, list[Shown]] = {}
    for path, endpoint in openapi.mounted():
        for method, operation in endpoint.operations.items():
            described = document["paths"][path][method.lower()]
            shown = _shown(path, method, operation, described, document, steps)
            found.setdefault(operation.tag, []).append(shown)
    return dict(sorted(found.items()))


def _shown(
    path: str,
    method: str,
    operation: Operation,
    described: dict[str, Any],
    document: dict[str, Any],
    steps: Mapping[str, Sample],
) -> Shown:
    components = document["components"]["schemas"]
    status, answer = next(iter(described["responses"].items()))
    body = _content(described.get("requestBody"))
    return Shown(
        id=operation.name,
        method=method,
        path=path,
        tag=operation.tag,
        summary=gettext(operation.summary),
        description=tuple(
            _with_code(gettext(part)) for part in catalogue.paragraphs(operation.description)
        ),
        scope=operation.scope or "",
        status=status,
        repeatable=operation.idempotency is not None,
        parameters=tuple(_parameter(given, components) for given in described["parameters"]),
        fields=tuple(_fields(body.get("schema", {}), components)),
        answer=_pretty(_content(answer).get("example")),
        refusals=tuple(
            Refusal(code=error.code, status=status_of(error), title=str(error.title))
            for error in operation.errors
        ),
        sample=_sample(path, method, operation, body, components, steps),
    )


def _with_code(text: str) -> SafeString:
    """Show what stands between backticks as code."""
    shown = _CODE.sub(r"<code>\1</code>", escape(text))
    # Escaped before: nothing of the text but our own tags is markup.
    return mark_safe(shown)  # noqa: S308


def _content(part: dict[str, Any] | None) -> dict[str, Any]:
    contents = (part or {}).get("content", {})
    return next(iter(contents.values()), {})


def _pretty(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def _sample(
    path: str,
    method: str,
    operation: Operation,
    body: dict[str, Any],
    components: dict[str, Any],
    steps: Mapping[str, Sample],
) -> Sample:
    slug = f"try-{operation.name}"
    filled = path.removeprefix(API)
    for name, stand_in in _IDS.items():
        filled = filled.replace(f"{{{name}}}", stand_in)
    number = steps["complete"].path.split("/")[-2]
    filled = filled.replace("{external_no}", number)
    if operation.name == "members_look_up":
        filled += "?phone=13800138000"
    if operation.name == "mall_find_orders":
        filled += "?collect_code=ABCDE23456"
    if step := steps.get(_FROM_GUIDE.get(operation.name, "")):
        return Sample(
            slug=slug, method=method, path=step.path, body=step.body, media=step.media, key=step.key
        )
    content = _BODIES.get(operation.name)
    if content is None and body:
        content = _minimal(body["schema"], components)
    return make(slug, method, filled, content)


def _minimal(schema: dict[str, Any], components: dict[str, Any], name: str = "") -> Any:
    """Return the smallest body that says what it must."""
    schema = _resolve(schema, components)
    if name in _IDS:
        return _IDS[name]
    if schema.get("type") != "object":
        return examples.of(schema, components, name)
    return {
        field: _minimal(schema["properties"][field], components, field)
        for field in schema.get("required", ())
    }


def _resolve(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _parameter(given: dict[str, Any], components: dict[str, Any]) -> Field:
    return Field(
        name=given["name"],
        type=_type(given["schema"], components),
        required=given["required"],
        limits=_limits(given["schema"]),
        place=given["in"],
    )


def _fields(
    schema: dict[str, Any], components: dict[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[Field]:
    schema = _one(schema, components)
    if schema.get("type") == "array":
        yield from _fields(schema.get("items") or {}, components, f"{prefix}[]", depth)
        return
    if depth >= _DEEPEST:
        return
    required = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        dotted = f"{prefix}.{name}" if prefix else name
        yield Field(
            name=dotted,
            type=_type(inner, components),
            required=name in required,
            limits=_limits(inner),
        )
        if _one(inner, components).get("type") in ("object", "array"):
            yield from _fields(inner, components, dotted, depth + 1)


def _one(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Return what a schema is when it is not null."""
    schema = _resolve(schema, components)
    options = [o for o in schema.get("anyOf", ()) if o.get("type") != "null"]
    return _one(options[0], components) if options else schema


def _type(schema: dict[str, Any], components: dict[str, Any]) -> str:
    one = _one(schema, components)
    if values := one.get("enum"):
        return " | ".join(map(str, values))
    if one.get("type") == "array":
        return f"{_type(one.get('items') or {}, components)}[]"
    return str(one.get("format") or one.get("type") or "any")


def _limits(schema: dict[str, Any]) -> str:
    """Return the bounds of a value, as in 1…200."""
    options = [schema, *schema.get("anyOf", ())]
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        for option in options:
            if high in option:
                return f"{option.get(low, 0):,}…{option[high]:,}".replace(",", " ")
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """A code in the error reference, with the operations that answer with it."""

    code: str
    title: str
    meaning: str
    operations: tuple[tuple[str, str], ...]


def errors_by_status() -> dict[int, list[ErrorRow]]:
    """Return every error of the product by status, each with where it may come from."""
    asked: dict[str, list[tuple[str, str]]] = {}
    for path, endpoint in openapi.mounted():
        for method, operation in endpoint.operations.items():
            for error in operation.errors:
                named = (operation.name, f"{method} {path.removeprefix('/api/v1')}")
                asked.setdefault(error.code, []).append(named)
    found: dict[int, list[ErrorRow]] = {}
    for error in kernel_reference.errors():
        row = ErrorRow(
            code=error.code,
            title=str(error.title),
            meaning=kernel_reference.explain(error),
            operations=tuple(asked.get(error.code, ())),
        )
        found.setdefault(status_of(error), []).append(row)
    return dict(sorted(found.items()))
