"""Where an order becomes points, growth and tier, in one transaction, batch-first."""

from loyalty.settlement.errors import (
    UnknownCouponError,
    UnknownMemberError,
    UnknownQuoteError,
    UnknownReservationError,
)
from loyalty.settlement.services.settling import settle

__all__ = [
    "UnknownCouponError",
    "UnknownMemberError",
    "UnknownQuoteError",
    "UnknownReservationError",
    "settle",
]
