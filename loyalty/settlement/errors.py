"""What the settlement refuses, besides what commerce and points do."""

from __future__ import annotations

from config.kernel.errors import InvalidError


class UnknownMemberError(InvalidError):
    """The order names a member that the programme does not have."""

    code = "member.unknown"
    title = "There is no such member"


class UnknownReservationError(InvalidError):
    """The order names a reservation that the member does not have at this brand."""

    code = "reservation.unknown"
    title = "There is no such reservation"


class UnknownCouponError(InvalidError):
    """The order names a coupon that the member does not have."""

    code = "coupon.unknown"
    title = "There is no such coupon"


class UnknownQuoteError(InvalidError):
    """The order names a quote that is not there any more."""

    code = "quote.expired"
    title = "The quote has expired"
