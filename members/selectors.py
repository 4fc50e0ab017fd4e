"""Reads of members."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session as StoredSession
from django.db import connection
from django.db.models import BigIntegerField, Q
from django.db.models.functions import Coalesce

from config.kernel import ids, statements
from members import keys, masking, models, numbers, tokens
from members.cases import case_public_id as case_public_id
from members.cases import has_merged_since as has_merged_since
from members.cases import list_cases_of as list_cases_of
from members.cases import list_likely as list_likely
from members.errors import MemberNotFoundError
from members.types import (
    Access,
    AllowedApp,
    Attempt,
    Bearer,
    Choice,
    Completeness,
    ConsentChange,
    ContactKind,
    DataExport,
    Erasure,
    Holder,
    Identity,
    Label,
    Member,
    Outcome,
    Passkey,
    ProfileChange,
    Risk,
    Safety,
    Session,
    Staff,
    Status,
)

_SURVIVORS = """
SELECT id, survivor_id FROM members_member
WHERE id = ANY(%s::bigint[]) AND programme_id = %s::bigint
"""
_JOINED = """
SELECT (joined_at AT TIME ZONE %s)::date, count(*) FROM members_member
WHERE programme_id = %s AND status NOT IN ('merged', 'erased') GROUP BY 1
"""
_HOLDER = """
SELECT m.id, m.member_no, m.nickname, m.avatar,
       (SELECT array_agg(x.id) FROM members_member x WHERE x.survivor_id = m.id)
  FROM members_member u JOIN members_member m ON m.id = coalesce(u.survivor_id, u.id)
 WHERE u.user_id = %s::bigint AND u.programme_id = %s::bigint
"""
SQL_VIEWS: dict[str, str] = {}


def public_id(member_id: int) -> str:
    """Return the `mem_…` id of a member."""
    return ids.encode("mem", member_id=member_id, row_id=0)


def resolve(*, public_id: str, programme_id: int) -> int:
    """Return the member an id names; a merged one's id names the survivor.

    Raises:
        MemberNotFoundError: no such member in this programme.
    """
    found = resolve_many(public_ids=[public_id], programme_id=programme_id)
    if public_id not in found:
        raise MemberNotFoundError(f"there is no member {public_id[:40]}")
    return found[public_id]


def resolve_many(*, public_ids: Sequence[str], programme_id: int) -> dict[str, int]:
    """Return the members that ids name, in one statement; unknown ids are left out."""
    wanted = ids.decode_many("mem", set(public_ids))
    told = statements.bigints({member for member, _row in wanted.values()})
    rows = statements.ask(_SURVIVORS, [told, programme_id])
    alive = {member: survivor or member for member, survivor in rows}
    return {text: alive[member] for text, (member, _row) in wanted.items() if member in alive}


def ids_of(member_id: int) -> list[int]:
    """Return the member's id and those of all who were ever merged into it."""
    rows = models.Member.objects.filter(Q(id=member_id) | Q(survivor_id=member_id))
    return sorted(rows.values_list("id", flat=True))


def list_survivors(*, member_ids: Sequence[int], programme_id: int) -> dict[int, int]:
    """Return as whom members live on: themselves, or those they were merged into.

    Who was erased is left out.
    """
    rows = models.Member.objects.filter(id__in=list(member_ids), programme_id=programme_id)
    found = rows.exclude(status=Status.ERASED).values_list("id", "survivor_id")
    return {member: survivor or member for member, survivor in found}


