"""Toy operations that use everything the API layer offers. Never mounted outside tests."""

from __future__ import annotations

import threading
from typing import Annotated, Any

import msgspec
from django.urls import include, path

from config.kernel import api, audit
from config.kernel.errors import ConflictError, InvalidError, NotFoundError
from config.kernel.models import AuditRecord
from config.urls import urlpatterns as real


class ToyTakenError(ConflictError):
    code = "toy.taken"
    title = "The toy is taken"


class ToyNotFoundError(NotFoundError):
    code = "toy.not_found"


class ToyBrokenError(InvalidError):
    code = "toy.broken"


class Part(api.Body):
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class ToyIn(api.Body):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    price: int = 0
    made_at: api.Instant | None = None
    member: str | None = None
    parts: list[Part] = msgspec.field(default_factory=list)
    attributes: dict[str, Any] = msgspec.field(default_factory=dict)


class ToyOut(api.Answer):
    id: str | None
    name: str
    dry_run: bool = False
    now: api.Instant | None = None


class Poke(api.Body):
    hard: bool = False


class ToyFilter(api.Paged):
    name: str | None = None


# Lets a test hold an operation open while its twin arrives.
gate = threading.Event()
gate.set()
entered = threading.Event()


@api.operation(
    scope="points:write",
    body=ToyIn,
    answer=ToyOut,
    status=201,
    tag="Toys",
    summary="Make a toy",
    idempotency="stored",
    dry_run=True,
    errors=[ToyTakenError, ToyBrokenError],
)
def make(call: api.Call) -> ToyOut:
    """Make a toy that can be taken."""
    body: ToyIn = call.body
    audit.record(actor=call.caller.actor, action="toy.made", target=body.name, now=call.now)
    entered.set()
    assert gate.wait(20)
    if body.name == "taken":
        raise ToyTakenError()
    if body.name == "broken":
        raise ToyBrokenError("it has no wheels")
    if body.name == "boom":
        raise RuntimeError("a secret: 13800138000")
    row = AuditRecord.objects.latest("id")
    return ToyOut(id=f"toy_{row.pk}", name=body.name, dry_run=call.dry_run, now=call.now)


@api.operation(
    scope="points:read",
    query=ToyFilter,
    answer=api.Page[ToyOut],
    tag="Toys",
    summary="List toys",
)
def toys(call: api.Call) -> api.Page[ToyOut]:
    after = 0
    if call.query.cursor:
        [after] = api.cursor.decode(call.query.cursor, of="toys")
    rows = list(
        AuditRecord.objects.filter(action="toy.made", id__gt=after).order_by("id")[
            : call.query.limit + 1
        ]
    )
    shown = rows[: call.query.limit]
    more = api.cursor.encode(of="toys", after=[shown[-1].pk]) if len(rows) > len(shown) else None
    return api.Page(
        items=[ToyOut(id=f"toy_{row.pk}", name=row.target) for row in shown], next_cursor=more
    )


@api.operation(scope="points:read", answer=ToyOut, tag="Toys", summary="Show a toy")
def show(call: api.Call, toy: str) -> api.Reply:
    if toy != "1":
        raise ToyNotFoundError()
    tag = api.etags.etag(toy, 1)
    return api.Reply(ToyOut(id=toy, name="bear"), headers={"ETag": tag})


@api.operation(
    scope="points:write", body=Poke, body_required=False, answer=ToyOut, tag="Toys", summary="Poke"
)
def poke(call: api.Call, toy: str) -> ToyOut:
    api.etags.check(call.request, current=api.etags.etag(toy, 1))
    return ToyOut(id=toy, name="hard" if call.body.hard else "soft")


@api.operation(scope="points:write", tag="Toys", summary="Drop a toy")
def drop(call: api.Call, toy: str) -> None:
    return None


@api.operation(
    scope="points:write",
    body=Part,
    ndjson=True,
    status=207,
    answer=api.batch.Item,
    tag="Toys",
    summary="Many parts",
)
def many(call: api.Call) -> api.Reply:
    items = []
    for line in api.batch.lines(call, Part):
        if line.problem is not None:
            items.append(api.batch.refused(line.index, line.problem, call=call))
        else:
            items.append(api.batch.done(line.index, line.body))
    return api.Reply(api.batch.ndjson(items))


@api.operation(scope=None, tag="Toys", summary="Do nothing")
def nothing(call: api.Call) -> ToyOut:
    return ToyOut(id=None, name="nothing")


urlpatterns = [
    path(
        "api/v1/",
        include(
            [
                api.route("toys", get=toys, post=make),
                api.route("toys/many", post=many),
                api.route("toys/nothing", get=nothing),
                api.route("toys/<str:toy>", get=show, delete=drop),
                api.route("toys/<str:toy>/poke", post=poke),
            ]
        ),
    ),
    *real,
]
