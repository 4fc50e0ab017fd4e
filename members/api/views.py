"""Enrol, look up, show and change members."""

from __future__ import annotations

from functools import partial

import msgspec

from config.kernel import api
from config.kernel.errors import DomainError, PreconditionFailedError
from members import contacts, errors, selectors, services
from members.api import showing
from members.api.contracts import (
    IdentityIn,
    MemberIn,
    MemberLookup,
    MemberOut,
    MemberPatch,
    MembersFound,
)
from members.programmes import selectors as programmes_selectors
from members.types import Consent, ContactKind, Member


@api.operation(
    scope="members:write",
    body=MemberIn,
    answer=MemberOut,
    status=201,
    tag="Members",
    summary="Enrol a member, or find the one who is known already",
    errors=[
        errors.NoContactError,
        errors.InvalidPhoneError,
        errors.InvalidEmailError,
        errors.InvalidBirthdayError,
        errors.IdentityConflictError,
    ],
    idempotency="stored",
    dry_run=True,
)
def enrol(call: api.Call) -> api.Reply:
    """Answers 201 for a new member, 200 for a known one. What was not known is added."""
    body: MemberIn = call.body
    told = body.attribution
    enrolled = services.enrol(
        programme_id=call.caller.programme_id,
        storefront_id=call.caller.storefront_id,
        phone=body.phone,
        email=body.email,
        external_id=body.external_id,
        channel=body.channel or _channel(call, body.external_id),
        name=body.name,
        nickname=body.nickname,
        birthday=body.birthday,
        region=contacts.region_of(call.caller.timezone),
        home_store_id=_home_store(call, told.store if told else None),
        attribution=_told(told) if told else None,
        consents=[
            Consent(purpose=c.purpose, policy_version=c.policy_version) for c in body.consents
        ],
        now=call.now,
    )
    member = selectors.get_member(member_id=enrolled.member_id)
    return _shown(call, member, created=enrolled.created, status=201 if enrolled.created else 200)


def _channel(call: api.Call, external_id: str | None) -> str:
    """Return under which of the caller's channels an id is known; a new one under the first."""
    own = showing.channels_of(call.caller)
    if external_id is None:
        return own[0]
    known = [
        channel
        for channel in own
        if selectors.find_by_external_id(
            programme_id=call.caller.programme_id, channels=[channel], external_id=external_id
        )
    ]
    return (known or own)[0]


def _told(attribution: msgspec.Struct) -> dict[str, str]:
    values: dict[str, str | None] = msgspec.structs.asdict(attribution)
    return {name: value for name, value in values.items() if value}


def _home_store(call: api.Call, code: str | None) -> int | None:
    if not code:
        return None
    store = programmes_selectors.find_store(code, programme_id=call.caller.programme_id)
    return store.id if store else None


@api.operation(
    scope="members:read",
    query=MemberLookup,
    answer=MembersFound,
    tag="Members",
    summary="Look a member up by phone, e-mail, external id, member code or card number",
    errors=[
        errors.MemberLookupError,
        errors.InvalidPhoneError,
        errors.InvalidEmailError,
    ],
)
def look_up(call: api.Call) -> MembersFound:
    """Give exactly one parameter. The list has none or one.

    An `external_id` without `channel` is looked for among the caller's own ids, then among those
    of all channels; one that several members have there names nobody.
    """
    found = _find(call)
    if found is None:
        return MembersFound(items=[])
    member = selectors.get_member(member_id=found)
    return MembersFound(items=[showing.show(member, caller=call.caller, now=call.now)])


def _find(call: api.Call) -> int | None:
    query: MemberLookup = call.query
    programme_id = call.caller.programme_id
    given = [query.phone, query.email, query.external_id, query.member_code, query.card_no]
    if sum(value is not None for value in given) != 1:
        raise errors.MemberLookupError
    if query.phone is not None:
        # In a query string an unescaped plus sign arrives as a space.
        text = "+" + query.phone[1:] if query.phone.startswith(" ") else query.phone
        phone = contacts.parse_phone(text, region=contacts.region_of(call.caller.timezone))
        return selectors.find_by_contact(
            programme_id=programme_id, kind=ContactKind.PHONE, address=phone
        )
    if query.email is not None:
        return selectors.find_by_contact(
            programme_id=programme_id,
            kind=ContactKind.EMAIL,
            address=contacts.parse_email(query.email),
        )
    if query.external_id is not None:
        return _find_by_external_id(call, query.external_id, query.channel)
    if query.card_no is not None:
        return selectors.find_by_card(programme_id=programme_id, card_no=query.card_no)
    return services.read_member_code(
        digits=query.member_code or "",
        programme_id=programme_id,
        client_id=call.caller.client_id,
        now=call.now,
    )


