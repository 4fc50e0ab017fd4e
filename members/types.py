"""Members as other apps see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

MemberId = NewType("MemberId", int)


class Status(StrEnum):
    """What has become of a member."""

    ACTIVE = "active"
    FROZEN = "frozen"
    MERGED = "merged"
    ERASED = "erased"


class ContactKind(StrEnum):
    """How a member is reached, and signs in."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What another channel calls the member."""

    channel: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What an upper app says of a member: a tier, a package's audience, a tag, a segment."""

    member_id: int
    kind: str
    code: str
    name_zh: str = ""
    name_en: str = ""
    since: datetime | None = None
    until: datetime | None = None
    computed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Agreement to one purpose under one version of the policy."""

    purpose: str
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member's profile. `name`, `phone`, `email` are clear: mask them before showing."""

    id: int
    public_id: str
    member_no: str
    programme_id: int
    kind: str
    status: Status
    user_id: int | None
    nickname: str
    name: str | None
    phone: str | None
    email: str | None
    phone_verified: bool
    email_verified: bool
    birthday: date | None
    gender: str
    locale: str
    timezone: str
    joined_at: datetime
    home_store_id: int | None
    version: int
    attribution: dict[str, str] = field(default_factory=dict)

    @property
    def phone_masked(self) -> str | None:
        """Return the phone number as `+86138****8000`."""
        from members.masking import mask_phone

        return mask_phone(self.phone) if self.phone else None

    @property
    def email_masked(self) -> str | None:
        """Return the e-mail address as `z***n@example.com`."""
        from members.masking import mask_email

        return mask_email(self.email) if self.email else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What enrolment found or made."""

    member_id: int
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A code on its way. `token` names it; the code itself is only in the message."""

    token: str
    kind: ContactKind
    masked: str
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who a right code turned out to be."""

    user_id: int
    member_id: int
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCode:
    """Digits that name a member to a till until a moment, exclusive."""

    digits: str
    expires_at: datetime
