"""The storefront API's one way of doing things.

@api.operation(scope="points:write", body=EarnIn, status=201, answer=EntryOut, tag="Points",
               summary="Give points for something the member did", idempotency="own")
def earn(call: api.Call, member: str) -> api.Reply: ...

urlpatterns = [api.route("members/<str:member>/points/earn", post=earn)]
"""

from config.kernel.api import batch, cursor, etags
from config.kernel.api.contracts import (
    Answer,
    Body,
    Call,
    Caller,
    Instant,
    Key,
    Limit,
    Money,
    Page,
    Paged,
    Query,
    Reply,
)
from config.kernel.api.operations import Operation, operation, route

__all__ = [
    "Answer",
    "Body",
    "Call",
    "Caller",
    "Instant",
    "Key",
    "Limit",
    "Money",
    "Operation",
    "Page",
    "Paged",
    "Query",
    "Reply",
    "batch",
    "cursor",
    "etags",
    "operation",
    "route",
]
