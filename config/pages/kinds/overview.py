"""What kinds of member one is and can become, and one kind with everything about it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.kernel import ids
from config.kernel.panels import Subject
from config.pages import formats
from config.pages.kinds import wording
from config.pages.kinds.forms import form_for
from config.pages.visitors import Visitor, member_page
from members import selectors as members_selectors
from members.commerce import selectors as commerce_selectors
from members.kinds import selectors
from members.kinds.errors import KindNotFoundError
from members.kinds.types import Application, Entry, Group, Kind, Membership, Proof, State

_PAST = 10


@require_safe
@member_page
def kinds(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what one is, what waits, what there is to become, and what has been."""
    known = selectors.get_kinds(programme_id=visitor.programme.id)
    rows = _memberships(visitor)
    held = [row for row in rows if row.holds(visitor.now)]
    codes = {row.kind for row in held}
    waiting = [a for a in _applications(visitor) if a.state is State.WAITING]
    values = {
        "held": [
            {
                "url": reverse("kinds:kind", args=[row.kind]),
                "title": wording.name_of(known, row.kind),
                "words": wording.until(row),
                "badge": _("Renew") if _renewable(known.find(row.kind), row, visitor) else "",
            }
            for row in held
        ],
        "waiting": [
            {
                "url": reverse("kinds:kind", args=[one.kind]),
                "title": wording.name_of(known, one.kind),
                "words": formats.moment(one.applied_at),
            }
            for one in waiting
        ],
        "offered": [
            {
                "url": reverse("kinds:kind", args=[kind.code]),
                "title": wording.name(kind, kind.code),
                "words": wording.entry(kind, currency=visitor.programme.currency),
            }
            for kind in known.kinds
            if kind.code not in codes and kind.entry is not Entry.GRANT
        ],
        "past": _past(rows, visitor),
        "has_groups": any(kind.is_group for kind in known.kinds),
    }
    return render(request, "pages/kinds/kinds.html", values)


@require_safe
@member_page
def kind(request: HttpRequest, visitor: Visitor, kind: str) -> HttpResponse:
    """Show one kind: whether one is of it and why, and what can be done about it."""
    return render(request, "pages/kinds/kind.html", page_of(visitor, kind))


def find_kind(visitor: Visitor, code: str) -> Kind:
    """Return a kind of the visitor's programme, or answer 404."""
    try:
        return selectors.get_kind(programme_id=visitor.programme.id, code=code)
    except KindNotFoundError:
        raise Http404 from None


def page_of(visitor: Visitor, code: str, *, form: Any = None) -> dict[str, Any]:
    """Return what the page of one kind shows; `form` is one that was refused."""
    found = find_kind(visitor, code)
    rows = [row for row in _memberships(visitor) if row.kind == code]
    held = next((row for row in rows if row.holds(visitor.now)), None)
    applications = [a for a in _applications(visitor) if a.kind == code]
    last = applications[0] if applications else None
    waits = last if last and last.state is State.WAITING else None
    group = (
        selectors.find_group(member_id=held.member_id, kind=code, at=visitor.now) if held else None
    )
    owns = group is not None and group.owner_id in visitor.member_ids
    renewable = held is not None and _renewable(found, held, visitor)
    if group is not None and not owns:
        renewable = False
    opens = found.entry is Entry.APPLY and waits is None and (held is None or renewable)
    return {
        "kind": found,
        "name": wording.name(found, code),
        "entry": wording.entry(found, currency=visitor.programme.currency),
        "service": wording.service(found.service_level),
        "held": held,
        "until": wording.until(held) if held else "",
        "why": wording.why(held) if held else "",
        "unasked": held is not None and held.is_asked is False,
        "renewable": renewable,
        "waits": waits,
        "application": _public(waits) if waits else "",
        "refused": last if last and last.state is State.REFUSED and not held else None,
        "form": form or (form_for(found) if opens else None),
        "founds": opens and found.is_group and found.proof is Proof.NONE and not found.by_operator,
        "group": _group(group, visitor) if group else None,
        "owns": owns,
        "progress": _progress(found, visitor) if not held else None,
        "past": _past(rows, visitor),
    }


def _memberships(visitor: Visitor) -> list[Membership]:
    return selectors.list_memberships(
        member_ids=visitor.member_ids, programme_id=visitor.programme.id
    )


def _applications(visitor: Visitor) -> list[Application]:
    return selectors.list_applications(
        member_ids=visitor.member_ids, programme_id=visitor.programme.id
    )


def _public(application: Application) -> str:
    return ids.encode("kap", member_id=application.member_id, row_id=application.id)


def _renewable(kind: Kind | None, held: Membership, visitor: Visitor) -> bool:
    if kind is None or kind.entry is not Entry.APPLY:
        return False
    return selectors.is_near_end(membership=held, at=visitor.now)


def _past(rows: list[Membership], visitor: Visitor) -> list[dict[str, str]]:
    known = selectors.get_kinds(programme_id=visitor.programme.id)
    over = [row for row in rows if not row.holds(visitor.now)]
    return [
        {
            "title": wording.name_of(known, row.kind),
            "words": f"{formats.day(row.since)} – {formats.day(row.ended_at or row.until)}",
            "value": wording.ended(row),
        }
        for row in over[:_PAST]
    ]


def _progress(kind: Kind, visitor: Visitor) -> dict[str, Any] | None:
    """Return how far the visitor's purchases are from a kind that is reached by them."""
    if kind.entry is not Entry.SPEND:
        return None
    spent = commerce_selectors.sum_spend(
        programme_id=visitor.programme.id,
        member_ids=visitor.member_ids,
        since=selectors.spend_counts_since(at=visitor.now, zone=visitor.programme.zone),
        upto=visitor.now,
    )
    total = max(0, sum(spent.values()))
    money = {"currency": visitor.programme.currency, "brief": True}
    return {
        "spent": formats.money(amount=total, **money),  # type: ignore[arg-type]
        "missing": formats.money(amount=max(0, kind.threshold - total), **money),  # type: ignore[arg-type]
        "percent": min(100, total * 100 // kind.threshold),
    }


def _group(group: Group, visitor: Visitor) -> dict[str, Any]:
    members = {
        one.id: one
        for one in members_selectors.list_members(member_ids=[s.member_id for s in group.seats])
    }
    return {
        "name": group.name,
        "taken": group.taken,
        "size": group.size,
        "left": group.left,
        "seats": [
            {
                "name": members[seat.member_id].nickname
                or _("Member ••%(end)s") % {"end": members[seat.member_id].member_no[-4:]},
                "since": formats.day(seat.since),
                "is_owner": seat.is_owner,
                "is_me": seat.member_id in visitor.member_ids,
                "id": members[seat.member_id].public_id,
            }
            for seat in group.seats
            if seat.member_id in members
        ],
        "invitations": group.invitations,
    }


def value(subject: Subject) -> str:
    """Return which kinds the member is of, for the row on their page: one query."""
    known = selectors.get_kinds(programme_id=subject.programme_id)
    rows = selectors.list_memberships(
        member_ids=subject.member_ids, programme_id=subject.programme_id
    )
    names = [wording.name_of(known, row.kind) for row in rows if row.holds(subject.now)]
    return names[0] if len(names) == 1 else (str(len(names)) if names else "")
