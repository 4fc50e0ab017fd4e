"""Reservations, as they stand at an instant."""

from __future__ import annotations

from datetime import datetime

from points.errors import ReservationNotFoundError
from points.models import Account, Hold
from points.types import HoldStatus, Reservation


def get_reservation(
    *,
    member_id: int,
    reservation_id: int,
    programme_id: int,
    brand_id: int | None = None,
    at: datetime,
) -> Reservation:
    """Return one reservation; past its time it has lapsed, swept or not.

    Raises:
        ReservationNotFoundError: there is none, or it is another brand's.
    """
    hold = Hold.objects.filter(
        member_id=member_id, id=reservation_id, programme_id=programme_id
    ).first()
    if hold is None or (brand_id and hold.brand_id and hold.brand_id != brand_id):
        raise ReservationNotFoundError()
    if hold.moved_member_id is not None and hold.moved_hold_id is not None:
        # A merge took it along; an undone merge brings it back.
        return get_reservation(
            member_id=hold.moved_member_id,
            reservation_id=hold.moved_hold_id,
            programme_id=programme_id,
            brand_id=brand_id,
            at=at,
        )
    account = Account.objects.get(member_id=member_id, id=hold.account_id)
    status = HoldStatus(hold.status)
    if status is HoldStatus.HELD and hold.expires_at <= at:
        status = HoldStatus.LAPSED
    return Reservation(
        reservation_id=hold.id,
        member_id=member_id,
        programme_id=programme_id,
        currency=account.currency,
        brand_id=hold.brand_id,
        source=hold.source,
        points=hold.points,
        captured=hold.captured,
        released=0 if status is HoldStatus.HELD else hold.points - hold.captured,
        status=status,
        expires_at=hold.expires_at,
    )
