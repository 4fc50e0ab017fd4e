"""Read and lock what a settlement needs, before it folds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from config.kernel.errors import DomainError
from loyalty import services as loyalty_services
from loyalty.earning import selectors as earning_selectors
from loyalty.earning import services as earning_services
from loyalty.earning.types import Decision
from loyalty.settlement.errors import UnknownReservationError
from loyalty.settlement.folding import TAKEN, Batch
from loyalty.settlement.limits import Limits
from loyalty.settlement.moves import Desk
from loyalty.settlement.sources import get_ready, source_of
from loyalty.settlement.types import Document, Effects
from members import selectors as member_selectors
from members.commerce import selectors as commerce_selectors
from members.commerce import services as commerce_services
from members.commerce.types import Fact, Order, OrderReport
from members.programmes import selectors as programme_selectors
from members.programmes.types import Storefront
from points import selectors as points_selectors
from points import services as points_services
from points.types import HoldStatus, Reservation


def open_batch(
    *,
    documents: Sequence[Document],
    refused: dict[int, DomainError],
    limits: Limits,
    claims: commerce_services.Claims,
    storefront: Storefront,
    now: datetime,
) -> Batch:
    """Load the orders the documents are about, and open the books of their members."""
    known = [(c.member_id, c.order_id) for c in claims.values() if not c.fresh]
    orders = commerce_selectors.load_orders(keys=known)
    for order in orders.values():
        commerce_services.fold_into(order)
    members = {claim.member_id for claim in claims.values()}
    get_ready((claim.member_id, claim.order_id) for claim in claims.values())
    return Batch(
        documents=documents,
        refused=dict(refused),
        limits=limits,
        claims=claims,
        storefront=storefront,
        orders=orders,
        desk=_open_desk(members, orders, storefront) if members else None,
        points_of=lambda report: _points_of(report, storefront, now),
        is_same_member=_is_same_member,
        effects_of=_effects_of,
    )


def _open_desk(members: set[int], orders: dict[int, Order], storefront: Storefront) -> Desk:
    programme_id = storefront.programme_id
    programme = programme_selectors.get_programme(programme_id)
    return Desk(
        programme=programme,
        books=loyalty_services.open_books(
            member_ids=sorted(members),
            programme_id=programme_id,
            sources=[source_of(order, order.run) for order in orders.values() if order.run],
        ),
        rules_at=lambda at: earning_selectors.get_rules(programme_id=programme_id, at=at),
        knowing=earning_services.Knowing(programme=programme, member_ids=members),
        recall=_recall,
    )


def _points_of(report: OrderReport, storefront: Storefront, now: datetime) -> int:
    """Return how many points the order's reservation holds.

    Raises:
        UnknownReservationError: the member has no such reservation at this brand.
        ReservationExpiredError, ReservationClosedError: it holds nothing any more, or it
            holds for another order, whose cancelling would release it.
    """
    if report.reservation_id is None:
        return 0
    held = _find_reservation(report, storefront, now)
    if held.status is HoldStatus.LAPSED:
        raise points_services.ReservationExpiredError
    if held.status is not HoldStatus.HELD:
        raise points_services.ReservationClosedError
    # The member's books are locked, so two orders cannot both find it free.
    if commerce_selectors.is_reservation_taken(
        member_id=report.member_id, reservation_id=report.reservation_id
    ):
        raise points_services.ReservationClosedError(TAKEN)
    return held.points


def _find_reservation(report: OrderReport, storefront: Storefront, now: datetime) -> Reservation:
    """Return what the order names; it may have been set aside for who was merged since."""
    found = _reserved(report.member_id, report, storefront, now)
    if found is None:
        others = member_selectors.ids_of(report.member_id)
        held = (_reserved(owner, report, storefront, now) for owner in others)
        found = next((one for one in held if one is not None), None)
    if found is None:
        raise UnknownReservationError
    return found


def _reserved(
    member_id: int, report: OrderReport, storefront: Storefront, now: datetime
) -> Reservation | None:
    try:
        return points_selectors.get_reservation(
            member_id=member_id,
            reservation_id=report.reservation_id or 0,
            programme_id=storefront.programme_id,
            brand_id=storefront.brand_id,
            at=now,
        )
    except points_services.ReservationNotFoundError:
        return None


def _is_same_member(recorded: int, reported: int) -> bool:
    return recorded == reported or recorded in member_selectors.ids_of(reported)


def _effects_of(order: Order, fact: Fact) -> Effects:
    """Return the effects that were kept with an event."""
    kept = commerce_selectors.event_effects(order=order, fact=fact)
    if kept is None:
        return Effects(tier_before=order.tier_after, tier_after=order.tier_after)
    return Effects(**{**kept, "coupons_returned": tuple(kept["coupons_returned"])})


def _recall(order: Order) -> Decision:
    """Return the order's first decision from its record."""
    kept = earning_selectors.find_explanation(
        member_id=order.member_id,
        programme_id=order.programme_id,
        source=source_of(order, 1),
    )
    return Decision(
        rule_version=kept.rule_version if kept else 0,
        rate=kept.rate if kept else Fraction(0),
        multiplier=kept.multiplier if kept else Fraction(1),
        earned=sum(line.points_earned for line in order.lines),
        line_points=tuple(line.points_earned for line in order.lines),
        growth=sum(line.growth_earned for line in order.lines),
        line_growth=tuple(line.growth_earned for line in order.lines),
        explain=tuple(kept.rows) if kept else (),
    )
