"""Accounts, their entries, lots and reservations: what is counted, and why."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from points.types import Counter, HoldStatus, Kind


class Account(models.Model):
    """What a member has in one currency of one programme: a cache of its entries and lots.

    `next_due_at` is never later than the first lapse, activation or expiry that waits, so
    a posting looks for due work only when there may be some. A `hot` account takes credits
    without a lock: they stand in `Unfolded` until the next debit folds them in.

    After a merge of members `moved_to` is the member whose account is meant, `also` are those
    whose entries count as the account's own, and `kin` those it was ever one with.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    currency = models.CharField(max_length=16)
    available = models.BigIntegerField(db_default=0)
    pending = models.BigIntegerField(db_default=0)
    held = models.BigIntegerField(db_default=0)
    debt = models.BigIntegerField(db_default=0)
    lifetime_earned = models.BigIntegerField(db_default=0)
    lifetime_spent = models.BigIntegerField(db_default=0)
    lifetime_expired = models.BigIntegerField(db_default=0)
    next_due_at = models.DateTimeField(null=True)
    hot = models.BooleanField(db_default=False)
    moved_to = models.BigIntegerField(null=True)
    also = ArrayField(models.BigIntegerField(), null=True)
    kin = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "programme_id", "currency"], name="points_account_one_each"
            ),
            models.CheckConstraint(
                condition=Q(available__gte=0) & Q(pending__gte=0) & Q(held__gte=0) & Q(debt__gte=0),
                name="points_account_figures_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.pk}"


class Entry(models.Model):
    """A line of the ledger: never changed, never deleted; a mistake is reversed.

    The application's role may not UPDATE or DELETE here, and a trigger refuses it to
    everyone else. `lots` names the lots concerned, `lot_points` the change of each,
    `lot_moved` what moved within them where nothing changed. `settles` tells how many
    points of its target a reversal accounts for: those it moved, those a debt policy left
    (`uncovered`), and those that had expired unspent anyway (`excused`).
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=[(k, k) for k in Kind])
    counter = models.CharField(max_length=12, choices=[(c, c) for c in Counter])
    points = models.BigIntegerField()
    available = models.BigIntegerField(db_default=0)
    pending = models.BigIntegerField(db_default=0)
    held = models.BigIntegerField(db_default=0)
    debt = models.BigIntegerField(db_default=0)
    balance_after = models.BigIntegerField(null=True)  # empty on hot accounts: derived
    idem_key = models.CharField(max_length=300)
    fingerprint = models.BinaryField(max_length=16)
    source = models.CharField(max_length=200)
    rule = models.CharField(max_length=120, db_default="")
    reason = models.CharField(max_length=500, db_default="")
    actor = models.CharField(max_length=150, db_default="")
    reverses = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=200, null=True)
    settles = models.BigIntegerField(null=True)
    excused = models.BigIntegerField(null=True)
    reservation_id = models.BigIntegerField(null=True)
    lots = ArrayField(models.BigIntegerField())
    lot_points = ArrayField(models.BigIntegerField())
    lot_expires = ArrayField(models.DateTimeField(null=True))
    lot_moved = ArrayField(models.BigIntegerField(), null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The console lists the newest entries of all members: a block range index
            # costs next to nothing on a table that only grows.
            BrinIndex(fields=["recorded_at"], name="points_entry_recorded", pages_per_range=16),
            # The roll-up of the liability goes on where it stopped.
            BrinIndex(
                fields=["id"], name="points_entry_number", pages_per_range=16, autosummarize=True
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["member_id", "idem_key"], name="points_entry_key_once"),
            models.UniqueConstraint(
                fields=["member_id", "account_id", "source", "rule"],
                name="points_entry_one_earn_per_source",
                condition=Q(kind="earn"),
            ),
            models.UniqueConstraint(
                fields=["member_id", "reverses", "cause"],
                name="points_entry_one_reversal_per_cause",
                condition=Q(reverses__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(points=F("available") + F("pending") + F("held") - F("debt")),
                name="points_entry_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["earn"], counter="issuance", points__gt=0, reverses__isnull=True
                )
                | Q(kind__in=["hold", "release", "activate"], counter="own", points=0)
                | Q(kind="spend", counter="redemption", points__lt=0)
                | Q(kind="return", counter="redemption", points__gte=0, reverses__isnull=False)
                | Q(kind="expire", counter="expiry", points__lt=0)
                | Q(kind="adjust", counter="adjustment", reverses__isnull=True)
                | Q(
                    kind="reverse",
                    counter__in=["issuance", "adjustment", "exchange"],
                    reverses__isnull=False,
                )
                | Q(kind="exchange_out", counter__in=["exchange", "settlement"], points__lt=0)
                | Q(kind="exchange_in", counter__in=["exchange", "settlement"], points__gt=0)
                | Q(kind="merge", counter="merge"),
                name="points_entry_kind_names_its_counter",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, cause__isnull=True, settles__isnull=True)
                | Q(reverses__isnull=False, cause__isnull=False, settles__gt=0),
                name="points_entry_reversal_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points:+,} ({self.pk})"


class Lot(models.Model):
    """Points of one earning, with their own expiry.

    `remaining` counts everything still in it, `held` the part of that under reservations.
    `lapsed` is what expired of it and has not yet excused a reversal. A pending lot is
    activated at `available_at`; `expires_at` is exclusive.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    points = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(db_default=0)
    lapsed = models.BigIntegerField(db_default=0)
    pending = models.BooleanField(db_default=False)
    graced = models.BooleanField(db_default=False)  # given back after its expiry: once only
    open = models.BooleanField()
    available_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["member_id", "expires_at", "id"],
                name="points_lot_open",
                condition=Q(open=True),
            ),
            models.Index(
                fields=["member_id", "available_at"],
                name="points_lot_pending",
                condition=Q(open=True, pending=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(held__gte=0)
                & Q(remaining__gte=F("held"))
                & Q(lapsed__gte=0)
                & Q(points__gte=F("remaining")),
                name="points_lot_holds_what_it_may",
            ),
            models.CheckConstraint(
                condition=Q(open=True, remaining__gt=0) | Q(open=False, remaining=0),
                name="points_lot_open_while_points_remain",
            ),
            models.CheckConstraint(
                condition=Q(pending=False) | Q(held=0), name="points_lot_pending_is_not_held"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.points} ({self.pk})"


class Hold(models.Model):
    """A reservation: which lots keep which points for it, and until when."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    brand_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200)
    points = models.BigIntegerField()
    captured = models.BigIntegerField(db_default=0)
    lots = ArrayField(models.BigIntegerField())
    lot_points = ArrayField(models.BigIntegerField())
    status = models.CharField(max_length=8, choices=[(s, s) for s in HoldStatus])
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    moved_member_id = models.BigIntegerField(null=True)  # where a merge took it
    moved_hold_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["member_id", "expires_at"],
                name="points_hold_open",
                condition=Q(status="held"),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gt=0) & Q(captured__gte=0) & Q(captured__lte=F("points")),
                name="points_hold_captures_what_it_holds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.points} ({self.pk})"


class Unfolded(models.Model):
    """A credit to a hot account that its account row does not count yet."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    available = models.BigIntegerField()
    pending = models.BigIntegerField(db_default=0)
    earned = models.BigIntegerField(db_default=0)
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member_id", "account_id"], name="points_unfolded_account")]
