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
    MemberClosedError,
    NotReversibleError,
    ProofRunningError,
    ReasonMissingError,
    ReservationClosedError,
    ReservationExceededError,
    ReservationExpiredError,
    ReservationNotFoundError,
    ReverseExceedsError,
    SourceConflictError,
    UnknownReasonError,
)
from points.services.allowing import Ask, judge_corrections
from points.services.correcting import (
    ADJUST,
    REVERSE,
    correct,
    grant_approved,
    rehearse_correction,
    rehearse_payload,
    rehearse_reversal,
    reverse_by_hand,
)
from points.services.exchanging import exchange, quote, undo_exchange
from points.services.history import post_history
from points.services.liability import (
    roll_up,
    set_band,
    set_cost,
    verify_roll_up,
    watch_inflation,
)
from points.services.limits import save_reason, set_limit
from points.services.money import check_spendable, define_currency, pay, pay_back, top_up
from points.services.posting import post, post_batch, post_lines
from points.services.proving import prove, watch
from points.services.rating import publish_rate
from points.services.reminding import remind, remind_all
from points.services.sweeping import Swept, sweep, sweep_all
from points.services.transferring import transfer, undo_transfer

__all__ = [
    "ADJUST",
    "REVERSE",
    "AlreadyReversedError",
    "Ask",
    "CauseConflictError",
    "DomainError",
    "EntryIsReversalError",
    "EntryNotFoundError",
    "InsufficientPointsError",
    "InvalidPointsError",
    "KeyReusedError",
    "MemberClosedError",
    "NotReversibleError",
    "ProofRunningError",
    "ReasonMissingError",
    "ReservationClosedError",
    "ReservationExceededError",
    "ReservationExpiredError",
    "ReservationNotFoundError",
    "ReverseExceedsError",
    "SourceConflictError",
    "Swept",
    "UnknownReasonError",
    "check_spendable",
    "correct",
    "define_currency",
    "exchange",
    "grant_approved",
    "judge_corrections",
    "pay",
    "pay_back",
    "post",
    "post_batch",
    "post_history",
    "post_lines",
    "prove",
    "publish_rate",
    "quote",
    "rehearse_correction",
    "rehearse_payload",
    "rehearse_reversal",
    "remind",
    "remind_all",
    "reverse_by_hand",
    "roll_up",
    "save_reason",
    "set_band",
    "set_cost",
    "set_limit",
    "sweep",
    "sweep_all",
    "top_up",
    "transfer",
    "undo_exchange",
    "undo_transfer",
    "verify_roll_up",
    "watch",
    "watch_inflation",
]
