"""What the kernel's own tables and Django's hold, why, how long, and how it goes."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from config.kernel import ids, personal
from config.kernel.models import Delivery, OutboxEvent
from config.kernel.personal import Person
from config.kernel.privacy import Erase, Grade, classify, impersonal

# What staff wrote travels with some events; the key stays, so that they can still be read.
_EVENT_REASONS = """
UPDATE kernel_outboxevent SET payload = jsonb_set(payload, '{reason}', '""')
WHERE member_id = ANY(%s::bigint[]) AND payload ->> 'reason' <> ''
"""
_AUDIT = "SELECT kernel_forget_reasons(%s::text[])"


def declare() -> None:
    """Fill the register."""
    _outbox()
    _idempotency()
    _audit()
    _approvals()
    _django()
    personal.step("kernel.events", order=20, erase=_forget_events)
    personal.step("kernel.audit", order=30, erase=_forget_reasons)


def _outbox() -> None:
    model = "kernel.OutboxEvent"
    impersonal(model, "id", "name", "programme_id", "recorded_at", "relayed_at")
    classify(
        model,
        *("member_id", "occurred_at"),
        grade=Grade.LINKED,
        purpose=_("to tell the other parts of the system what happened; ids alone"),
        retention=_("a week after it was told"),
        exported=False,
        erase=Erase.KEEP,
    )
    classify(
        model,
        "payload",
        grade=Grade.LINKED,
        purpose=_("to tell the other parts of the system what happened; ids alone"),
        retention=_("a week after it was told"),
        exported=False,
        erase=Erase.CLEAR,
    )
    classify(
        model,
        "sealed",
        grade=Grade.DIRECT,
        purpose=_("to carry a code or an address to whoever sends it"),
        retention=_("a week after it was told"),
        exported=False,
        erase=Erase.CLEAR,
    )
    personal.leads(model, step="kernel.events")
    impersonal(
        "kernel.Delivery",
        *("id", "event", "handler", "queue", "state", "attempts", "starts", "due_at"),
        *("created_at", "settled_at"),
    )
    classify(
        "kernel.Delivery",
        "last_error",
        grade=Grade.LINKED,
        purpose=_("to find out why a reaction failed"),
        retention=_("a week after it was told"),
        exported=False,
        erase=Erase.CLEAR,
    )
    personal.leads("kernel.Delivery", member=("event__member_id",))


def _idempotency() -> None:
    model = "kernel.IdempotencyRecord"
    impersonal(model, "request", "status")
    classify(
        model,
        *("member_id", "recorded_at"),
        grade=Grade.LINKED,
        purpose=_("to find a remembered answer again when its member is erased"),
        retention=_("two days"),
        exported=False,
        erase=Erase.DELETE_ROW,
    )
    classify(
        model,
        "slot",
        grade=Grade.LINKED,
        purpose=_("to know a request that comes twice; a hash"),
        retention=_("two days"),
        exported=False,
        erase=Erase.DELETE_ROW,
    )
    classify(
        model,
        "answer",
        grade=Grade.DIRECT,
        purpose=_("to answer a request that comes twice as it was answered first"),
        retention=_("two days"),
        exported=False,
        erase=Erase.DELETE_ROW,
    )


def _audit() -> None:
    model = "kernel.AuditRecord"
    impersonal(model, "id", "actor")
    classify(
        model,
        *("action", "target", "recorded_at"),
        grade=Grade.LINKED,
        purpose=_("to prove who did what to whose data"),
        retention=_("as long as the books are kept"),
        erase=Erase.KEEP,
    )
    classify(
        model,
        *("before", "after"),
        grade=Grade.LINKED,
        purpose=_("to prove who did what to whose data"),
        retention=_("as long as the books are kept"),
        exported=False,
        erase=Erase.KEEP,
    )
    classify(
        model,
        "reason",
        grade=Grade.PERSONAL,
        purpose=_("to know why staff looked at or changed something"),
        retention=_("while the person is a member"),
        exported=False,
        erase=Erase.CLEAR,
    )
    personal.leads(model, by=lambda person: Q(target__in=targets(person)), step="kernel.audit")


def _approvals() -> None:
    model = "kernel.Approval"
    impersonal(
        model,
        *("id", "kind", "basis", "key", "state", "requested_by", "requested_at", "expires_at"),
        *("decided_by", "decided_at"),
    )
    classify(
        model,
        *("payload", "result"),
        grade=Grade.LINKED,
        purpose=_("to know what a second person decided; ids and numbers alone"),
        retention=_("as long as the books are kept"),
        exported=False,
        erase=Erase.KEEP,
    )
    classify(
        model,
        *("reason", "note", "problem"),
        grade=Grade.PERSONAL,
        purpose=_("to know why staff looked at or changed something"),
        retention=_("while the person is a member"),
        exported=False,
        erase=Erase.CLEAR,
    )
    personal.leads(model, by=lambda person: Q(payload__member_id__in=person.member_ids))
    impersonal("kernel.ScheduleDeclaration", "name", "declared")


def _django() -> None:
    model = "admin.LogEntry"
    impersonal(
        model,
        *("id", "action_time", "user", "content_type", "object_id", "object_repr"),
        *("action_flag", "change_message"),
    )
    impersonal("sessions.Session", "expire_date")
    for field in ("session_key", "session_data"):
        classify(
            "sessions.Session",
            field,
            grade=Grade.SECRET,
            purpose=_("to keep somebody signed in; encrypted"),
            retention=_("until the session ends"),
            erase=Erase.DELETE_ROW,
        )
    personal.apart(
        "sessions.Session",
        why=_("They are ended through the list of sessions, which names the member."),
    )


def targets(person: Person) -> list[str]:
    """Return how the audit trail names a person."""
    members = [f"member:{pk}" for pk in person.member_ids]
    public = [ids.encode("mem", member_id=pk, row_id=0) for pk in person.member_ids]
    return [*members, *public, *(f"user:{pk}" for pk in person.user_ids)]


def _forget_events(person: Person, now: datetime) -> int:
    """Blank what travels sealed; who has not read it yet will not."""
    sealed = OutboxEvent.objects.filter(member_id__in=person.member_ids, sealed__isnull=False)
    keys = list(sealed.values_list("pk", flat=True))
    with transaction.atomic():
        Delivery.objects.filter(event_id__in=keys, state__in=["waiting", "dead"]).update(
            state="dropped", settled_at=now
        )
        OutboxEvent.objects.filter(pk__in=keys).update(sealed=None, payload={})
        with connection.cursor() as cursor:
            cursor.execute(_EVENT_REASONS, [list(person.member_ids)])
            return len(keys) + int(cursor.rowcount)


def _forget_reasons(person: Person, now: datetime) -> int:
    """Blank what staff wrote about the person. The trail itself cannot be changed by us."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, [targets(person)])
        return int(cursor.fetchone()[0])