def list_ids_of(*, member_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the ids of members, each with those of all who were ever merged into it."""
    found = {member: [member] for member in member_ids}
    rows = models.Member.objects.filter(survivor_id__in=list(found))
    for member, survivor in rows.values_list("id", "survivor_id"):
        found[survivor or member].append(member)
    return found


def find_given(*, public_id: str, programme_id: int) -> int | None:
    """Return the member an id was given out for, whatever became of it."""
    wanted = ids.decode_many("mem", [public_id]).get(public_id)
    rows = models.Member.objects.filter(pk=wanted[0] if wanted else 0, programme_id=programme_id)
    return rows.values_list("pk", flat=True).first()


def get_member(*, member_id: int) -> Member:
    """Return a member's profile.

    Raises:
        MemberNotFoundError: there is no such member.
    """
    found = list_members(member_ids=[member_id])
    if not found:
        raise MemberNotFoundError("there is no such member")
    return found[0]


def list_members(*, member_ids: Sequence[int]) -> list[Member]:
    """Return the profiles of members in two statements, in the order asked for."""
    rows = models.Member.objects.in_bulk(list(member_ids))
    contacts: dict[tuple[int, str], models.ContactPoint] = {
        (c.member_id, c.kind): c
        for c in models.ContactPoint.objects.filter(member_id__in=list(rows))
    }
    return [_as_member(rows[i], contacts) for i in member_ids if i in rows]


def _as_member(row: models.Member, contacts: dict[tuple[int, str], models.ContactPoint]) -> Member:
    phone = contacts.get((row.pk, ContactKind.PHONE))
    email = contacts.get((row.pk, ContactKind.EMAIL))
    return Member(
        id=row.pk,
        public_id=public_id(row.pk),
        member_no=row.member_no,
        programme_id=row.programme_id,
        kind=row.kind,
        status=Status(row.status),
        user_id=row.user_id,
        nickname=row.nickname,
        name=row.name,
        phone=phone.value if phone else None,
        email=email.value if email else None,
        phone_verified=bool(phone and phone.verified_at),
        email_verified=bool(email and email.verified_at),
        birthday=row.birthday,
        gender=row.gender,
        locale=row.locale,
        timezone=row.timezone,
        joined_at=row.joined_at,
        home_store_id=row.home_store_id,
        version=row.version,
        attribution=row.attribution,
        avatar=row.avatar,
        interests=tuple(row.interests),
    )


_PROFILE = ("nickname", "avatar", "gender", "birthday", "interests")


def get_completeness(*, member: Member) -> Completeness:
    """Return how much of a profile is filled in: each of its parts counts the same."""
    missing = tuple(name for name in _PROFILE if not getattr(member, name))
    done = len(_PROFILE) - len(missing)
    return Completeness(percent=100 * done // len(_PROFILE), missing=missing)


_TOLD = ("nickname", "birthday", "gender", "interests", "locale", "timezone", "avatar")


def list_profile_changes(*, member_id: int, limit: int = 20) -> list[ProfileChange]:
    """Return what was changed of a profile, newest first, field by field."""
    # One more than could be shown, for what stood there before the oldest of them.
    rows = list(
        models.Member.history.filter(id=member_id).order_by("-history_date", "-history_id")[
            : limit + 1
        ]
    )
    changes = [
        ProfileChange(
            field=name,
            before=_plain(getattr(older, name)),
            after=_plain(getattr(newer, name)),
            actor=newer.history_change_reason or "",
            changed_at=newer.history_date,
        )
        for newer, older in pairwise(rows)
        for name in _TOLD
        if getattr(newer, name) != getattr(older, name)
    ]
    return changes[:limit]


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def find_by_user(*, user_id: int, programme_id: int) -> int | None:
    """Return the member that a user is in a programme; after a merge the survivor."""
    row = models.Member.objects.filter(user_id=user_id, programme_id=programme_id)
    return row.values_list(
        Coalesce("survivor_id", "id", output_field=BigIntegerField()), flat=True
    ).first()


def find_holder(*, user_id: int, programme_id: int) -> Holder | None:
    """Return who a user is in a programme, with all merged ids, in one statement."""
    for member_id, member_no, nickname, avatar, merged in statements.ask(
        _HOLDER, [user_id, programme_id]
    ):
        return Holder(
            id=member_id,
            public_id=public_id(member_id),
            member_no=member_no,
            nickname=nickname,
            avatar=avatar,
            ids=(*sorted([member_id, *(merged or ())]),),
        )
    return None


def find_by_contact(*, programme_id: int, kind: ContactKind, address: str) -> int | None:
    """Return the member with this phone number or e-mail address (normalized)."""
    wanted = keys.key(kind, address)
    return keys.find(programme_id=programme_id, keys=[wanted]).get(wanted)


def find_by_external_id(
    *, programme_id: int, channels: Sequence[str], external_id: str
) -> int | None:
    """Return the member whom one of these channels calls by this id; the first one wins."""
    wanted = [keys.external_key(channel, external_id) for channel in channels]
    found = keys.find(programme_id=programme_id, keys=wanted)
    return next((found[key] for key in wanted if key in found), None)


def find_by_any_external_id(*, programme_id: int, external_id: str) -> int | None:
    """Return the one member whom any channel calls by this id; None when several are.

    Two channels may have given the same id to two people: which of them is meant is not
    guessed.
    """
    called = models.Identity.objects.filter(external_id=external_id).values("member_id")
    rows = models.Member.objects.filter(pk__in=called, programme_id=programme_id)
    owner = Coalesce("survivor_id", "id", output_field=BigIntegerField())
    found = list(rows.values_list(owner, flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else None


def find_by_card(*, programme_id: int, card_no: str) -> int | None:
    """Return the member with this card number; None too when its check digit is wrong."""
    if not numbers.is_member_no(card_no):
        return None
    wanted = keys.key("card", numbers.clean(card_no))
    return keys.find(programme_id=programme_id, keys=[wanted]).get(wanted)


def count_joined_by_day(*, programme_id: int, zone: str) -> Mapping[date, int]:
    """Return how many members that are still there joined on each local day."""
    with connection.cursor() as cursor:
        cursor.execute(_JOINED, [zone, programme_id])
        return dict(cursor.fetchall())


def list_birthdays(
    *, programme_id: int, day: date, joined_before: datetime, after: int = 0, limit: int
) -> list[int]:
    """Return active members whose birthday it is, by id, beyond `after`.

    Who was born on 29 February celebrates on the 28th in years that have no such day.
    """
    born = Q(birthday__month=day.month, birthday__day=day.day)
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        born |= Q(birthday__month=2, birthday__day=29)
    rows = models.Member.objects.filter(
        born,
        programme_id=programme_id,
        status=Status.ACTIVE.value,
        joined_at__lt=joined_before,
        id__gt=after,
    )
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def list_identities(*, member_id: int) -> list[Identity]:
    """Return what other channels call the member, and those who were merged into it."""
    merged = models.Member.objects.filter(survivor_id=member_id).values("pk")
    rows = models.Identity.objects.filter(Q(member_id=member_id) | Q(member_id__in=merged))
    rows = rows.order_by("id")
    return [Identity(channel=r.channel, external_id=r.external_id) for r in rows]


def get_safety(*, user_id: int, since: datetime) -> Safety:
    """Return what keeps an account safe; a risky sign-in counts when it was after `since`."""
    user = models.User.objects.get(pk=user_id)
    listed = list(Authenticator.objects.filter(user_id=user_id).order_by("pk"))
    rows = {row.type: row for row in listed}
    codes = rows.get(Authenticator.Type.RECOVERY_CODES)
    return Safety(
        phone=masking.mask_phone(user.phone) if user.phone and user.phone_verified else None,
        email=masking.mask_email(user.email) if user.email else None,
        has_password=user.has_usable_password(),
        has_authenticator=Authenticator.Type.TOTP in rows,
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        passkeys=tuple(
            Passkey(
                id=row.pk,
                name=str(row.data.get("name", "")),
                added_at=row.created_at,
                used_at=row.last_used_at,
            )
            for row in listed
            if row.type == Authenticator.Type.WEBAUTHN
        ),
        socials=tuple(
            models.SocialAccount.objects.filter(user_id=user_id)
            .order_by("provider")
            .values_list("provider", flat=True)
            .distinct()
        ),
        is_verified=models.RealName.objects.filter(
            member_id__in=models.Member.objects.filter(user_id=user_id).values(
                known=Coalesce("survivor_id", "id", output_field=BigIntegerField())
            )
        ).exists(),
        risky_lately=models.SignInAttempt.objects.filter(
            user_id=user_id, outcome=Outcome.TOLD, occurred_at__gt=since
        ).exists(),
    )


def find_bearer(*, value: str, now: datetime) -> Bearer | None:
    """Return the member an app's token is of; None for storefronts' tokens, and ended ones."""
    return tokens.find_bearer(value=value, now=now)


def list_apps(*, user_id: int, now: datetime) -> list[AllowedApp]:
    """Return the apps that a user allowed to know them, by name."""
    rows = (
        Token.objects.filter(user_id=user_id, client__isnull=False)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .values_list("client_id", "client__name")
        .distinct()
        .order_by("client__name")
    )
    return [AllowedApp(client_id=pk, name=name) for pk, name in rows]


def list_attempts(*, user_id: int, limit: int = 20) -> list[Attempt]:
    """Return the latest sign-ins of a user, newest first."""
    rows = models.SignInAttempt.objects.filter(user_id=user_id).order_by("-id")[:limit]
    return [
        Attempt(
            id=row.pk,
            by=row.by,
            outcome=Outcome(row.outcome),
            risk=Risk(score=row.risk, reasons=tuple(row.reasons)),
            ip=row.ip or "",
            agent=row.agent or "",
            occurred_at=row.occurred_at,
        )
        for row in rows
    ]


def list_sessions(*, user_id: int, current: str, now: datetime) -> list[Session]:
    """Return where a user is signed in, the current one first, then the latest seen."""
    rows = list(UserSession.objects.filter(user_id=user_id).order_by("-last_seen_at"))
    alive = set(
        StoredSession.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=now
        ).values_list("session_key", flat=True)
    )
    found = [
        Session(
            id=row.pk,
            ip=row.ip or "",
            agent=row.user_agent or "",
            started_at=row.created_at,
            seen_at=row.last_seen_at,
            is_current=row.session_key == current,
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda session: not session.is_current)


def list_addresses(*, member_ids: Sequence[int], user_ids: Sequence[int]) -> list[str]:
    """Return all phone numbers and e-mail addresses of members and users."""
    points = models.ContactPoint.objects.filter(member_id__in=list(member_ids))
    users = models.User.objects.filter(pk__in=list(user_ids)).values_list("phone", "email")
    found = {str(point.value) for point in points}
    return sorted(found | {str(address) for both in users for address in both if address})


def has_consent(*, member_id: int, purpose: str) -> bool:
    """Tell whether a member agrees to a purpose, or has not objected to what is on by itself."""
    rows = models.Consent.objects.filter(member_id=member_id, purpose=purpose)
    spans = list(rows.values_list("withdrawn_at", flat=True))
    if spans:
        return None in spans
    return models.ConsentPurpose.objects.filter(code=purpose, in_use=True, initially=True).exists()


def list_consents(*, member_id: int) -> list[Choice]:
    """Return every purpose that is asked for, and how it stands with a member."""
    spans: dict[str, list[models.Consent]] = {}
    for row in models.Consent.objects.filter(member_id=member_id).order_by("id"):
        spans.setdefault(row.purpose, []).append(row)
    found = []
    for purpose in models.ConsentPurpose.objects.filter(in_use=True).order_by("sort", "code"):
        mine = spans.get(purpose.code, [])
        moments = [m for row in mine for m in (row.given_at, row.withdrawn_at) if m]
        is_given = any(row.withdrawn_at is None for row in mine) if mine else purpose.initially
        found.append(
            Choice(
                code=purpose.code,
                name_zh=purpose.name_zh,
                name_en=purpose.name_en,
                words_zh=purpose.words_zh,
                words_en=purpose.words_en,
                is_given=is_given,
                changed_at=max(moments, default=None),
            )
        )
    return found


def list_consent_changes(*, member_id: int, limit: int = 50) -> list[ConsentChange]:
    """Return what a member agreed to and withdrew, newest first."""
    rows = models.Consent.objects.filter(member_id=member_id).order_by("-id")[:limit]
    return [
        ConsentChange(
            purpose=row.purpose,
            policy_version=row.policy_version,
            source=row.source,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def list_all_labels(*, member_id: int) -> list[Label]:
    """Return everything that upper apps say of a member."""
    rows = models.Label.objects.filter(member_id=member_id).order_by("kind", "id")
    return [_as_label(row) for row in rows]


def list_exports(*, member_id: int, limit: int = 10) -> list[DataExport]:
    """Return the copies of their data a member asked for, newest first."""
    rows = models.DataExport.objects.filter(member_id=member_id).order_by("-id")[:limit]
    return [
        DataExport(
            id=row.pk,
            state=row.state,
            requested_at=row.requested_at,
            ready_at=row.ready_at,
            expires_at=row.expires_at,
            fetched_at=row.fetched_at,
            done=row.done,
            total=row.total,
            rows=row.rows,
            size=row.size,
        )
        for row in rows
    ]


def find_erasure(*, member_id: int) -> Erasure | None:
    """Return the erasure that waits for a member, if one does."""
    row = models.Erasure.objects.filter(member_id=member_id, state="waiting").first()
    if row is None:
        return None
    return Erasure(
        state=row.state,
        requested_at=row.requested_at,
        due_at=row.due_at,
        problem=row.problem,
    )


def list_labels(*, member_ids: Iterable[int], kind: str) -> dict[int, list[Label]]:
    """Return the labels of one kind by member; members without any are left out."""
    rows = models.Label.objects.filter(member_id__in=list(member_ids), kind=kind).order_by("id")
    found: dict[int, list[Label]] = {}
    for row in rows:
        found.setdefault(row.member_id, []).append(_as_label(row))
    return found


def list_labels_of(*, member_id: int, kinds: Sequence[str]) -> list[Label]:
    """Return one member's labels of several kinds."""
    rows = models.Label.objects.filter(member_id=member_id, kind__in=kinds).order_by("id")
    return [_as_label(row) for row in rows]


def _as_label(row: models.Label) -> Label:
    return Label(
        member_id=row.member_id,
        kind=row.kind,
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        since=row.since,
        until=row.until,
        computed_at=row.computed_at,
    )


def list_staff(*, permission: str) -> list[Staff]:
    """Return the active staff who hold a permission, by role, by themselves or as superusers."""
    app_label, _dot, codename = permission.partition(".")
    granted = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    holders = models.User.objects.filter(is_staff=True, is_active=True).filter(
        Q(is_superuser=True) | Q(user_permissions__in=granted) | Q(groups__permissions__in=granted)
    )
    return [
        Staff(user_id=user.pk, email=user.email, phone=user.phone)
        for user in holders.distinct().order_by("pk")
    ]


def find_data_grant(*, user_id: int, now: datetime) -> datetime | None:
    """Return until when a member of staff sees personal data in clear, if they do now."""
    rows = models.DataGrant.objects.filter(user_id=user_id, starts_at__lte=now, ends_at__gt=now)
    return rows.order_by("-ends_at").values_list("ends_at", flat=True).first()


def list_accesses(
    *, member_ids: Sequence[int], before: int | None = None, limit: int = 50
) -> list[Access]:
    """Return who of the staff looked at a member (all ids they ever had), newest first."""
    rows = models.AccessRecord.objects.filter(member_id__in=member_ids)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [
        Access(
            id=row.pk,
            user_id=row.user_id,
            page=row.page,
            fields=tuple(row.fields),
            reason=row.reason,
            at=row.recorded_at,
        )
        for row in rows.order_by("-id")[:limit]
    ]


def mask_address(address: str) -> str:
    """Return a phone number or an e-mail address as staff see it."""
    return masking.mask_email(address) if "@" in address else masking.mask_phone(address)


def has_staff(*, name: str) -> bool:
    """Tell whether somebody of the staff signs in by this name."""
    return find_staff(name=name) is not None


def find_staff(*, name: str) -> int | None:
    """Return the user who signs in to the console by this name."""
    users = models.User.objects.filter(staff_name=name, is_staff=True)
    return users.values_list("pk", flat=True).first()
