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


class UnknownCurrencyError(InvalidError):
    """The programme counts nothing by this name."""

    code = "currency.unknown"
    title = _("The programme has no such currency")


class NotSpendableError(InvalidError):
    """Growth value and the like only ever grow by what a member does."""

    code = "currency.not_spendable"
    title = _("This currency cannot be spent")


class CurrencyInvalidError(InvalidError):
    """A definition that contradicts itself."""

    code = "currency.invalid"
    title = _("The currency cannot be defined like this")


class NoRateError(InvalidError):
    """There is no rate between the two, or it is closed."""

    code = "exchange.no_rate"
    title = _("These points cannot be exchanged")


class ExchangeAmountError(InvalidError):
    """Below the least amount, off the step, or too little to bring anything."""

    code = "exchange.amount"
    title = _("This amount cannot be exchanged")


class RateInvalidError(InvalidError):
    """A rate that contradicts itself, or begins before the one in force."""

    code = "exchange.rate_invalid"
    title = _("The rate cannot be set like this")


class ExchangeNotFoundError(NotFoundError):
    code = "exchange.not_found"
    title = _("There is no such exchange")


class CorrectionLimitError(ConflictError):
    """The client would correct more on one member in a day than it may."""

    code = "points.correction_limit"
    title = _("More than this client may correct")

    def __init__(self, *, limit: int, used: int) -> None:
        super().__init__(
            gettext("at most %(limit)d on one member in 24 hours, %(used)d of them used")
            % {"limit": limit, "used": used}
        )
        self.limit, self.used = limit, used


class CountedRefusalError(ConflictError):
    """A refusal that knows how much was asked for and how much there was."""

    def __init__(self, *, asked: int, had: int) -> None:
        super().__init__()
        self.asked, self.had = asked, had


class MemberLimitError(CountedRefusalError):
    """`had` is what the member may still give today."""

    code = "exchange.member_limit"
    title = _("More than a member may exchange in a day")


class PairLimitError(CountedRefusalError):
    """`had` is what everyone together may still give today."""

    code = "exchange.pair_limit"
    title = _("More than all members may exchange in a day")


class ExchangeSpentError(CountedRefusalError):
    """What was received is no longer there to be taken back."""

    code = "exchange.spent"
    title = _("The points received have been spent")


class InvalidTransferError(InvalidError):
    code = "transfer.same_member"
    title = _("Points are not moved to the member who has them")


class TransferNotFoundError(NotFoundError):
    code = "transfer.not_found"
    title = _("There is no such transfer")


class TransferUndoneError(ConflictError):
    code = "transfer.undone"
    title = _("The transfer has been undone already")


class TransferSpentError(CountedRefusalError):
    """`asked` points of the moved lots were spent and nothing covers them."""

    code = "transfer.spent"
    title = _("Points that were moved have been spent")


class UnknownReasonError(InvalidError):
    """The reason chosen is none of those in use."""

    code = "points.reason_unknown"
    title = _("Choose a reason from the list")


class ReasonMissingError(InvalidError):
    """Nothing is said about why."""

    code = "points.reason_missing"
    title = _("A correction says why")


class MemberClosedError(ConflictError):
    """The member was merged into another or erased: there is nothing to correct."""

    code = "points.member_closed"
    title = _("This member was merged or erased")


class ProofRunningError(ConflictError):
    """One proof at a time."""

    code = "points.proof_running"
    title = _("A proof is running already")


class CostInvalidError(InvalidError):
    """What points cost is a fraction: nothing or more, for some points."""

    code = "points.cost_invalid"
    title = _("The cost of points cannot be set like this")


class BandInvalidError(InvalidError):
    """The upper bound lies above the lower one."""

    code = "points.band_invalid"
    title = _("The band cannot be set like this")
