"""What the ledger and the tiers owe an order, against what was posted for it. Pure.

The difference is posted and nothing else: a document that comes late, twice or out of
order meets the figures that stand on the order and moves only what is missing. What was
decided is never decided again; a refund takes back shares of what was posted.
"""

from __future__ import annotations

from fractions import Fraction

from loyalty.earning import services as earning_services
from loyalty.earning.types import (
    PURCHASE,
    SEVERAL,
    Decision,
    DecisionRecord,
    ExplainRow,
    LineFacts,
    RuleSet,
)
from loyalty.settlement import payment, timing
from loyalty.settlement.moves import Desk, Moves, Role
from loyalty.settlement.sources import source_of
from loyalty.settlement.taking import by_part, taken_by_line
from members.commerce.types import Order, PackedOrderLines, Stage, touched_lines
from points.types import GROWTH, POINTS, Earn, Reverse, Schedule

_MOVED = "moved"


def post_difference(order: Order, moves: Moves, desk: Desk) -> None:
    """Bring what is posted for a folded order to what it should be; collect the commands."""
    if order.counted_at is not None and order.counted_at != order.paid_at:
        _close_run(order, moves, desk)
    if order.points_used:
        payment.settle_payment(order, moves)
    opens = order.paid_at is not None and order.counted_at is None
    if opens:
        _open_run(order, moves, desk)
    if order.counted_at is not None:
        _take_back(order, moves, desk)
        if not opens:
            # What has just been earned knows already when it becomes available.
            _schedule(order, moves, desk)


def _open_run(order: Order, moves: Moves, desk: Desk) -> None:
    assert order.paid_at is not None  # noqa: S101 - for the type checker
    order.run += 1
    source = source_of(order, order.run)
    if order.decided:
        _decide_again(order, source, desk)
    else:
        _decide(order, source, desk)
        moves.decided = True
    order.counted_at = order.paid_at
    order.points, order.growth = order.earned
    order.spend = order.net
    order.points_taken = order.growth_taken = order.spend_taken = 0
    order.tier_before = desk.books.tier(order.member_id, order.paid_at).code
    order.tier_after = order.tier_before
    if order.spend or order.growth:
        move = desk.books.count(order.member_id, source, order.spend, order.growth, order.paid_at)
        order.tier_before, order.tier_after = move.before.code, move.after.code
    moves.tier_after = order.tier_after
    _earn(order, source, moves, desk)


def _decide(order: Order, source: str, desk: Desk) -> None:
    """Decide once what the order is worth, by the tier before it, and keep every share.

    The rules are those of the time the customer placed it: a campaign that ends while the
    payment is under way still holds.
    """
    assert order.paid_at is not None  # noqa: S101
    tier = desk.books.tier(order.member_id, order.paid_at)
    rules = desk.rules_at(order.placed_at)
    lines = order.lines
    if rules.is_plain and isinstance(lines, PackedOrderLines):
        decision = earning_services.decide_plainly(
            rules=rules,
            line_nos=range(1, len(lines) + 1),
            nets=lines.nets,
            multiplier=tier.multiplier,
        )
        lines.earn(
            points=decision.line_points,
            growth=decision.line_growth,
            rule=PURCHASE,
            multiplier=str(decision.multiplier),
        )
    else:
        decision = _decide_by_line(order, rules, tier.multiplier, desk)
    desk.knowing.count(member_id=order.member_id, decision=decision)
    order.decided = True
    _keep(order, source, decision, desk, {"order": order.external_no, "tier": tier.code})


def _decide_by_line(order: Order, rules: RuleSet, multiplier: Fraction, desk: Desk) -> Decision:
    decision = earning_services.decide(
        rules=rules,
        lines=[
            LineFacts(
                line_no=line.line_no,
                net=line.net,
                sku=line.sku,
                category=line.category,
                brand=line.brand,
            )
            for line in order.lines
        ],
        multiplier=multiplier,
        facts=None
        if rules.is_plain
        else desk.knowing.facts(rules=rules, member_id=order.member_id, at=order.placed_at),
    )
    shown: dict[int, ExplainRow | None] = {}
    for row in decision.explain:
        shown[row.line_no] = None if row.line_no in shown else row
    for line, points, growth in zip(
        order.lines, decision.line_points, decision.line_growth, strict=True
    ):
        line.points_earned, line.growth_earned = points, growth
        if found := shown.get(line.line_no):
            line.earn_rule, line.multiplier = found.rule, str(found.multiplier)
        else:
            line.earn_rule, line.multiplier = SEVERAL, str(decision.multiplier)
    return decision


def _decide_again(order: Order, source: str, desk: Desk) -> None:
    """Keep the first decision under the new source too, so that its entry is explained."""
    first = desk.decisions.get((order.member_id, source_of(order, 1)))
    decision = first.decision if first else desk.recall(order)
    _keep(order, source, decision, desk, {"order": order.external_no, "again": order.run})


def _keep(
    order: Order, source: str, decision: Decision, desk: Desk, inputs: dict[str, object]
) -> None:
    desk.decisions[order.member_id, source] = DecisionRecord(
        member_id=order.member_id,
        programme_id=order.programme_id,
        source=source,
        decision=decision,
        inputs=inputs,
    )


