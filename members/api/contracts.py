"""The shapes of the members' API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from config.kernel import api

Short = Annotated[str, msgspec.Meta(max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=200)]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
ExternalId = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Channel = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class AttributionIn(api.Body):
    """Where a member came from."""

    source: Text | None = None
    medium: Text | None = None
    campaign: Text | None = None
    invite_code: Text | None = None
    store: Text | None = None


class ConsentIn(api.Body):
    """Agreement to one purpose under one version of the policy."""

    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    policy_version: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class MemberIn(api.Body):
    """Who to enrol; at least one of phone, email, external_id."""

    phone: Address | None = None
    email: Address | None = None
    external_id: ExternalId | None = None
    channel: Channel | None = None
    name: Short | None = None
    nickname: Short | None = None
    birthday: date | None = None
    attribution: AttributionIn | None = None
    consents: Annotated[list[ConsentIn], msgspec.Meta(max_length=20)] = []


class MemberPatch(api.Body):
    """What to change; null takes a value away."""

    name: Short | msgspec.UnsetType | None = msgspec.UNSET
    nickname: Short | msgspec.UnsetType | None = msgspec.UNSET
    phone: Address | msgspec.UnsetType | None = msgspec.UNSET
    email: Address | msgspec.UnsetType | None = msgspec.UNSET
    birthday: date | msgspec.UnsetType | None = msgspec.UNSET
    gender: (
        Annotated[str, msgspec.Meta(pattern="^(female|male|other|)$")] | msgspec.UnsetType | None
    ) = msgspec.UNSET
    locale: Annotated[str, msgspec.Meta(pattern="^(zh-hans|en|)$")] | msgspec.UnsetType | None = (
        msgspec.UNSET
    )


class MemberLookup(api.Query):
    """Exactly one of these; `channel` goes with external_id."""

    phone: Address | None = None
    email: Address | None = None
    external_id: ExternalId | None = None
    channel: Channel | None = None
    member_code: Text | None = None
    card_no: Text | None = None


class IdentityIn(api.Body):
    """What another channel calls the member."""

    channel: Channel
    external_id: ExternalId


class MergeIn(api.Body):
    """Two members who are one person: which stays, and why it is known."""

    survivor: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    duplicate: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class MergeLineOut(api.Answer):
    """One thing the two had, and what the survivor has of it. Personal data is masked."""

    part: str
    what: str
    of: str
    survivor: str
    duplicate: str
    result: str


class MergeOut(api.Answer):
    """What a merge came to, line by line. The id of `duplicate` keeps answering.

    The id is null in a dry run.
    """

    id: str | None
    survivor: str
    duplicate: str
    merged_at: datetime
    undo_until: datetime
    lines: list[MergeLineOut]


class TierOut(api.Answer):
    """The member's tier."""

    code: str
    name: str


class IdentityOut(api.Answer):
    """What another channel calls the member; masked when that is not the caller's own."""

    channel: str
    external_id: str


class MemberOut(api.Answer):
    """A member. Personal data is masked unless the token has members:pii.

    The id is null in a dry run.
    """

    id: str | None
    member_no: str
    kind: str
    status: str
    tier: TierOut
    name: str | None
    nickname: str | None
    phone: str | None
    email: str | None
    birthday: str | None
    gender: str
    joined_at: datetime
    identities: list[IdentityOut]
    tags: list[str]
    created: bool


class MembersFound(api.Answer):
    """None or one."""

    items: list[MemberOut]
    next_cursor: str | None = None