def _find_by_external_id(call: api.Call, external_id: str, channel: str | None) -> int | None:
    programme_id = call.caller.programme_id
    channels = [channel] if channel else showing.channels_of(call.caller)
    found = selectors.find_by_external_id(
        programme_id=programme_id, channels=channels, external_id=external_id
    )
    if found is not None or channel:
        return found
    return selectors.find_by_any_external_id(programme_id=programme_id, external_id=external_id)


@api.operation(
    scope="members:read",
    answer=MemberOut,
    tag="Members",
    summary="Show a member",
    errors=[errors.MemberNotFoundError],
)
def show(call: api.Call, member: str) -> api.Reply:
    """Carries an ETag for If-Match."""
    return _shown(call, _get(call, member))


@api.operation(
    scope="members:write",
    body=MemberPatch,
    answer=MemberOut,
    tag="Members",
    summary="Change a member's profile",
    errors=[
        errors.MemberNotFoundError,
        errors.InvalidPhoneError,
        errors.InvalidEmailError,
        errors.InvalidBirthdayError,
        errors.BirthdayLockedError,
        errors.IdentityTakenError,
        PreconditionFailedError,
    ],
)
def change(call: api.Call, member: str) -> api.Reply:
    """Only the fields that are sent change. A birthday may be changed once a year."""
    before = _get(call, member)
    api.etags.check(call.request, current=showing.etag(before))
    guarded = call.request.headers.get("If-Match", "*").strip() != "*"
    sent = msgspec.structs.asdict(call.body)
    services.update_profile(
        member_id=before.id,
        changes={name: _value(name, v) for name, v in sent.items() if v is not msgspec.UNSET},
        if_version=before.version if guarded else None,
        actor=call.caller.actor,
        region=contacts.region_of(call.caller.timezone),
        now=call.now,
    )
    return _shown(call, selectors.get_member(member_id=before.id))


def _value(name: str, value: object) -> object:
    """Return what is stored: null or empty text, whichever the column knows for nothing."""
    if isinstance(value, str):
        value = value.strip()
    if name in ("nickname", "gender", "locale"):
        return value or ""
    return value or None


@api.operation(
    scope="members:write",
    body=IdentityIn,
    answer=MemberOut,
    status=201,
    tag="Members",
    summary="Attach another channel's id",
    errors=[errors.MemberNotFoundError, errors.IdentityTakenError],
    idempotency="stored",
)
def attach(call: api.Call, member: str) -> api.Reply:
    """Answers 201 when it is new, 200 when the member has it already.

    When it belongs to another member the two may be one person: 409 names the `merge_case`
    in which an operator looks at them.
    """
    target = selectors.resolve(public_id=member, programme_id=call.caller.programme_id)
    try:
        fresh = services.attach_identity(
            member_id=target,
            channel=call.body.channel,
            external_id=call.body.external_id,
            now=call.now,
        )
    except errors.IdentityTakenError as taken:
        taken.afterwards = partial(_open_case, call, target, taken)
        raise
    profile = selectors.get_member(member_id=target)
    return _shown(call, profile, status=201 if fresh else 200)


def _open_case(call: api.Call, member_id: int, taken: errors.IdentityTakenError) -> None:
    """Let an operator look at the two. Members who are closed are not looked at."""
    if taken.owner_id is None:
        return
    try:
        case_id = services.open_case(
            survivor_id=member_id,
            duplicate_id=taken.owner_id,
            found="identity",
            actor=call.caller.actor,
            reason=f"identity:{call.body.channel}",
            now=call.now,
        )
    except DomainError:
        return
    taken.case = selectors.case_public_id(case_id)


def _get(call: api.Call, public_id: str) -> Member:
    member_id = selectors.resolve(public_id=public_id, programme_id=call.caller.programme_id)
    return selectors.get_member(member_id=member_id)


def _shown(
    call: api.Call, member: Member, *, created: bool = False, status: int = 200
) -> api.Reply:
    body = showing.show(member, caller=call.caller, now=call.now, created=created)
    return api.Reply(body, status=status, headers={"ETag": showing.etag(member)})
