"""The kernel's tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from config.kernel.fields import EncryptedJSONField, EncryptedTextField
from config.kernel.happenings import act_words, event_word, reaction_word


class OutboxEvent(models.Model):
    """A domain event, written in the transaction of the change it tells of.

    The relay claims rows whose `relayed_at` is empty, makes one `Delivery` for each
    handler, and marks them. `points` functions insert here from SQL, so a change of
    this table is a change of theirs.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    payload = models.JSONField(null=True)
    sealed = EncryptedJSONField(null=True)
    programme_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="kernel_outbox_waiting",
                condition=Q(relayed_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(payload__isnull=False) ^ Q(sealed__isnull=False),
                name="kernel_event_is_plain_or_sealed",
            )
        ]

    def __str__(self) -> str:
        return event_word(self.name)


class Delivery(models.Model):
    """That one handler owes one event its reaction, and how far it has come.

    `waiting` rows are run when due; a row stays `waiting` while its handler runs, so
    one whose worker died is simply found again. `starts` counts how often a worker took it
    up since it last came to an end, so that one that kills its workers is found out. `dead`
    rows wait for an operator.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"
        DROPPED = "dropped"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        OutboxEvent, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    handler = models.CharField(max_length=160)
    queue = models.CharField(max_length=16)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    starts = models.SmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["queue", "due_at", "id"],
                name="kernel_delivery_due",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["id"], name="kernel_delivery_dead", condition=Q(state="dead")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "handler"], name="kernel_one_delivery_per_handler"
            )
        ]

    def __str__(self) -> str:
        return reaction_word(self.handler)


class AuditRecord(models.Model):
    """A line of the audit trail. Append-only: the application's role cannot change it."""

    id = models.BigAutoField(primary_key=True)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=120)
    reason = models.TextField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["target", "id"], name="kernel_audit_by_target"),
            models.Index(fields=["actor", "id"], name="kernel_audit_by_actor"),
        ]

    def __str__(self) -> str:
        return act_words().get(self.action, self.action)


class IdempotencyRecord(models.Model):
    """The remembered answer to a request that carried an Idempotency-Key.

    `slot` is a hash of client, method, path, member and key; `request` one of the parsed
    body. The answer may name a member's data, so it is kept encrypted.
    """

    slot = models.BinaryField(max_length=32, primary_key=True)
    request = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(default=0)
    answer = EncryptedTextField(null=True)
    # Whom the answer is about, so that an erasure finds it.
    member_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["member_id"],
                name="kernel_answers_of_member",
                condition=Q(member_id__isnull=False),
            )
        ]


class ScheduleDeclaration(models.Model):
    """How the code declared a periodic task when it was last written to the beat tables."""

    name = models.CharField(max_length=200, primary_key=True)
    declared = models.JSONField()


class Approval(models.Model):
    """A change that waits for a second person, and what became of it.

    `payload` holds ids and numbers, never personal data. `basis` is the state of what the
    change rests on as it was when it was asked for: when it differs later, the request is
    stale and nothing is done. Whoever asks never decides: the database holds that too.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"
        STALE = "stale"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    basis = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    requested_by = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    expires_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, default="")
    problem = models.CharField(max_length=300, default="")
    result = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="kernel_approval_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["kind", "id"], name="kernel_approval_by_kind"),
            models.Index(fields=["requested_by", "id"], name="kernel_approval_by_requester"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="kernel_approval_asked_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["approved", "refused"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                & ~Q(decided_by=models.F("requested_by"))
                | Q(state="withdrawn", decided_by=models.F("requested_by"))
                | Q(state__in=["waiting", "expired", "stale"], decided_by__isnull=True),
                name="kernel_approval_needs_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
