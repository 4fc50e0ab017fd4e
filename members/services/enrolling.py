"""Enrolment: find the member someone already is, or make a new one.

The key table's constraint decides under a race: whoever comes second waits, finds the
key taken, and gets the first one's member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import F

from config.kernel import outbox, statements
from members import contacts, keys, numbers
from members.errors import IdentityConflictError, InvalidBirthdayError, NoContactError
from members.events import MemberCreated, MembersImported
from members.models import Consent as ConsentRow
from members.models import ContactPoint, Member
from members.models import Identity as IdentityRow
from members.selectors import public_id
from members.types import Consent, ContactKind, Enrolled

_TRIES = 3
# Thousands at once travel as one value: binding each row's values took longer than storing.
_DEFAULTED = (
    "status", "kind", "nickname", "gender", "avatar", "locale", "timezone", "interests", "version",
)  # fmt: skip
_INSERT_MEMBERS = f"""
INSERT INTO members_member (id, member_no, joined_at, programme_id, attribution,
                            {", ".join(_DEFAULTED)})
SELECT r.id, r.member_no, r.joined_at, %s::bigint, %s::jsonb,
       %s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::text[], %s::int
FROM json_to_recordset(%s::json) AS r (id bigint, member_no text, joined_at timestamptz)
"""
_INSERT_IDENTITIES = """
INSERT INTO members_identity (member_id, channel, external_id, recorded_at)
SELECT r.id, %s::text, r.external_id, %s::timestamptz
FROM json_to_recordset(%s::json) AS r (id bigint, external_id bytea)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """By what someone is known; normalized."""

    phone: str | None
    email: str | None
    channel: str | None
    external_id: str | None

    @property
    def contacts(self) -> dict[ContactKind, str]:
        both = {ContactKind.PHONE: self.phone, ContactKind.EMAIL: self.email}
        return {kind: value for kind, value in both.items() if value}

    def keys(self) -> list[keys.Key]:
        found = [keys.key(kind, value) for kind, value in self.contacts.items()]
        if self.external_id:
            found.append(keys.external_key(self.channel or "", self.external_id))
        return found


@transaction.atomic
def enrol(
    *,
    programme_id: int,
    storefront_id: int | None = None,
    phone: str | None = None,
    email: str | None = None,
    external_id: str | None = None,
    channel: str | None = None,
    home_store_id: int | None = None,
    name: str | None = None,
    nickname: str | None = None,
    birthday: date | None = None,
    locale: str = "",
    region: str = "CN",
    attribution: Mapping[str, str] | None = None,
    consents: Sequence[Consent] = (),
    now: datetime,
) -> Enrolled:
    """Return the member known by this phone, e-mail or external id, or make one.

    What is told and was not known of the member yet is added to it.

    Raises:
        NoContactError: none of the three was given.
        InvalidPhoneError, InvalidEmailError: not a number or address that can exist.
        IdentityConflictError: they belong to different members.
    """
    reach = _Reach(
        phone=contacts.parse_phone(phone, region=region) if phone else None,
        email=contacts.parse_email(email) if email else None,
        channel=channel,
        external_id=external_id,
    )
    if not reach.keys():
        raise NoContactError
    check_birthday(birthday=birthday, now=now)
    for _ in range(_TRIES):
        known = keys.find(programme_id=programme_id, keys=reach.keys())
        if known:
            member_id = _the_one(known)
            _complete(member_id, programme_id, reach, known, now)
            _consent(member_id, storefront_id, consents, now)
            return Enrolled(member_id=member_id, created=False)
        profile = Member(
            programme_id=programme_id,
            name=(name or "").strip() or None,
            nickname=(nickname or "").strip(),
            birthday=birthday,
            locale=locale,
            attribution=dict(attribution or {}),
            home_store_id=home_store_id,
            joined_at=now,
        )
        if _create(profile, reach, now):
            _consent(profile.pk, storefront_id, consents, now)
            outbox.publish(
                MemberCreated(
                    member=public_id(profile.pk),
                    storefront_id=storefront_id,
                    programme_id=programme_id,
                    member_id=profile.pk,
                    occurred_at=now,
                ),
                now=now,
            )
            return Enrolled(member_id=profile.pk, created=True)
    raise IdentityConflictError(members=[])


def _the_one(known: Mapping[keys.Key, int]) -> int:
    found = sorted(set(known.values()))
    if len(found) > 1:
        raise IdentityConflictError(members=[public_id(member) for member in found])
    return found[0]


def check_birthday(*, birthday: date | None, now: datetime) -> None:
    """Refuse a day on which nobody alive was born.

    Raises:
        InvalidBirthdayError: it is in the future, anywhere on earth, or before 1900.
    """
    if birthday and not date(1900, 1, 1) <= birthday <= (now + timedelta(hours=14)).date():
        raise InvalidBirthdayError


class _TakenError(Exception):
    """Someone else was faster; everything since the savepoint is undone."""


