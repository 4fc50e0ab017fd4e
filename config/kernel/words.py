"""What the console calls tables and columns, in words an operator reads.

Most tables are written by SQL and their columns named for it. The words live here, with
the console, and are given to Django's models when their screens are registered; migrations
do not see them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

_COLUMNS: dict[str, Any] = {
    "account_id": _("account"),
    "action": _("action"),
    "address": _("address"),
    "actor": _("by"),
    "applied_at": _("applied at"),
    "attempts": _("attempts"),
    "attributes": _("attributes"),
    "after": _("after"),
    "available": _("available"),
    "available_at": _("available from"),
    "balance_after": _("balance after"),
    "before": _("before"),
    "body": _("text"),
    "brand": _("brand"),
    "brand_id": _("brand"),
    "cancelled_at": _("cancelled at"),
    "captured": _("captured"),
    "carrier": _("carrier"),
    "cause": _("cause"),
    "channel": _("channel"),
    "collect_by": _("to be collected by"),
    "counted_at": _("counted at"),
    "counter": _("counter-account"),
    "coupons": _("coupons"),
    "created_at": _("created"),
    "currency": _("currency"),
    "debt": _("owed"),
    "decided": _("decided"),
    "decided_at": _("decided at"),
    "decided_by": _("decided by"),
    "discount": _("discount"),
    "due_at": _("due at"),
    "end_reason": _("why it ended"),
    "ended_at": _("ended at"),
    "entry_id": _("entry"),
    "event": _("event"),
    "excused": _("excused"),
    "expires_at": _("expires"),
    "from_code": _("from"),
    "goods": _("goods"),
    "group_id": _("group"),
    "growth": _("growth"),
    "growth_taken": _("growth taken back"),
    "handler": _("reaction"),
    "held": _("set aside"),
    "hot": _("hot"),
    "id": _("number"),
    "idem_key": _("idempotency key"),
    "inputs": _("figures"),
    "is_active": _("active"),
    "is_staff": _("staff"),
    "joined_at": _("joined"),
    "kind": _("kind"),
    "ladder_version": _("ladder version"),
    "lapsed": _("lapsed"),
    "last_error": _("last error"),
    "lifetime_earned": _("earned in all"),
    "lifetime_expired": _("expired in all"),
    "lifetime_spent": _("spent in all"),
    "lot_expires": _("ends of the lots"),
    "lot_moved": _("moved within lots"),
    "lot_points": _("points by lot"),
    "lots": _("lots"),
    "member_id": _("member"),
    "member_no": _("member number"),
    "name": _("name"),
    "next_due_at": _("next due"),
    "nickname": _("nickname"),
    "note": _("note"),
    "number": _("number"),
    "occurred_at": _("when"),
    "open": _("open"),
    "pay_by": _("to be paid by"),
    "payload": _("content"),
    "pending": _("pending"),
    "phone_verified": _("phone verified"),
    "placed_at": _("placed at"),
    "points": _("points"),
    "points_paid": _("paid with points"),
    "points_taken": _("points taken back"),
    "points_used": _("points used"),
    "problem": _("problem"),
    "programme": _("programme"),
    "programme_id": _("programme"),
    "provider": _("provider"),
    "quantity": _("quantity"),
    "queue": _("queue"),
    "reason": _("reason"),
    "recorded_at": _("recorded at"),
    "reference": _("reference"),
    "refunded": _("refunded"),
    "refunded_shipping": _("shipping refunded"),
    "relayed_at": _("relayed at"),
    "remaining": _("remaining"),
    "requested_at": _("asked for at"),
    "reservation_id": _("reservation"),
    "resolved_at": _("resolved at"),
    "reverses": _("reverses"),
    "rule": _("rule"),
    "run": _("run"),
    "settled_at": _("settled at"),
    "settles": _("settles"),
    "shipped_at": _("shipped at"),
    "shipping": _("shipping"),
    "since": _("since"),
    "source": _("source"),
    "spend": _("spend"),
    "spend_taken": _("spend taken back"),
    "spent_returned": _("points given back"),
    "spent_run": _("spent run"),
    "staff_name": _("staff name"),
    "started_at": _("started"),
    "state": _("state"),
    "status": _("status"),
    "store": _("store"),
    "storefront": _("storefront"),
    "storefront_id": _("storefront"),
    "subject": _("subject"),
    "survivor_id": _("merged into"),
    "target": _("target"),
    "template": _("template"),
    "tier_after": _("tier after"),
    "tier_before": _("tier before"),
    "to_code": _("to"),
    "until": _("until"),
    "why": _("why"),
}


def call(model: type[Model], one: Any = None, many: Any = None) -> None:
    """Name a table, and those of its columns that carry no name of their own."""
    if one is not None:
        model._meta.verbose_name = one
        model._meta.verbose_name_plural = many
    for field in model._meta.get_fields():
        if isinstance(field, Field) and field.name in _COLUMNS and not _named(field):
            field.verbose_name = _COLUMNS[field.name]


def _named(field: Field[Any, Any]) -> bool:
    # What the model itself said, which is what migrations record.
    return getattr(field, "_verbose_name", None) is not None
