"""What commerce refuses."""

from __future__ import annotations

from config.kernel.errors import ConflictError, InvalidError, NotFoundError


class UnknownOrderError(NotFoundError):
    """The storefront's brand has no order of this number."""

    code = "order.unknown"
    title = "There is no such order"


class OrderConflictError(ConflictError):
    """The number already names an order with other content."""

    code = "order.conflict"
    title = "The order number is taken by other content"


class RefundConflictError(ConflictError):
    """The refund's number already names another refund of this order."""

    code = "refund.conflict"
    title = "The refund number is taken by other content"


class CurrencyMismatchError(InvalidError):
    """The order is not in its storefront's currency."""

    code = "order.currency_mismatch"
    title = "The order is not in the storefront's currency"


class InvalidOrderError(InvalidError):
    """The order breaks a rule of meaning; `errors` points at what is wrong."""

    code = "order.invalid"
    title = "The order makes no sense"


class InvalidRefundError(InvalidError):
    """The refund names lines the order does not have, or one line twice."""

    code = "refund.invalid"
    title = "The refund makes no sense"


class RefundExceedsError(InvalidError):
    """More is refunded than is left."""

    code = "refund.exceeds"
    title = "More is refunded than is left"
