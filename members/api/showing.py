"""A member as the API shows it to one caller."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language

from config.kernel import api
from members import masking, selectors
from members.api.contracts import IdentityOut, MemberOut, TierOut
from members.programmes import selectors as programmes_selectors
from members.types import Identity, Label, Member

PII = "members:pii"
_ORDINARY = "ordinary"
# Until a ladder has said something of a member.
_LOWEST = Label(member_id=0, kind="tier", code="ordinary", name_zh="普通会员", name_en="Ordinary")


def channels_of(caller: api.Caller) -> list[str]:
    """Return under which channels a caller's own external ids are kept."""
    storefront = programmes_selectors.get_storefront(caller.storefront_id)
    return [storefront.code, storefront.channel]


def show(member: Member, *, caller: api.Caller, now: datetime, created: bool = False) -> MemberOut:
    """Return the answer, masked unless the caller may see personal data."""
    clear = PII in caller.scopes
    labels = selectors.list_labels_of(member_id=member.id, kinds=["tier", "tag", "kind"])
    tier = next((label for label in labels if label.kind == "tier"), _LOWEST)
    own = channels_of(caller)
    name = member.name if clear or not member.name else masking.mask_name(member.name)
    return MemberOut(
        id=member.public_id,
        member_no=member.member_no,
        kind=_kind(member, labels, now),
        status=member.status.value,
        tier=TierOut(code=tier.code, name=_name(tier)),
        name=name,
        nickname=member.nickname or name,
        phone=member.phone if clear else member.phone_masked,
        email=member.email if clear else member.email_masked,
        birthday=_birthday(member, clear),
        gender=member.gender if clear else "",
        joined_at=member.joined_at,
        identities=[
            _identity(identity, clear or identity.channel in own)
            for identity in selectors.list_identities(member_id=member.id)
        ],
        tags=[label.code for label in labels if label.kind == "tag"],
        created=created,
    )


def _kind(member: Member, labels: list[Label], now: datetime) -> str:
    """Return of which kind a member is, whether or not what has run out was swept yet."""
    if member.kind == _ORDINARY:
        return _ORDINARY
    current = {
        label.code: label
        for label in labels
        if label.kind == "kind" and (label.until is None or now < label.until)
    }
    return member.kind if member.kind in current else next(iter(current), _ORDINARY)


def etag(member: Member) -> str:
    """Return the version of the profile as an ETag."""
    return api.etags.etag("member", member.id, member.version)


def _name(tier: Label) -> str:
    chinese = (get_language() or "").startswith("zh")
    return (tier.name_zh if chinese else tier.name_en) or tier.name_zh or tier.code


def _birthday(member: Member, clear: bool) -> str | None:
    if member.birthday is None:
        return None
    return member.birthday.isoformat() if clear else f"****-{member.birthday:%m}-**"


def _identity(identity: Identity, clear: bool) -> IdentityOut:
    shown = identity.external_id if clear else masking.mask_id(identity.external_id)
    return IdentityOut(channel=identity.channel, external_id=shown)
