"""What the console shows of a member on one page: tier, points, orders, messages.

They live here because each speaks of several apps: an entry names its order, an order its
tier and points. Later apps register theirs with `config.kernel.sheets`.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import sheets
from config.kernel.console import Link, Table, when
from config.kernel.panels import Subject
from config.kernel.sheets import Body
from config.pages import entries, formats, orders, progress
from config.pages.mall import wording as mall_wording
from config.pages.templatetags.pages import named
from loyalty import selectors as loyalty_selectors
from loyalty.errors import LadderNotFoundError
from loyalty.types import Change, Measure, Standing, Why
from members.commerce import selectors as commerce_selectors
from messaging import selectors as messaging_selectors
from points import selectors as points_selectors
from points.mall import selectors as mall_selectors

_ENTRIES, _ORDERS, _CHANGES, _MESSAGES = 10, 8, 8, 8


def register_all() -> None:
    """Put the sheets on the member's page."""
    for slug, title, order, permission, read, wide in (
        ("tier", gettext_lazy("Tier"), 10, "loyalty.view_tierchange", _tier, False),
        ("points", gettext_lazy("Points"), 20, "points.view_account", _points, False),
        ("ledger", gettext_lazy("Last entries"), 30, "points.view_entry", _ledger, True),
        ("orders", gettext_lazy("Orders"), 40, "commerce.view_order", _orders, True),
        ("mall", gettext_lazy("Points mall"), 45, "mall.view_order", _mall, True),
        ("history", gettext_lazy("Tier history"), 50, "loyalty.view_tierchange", _history, True),
        ("messages", gettext_lazy("Messages"), 60, "messaging.view_localmessage", _messages, True),
    ):
        sheets.register(
            sheets.Sheet(
                slug=slug, title=title, order=order, permission=permission, read=read, wide=wide
            )
        )


def _listing(name: str, title: str, subject: Subject) -> Link:
    return Link(title, f"{reverse(f'admin:{name}_changelist')}?member_id={subject.member_id}")


def _standing(subject: Subject) -> Standing | None:
    try:
        found = loyalty_selectors.get_standing(
            member_ids=[subject.member_id], programme_id=subject.programme_id, at=subject.now
        )
    except LadderNotFoundError:
        return None
    return found[subject.member_id]


def _tier(subject: Subject) -> Body:
    standing = _standing(subject)
    if standing is None:
        return Body(say=_("The programme has no ladder in force."))
    money = {"measure": standing.measure, "currency": subject.currency}
    facts: list[tuple[str, object]] = [
        (_("Counts towards it"), progress.amount(standing.amount, **money)),  # type: ignore[arg-type]
        (_("Since"), formats.day(standing.since) or _("From the beginning")),
        (_("Valid through"), formats.last_day(standing.until) or _("No end")),
    ]
    if standing.next_tier is not None and standing.to_next is not None:
        missing = progress.amount(standing.to_next, **money)  # type: ignore[arg-type]
        facts.append((_("To %(tier)s") % {"tier": progress.tier_name(standing.next_tier)}, missing))
    if standing.until is not None:
        facts.append((_("To stay"), progress.amount(max(standing.to_stay, 0), **money)))  # type: ignore[arg-type]
    changes = loyalty_selectors.list_changes(
        member_ids=subject.member_ids, programme_id=subject.programme_id, limit=1
    )
    return Body(
        headline=progress.tier_name(standing.tier),
        say=_why(changes[0], subject) if changes else _("Nothing has raised it yet."),
        facts=facts,
    )


def _why(change: Change, subject: Subject) -> str:
    """Return the reason of a tier change as a sentence with its figures."""
    counted, needed = change.inputs.get("amount"), change.inputs.get("threshold")
    words = {"day": formats.day(change.occurred_at)}
    sentences = {
        Why.UPGRADED: _("Reached on %(day)s."),
        Why.RENEWED: _("Kept for another year on %(day)s."),
        Why.PROTECTED: _("In its time of grace since %(day)s."),
        Why.DOWNGRADED: _("Came down on %(day)s: too little counted in the year before."),
        Why.REFUNDED: _("Taken back on %(day)s: the order that raised it was refunded."),
        Why.REMAPPED: _("Moved on %(day)s, when the ladder changed."),
    }
    sentence = sentences[change.why] % words
    if isinstance(counted, int) and isinstance(needed, int):
        money = {
            "measure": Measure(str(change.inputs["measure"])),
            "currency": subject.currency,
        }
        sentence += " " + _("%(counted)s counted then; the tier asks for %(needed)s.") % {
            "counted": progress.amount(counted, **money),  # type: ignore[arg-type]
            "needed": progress.amount(needed, **money),  # type: ignore[arg-type]
        }
    return sentence


def _history(subject: Subject) -> Body:
    changes = loyalty_selectors.list_changes(
        member_ids=subject.member_ids, programme_id=subject.programme_id, limit=_CHANGES
    )
    names = _tier_names(subject.programme_id)
    rows = [
        [
            when(change.occurred_at),
            f"{names.get(change.from_code, change.from_code)} →"
            f" {names.get(change.to_code, change.to_code)}",
            _why(change, subject),
            formats.last_day(change.until),
        ]
        for change in changes
    ]
    table = Table(
        title="",
        headers=[_("When"), _("Change"), _("Why"), _("Valid through")],
        rows=rows,
        empty=_("The tier has never changed."),
    )
    return Body(
        tables=[table], links=[_listing("loyalty_tierchange", _("All tier changes"), subject)]
    )


