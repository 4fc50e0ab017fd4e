"""What every endpoint is made of: bodies, queries, answers, the call and the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from django.http import HttpRequest

T = TypeVar("T")

# An instant with its offset, as RFC 3339 asks. A local time without offset is refused.
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
# An Idempotency-Key, wherever it stands in a body.
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]


class KeywordOnly(msgspec.StructMeta):
    """Struct fields by keyword only, in subclasses too, so that their order is free."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any
    ) -> Any:
        config.setdefault("kw_only", True)
        return super().__new__(mcs, name, bases, namespace, **config)


class Body(msgspec.Struct, metaclass=KeywordOnly, forbid_unknown_fields=True):
    """A request body, or a part of one. Fields it does not name are refused."""


class Query(msgspec.Struct, metaclass=KeywordOnly, forbid_unknown_fields=True):
    """The query parameters of an operation. Parameters it does not name are refused."""


class Paged(Query):
    """The query parameters of every list."""

    limit: Limit = 50
    cursor: str | None = None


class Answer(msgspec.Struct, metaclass=KeywordOnly):
    """A response body, or a part of one."""


class Page(Answer, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


class Money(Answer):
    """An amount in the minor unit of its currency."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: an API client, bound to one storefront."""

    client_id: str
    storefront_id: int
    brand_id: int
    programme_id: int
    scopes: frozenset[str]
    currency: str
    timezone: str
    rate_per_minute: int | None = None

    @property
    def actor(self) -> str:
        """Return how the audit trail names this caller."""
        return f"client:{self.client_id}"


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of an operation, checked and parsed.

    `now` is the instant the call is handled at, or the `?now=` of a dry run.
    """

    caller: Caller
    request: HttpRequest
    request_id: str
    now: datetime
    body: Any = None
    query: Any = None
    key: str | None = None
    dry_run: bool = False
    raw: bytes = b""


@dataclass(slots=True)
class Reply:
    """An answer with more to say than the operation's default status."""

    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    replay: bool = False
