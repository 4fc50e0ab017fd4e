"""What rules would give: tried on an order, and over the last orders. Nothing is written.

Both sides are decided anew from the same facts, so that the difference is the rules' alone.
Caps of periods count from zero at the first of the orders looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from loyalty import selectors as loyalty_selectors
from loyalty.earning import rulesets
from loyalty.earning.services.deciding import decide
from loyalty.earning.types import Decision, LineFacts, OrderFacts, RulesDraft, RuleSet
from members.commerce import selectors as commerce_selectors
from members.commerce.types import Order
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme

_TOP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """An order as rules see it, bought or imagined."""

    lines: tuple[LineFacts, ...]
    multiplier: Fraction
    at: datetime
    first_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The same order by two sets of rules; `before` is None where none was in force."""

    before: Decision | None
    after: Decision

    @property
    def difference(self) -> int:
        return self.after.earned - (self.before.earned if self.before else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What a member would have gained or lost."""

    member_id: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The last orders by two sets of rules."""

    orders: int
    since: datetime | None
    before: int
    after: int
    gained: int
    lost: int
    swings: tuple[Swing, ...]


def as_rules(*, programme_id: int, draft: RulesDraft, now: datetime) -> RuleSet:
    """Return a draft as rules, without writing it down; behaviors stay out."""
    return RuleSet(
        programme_id=programme_id,
        version=0,
        rate=draft.rate,
        growth_rate=draft.growth_rate,
        tier_multiplier=draft.tier_multiplier,
        from_at=draft.from_at or now,
        rules=rulesets.in_order(draft.rules),
        caps=draft.caps,
    )


def try_rules(*, before: RuleSet | None, after: RuleSet, cart: Cart) -> Trial:
    """Decide an order by both."""
    programme = programmes_selectors.get_programme(after.programme_id)
    return Trial(
        before=_decide(before, cart, programme, {}) if before else None,
        after=_decide(after, cart, programme, {}),
    )


def cart_of(*, order: Order) -> Cart:
    """Return a recorded order as it was decided: at its time, by the tier before it."""
    return _carts([order])[0]


def replay_rules(
    *, before: RuleSet, after: RuleSet, limit: int = 1000, running_at: datetime | None = None
) -> Replay:
    """Decide the programme's last orders by both.

    With `running_at`, campaigns that are not over by then count as if they had been running.
    """
    programme = programmes_selectors.get_programme(after.programme_id)
    orders = commerce_selectors.list_latest_orders(programme_id=programme.id, limit=limit)
    carts = _carts(orders)
    old, new = (
        _totals(_undated(rules, running_at), orders, carts, programme) for rules in (before, after)
    )
    swings = [
        Swing(member_id=member_id, before=old[member_id], after=new[member_id])
        for member_id in old
        if old[member_id] != new[member_id]
    ]
    swings.sort(key=lambda swing: (swing.before - swing.after, swing.member_id))
    gains = [swing for swing in swings if swing.after > swing.before][:_TOP]
    losses = [swing for swing in swings if swing.after < swing.before][-_TOP:]
    return Replay(
        orders=len(orders),
        since=min((order.placed_at for order in orders), default=None),
        before=sum(old.values()),
        after=sum(new.values()),
        gained=sum(swing.after > swing.before for swing in swings),
        lost=sum(swing.after < swing.before for swing in swings),
        swings=(*gains, *losses),
    )


def _totals(
    rules: RuleSet,
    orders: Sequence[Order],
    carts: Sequence[Cart],
    programme: Programme,
) -> dict[int, int]:
    """Return what each member would have earned, order by order as they were placed."""
    totals: dict[int, int] = defaultdict(int)
    used: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for order, cart in zip(orders, carts, strict=True):
        decision = _decide(rules, cart, programme, used[order.member_id])
        totals[order.member_id] += decision.earned
        for usage in decision.usage:
            key = (usage.rule, usage.period)
            used[order.member_id][key] = used[order.member_id].get(key, 0) + usage.count
    return totals


def _undated(rules: RuleSet, running_at: datetime | None) -> RuleSet:
    if running_at is None:
        return rules
    rows = (
        rule
        if rule.ends_at is not None and rule.ends_at <= running_at
        else replace(rule, starts_at=None, ends_at=None)
        for rule in rules.rules
    )
    return replace(rules, rules=tuple(rows))


def _decide(
    rules: RuleSet, cart: Cart, programme: Programme, used: Mapping[tuple[str, str], int]
) -> Decision:
    facts = OrderFacts(
        at=cart.at, day=programme.local_day(cart.at), first_order=cart.first_order, used=used
    )
    return decide(rules=rules, lines=cart.lines, multiplier=cart.multiplier, facts=facts)


def _carts(orders: Sequence[Order]) -> list[Cart]:
    if not orders:
        return []
    programme_id = orders[0].programme_id
    tiers = loyalty_selectors.get_ladder(programme_id=programme_id).tiers
    multipliers = {tier.code: tier.multiplier for tier in tiers}
    first = commerce_selectors.first_orders(
        member_ids=sorted({order.member_id for order in orders}), programme_id=programme_id
    )
    return [
        Cart(
            lines=tuple(
                LineFacts(
                    line_no=line.line_no,
                    net=line.net,
                    sku=line.sku,
                    category=line.category,
                    brand=line.brand,
                )
                for line in order.lines
            ),
            multiplier=multipliers.get(order.tier_before, Fraction(1)),
            at=order.placed_at,
            first_order=first.get(order.member_id, order.id) == order.id,
        )
        for order in orders
    ]
