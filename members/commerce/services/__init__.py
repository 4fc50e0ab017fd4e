"""The only writers of orders. The settlement calls them; nobody else decides about orders."""

from members.commerce.checking import MOST_LINES, MOST_MONEY, check_event, check_order
from members.commerce.errors import (
    CurrencyMismatchError,
    InvalidOrderError,
    InvalidRefundError,
    OrderConflictError,
    RefundConflictError,
    RefundExceedsError,
    UnknownOrderError,
)
from members.commerce.folding import fold, fold_into, fold_refunds
from members.commerce.recording import content_hash, facts_of, make_order, value_of
from members.commerce.services.numbering import Claim, Claims, claim_numbers, give_up_numbers
from members.commerce.services.writing import EventRow, are_many, write_orders

__all__ = [
    "MOST_LINES",
    "MOST_MONEY",
    "Claim",
    "Claims",
    "CurrencyMismatchError",
    "EventRow",
    "InvalidOrderError",
    "InvalidRefundError",
    "OrderConflictError",
    "RefundConflictError",
    "RefundExceedsError",
    "UnknownOrderError",
    "are_many",
    "check_event",
    "check_order",
    "claim_numbers",
    "content_hash",
    "facts_of",
    "fold",
    "fold_into",
    "fold_refunds",
    "give_up_numbers",
    "make_order",
    "value_of",
    "write_orders",
]
