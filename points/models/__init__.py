"""The ledger's tables. The SQL functions in points/sql/ are the only code that writes them.

Those with member_id are spread by it: their primary key in the database is (member_id, id),
every unique key contains member_id, and there are no foreign keys; the functions check
instead, because Django's default keys and indexes cost a third of the write speed. What
programmes count and at which rates they exchange it are small tables beside them, written by
services.
"""

from points.models.accounting import (
    AdjustmentLimit,
    AdjustmentReason,
    LiabilityBand,
    LiabilityDay,
    LiabilityMark,
    PointCost,
    Proof,
)
from points.models.currencies import Currency, Exchange, ExchangeDay, ExchangeRate
from points.models.ledger import Account, Entry, Hold, Lot, Unfolded
from points.models.moving import Move, Reminder

__all__ = [
    "Account",
    "AdjustmentLimit",
    "AdjustmentReason",
    "Currency",
    "Entry",
    "Exchange",
    "ExchangeDay",
    "ExchangeRate",
    "Hold",
    "LiabilityBand",
    "LiabilityDay",
    "LiabilityMark",
    "Lot",
    "Move",
    "PointCost",
    "Proof",
    "Reminder",
    "Unfolded",
]
