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
    avatar: str = ""
    interests: tuple[str, ...] = ()

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
class Holder:
    """What pages say of the member who looks at them, read at once.

    `ids` are all ids ever merged into the member's, their own included.
    """

    id: int
    public_id: str
    member_no: str
    nickname: str
    ids: tuple[int, ...]
    avatar: str = ""


# What a member may say they like. The names are in the pages' words.
INTERESTS = (
    "tea", "food", "home", "fashion", "beauty", "sports", "outdoors", "travel",
    "reading", "music", "film", "games", "digital", "family", "pets", "plants",
)  # fmt: skip
GENDERS = ("female", "male", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How much of a profile is filled in, in percent, and what is missing."""

    percent: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """A change of one field of a profile. `actor` is whoever made it, by id: `member:mem_…`."""

    field: str
    before: str | date | tuple[str, ...] | None
    after: str | date | tuple[str, ...] | None
    actor: str
    changed_at: datetime


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


class Purpose(StrEnum):
    """What a code was sent for."""

    SIGN_IN = "sign_in"
    PROVE = "prove"
    CHANGE = "change"


class ProofKind(StrEnum):
    """By what somebody who is half in, or about to do something grave, proves who they are."""

    AUTHENTICATOR = "totp"
    RECOVERY = "recovery"
    PASSKEY = "passkey"
    PHONE = "phone"
    EMAIL = "email"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A second proof that somebody can give; `masked` is where a code would go."""

    kind: ProofKind
    masked: str = ""


class Outcome(StrEnum):
    """What became of a sign-in."""

    PASSED = "passed"
    TOLD = "told"
    CHALLENGED = "challenged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How risky a sign-in looks, 0 to 100, and why."""

    score: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sign-in as the member and operators see it."""

    id: int
    by: str
    outcome: Outcome
    risk: Risk
    ip: str
    agent: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser or app that is signed in."""

    id: int
    ip: str
    agent: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey of a member, by the name they gave it."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What keeps an account safe."""

    phone: str | None
    email: str | None
    has_password: bool
    has_authenticator: bool
    recovery_codes_left: int
    passkeys: tuple[Passkey, ...] = ()
    socials: tuple[str, ...] = ()
    is_verified: bool = False
    risky_lately: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who a right code turned out to be."""

    user_id: int
    member_id: int
    created: bool
    by: str = field(default="phone", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCode:
    """Digits that name a member to a till until a moment, exclusive."""

    digits: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Somebody who works in the console, and where to reach them."""

    user_id: int
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A look at a member by staff: where, what was seen in clear, and why."""

    id: int
    user_id: int
    page: str
    fields: tuple[str, ...]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedName:
    """Who a member is. `name` and `id_number` are clear: shown after a fresh proof alone."""

    name: str = field(repr=False)
    name_masked: str
    id_number: str = field(repr=False)
    id_masked: str
    born_on: date
    place: str
    provider: str
    is_asked: bool
    verified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """The member behind an app's token, and what the app may see of them."""

    member_id: int
    programme_id: int
    client_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedApp:
    """An app that a member allowed to know them."""

    client_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExport:
    """A copy of a member's data that was asked for, and how far it is."""

    id: int
    state: str
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    fetched_at: datetime | None
    done: int
    total: int
    rows: int
    size: int

    @property
    def is_open(self) -> bool:
        """Tell whether it is still being made."""
        return self.state in ("waiting", "building")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """That a member is to be erased, and when."""

    state: str
    requested_at: datetime
    due_at: datetime
    problem: str

    @property
    def is_waiting(self) -> bool:
        """Tell whether it can still be called off."""
        return self.state == "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLine:
    """One thing that two members had, and what the survivor has of it. Masked."""

    part: str
    what: str
    of: str = ""
    survivor: str = ""
    duplicate: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What a merge came to, line by line."""

    case_id: int
    survivor_id: int
    duplicate_id: int
    merged_at: datetime
    undo_until: datetime
    lines: tuple[MergeLine, ...]
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A purpose, and how it stands with a member."""

    code: str
    name_zh: str
    name_en: str
    words_zh: str
    words_en: str
    is_given: bool
    changed_at: datetime | None

    def name(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.name_zh if language.startswith("zh") else self.name_en

    def words(self, language: str) -> str:
        """Return what it means in a language."""
        return self.words_zh if language.startswith("zh") else self.words_en


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChange:
    """A span of agreement to a purpose, or an objection."""

    purpose: str
    policy_version: str
    source: str
    given_at: datetime | None
    withdrawn_at: datetime | None
