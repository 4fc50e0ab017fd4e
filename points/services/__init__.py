"""The only code that moves points. One command, or a list of them, in one round trip."""

from config.kernel.errors import DomainError
from points.errors import (
    AlreadyReversedError,
    CauseConflictError,
    EntryIsReversalError,
    EntryNotFoundError,
    InsufficientPointsError,
    InvalidPointsError,
    KeyReusedError,
    NotReversibleError,
    ReservationClosedError,
    ReservationExceededError,
    ReservationExpiredError,
    ReservationNotFoundError,
    ReverseExceedsError,
    SourceConflictError,
)
from points.services.history import post_history
from points.services.posting import post, post_batch, post_lines
from points.services.sweeping import Swept, raise_alarm, sweep, sweep_all

__all__ = [
    "AlreadyReversedError",
    "CauseConflictError",
    "DomainError",
    "EntryIsReversalError",
    "EntryNotFoundError",
    "InsufficientPointsError",
    "InvalidPointsError",
    "KeyReusedError",
    "NotReversibleError",
    "ReservationClosedError",
    "ReservationExceededError",
    "ReservationExpiredError",
    "ReservationNotFoundError",
    "ReverseExceedsError",
    "SourceConflictError",
    "Swept",
    "post",
    "post_batch",
    "post_history",
    "post_lines",
    "raise_alarm",
    "sweep",
    "sweep_all",
]
