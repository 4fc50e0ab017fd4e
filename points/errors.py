"""What the ledger refuses. A refusal moved nothing."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from config.kernel.errors import ConflictError, InvalidError, NotFoundError


class InsufficientPointsError(ConflictError):
    """The member's unexpired, free lots hold less than was asked for."""

    code = "points.insufficient"
    title = _("Not enough points")

    def __init__(self, *, asked: int, spendable: int) -> None:
        super().__init__(
            gettext("%(asked)d points asked for, %(spendable)d to spend")
            % {"asked": asked, "spendable": spendable}
        )
        self.asked, self.spendable = asked, spendable


class SourceConflictError(ConflictError):
    """This source has already earned, with other points."""

    code = "points.source_conflict"
    title = _("This source has already earned other points")


class KeyReusedError(InvalidError):
    """The key already named another request."""

    code = "idempotency.key_reused"
    title = _("The idempotency key was used for another request")


class EntryNotFoundError(NotFoundError):
    code = "entry.not_found"
    title = _("There is no such entry")


class AlreadyReversedError(ConflictError):
    """Nothing, or not as much, of the entry is left to reverse.

    `left` is what is; None when this very cause has reversed it.
    """

    code = "entry.already_reversed"
    title = _("The entry has been reversed already")

    def __init__(self, *, left: int | None = None) -> None:
        super().__init__()
        self.left = left


class ReverseExceedsError(InvalidError):
    """More was asked back than the entry still has."""

    code = "entry.reverse_exceeds"
    title = _("More than is left of the entry")


class EntryIsReversalError(ConflictError):
    code = "entry.is_reversal"
    title = _("A reversal cannot be reversed")


class NotReversibleError(ConflictError):
    """Moves within the account and expiries are no targets."""

    code = "entry.not_reversible"
    title = _("An entry of this kind cannot be reversed")


class CauseConflictError(ConflictError):
    """This cause has already reversed the entry, by another amount."""

    code = "entry.cause_conflict"
    title = _("This cause has already reversed the entry")


class ReservationNotFoundError(NotFoundError):
    code = "reservation.not_found"
    title = _("There is no such reservation")


class ReservationClosedError(ConflictError):
    code = "reservation.closed"
    title = _("The reservation has been captured or released already")


class ReservationExpiredError(ConflictError):
    code = "reservation.expired"
    title = _("The reservation has lapsed")


class ReservationExceededError(InvalidError):
    code = "reservation.exceeds"
    title = _("More than the reservation holds")


class InvalidPointsError(InvalidError):
    """Zero, negative, or beyond what an account can hold."""

    code = "points.invalid"
    title = _("Points must be a positive whole number")
