"""Exchange points for another programme's: what it brings, then the word that does it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.kernel import ids
from config.kernel.errors import DomainError
from config.pages import fields, formats
from config.pages.addresses import place
from config.pages.places import programme_name
from config.pages.visitors import Visitor, member_page
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from points import errors
from points import selectors as points_selectors
from points import services as points_services
from points.types import POINTS, Balance, Quote, Rate

_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A rate that holds now, as a member reads it."""

    rate: Rate
    programme: Programme

    @property
    def name(self) -> str:
        """Return whose points one gets."""
        return programme_name(self.programme)

    @property
    def rule(self) -> str:
        """Return the rate, and what it costs, in a sentence."""
        rate = self.rate
        said = _("%(per)s points bring %(gives)s.") % {
            "per": formats.number(rate.per),
            "gives": formats.number(rate.gives),
        }
        parts = []
        if rate.fee_permille:
            parts.append(f"{rate.fee_permille / 10:g}%")
        if rate.fee_fixed:
            parts.append(_("%(points)s points") % {"points": formats.number(rate.fee_fixed)})
        fee = _("Fee: %(fee)s.") % {"fee": " + ".join(parts)} if parts else _("There is no fee.")
        return formats.sentences(said, fee)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def exchange(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask how many, show what they bring, and exchange them when that is confirmed.

    With HTMX what they bring is drawn again while the number is typed.
    """
    said = request.POST if request.method == "POST" else request.GET
    offers = _offers(visitor)
    chosen = next((o for o in offers if str(o.rate.id) == said.get("rate")), None)
    changed = bool(said.get("rate")) and chosen is None
    offer = chosen or (offers[0] if offers else None)
    typed = said.get("points", "").strip()
    points = place(typed)
    error, quote = "", None
    if offer is not None and typed:
        quote, error = _quoted(offer, points, visitor)
    if request.method == "POST" and offer is not None and quote is not None and not changed:
        done = _confirmed(request, visitor, offer, quote)
        if isinstance(done, HttpResponse):
            return done
        quote, error = None, done
    values = _values(visitor, offers, offer, typed, error, quote)
    values["changed"] = changed
    if request.headers.get("HX-Target") == "quote":
        # The field keeps what is typed into it; what is wrong with it is said beside it.
        return render(request, "pages/_exchange_quote.html", values | {"alone": True})
    return render(request, "pages/exchange.html", values, status=422 if error else 200)


@require_safe
@member_page
def done(request: HttpRequest, visitor: Visitor, entry: str) -> HttpResponse:
    """Say that it is done, and what came in."""
    row = ids.decode("ent", entry)
    if row.member_id not in visitor.member_ids:
        raise Http404
    made = points_selectors.get_exchange(member_id=row.member_id, out_entry_id=row.row_id)
    programme = programmes_selectors.get_programme(made.rate.target.programme_id)
    values = {
        "given": made.quote.given,
        "received": made.quote.received,
        "name": programme_name(programme),
        "entry": entry,
    }
    return render(request, "pages/exchange_done.html", values)


def _offers(visitor: Visitor) -> list[Offer]:
    rates = points_selectors.list_rates(programme_id=visitor.programme.id, at=visitor.now)
    found = [
        Offer(rate=rate, programme=programmes_selectors.get_programme(rate.target.programme_id))
        for rate in rates
        if rate.source.currency == POINTS
    ]
    return sorted(found, key=lambda offer: offer.programme.code)


def _balance(visitor: Visitor) -> Balance:
    return points_selectors.get_balance(
        member_id=visitor.member.id,
        programme_id=visitor.programme.id,
        at=visitor.now,
        now=visitor.now,
    )


def _quoted(offer: Offer, points: int | None, visitor: Visitor) -> tuple[Quote | None, str]:
    if points is None:
        return None, _("Write a whole number.")
    try:
        _rate, quote = points_services.quote(
            source=offer.rate.source, target=offer.rate.target, points=points, now=visitor.now
        )
    except DomainError as refused:
        return None, _words(refused, offer)
    have = _balance(visitor).available
    if points > have:
        return None, _words(errors.InsufficientPointsError(asked=points, spendable=have), offer)
    return quote, ""


def _confirmed(
    request: HttpRequest, visitor: Visitor, offer: Offer, quote: Quote
) -> HttpResponse | str:
    """Exchange; return the way on, or what stands in the way."""
    key = request.POST.get("key", "")
    if not _KEY.fullmatch(key):
        key = secrets.token_hex(16)
    try:
        made = points_services.exchange(
            member_id=visitor.member.id,
            to_member_id=points_selectors.receiving_member(
                member_id=visitor.member.id, programme_id=offer.programme.id
            ),
            source=offer.rate.source,
            target=offer.rate.target,
            points=quote.given,
            key=f"center:{key}",
            actor=f"member:{visitor.member.public_id}",
            now=visitor.now,
        )
    except DomainError as refused:
        return _words(refused, offer)
    entry = ids.encode("ent", member_id=made.out.member_id, row_id=made.out.entry_id)
    return redirect("pages:exchanged", entry)


def _words(refused: DomainError, offer: Offer) -> str:
    """Return what a member can do about a refusal."""
    match refused:
        case errors.InsufficientPointsError():
            return _("You have %(points)s points to spend.") % {
                "points": formats.number(refused.spendable)
            }
        case errors.ExchangeAmountError() | errors.InvalidPointsError():
            return _amounts(offer.rate)
        case errors.MemberLimitError():
            return _("Today you can exchange %(points)s more.") % {
                "points": formats.number(refused.had)
            }
        case errors.PairLimitError():
            return _("Today's share is used up. Please come back tomorrow.")
    return _(refused.title)


def _amounts(rate: Rate) -> str:
    said = {"least": formats.number(rate.minimum), "step": formats.number(rate.step)}
    if rate.step == 1:
        return _("At least %(least)s points.") % said
    return _("At least %(least)s points, in steps of %(step)s.") % said


def _values(
    visitor: Visitor,
    offers: list[Offer],
    offer: Offer | None,
    typed: str,
    error: str,
    quote: Quote | None,
) -> dict[str, object]:
    if offer is None:
        return {"offers": []}
    have = _balance(visitor).available
    hint = _amounts(offer.rate)
    if (left := _left_today(visitor, offer.rate)) is not None:
        more = _("Today you can exchange %(points)s more.") % {"points": formats.number(left)}
        hint = formats.sentences(hint, more)
    rates = [(str(o.rate.id), o.name) for o in offers]
    return {
        "offers": offers,
        "offer": offer,
        "have": have,
        "target_field": fields.by_hand(
            name="rate",
            kind="radio" if len(offers) > 1 else "hidden",
            label=_("For points of"),
            value=offer.rate.id,
            choices=rates,
            required=True,
        ),
        "points_field": fields.by_hand(
            name="points",
            kind="text",
            label=_("How many points do you give?"),
            value=typed,
            hint=hint,
            errors=error,
            required=True,
            inputmode="numeric",
            autocomplete="off",
        ),
        "quote": quote,
        "error": error,
        "left": have - quote.given if quote else have,
        "until": _until(offer, visitor.now),
        "key": secrets.token_hex(16),
    }


def _left_today(visitor: Visitor, rate: Rate) -> int | None:
    if rate.member_limit is None:
        return None
    given = points_selectors.given_today(
        member_id=visitor.member.id, rate=rate, day=visitor.programme.local_day(visitor.now)
    )
    return max(rate.member_limit - given, 0)


def _until(offer: Offer, now: datetime) -> str:
    """Return the last day of what is received, where it is received."""
    definition = points_selectors.get_currency(
        programme_id=offer.programme.id, code=offer.rate.target.currency
    )
    zone = offer.programme.zone
    return formats.final_day(definition.expires_at(earned_at=now, zone=zone), zone)
