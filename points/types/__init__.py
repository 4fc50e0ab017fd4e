"""What goes into the ledger and what comes out, as plain values.

A `Command` asks for one movement of one member's account; an `Outcome` tells what it did.
docs/algorithms/ledger.md says what each movement does to the four figures and the lots."""

from points.types.balances import (
    Balance,
    Expiring,
    Maturing,
    Reservation,
    Wallet,
    day_end,
    validity_end,
)
from points.types.commands import (
    Adjust,
    Capture,
    Command,
    Earn,
    Extend,
    Hold,
    Release,
    Reverse,
    Schedule,
    Spend,
)
from points.types.corrections import Correction, CorrectionReason, Rehearsal
from points.types.currencies import CurrencyDefinition, Holding
from points.types.exchanges import Exchanged, Purse, Quote, Rate, SettlementDay
from points.types.kinds import (
    GROWTH,
    POINTS,
    Counter,
    CurrencyKind,
    DebtPolicy,
    ExpiryRule,
    HoldStatus,
    Kind,
    Rounding,
)
from points.types.outcomes import EntryPage, LotShare, Moved, Outcome, Posted, Transferred
from points.types.proofs import ProofStanding

__all__ = [
    "GROWTH",
    "POINTS",
    "Adjust",
    "Balance",
    "Capture",
    "Command",
    "Correction",
    "CorrectionReason",
    "Counter",
    "CurrencyDefinition",
    "CurrencyKind",
    "DebtPolicy",
    "Earn",
    "EntryPage",
    "Exchanged",
    "Expiring",
    "ExpiryRule",
    "Extend",
    "Hold",
    "HoldStatus",
    "Holding",
    "Kind",
    "LotShare",
    "Maturing",
    "Moved",
    "Outcome",
    "Posted",
    "ProofStanding",
    "Purse",
    "Quote",
    "Rate",
    "Rehearsal",
    "Release",
    "Reservation",
    "Reverse",
    "Rounding",
    "Schedule",
    "SettlementDay",
    "Spend",
    "Transferred",
    "Wallet",
    "day_end",
    "validity_end",
]