def _earn(order: Order, source: str, moves: Moves, desk: Desk) -> None:
    assert order.paid_at is not None  # noqa: S101
    if order.completed_at is not None:
        order.available_at = timing.available_at(
            completed_at=order.completed_at, programme=desk.programme
        )
    # One entry, unless some of the points last longer than others.
    for part in desk.decisions[order.member_id, source].decision.parts():
        moves.commands.append(
            (
                Role.EARN,
                Earn(
                    member_id=order.member_id,
                    programme_id=order.programme_id,
                    key=f"{source}:earn{part.validity and f':{part.validity}'}",
                    source=source,
                    rule=part.rule,
                    reason=order.external_no,
                    occurred_at=order.paid_at,
                    points=part.points,
                    pending=True,
                    available_at=order.available_at,
                    expires_at=timing.expires_at(
                        paid_at=order.paid_at, programme=desk.programme, validity=part.validity
                    ),
                ),
            )
        )
    if order.growth:
        moves.commands.append(
            (
                Role.GROWTH,
                Earn(
                    member_id=order.member_id,
                    programme_id=order.programme_id,
                    currency=GROWTH,
                    key=f"{source}:growth",
                    source=source,
                    rule="purchase",
                    reason=order.external_no,
                    occurred_at=order.paid_at,
                    points=order.growth,
                ),
            )
        )


def _close_run(order: Order, moves: Moves, desk: Desk) -> None:
    """Take back all that is left: the order is cancelled, or was paid at another time."""
    cause = "cancelled" if order.status is Stage.CANCELLED else _MOVED
    _reverse(order, moves, desk, order.points, order.growth, order.spend, cause)
    order.counted_at = order.available_at = None


def _take_back(order: Order, moves: Moves, desk: Desk) -> None:
    """Take back the shares of what has been refunded, over what was taken before."""
    if not order.refunds:
        return
    lines = touched_lines(order.lines)
    cause = moves.cause
    if not cause.startswith("refund:"):
        cause = f"refund:{order.refunds[-1].external_no}"
    _reverse(
        order,
        moves,
        desk,
        sum(line.taken(line.points_earned) for line in lines),
        sum(line.taken(line.growth_earned) for line in lines),
        order.refunded,
        cause,
    )


def _reverse(
    order: Order, moves: Moves, desk: Desk, points: int, growth: int, spend: int, cause: str
) -> None:
    """Raise what is taken of points, growth and spend to these figures."""
    source = source_of(order, order.run)
    for rule, part in _by_entry(order, moves, desk, points - order.points_taken):
        command = _taking(order, source, moves, cause, POINTS, part, rule=rule)
        moves.commands.append((Role.TAKE_POINTS, command))
    if growth > order.growth_taken:
        moves.commands.append(
            (
                Role.TAKE_GROWTH,
                _taking(order, source, moves, cause, GROWTH, growth - order.growth_taken),
            )
        )
    if spend > order.spend_taken or growth > order.growth_taken:
        move = desk.books.take_back(
            order.member_id,
            source,
            max(0, spend - order.spend_taken),
            max(0, growth - order.growth_taken),
            moves.at,
        )
        moves.tier_after = move.after.code
    order.points_taken = max(points, order.points_taken)
    order.growth_taken = max(growth, order.growth_taken)
    order.spend_taken = max(spend, order.spend_taken)


def _by_entry(order: Order, moves: Moves, desk: Desk, points: int) -> list[tuple[str, int]]:
    """Return what to take of which entry, named by its rule; no name is all of them in turn."""
    if points <= 0:
        return []
    whole = [("", points)]
    # A run that has just opened has had nothing taken of it yet.
    before = moves.taken_before if order.points_taken else {}
    if sum(before.values()) != order.points_taken or desk.rules_at(order.placed_at).is_plain:
        return whole
    kept = desk.decisions.get((order.member_id, source_of(order, order.run)))
    decision = kept.decision if kept else desk.recall(order)
    if len(decision.parts()) < 2:
        return whole
    after = taken_by_line(touched_lines(order.lines))
    found = [(part.rule, n) for part, n in by_part(decision, before=before, after=after)]
    if sum(n for _, n in found) != points or any(n < 0 for _, n in found):
        return whole
    return found


def _taking(
    order: Order,
    source: str,
    moves: Moves,
    cause: str,
    currency: str,
    points: int,
    *,
    rule: str = "",
) -> Reverse:
    # The causes of one refund's parts differ: what one entry lacks is taken from the others.
    if rule not in ("", PURCHASE):
        cause = f"{cause}:{rule}"
    return Reverse(
        member_id=order.member_id,
        programme_id=order.programme_id,
        currency=currency,
        key=f"{source}:{currency}:{cause}",
        source=source,
        rule=rule,
        occurred_at=moves.at,
        reason=order.external_no,
        earned_under=source,
        points=points,
        cause=cause,
        # The debt policy is about points that a refund finds spent. Growth is no means of
        # payment, and what only moves to another time is earned again in full.
        policy="allow_debt" if currency == GROWTH or cause == _MOVED else None,
    )


def _schedule(order: Order, moves: Moves, desk: Desk) -> None:
    """Tell the ledger when the points become available, once the order is completed."""
    if order.completed_at is None:
        return
    due = timing.available_at(completed_at=order.completed_at, programme=desk.programme)
    if order.available_at == due:
        return
    order.available_at = due
    if order.points > order.points_taken:
        source = source_of(order, order.run)
        moves.commands.append(
            (
                Role.SCHEDULE,
                Schedule(
                    member_id=order.member_id,
                    programme_id=order.programme_id,
                    key=f"{source}:due:{due:%Y%m%dT%H%M%S.%f}",
                    source=source,
                    occurred_at=moves.at,
                    reason=order.external_no,
                    available_at=due,
                ),
            )
        )
