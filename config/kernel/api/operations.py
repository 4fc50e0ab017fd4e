"""Declare an operation: its scope, its contracts, its errors. All else follows from that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from config.kernel.api.contracts import Call, Instant, Query
from config.kernel.api.problems import status_of
from config.kernel.errors import DomainError

Idempotency = Literal["own", "stored"]
View = Callable[..., Any]


class DryRunQuery(Query):
    """What every operation with a dry run takes in its query string."""

    dry_run: bool = False
    now: Instant | None = None


class ContractError(TypeError):
    """An operation is declared in a way that cannot be served."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """A declared operation and everything that is prepared once for all its calls."""

    view: View
    scope: str | None
    body: Any
    query: Any
    answer: Any
    status: int
    tag: str
    summary: str
    description: str
    errors: tuple[type[DomainError], ...]
    idempotency: Idempotency | None
    dry_run: bool
    ndjson: bool
    body_required: bool
    decoder: msgspec.json.Decoder[Any] | None
    item_decoder: msgspec.json.Decoder[Any] | None
    query_contract: Any
    query_names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the operation's id in the schema, `points_earn`."""
        app = self.view.__module__.split(".api", 1)[0].rsplit(".", 1)[-1]
        return f"{app}_{self.view.__name__}"

    def __call__(self, call: Call, **path_values: str) -> Any:
        return self.view(call, **path_values)


def operation(
    *,
    scope: str | None,
    summary: str,
    tag: str,
    body: Any = None,
    query: Any = None,
    answer: Any = None,
    status: int = 200,
    errors: Sequence[type[DomainError]] = (),
    idempotency: Idempotency | None = None,
    dry_run: bool = False,
    ndjson: bool = False,
    item: Any = None,
    body_required: bool = True,
) -> Callable[[View], Operation]:
    """Make a function the view of an API operation.

    `idempotency="stored"` runs it in one transaction with the record of its answer;
    `"own"` leaves the Idempotency-Key to the view (`call.key`). With `dry_run`, the
    view runs in a transaction that is rolled back when the caller asks for it. With
    `ndjson`, the body is a stream of lines: the view reads `api.batch.lines(call)`. With
    `item`, the contract of one item of a list, an item that cannot be read refuses itself
    alone: the view finds its error in its place in `call.body`.
    """
    _refuse_naive_instants(body)
    _refuse_naive_instants(query)

    def declare(view: View) -> Operation:
        contract = _with_dry_run(query) if dry_run else query
        return Operation(
            view=view,
            scope=scope,
            body=body,
            query=query,
            answer=answer,
            status=status,
            tag=tag,
            summary=summary,
            description=(view.__doc__ or "").strip(),
            errors=tuple(sorted(set(errors), key=lambda e: (status_of(e), e.code))),
            idempotency=idempotency,
            dry_run=dry_run,
            ndjson=ndjson,
            body_required=body_required,
            decoder=None if body is None or ndjson else msgspec.json.Decoder(body),
            item_decoder=None if item is None else msgspec.json.Decoder(item),
            query_contract=contract,
            query_names=() if query is None else tuple(query.__struct_fields__),
        )

    return declare


def _with_dry_run(query: Any) -> Any:
    """Return the query contract with `dry_run` and `now` added."""
    if query is None:
        return DryRunQuery
    return msgspec.defstruct(
        f"{query.__name__}DryRun",
        [("dry_run", bool, False), ("now", Instant | None, None)],
        bases=(query,),
        forbid_unknown_fields=True,
        kw_only=True,
    )


def _refuse_naive_instants(contract: Any) -> None:
    """Stop the start when a contract takes times without an offset: api.Instant does not."""
    if contract is None:
        return
    seen: set[int] = set()
    waiting: list[Any] = [msgspec.inspect.type_info(contract)]
    while waiting:
        info = waiting.pop()
        if id(info) in seen:
            continue
        seen.add(id(info))
        if isinstance(info, msgspec.inspect.DateTimeType) and info.tz is not True:
            raise ContractError(f"{contract}: take times as api.Instant, not {datetime}")
        for name in ("types", "fields", "item_types"):
            waiting += getattr(info, name, None) or ()
        for name in ("type", "item_type", "key_type", "value_type"):
            if isinstance(inner := getattr(info, name, None), msgspec.inspect.Type):
                waiting.append(inner)


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """The operations of one path, by method. Django calls it as the view."""

    path: str
    operations: dict[str, Operation]
    csrf_exempt: bool = True

    def __call__(self, request: HttpRequest, **path_values: str) -> HttpResponse:
        from config.kernel.api import serving

        return serving.serve(self, request, path_values)


_endpoints: list[Endpoint] = []


def route(
    template: str,
    *,
    get: Operation | None = None,
    post: Operation | None = None,
    put: Operation | None = None,
    patch: Operation | None = None,
    delete: Operation | None = None,
    name: str | None = None,
) -> URLPattern:
    """Return the URL pattern of one path under /api/v1/, with its operations by method."""
    given = {"GET": get, "POST": post, "PUT": put, "PATCH": patch, "DELETE": delete}
    endpoint = Endpoint(template, {method: op for method, op in given.items() if op is not None})
    _endpoints.append(endpoint)
    return path(template, endpoint, name=name)


def endpoints() -> list[Endpoint]:
    """Return every endpoint declared so far (the URLs must have been loaded)."""
    return list(_endpoints)
