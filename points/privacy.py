"""What the ledger's columns hold, why, how long, and what an erasure does to them.

Amounts, dates and sources stay: the books must balance. Free text goes.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_noop as _

from config.kernel import personal
from config.kernel.personal import Person
from config.kernel.privacy import Erase, Grade, classify, impersonal

_WHY = _("to know how many points the member has, until when and why")
_BOOKS = _("as long as the books are kept")
_FORGET = "SELECT points_forget_reasons(%s::bigint[])"


def declare() -> None:
    """Fill the register."""
    _accounts()
    _entries()
    _moves()
    _shops()
    personal.step("points.reasons", order=30, erase=_forget_reasons)


def _forget_reasons(person: Person, now: datetime) -> int:
    """Blank the free text of entries, which nobody else can change."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [list(person.member_ids)])
        return int(cursor.fetchone()[0])


def _linked(model: str, *fields: str) -> None:
    classify(model, *fields, grade=Grade.LINKED, purpose=_WHY, retention=_BOOKS, erase=Erase.KEEP)


def _accounts() -> None:
    impersonal("points.Account", "id", "next_due_at", "hot")
    _linked(
        "points.Account",
        *("member_id", "programme_id", "currency", "available", "pending", "held", "debt"),
        *("lifetime_earned", "lifetime_spent", "lifetime_expired", "moved_to", "also", "kin"),
    )
    impersonal("points.Lot", "id", "account_id", "lapsed", "graced", "open")
    _linked(
        "points.Lot",
        *("member_id", "entry_id", "points", "remaining", "held", "pending"),
        *("available_at", "expires_at"),
    )
    impersonal("points.Hold", "id", "account_id", "lots", "lot_points")
    _linked(
        "points.Hold",
        *("member_id", "programme_id", "brand_id", "source", "points", "captured", "status"),
        *("expires_at", "resolved_at", "moved_member_id", "moved_hold_id"),
    )
    impersonal("points.Unfolded", "id", "account_id")
    _linked(
        "points.Unfolded",
        *("member_id", "entry_id", "available", "pending", "earned", "due_at"),
    )
    impersonal("points.Reminder", "id", "account_id", "step")
    _linked("points.Reminder", "member_id", "expires_at", "points", "day")


def _entries() -> None:
    impersonal(
        "points.Entry",
        *("id", "account_id", "idem_key", "fingerprint", "settles", "excused"),
        *("lots", "lot_points", "lot_expires", "lot_moved", "actor"),
    )
    _linked(
        "points.Entry",
        *("member_id", "kind", "counter", "points", "available", "pending", "held", "debt"),
        *("balance_after", "source", "rule", "reverses", "cause", "reservation_id"),
        *("occurred_at", "recorded_at"),
    )
    classify(
        "points.Entry",
        "reason",
        grade=Grade.PERSONAL,
        purpose=_("to say why an entry was made by hand"),
        retention=_("while the person is a member"),
        erase=Erase.CLEAR,
    )
    personal.leads("points.Entry", step="points.reasons")


def _moves() -> None:
    impersonal(
        "points.Move",
        *("id", "account_id", "to_account_id", "idem_key", "lots", "to_lots", "lot_points"),
        *("holds", "to_holds"),
    )
    _linked(
        "points.Move",
        *("member_id", "to_member_id", "out_entry_id", "in_entry_id", "debt", "moved_at"),
        "undone_at",
    )
    impersonal("points.Exchange", "id", "rate_id")
    _linked(
        "points.Exchange",
        *("member_id", "to_member_id", "from_programme_id", "from_currency", "to_programme_id"),
        *("to_currency", "day", "given", "fee", "received", "out_entry_id", "in_entry_id"),
        *("reverses", "occurred_at"),
    )


def _shops() -> None:
    """What tells of no member: rules, proofs and sums."""
    impersonal("points.AdjustmentLimit", "id", "role", "currency", "points")
    impersonal("points.AdjustmentReason", "id", "code", "name_zh", "name_en", "in_use")
    impersonal(
        "points.Proof",
        *("id", "state", "started_by", "started_at", "finished_at", "milliseconds", "done"),
        *("total", "accounts", "entries", "lots", "figures", "differences", "examples"),
        "problem",
    )
    impersonal(
        "points.LiabilityDay",
        *("id", "programme_id", "currency", "day", "brand_id", "ends", "owed", "counter"),
        "points",
    )
    impersonal(
        "points.LiabilityMark",
        *("id", "upto", "next_upto", "waits_for", "chosen_at", "verified_at"),
        *("verified_days", "differing_days"),
    )
    impersonal(
        "points.PointCost",
        *("id", "programme_id", "brand_id", "currency", "from_day", "minor_units", "points"),
    )
    impersonal("points.LiabilityBand", "programme_id", "least", "most", "told_for")
    impersonal(
        "points.Currency",
        *("id", "programme_id", "code", "version", "kind", "name_zh", "name_en", "expiry"),
        *("validity", "may_owe", "spendable", "shown", "actor", "reason", "made_at"),
    )
    impersonal(
        "points.ExchangeRate",
        *("id", "from_programme_id", "from_currency", "to_programme_id", "to_currency"),
        *("version", "begins_at", "closed", "per", "gives", "rounding", "fee_fixed"),
        *("fee_permille", "minimum", "step", "member_limit", "pair_limit", "carries_expiry"),
        *("price", "actor", "reason", "made_at"),
    )
    impersonal(
        "points.ExchangeDay",
        *("id", "from_programme_id", "from_currency", "to_programme_id", "to_currency"),
        *("day", "given"),
    )
