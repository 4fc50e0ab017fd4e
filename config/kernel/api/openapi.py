"""The OpenAPI 3.1 document, made from the declarations of the operations themselves.

What an operation takes, answers and refuses is declared once, in its decorator; this
module only writes it down in OpenAPI's words, so the document cannot drift from the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from config.kernel.api import examples, problems, reference
from config.kernel.api.operations import Endpoint, Operation

PREFIX = "api/v1/"
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
_REF = "#/components/schemas/{name}"
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_CHANGELOG = Path(__file__).with_name("CHANGELOG.md")

INTRODUCTION = """\
JSON in and out, in UTF-8. Money is an integer in the minor unit of its currency, points are
integers, times are RFC 3339 with an offset, ids are opaque strings with a prefix.

**Signing in.** `POST /oauth/token` with HTTP Basic (client id and secret),
`grant_type=client_credentials` and `scope`; send the token as `Authorization: Bearer …`.

**Repeating.** Every POST takes an `Idempotency-Key`: the same key with the same request
gives the first answer again (`Idempotent-Replay: true`), with another request 422
`idempotency.key_reused`, while the first is being handled 409 `idempotency.in_flight`.

**Refusals** are `application/problem+json`; a refusal has changed nothing. `code` is stable;
all codes stand in the [error reference](/api/v1/errors).

**Limits.** `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) tell what
is left of this minute; beyond it 429 with `Retry-After`. A body has at most 10 MB, a number at
most 2^53 - 1, and of duplicate keys in an object the last one holds.
"""


def mounted(urlconf: Any = None) -> list[tuple[str, Endpoint]]:
    """Return every endpoint that the URLs lead to, with its path from the root."""
    return sorted(_walk("", get_resolver(urlconf).url_patterns), key=lambda pair: pair[0])


def _walk(prefix: str, patterns: list[Any]) -> Iterator[tuple[str, Endpoint]]:
    for pattern in patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(path, pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and isinstance(pattern.callback, Endpoint):
            yield "/" + _CONVERTER.sub(r"{\1}", path), pattern.callback


@cache
def changelog() -> str:
    """Return what has changed in the API, as Markdown."""
    return _CHANGELOG.read_text()


@cache
def document(urlconf: str | None = None) -> dict[str, Any]:
    """Return the whole document."""
    endpoints = mounted(urlconf)
    schemas, components = _components(endpoints)
    paths: dict[str, Any] = {}
    scopes: dict[str, str] = {}
    for path, endpoint in endpoints:
        item = paths.setdefault(path, {})
        for method, operation in endpoint.operations.items():
            item[method.lower()] = _operation(path, method, operation, schemas, components)
            if operation.scope is not None:
                scopes[operation.scope] = reference.scope_text(operation.scope)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Changke storefront API",
            "version": "1.0.0",
            "description": f"{INTRODUCTION}\n{changelog()}",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.BASE_URL}],
        "tags": [{"name": tag} for tag in _tags(endpoints)],
        "security": [{"oauth2": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"oauth2": _security(scopes)},
            "responses": {"Problem": _problem("A refusal; nothing was changed")},
            "headers": _HEADERS,
        },
    }


def _tags(endpoints: list[tuple[str, Endpoint]]) -> list[str]:
    return sorted({op.tag for _, endpoint in endpoints for op in endpoint.operations.values()})


def _security(scopes: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {
                "tokenUrl": f"{settings.BASE_URL}/oauth/token",
                "scopes": dict(sorted(scopes.items())),
            }
        },
    }


_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "Finds this call in the logs; the caller's own, when it sent one.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replay": {
        "description": "`true` when this is the first answer again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "RateLimit-Limit": {"description": "Calls a minute.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Calls left.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds till they renew.", "schema": {"type": "integer"}},
}


def _components(endpoints: list[tuple[str, Endpoint]]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Return the schema of each contract, and the named ones they refer to."""
    contracts: dict[Any, None] = {problems.Problem: None}
    for _, endpoint in endpoints:
        for op in endpoint.operations.values():
            for contract in (op.body, op.answer, op.query_contract):
                if contract is not None:
                    contracts[contract] = None
    wanted = list(contracts)
    found, components = msgspec.json.schema_components(wanted, ref_template=_REF)
    components["Problem"]["properties"]["code"]["enum"] = [e.code for e in reference.errors()]
    return dict(zip(wanted, found, strict=True)), components


def _operation(
    path: str,
    method: str,
    operation: Operation,
    schemas: dict[Any, Any],
    components: dict[str, Any],
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description or operation.summary,
        "security": [{"oauth2": [operation.scope] if operation.scope else []}],
        "parameters": _parameters(path, method, operation, schemas, components),
        "responses": _responses(path, method, operation, schemas, components),
    }
    if operation.body is not None:
        media = "application/x-ndjson" if operation.ndjson else "application/json"
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {media: _content(schemas[operation.body], components)},
        }
    return described


def _content(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    return {"schema": schema, "example": examples.of(schema, components)}


def _parameters(
    path: str,
    method: str,
    operation: Operation,
    schemas: dict[Any, Any],
    components: dict[str, Any],
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            "example": examples.text(name),
        }
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if operation.query_contract is not None:
        shape = _resolve(schemas[operation.query_contract], components)
        required = set(shape.get("required", ()))
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in shape.get("properties", {}).items()
        ]
    if method != "GET" and operation.idempotency is not None:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key with the same request gives the same answer.",
                "schema": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 255,
                    "pattern": "^[ -~]+$",
                },
            }
        )
    return found


def _resolve(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        resolved: dict[str, Any] = components[schema["$ref"].rsplit("/", 1)[-1]]
        return resolved
    return schema


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
        "content": {problems.MEDIA_TYPE: {"schema": _PROBLEM}},
    }


def _responses(
    path: str,
    method: str,
    operation: Operation,
    schemas: dict[Any, Any],
    components: dict[str, Any],
) -> dict[str, Any]:
    good: dict[str, Any] = {
        "description": "Done",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS},
    }
    if operation.answer is not None:
        media = "application/x-ndjson" if operation.ndjson else "application/json"
        good["content"] = {media: _content(schemas[operation.answer], components)}
    status = operation.status if operation.answer is not None else 204
    responses: dict[str, Any] = {str(status): good}
    if status == 201:
        responses["200"] = good | {"description": "It was there already, or a dry run"}
    for code, errors in reference.refusals(path, method, operation).items():
        names = ", ".join(f"`{error.code}`" for error in errors)
        responses[str(code)] = _problem(names)
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    return responses
