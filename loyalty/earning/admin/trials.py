"""Tables that show what rules would give: usual orders, one order, the last orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel.console import Link, Table, name_members, when
from config.kernel.errors import DomainError
from config.kernel.money import minor_digits
from loyalty import selectors as loyalty_selectors
from loyalty.earning import selectors, services
from loyalty.earning.types import PURCHASE, ExplainRow, LineFacts, Rule, RuleSet
from members.commerce.types import Order
from members.programmes.types import Programme

# What the preview buys: three lines whose shares do not divide evenly.
_BASKET = (12_800, 6_910, 29_990)
_MOST_ROWS = 60
_REPLAYED = 500


def of_form(
    programme: Programme, written: RuleSet, values: dict[str, Any], now: datetime
) -> list[Table]:
    """Return what a form's rules would give: to the order or cart it names, to usual ones."""
    present = _present(programme, now)
    tables: list[Table] = []
    order: Order | None = values.get("order")
    if order is not None:
        tables += _one(present, written, services.cart_of(order=order), programme)
    elif cart := values.get("cart"):
        tables += _one(present, written, _typed(programme, cart, values, now), programme)
    tables.append(usual(programme, present, written, now))
    if values.get("replay"):
        tables += replayed(programme, present, written, now)
    return tables


def of_version(programme: Programme, written: RuleSet, now: datetime) -> list[Table]:
    """Return what a version would give: to usual orders, and over the last ones."""
    present = _present(programme, now)
    return [
        usual(programme, present, written, now),
        *replayed(programme, present, written, now),
    ]


def usual(programme: Programme, present: RuleSet | None, written: RuleSet, now: datetime) -> Table:
    """Return what an order would get, tier by tier; each rule of goods takes its turn."""
    try:
        tiers = loyalty_selectors.get_ladder(programme_id=programme.id).tiers
    except DomainError:
        return Table(title=_("This order would get"), headers=[], rows=[])
    turns: list[tuple[str, str]] = [("–", "")]
    turns += [(_named(rule), rule.goods[0]) for rule in written.rules if rule.goods]
    rows: list[list[object]] = []
    for label, key in turns:
        for tier in tiers:
            cart = services.Cart(lines=_basket(key), multiplier=tier.multiplier, at=now)
            trial = services.try_rules(before=present, after=written, cart=cart)
            rows.append(
                [
                    tier.name_zh if _chinese() else tier.name_en,
                    label,
                    f"{trial.before.earned:,}" if trial.before else "–",
                    f"{trial.after.earned:,}",
                    f"{trial.difference:+,}",
                    f"{trial.after.growth:,}",
                ]
            )
    return Table(
        title=_("An order of %(total)s would get") % {"total": _money(sum(_BASKET), programme)},
        headers=[
            _("Tier"),
            _("First line is"),
            _("Points now"),
            _("Points then"),
            _("Difference"),
            _("Growth then"),
        ],
        rows=rows[:_MOST_ROWS],
    )


def replayed(
    programme: Programme, present: RuleSet | None, written: RuleSet, now: datetime
) -> list[Table]:
    """Return what the last orders would have earned, and who would gain or lose most."""
    if present is None:
        return []
    found = services.replay_rules(before=present, after=written, limit=_REPLAYED, running_at=now)
    if not found.orders or found.since is None:
        return []
    change = found.after - found.before
    share = f"{change / found.before * 100:+.1f} %" if found.before else "–"
    names = name_members([swing.member_id for swing in found.swings])
    return [
        Table(
            title=_("The last %(orders)d orders, since %(since)s")
            % {"orders": found.orders, "since": when(found.since)},
            note=_("Campaigns that are not over count as if they had been running."),
            headers=[
                _("Points now"),
                _("Points then"),
                _("Difference"),
                _("In percent"),
                _("Members who gain"),
                _("Members who lose"),
            ],
            rows=[
                [
                    f"{found.before:,}",
                    f"{found.after:,}",
                    f"{change:+,}",
                    share,
                    f"{found.gained:,}",
                    f"{found.lost:,}",
                ]
            ],
        ),
        Table(
            title=_("Who gains and loses most"),
            headers=[_("Member"), _("Points now"), _("Points then"), _("Difference")],
            rows=[
                [
                    Link(*names[swing.member_id]) if swing.member_id in names else swing.member_id,
                    f"{swing.before:,}",
                    f"{swing.after:,}",
                    f"{swing.after - swing.before:+,}",
                ]
                for swing in found.swings
            ],
            empty=_("Nobody."),
        ),
    ]