def _tier_names(programme_id: int) -> dict[str, str]:
    try:
        ladder = loyalty_selectors.get_ladder(programme_id=programme_id)
    except LadderNotFoundError:
        return {}
    return {tier.code: progress.tier_name(tier) for tier in ladder.tiers}


def _points(subject: Subject) -> Body:
    figures = {
        currency: points_selectors.get_balance(
            member_id=subject.member_id,
            programme_id=subject.programme_id,
            currency=currency,
            at=subject.now,
            now=subject.now,
        )
        for currency in ("points", "growth")
    }
    balance = figures["points"]
    facts: list[tuple[str, object]] = [
        (_("Not yet available"), formats.number(balance.pending)),
        (_("Set aside"), formats.number(balance.held)),
        (_("Owed"), formats.number(balance.debt)),
        (_("Earned in all"), formats.number(balance.lifetime_earned)),
        (_("Growth value"), formats.number(figures["growth"].available)),
    ]
    say = ""
    if balance.expiring:
        first = balance.expiring[0]
        say = _("%(points)s expire on %(day)s.") % {
            "points": formats.number(first.points),
            "day": formats.last_day(first.at),
        }
    correct = Link(
        _("Correct points"), reverse("admin:points_account_correct", args=[subject.member_id])
    )
    return Body(
        headline=_("%(points)s available") % {"points": formats.number(balance.available)},
        say=say,
        facts=facts,
        links=[
            _listing("points_account", _("Accounts"), subject),
            _listing("points_lot", _("Lots"), subject),
            _listing("points_hold", _("Reservations"), subject),
            Link(
                _("As of an earlier time"),
                reverse("admin:points_account_as_of", args=[subject.member_id]),
            ),
        ],
        actions=[(correct, "points.change_account")],
    )


def _ledger(subject: Subject) -> Body:
    page = points_selectors.list_entries(
        member_ids=subject.member_ids, programme_id=subject.programme_id, limit=_ENTRIES
    )
    lines = entries.as_lines(
        page.entries, member_ids=subject.member_ids, programme_id=subject.programme_id
    )
    rows = [
        [
            Link(
                when(line.occurred_at),
                reverse("admin:points_entry_change", args=[f"{entry.member_id}-{entry.entry_id}"]),
            ),
            line.title,
            formats.signed(line.points),
            line.why,
            "" if line.balance_after is None else formats.number(line.balance_after),
        ]
        for line, entry in zip(lines, page.entries, strict=True)
    ]
    table = Table(
        title="",
        headers=[_("When"), _("Kind"), _("Points"), _("Why"), _("Balance")],
        rows=rows,
        empty=_("No points have moved yet."),
    )
    return Body(tables=[table], links=[_listing("points_entry", _("All entries"), subject)])


def _orders(subject: Subject) -> Body:
    page = commerce_selectors.list_orders(member_ids=subject.member_ids, before=None, limit=_ORDERS)
    rows = [
        [
            Link(
                order.external_no,
                reverse("admin:commerce_order_change", args=[f"{order.member_id}-{order.id}"]),
            ),
            when(order.placed_at),
            orders.stage_title(order.status),
            formats.money(amount=order.payable, currency=order.currency),
            formats.money(amount=order.refunded + order.refunded_shipping, currency=order.currency),
            formats.signed(order.points - order.points_taken),
        ]
        for order in page.orders
        if order.programme_id == subject.programme_id
    ]
    table = Table(
        title="",
        headers=[
            _("Order"),
            _("Placed"),
            _("Status"),
            _("Paid"),
            _("Refunded"),
            _("Points"),
        ],
        rows=rows,
        empty=_("No orders yet."),
    )
    return Body(tables=[table], links=[_listing("commerce_order", _("All orders"), subject)])


def _mall(subject: Subject) -> Body:
    page = mall_selectors.list_orders(
        member_ids=subject.member_ids, programme_id=subject.programme_id, limit=_ORDERS
    )
    rows = [
        [
            Link(
                order.number,
                reverse("admin:mall_order_change", args=[f"{order.member_id}-{order.id}"]),
            ),
            when(order.placed_at),
            f"{named(order)} × {order.quantity}" if order.quantity > 1 else named(order),
            mall_wording.status_title(order),
            mall_wording.price(points=order.points, cash=order.cash, currency=order.currency),
        ]
        for order in page.orders
    ]
    table = Table(
        title="",
        headers=[_("Order"), _("Placed"), _("Item"), _("Status"), _("Price")],
        rows=rows,
        empty=_("Nothing redeemed yet."),
    )
    return Body(tables=[table], links=[_listing("mall_order", _("All mall orders"), subject)])


def _messages(subject: Subject) -> Body:
    found = messaging_selectors.list_messages(member_ids=subject.member_ids, limit=_MESSAGES)
    states = {"sent": _("Sent"), "failed": _("Failed"), "unsent": _("Not sent")}
    subjects = {
        "sign_in_code": _("Sign-in code"),
        "tier_upgraded": _("Tier reached"),
        "tier_downgraded": _("Tier came down"),
    }
    reasons = {
        "no_address": _("No phone number or e-mail address"),
        "member_closed": _("The membership is closed"),
    }
    channels = {"sms": _("SMS"), "email": _("E-mail")}
    rows = [
        [
            when(message.recorded_at),
            subjects.get(message.template, message.template),
            channels.get(message.channel, message.channel or "–"),
            states.get(message.status, message.status),
            reasons.get(message.why, message.why),
        ]
        for message in found
    ]
    table = Table(
        title="",
        headers=[_("When"), _("About"), _("Channel"), _("Status"), _("Why not sent")],
        rows=rows,
        empty=_("No messages yet."),
    )
    return Body(tables=[table])