def _create(profile: Member, reach: _Reach, now: datetime) -> bool:
    """Make the member unless one of the keys was taken meanwhile."""
    profile.pk = keys.reserve_ids(1)[0]
    profile.member_no = numbers.member_no(profile.pk)
    wanted = [*reach.keys(), keys.key("card", profile.member_no)]
    try:
        with transaction.atomic():
            free = keys.claim(
                programme_id=profile.programme_id, owners=[(k, profile.pk) for k in wanted]
            )
            if len(free) < len(wanted):
                raise _TakenError
    except _TakenError:
        return False
    Member.objects.bulk_create([profile])
    _add_contacts(profile.pk, reach.contacts, now)
    _add_identity(profile.pk, reach, now)
    return True


def _complete(
    member_id: int, programme_id: int, reach: _Reach, known: Mapping[keys.Key, int], now: datetime
) -> None:
    """Add to a known member what was told and is new: ids, and contacts it had none of."""
    if len(known) == len(reach.keys()):
        return
    # Everyone who changes a known member locks the row first and claims keys after.
    Member.objects.select_for_update().get(pk=member_id)
    has = set(ContactPoint.objects.filter(member_id=member_id).values_list("kind", flat=True))
    fresh = {kind: value for kind, value in reach.contacts.items() if kind not in has}
    wanted = [keys.key(kind, value) for kind, value in fresh.items()]
    if reach.external_id:
        wanted.append(keys.external_key(reach.channel or "", reach.external_id))
    missing = [k for k in wanted if k not in known]
    free = keys.claim(programme_id=programme_id, owners=[(k, member_id) for k in missing])
    if len(free) < len(missing):
        _the_one({**known, **keys.find(programme_id=programme_id, keys=missing)})
    _add_contacts(member_id, {k: v for k, v in fresh.items() if keys.key(k, v) in free}, now)
    if reach.external_id and keys.external_key(reach.channel or "", reach.external_id) in free:
        _add_identity(member_id, reach, now)
    if free:
        Member.objects.filter(pk=member_id).update(version=F("version") + 1)


def _add_contacts(member_id: int, values: Mapping[ContactKind, str], now: datetime) -> None:
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(member_id=member_id, kind=kind, value=value, recorded_at=now)
            for kind, value in values.items()
        ]
    )


def _add_identity(member_id: int, reach: _Reach, now: datetime) -> None:
    if not reach.external_id:
        return
    IdentityRow.objects.bulk_create(
        [
            IdentityRow(
                member_id=member_id,
                channel=reach.channel or "",
                external_id=reach.external_id,
                recorded_at=now,
            )
        ]
    )


def _consent(
    member_id: int, storefront_id: int | None, consents: Sequence[Consent], now: datetime
) -> None:
    ConsentRow.objects.bulk_create(
        [
            ConsentRow(
                member_id=member_id,
                purpose=consent.purpose,
                policy_version=consent.policy_version,
                storefront_id=storefront_id,
                given_at=now,
                source="enrolment",
            )
            for consent in consents
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def enrol_many(
    *,
    programme_id: int,
    storefront_id: int | None,
    channel: str,
    external_ids: Sequence[str],
    joined_at: datetime | Mapping[str, datetime],
    now: datetime,
) -> dict[str, int]:
    """Return the member of every external id, making those that are missing.

    A handful of statements, however many; for imports. `joined_at` is one instant or one
    for each id. New members are told of by one event.
    """
    by_key = {keys.external_key(channel, text): text for text in external_ids}
    known = keys.find(programme_id=programme_id, keys=list(by_key))
    fresh = sorted(k for k in by_key if k not in known)
    if fresh:
        joined = {
            k: joined_at if isinstance(joined_at, datetime) else joined_at[by_key[k]] for k in fresh
        }
        made = _create_many(programme_id, channel, by_key, joined, now)
        if made:
            outbox.publish(
                MembersImported(
                    member_ids=sorted(made.values()),
                    storefront_id=storefront_id,
                    programme_id=programme_id,
                    occurred_at=now,
                ),
                now=now,
            )
        known = keys.find(programme_id=programme_id, keys=list(by_key))
    return {by_key[k]: member for k, member in known.items()}


def _create_many(
    programme_id: int,
    channel: str,
    texts: Mapping[keys.Key, str],
    joined: Mapping[keys.Key, datetime],
    now: datetime,
) -> dict[keys.Key, int]:
    wanted = dict(zip(joined, keys.reserve_ids(len(joined)), strict=True))
    free = keys.claim(programme_id=programme_id, owners=wanted.items())
    made = {k: member for k, member in wanted.items() if k in free}
    field: Any = IdentityRow._meta.get_field("external_id")
    rows: list[dict[str, Any]] = [
        {
            "id": member,
            "member_no": numbers.member_no(member),
            "joined_at": joined[k],
            "external_id": "\\x" + field.get_prep_value(texts[k]).hex(),
        }
        for k, member in made.items()
    ]
    keys.claim(
        programme_id=programme_id,
        owners=[(keys.key("card", row["member_no"]), row["id"]) for row in rows],
    )
    told = msgspec.json.encode(rows).decode()
    blank = Member(programme_id=programme_id)
    defaults = [getattr(blank, name) for name in _DEFAULTED]
    statements.tell(_INSERT_MEMBERS, [programme_id, "{}", *defaults, told])
    statements.tell(_INSERT_IDENTITIES, [channel, now, told])
    return made
