"""Points that pay for an order: captured when it is paid, returned with what is refunded. Pure."""

from __future__ import annotations

from config.kernel.money import share_out
from loyalty.settlement import timing
from loyalty.settlement.moves import Moves, Role
from loyalty.settlement.sources import source_of
from members.commerce.types import Order, Stage
from points.types import Capture, Extend, Release, Reverse, Spend


def settle_payment(order: Order, moves: Moves) -> None:
    """Spend the points that pay for the order, or give back what is due of them."""
    if order.paid_at is not None and not order.spent_run:
        _pay(order, moves)
    elif order.status is Stage.CANCELLED:
        _unpay(order, moves)
    elif order.held and not order.run and moves.cause == "recorded":
        moves.commands.append((Role.EXTEND, _extension(order, moves)))
    if order.spent_run and order.refunds:
        shares = _shares(order)
        taken = sum(line.taken(share) for line, share in zip(order.lines, shares, strict=True))
        _give_back(order, moves, taken)


def _shares(order: Order) -> list[int]:
    """Return how many of the points each line was paid with: by their value, if they had any.

    Too few to be worth a minor unit took nothing off any line, and still come back whole.
    """
    weights = [line.points_share for line in order.lines]
    if not any(weights):
        weights = [line.net for line in order.lines]
    if not any(weights):
        weights = [line.quantity for line in order.lines]
    return share_out(order.points_used, weights)


def _pay(order: Order, moves: Moves) -> None:
    """Capture the reservation; a revived order spends anew what cancelling gave back."""
    assert order.paid_at is not None  # noqa: S101
    order.spent_run = order.run + 1
    order.spent_returned = 0
    source = source_of(order, order.spent_run)
    common = {
        "member_id": order.member_id,
        "programme_id": order.programme_id,
        "key": f"{source}:pay",
        "source": source,
        "reason": order.external_no,
        "occurred_at": order.paid_at,
    }
    if order.held and order.reservation_id is not None:
        capture = Capture(**common, reservation_id=order.reservation_id)  # type: ignore[arg-type]
        moves.commands.append((Role.PAY, capture))
    else:
        spend = Spend(**common, points=order.points_used)  # type: ignore[arg-type]
        moves.commands.append((Role.PAY, spend))
    order.held = False


def _unpay(order: Order, moves: Moves) -> None:
    if order.spent_run:
        _give_back(order, moves, order.points_used)
        order.spent_run = 0
    elif order.held and order.reservation_id is not None:
        source = source_of(order, order.run)
        release = Release(
            member_id=order.member_id,
            programme_id=order.programme_id,
            key=f"{source}:release",
            source=source,
            reason=order.external_no,
            occurred_at=moves.at,
            reservation_id=order.reservation_id,
        )
        moves.commands.append((Role.RELEASE, release))
    order.held = False


def _give_back(order: Order, moves: Moves, points: int) -> None:
    """Raise what was returned of the spent points to `points`."""
    if points <= order.spent_returned:
        return
    source = source_of(order, order.spent_run)
    moves.commands.append(
        (
            Role.RETURN,
            Reverse(
                member_id=order.member_id,
                programme_id=order.programme_id,
                key=f"{source}:return:{moves.cause}",
                source=source,
                occurred_at=moves.at,
                reason=order.external_no,
                spent_under=source,
                points=points - order.spent_returned,
                cause=moves.cause,
            ),
        )
    )
    order.spent_returned = points


def _extension(order: Order, moves: Moves) -> Extend:
    assert order.reservation_id is not None  # noqa: S101
    source = source_of(order, 1)
    return Extend(
        member_id=order.member_id,
        programme_id=order.programme_id,
        key=f"{source}:extend",
        source=source,
        reason=order.external_no,
        occurred_at=moves.at,
        reservation_id=order.reservation_id,
        expires_at=timing.held_until(placed_at=order.placed_at),
    )