def _one(
    present: RuleSet | None, written: RuleSet, cart: services.Cart, programme: Programme
) -> list[Table]:
    """Return one order line by line, now and then, with the rules that would work."""
    trial = services.try_rules(before=present, after=written, cart=cart)
    names = {rule.code: _named(rule) for rule in written.rules}
    rows: list[list[object]] = []
    for index, line in enumerate(cart.lines):
        before = trial.before.line_points[index] if trial.before else 0
        after = trial.after.line_points[index]
        gave = [row for row in trial.after.explain if row.line_no == line.line_no]
        rows.append(
            [
                line.line_no,
                " · ".join(filter(None, (line.category, line.brand, line.sku))) or "–",
                _money(line.net, programme),
                f"{before:,}",
                f"{after:,}",
                f"{after - before:+,}",
                "; ".join(_gave(row, names) for row in gave),
            ]
        )
    total = trial.before.earned if trial.before else 0
    rows.append(
        [
            "",
            _("Together"),
            "",
            f"{total:,}",
            f"{trial.after.earned:,}",
            f"{trial.difference:+,}",
            "",
        ]
    )
    return [
        Table(
            title=_("This order would earn"),
            headers=[
                _("Line"),
                _("Which goods"),
                _("Net"),
                _("Points now"),
                _("Points then"),
                _("Difference"),
                _("By which rules"),
            ],
            rows=rows,
        )
    ]


def _gave(row: ExplainRow, names: dict[str, str]) -> str:
    name = names.get(row.rule, _("Purchase") if row.rule == PURCHASE else row.rule)
    limited = _(" (limited)") if row.capped else ""
    times = "" if row.multiplier == 1 else f" × {_plain(row.multiplier)}"
    return f"{name}{times}: {row.points:+,}{limited}"


def _plain(number: Fraction) -> str:
    return f"{float(number):g}" if (number * 1000).denominator == 1 else str(number)


def _typed(
    programme: Programme, lines: Sequence[LineFacts], values: dict[str, Any], now: datetime
) -> services.Cart:
    try:
        tiers = loyalty_selectors.get_ladder(programme_id=programme.id).tiers
    except DomainError:
        tiers = ()
    multipliers = {tier.code: tier.multiplier for tier in tiers}
    return services.Cart(
        lines=tuple(lines),
        multiplier=multipliers.get(values.get("tier", ""), Fraction(1)),
        at=values.get("from_at") or now,
        first_order=bool(values.get("first_order")),
    )


def _basket(key: str) -> tuple[LineFacts, ...]:
    kind, _colon, what = key.partition(":")
    facts = {kind: what} if what else {}
    return tuple(
        LineFacts(line_no=number, net=net, **(facts if number == 1 else {}))
        for number, net in enumerate(_BASKET, start=1)
    )


def _present(programme: Programme, now: datetime) -> RuleSet | None:
    try:
        return selectors.get_rules(programme_id=programme.id, at=now)
    except services.RulesNotFoundError:
        return None


def _named(rule: Rule) -> str:
    return (rule.name_zh if _chinese() else rule.name_en) or rule.code


def _money(amount: int, programme: Programme) -> str:
    digits = minor_digits(programme.currency)
    return f"{amount / 10**digits:,.{digits}f} {programme.currency}"


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")
