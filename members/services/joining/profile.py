"""A merge's profile: which value of each field stays, and how many values come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from config.kernel.merging import Kept, Line, Pair
from config.kernel.models import AuditRecord
from members import fieldpolicy, masking
from members.fieldpolicy import Told
from members.models import Member, RealName
from members.selectors import public_id

FIELDS = ("name", "nickname", "birthday", "gender", "locale", "timezone", "home_store_id")
# A verified real name proves these.
_PROVED = frozenset({"name"})
_ORDINARY = "ordinary"
# How far back the trail is read for who told a value.
_TRAIL = 100


def lines(pair: Pair) -> Sequence[Line]:
    """Return the fields on which the two differ, masked, and what stays."""
    survivor, duplicate = _both(pair)
    after = _outcome(survivor, duplicate)
    return [
        Line(
            what=name,
            survivor=_shown(name, getattr(survivor, name)),
            duplicate=_shown(name, getattr(duplicate, name)),
            result=_shown(name, after.get(name, getattr(survivor, name))),
        )
        for name in (*FIELDS, "kind", "joined_at")
        if getattr(survivor, name) != getattr(duplicate, name)
    ]


def do(pair: Pair) -> Kept:
    """Give the survivor the values that win; keep what they took the place of."""
    survivor, duplicate = _both(pair)
    after = _outcome(survivor, duplicate)
    changed = {name: [_plain(getattr(survivor, name)), _plain(v)] for name, v in after.items()}
    for name, value in after.items():
        setattr(survivor, name, value)
    survivor.version += 1
    survivor.save()
    return {"fields": changed}


def undo(pair: Pair, kept: Kept) -> None:
    """Give the survivor back its own values, but for those that were changed since."""
    survivor = Member.objects.get(pk=pair.survivor_id)
    for name, (before, given) in kept["fields"].items():
        if _plain(getattr(survivor, name)) == given:
            setattr(survivor, name, _read(name, before))
    survivor.version += 1
    survivor.save()


def _both(pair: Pair) -> tuple[Member, Member]:
    rows = Member.objects.in_bulk([pair.survivor_id, pair.duplicate_id])
    return rows[pair.survivor_id], rows[pair.duplicate_id]


def _outcome(survivor: Member, duplicate: Member) -> dict[str, Any]:
    """Return the survivor's fields that change, with what they become."""
    told = {row.pk: _told(row) for row in (survivor, duplicate)}
    after = {
        name: getattr(duplicate, name)
        for name in FIELDS
        if fieldpolicy.takes_duplicates(
            survivor=told[survivor.pk][name], duplicate=told[duplicate.pk][name]
        )
    }
    if "birthday" in after:
        after["birthday_changed_at"] = duplicate.birthday_changed_at
    if survivor.kind == _ORDINARY != duplicate.kind:
        after["kind"] = duplicate.kind
    if duplicate.joined_at < survivor.joined_at:
        # Where somebody came from is told by who they were first.
        after["joined_at"] = duplicate.joined_at
        if duplicate.attribution:
            after["attribution"] = duplicate.attribution
    return {name: value for name, value in after.items() if getattr(survivor, name) != value}


def _told(member: Member) -> dict[str, Told]:
    """Return every field with by whom and when it was told last; enrolment tells first."""
    is_proved = RealName.objects.filter(member_id=member.pk).exists()
    rows = AuditRecord.objects.filter(
        target=public_id(member.pk), action="members.update_profile"
    ).order_by("-id")[:_TRAIL]
    found: dict[str, tuple[str, datetime]] = {}
    for row in rows:
        for name in (row.after or {}).get("fields", ()):
            found.setdefault(name, (row.actor, row.recorded_at))
    told = {}
    for name in FIELDS:
        by, at = found.get(name, ("", member.joined_at))
        verified = is_proved and name in _PROVED
        told[name] = Told(value=getattr(member, name), verified=verified, by=by, at=at)
    return told


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name == "name":
        return masking.mask_name(value)
    if name == "birthday":
        return f"****-{value:%m}-**"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "birthday":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name.endswith("_at") else value
