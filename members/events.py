"""What happened to members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCreated(Event):
    """Someone became a member."""

    name: ClassVar[str] = "members.member_created.v1"
    public_name: ClassVar[str | None] = "member.created"

    member: str
    storefront_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersImported(Event):
    """Many became members at once; one event tells of all of them."""

    name: ClassVar[str] = "members.imported.v1"

    member_ids: list[int]
    storefront_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUpdated(Event):
    """A profile changed; the names of the fields, not their values."""

    name: ClassVar[str] = "members.member_updated.v1"
    public_name: ClassVar[str | None] = "member.updated"

    member: str
    fields: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMerged(Event):
    """Two members became one; `member` stays, the id of `duplicate` keeps answering for it."""

    name: ClassVar[str] = "members.member_merged.v1"
    public_name: ClassVar[str | None] = "member.merged"

    member: str
    duplicate: str
    case_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Event):
    """A merge was undone: the two are two members again."""

    name: ClassVar[str] = "members.merge_undone.v1"
    public_name: ClassVar[str | None] = "member.merge_undone"

    member: str
    duplicate: str
    case_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityAttached(Event):
    """Another channel's id now names this member."""

    name: ClassVar[str] = "members.identity_attached.v1"

    member: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSignedIn(Event):
    """A member signed in."""

    name: ClassVar[str] = "members.signed_in.v1"

    user_id: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequested(Event):
    """A sign-in code is to be sent. Stored encrypted."""

    name: ClassVar[str] = "members.code_requested.v1"
    secret: ClassVar[bool] = True

    address: str
    code: str
    channel: str
    template: str
    locale: str
    link: str
    delivery: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesStopped(Event):
    """All codes that may be sent in an hour or a day are sent; until then nobody gets one."""

    name: ClassVar[str] = "members.codes_stopped.v1"

    kind: str
    retry_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskySignIn(Event):
    """A sign-in looked unlike the member's others; they are told."""

    name: ClassVar[str] = "members.risky_sign_in.v1"

    reasons: list[str]
    score: int
    attempt_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityChanged(Event):
    """A way in or a proof was added, changed or taken away; the member is told."""

    name: ClassVar[str] = "members.security_changed.v1"

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReady(Event):
    """A copy of a member's data can be fetched until a moment."""

    name: ClassVar[str] = "members.export_ready.v1"

    export_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested(Event):
    """A member asked to be erased; it happens at a moment unless it is called off."""

    name: ClassVar[str] = "members.erasure_requested.v1"

    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCancelled(Event):
    """A member who was to be erased stays."""

    name: ClassVar[str] = "members.erasure_cancelled.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberErased(Event):
    """Nothing that names a member is left; the number stays, and leads to nobody."""

    name: ClassVar[str] = "members.member_erased.v1"
    public_name: ClassVar[str | None] = "member.erased"

    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Event):
    """A member agreed to a purpose, or no longer does."""

    name: ClassVar[str] = "members.consent_changed.v1"

    purpose: str
    is_given: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPublished(Event):
    """A version of a policy is in force."""

    name: ClassVar[str] = "members.policy_published.v1"

    kind: str
    version: str
    material: bool
