"""A change above its limit waits for a second person: never for the one who asked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connections, transaction

from config.kernel import approvals
from config.kernel.errors import ConflictError, InvalidError
from config.kernel.models import Approval, AuditRecord, OutboxEvent
from members import services as members_services
from members.models import User

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


class Vault:
    """What the tests' kind of change changes: a number in memory, and what it rests on."""

    def __init__(self) -> None:
        self.gold = 0
        self.basis: dict[str, Any] = {"seen": 1}
        self.problem: Exception | None = None
        self.runs = 0


@pytest.fixture
def vault() -> Iterator[Vault]:
    kept = Vault()

    @approvals.kind(
        "tests.vault",
        title="Vault",
        permission="kernel.view_auditrecord",
        summary=lambda payload: approvals.Summary(
            what=f"put {payload['gold']} in",
            touches=[approvals.Touch(text="the vault")],
            changes=[
                approvals.Change(label="Gold", before=kept.gold, after=kept.gold + payload["gold"])
            ],
        ),
        basis=lambda payload: kept.basis,
        headline=lambda payload: f"+{payload['gold']}",
    )
    def fill(*, approval: Approval, now: datetime) -> dict[str, Any]:
        kept.runs += 1
        # The trail of a change that fails goes with it.
        AuditRecord.objects.create(action="vault.filled", target="vault", recorded_at=now)
        if kept.problem is not None:
            raise kept.problem
        kept.gold += approval.payload["gold"]
        return {"gold": kept.gold}

    yield kept
    approvals.forget("tests.vault")


def staff(name: str, *, may: bool = True) -> str:
    pk = members_services.create_staff(username=name, password="a-long-password")
    if may:
        permission = Permission.objects.get(codename="view_auditrecord")
        User.objects.get(pk=pk).user_permissions.add(permission)
    return f"staff:{pk}"


def ask(by: str, **more: Any) -> Approval:
    return approvals.request(
        kind="tests.vault", payload={"gold": 7}, requested_by=by, reason="festival", now=NOW, **more
    )


def decide(approval: Approval, by: str, *, approve: bool = True, now: datetime = LATER) -> Approval:
    return approvals.decide(
        approval_id=approval.pk, approver=by, approve=approve, note="seen", now=now
    )


def events(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


@pytest.mark.django_db
def test_a_second_person_approves_and_the_change_is_made(vault):
    asked = ask(staff("ann"))
    assert (vault.runs, events("approval.requested.v1")) == (0, 1)

    done = decide(asked, staff("ben"))

    assert (done.state, done.result, vault.gold) == ("approved", {"gold": 7}, 7)
    assert events("approval.decided.v1") == 1
    acts = AuditRecord.objects.filter(target=f"approval:{asked.pk}").order_by("id")
    assert [a.action for a in acts] == ["approval.requested", "approval.approved"]


@pytest.mark.django_db
def test_who_asks_never_approves(vault):
    ann = staff("ann")
    asked = ask(ann)

    with pytest.raises(approvals.OwnApprovalError):
        decide(asked, ann)
    with pytest.raises(approvals.OwnApprovalError):
        decide(asked, ann, approve=False)

    assert vault.runs == 0


@pytest.mark.django_db
def test_the_database_itself_refuses_an_approval_of_ones_own(vault):
    ann = staff("ann")
    asked = ask(ann)

    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(
            state="approved", decided_by=ann, decided_at=LATER
        )


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody's permission", "left", "a client"])
def test_only_staff_with_the_kinds_permission_decide(vault, who):
    asked = ask(staff("ann"))
    ben = staff("ben", may=who != "nobody's permission")
    if who == "left":
        User.objects.filter(pk=int(ben.removeprefix("staff:"))).update(is_active=False)
    if who == "a client":
        ben = "client:7"

    with pytest.raises(approvals.ApprovalForbiddenError):
        decide(asked, ben)

    assert vault.runs == 0


@pytest.mark.django_db
def test_a_refusal_changes_nothing_and_is_final(vault):
    asked, ben = ask(staff("ann")), staff("ben")

    assert decide(asked, ben, approve=False).state == "refused"
    with pytest.raises(approvals.ApprovalClosedError):
        decide(asked, ben)

    assert vault.runs == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("problem", "said"),
    [(ConflictError("too few points"), "Conflict: too few points"), (ValueError(), "ValueError")],
)
def test_a_change_that_fails_leaves_the_request_open_with_its_reason(vault, problem, said):
    asked, ben = ask(staff("ann")), staff("ben")
    vault.problem = problem

    with pytest.raises(approvals.ApprovalExecutionError):
        decide(asked, ben)

    asked.refresh_from_db()
    assert asked.state == "waiting"
    assert said in asked.problem
    assert not AuditRecord.objects.filter(action="vault.filled").exists()
    assert AuditRecord.objects.filter(action="approval.failed").count() == 1
    vault.problem = None
    assert decide(asked, ben).state == "approved"


@pytest.mark.django_db
def test_a_request_whose_ground_has_changed_is_refused(vault):
    asked, ben = ask(staff("ann")), staff("ben")
    vault.basis = {"seen": 2}

    with pytest.raises(approvals.ApprovalStaleError):
        decide(asked, ben)

    asked.refresh_from_db()
    assert (asked.state, vault.runs) == ("stale", 0)


@pytest.mark.django_db
@pytest.mark.parametrize("swept", [True, False])
def test_past_its_time_nobody_decides_swept_or_not(vault, swept):
    asked, ben = ask(staff("ann")), staff("ben")
    late = asked.expires_at

    if swept:
        assert approvals.expire_due(now=late) == 1
        with pytest.raises(approvals.ApprovalClosedError):
            decide(asked, ben, now=late)
    else:
        with pytest.raises(approvals.ApprovalExpiredError):
            decide(asked, ben, now=late)

    asked.refresh_from_db()
    assert (asked.state, vault.runs) == ("expired", 0)
    assert approvals.expire_due(now=late) == 0


@pytest.mark.django_db
def test_only_who_asked_withdraws(vault):
    ann, ben = staff("ann"), staff("ben")
    asked = ask(ann)

    with pytest.raises(approvals.ApprovalNotFoundError):
        approvals.withdraw(approval_id=asked.pk, requester=ben, now=LATER)
    assert approvals.withdraw(approval_id=asked.pk, requester=ann, now=LATER).state == "withdrawn"
    with pytest.raises(approvals.ApprovalClosedError):
        decide(asked, ben)


@pytest.mark.django_db
def test_the_same_key_asks_once(vault):
    ann = staff("ann")

    assert ask(ann, key="k1").pk == ask(ann, key="k1").pk
    assert ask(ann).pk != ask(ann).pk
    assert AuditRecord.objects.filter(action="approval.requested").count() == 3


@pytest.mark.django_db
def test_a_request_says_why(vault):
    with pytest.raises(InvalidError):
        approvals.request(
            kind="tests.vault", payload={"gold": 1}, requested_by="staff:1", reason=" ", now=NOW
        )


@pytest.mark.django_db(transaction=True)
def test_of_many_who_approve_at_once_one_executes(vault):
    asked = ask(staff("ann"))
    crowd = [staff(f"approver{n}") for n in range(6)]
    barrier = Barrier(len(crowd))

    def work(by: str) -> str:
        try:
            barrier.wait(timeout=30)
            return decide(asked, by).state
        except approvals.ApprovalClosedError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(crowd)) as pool:
        answers = sorted(pool.map(work, crowd))

    assert answers == ["approval.closed"] * 5 + ["approved"]
    assert (vault.runs, vault.gold) == (1, 7)
    assert events("approval.decided.v1") == 1


@pytest.mark.django_db(transaction=True)
def test_withdrawing_and_approving_at_once_does_one_of_them(vault):
    ann, ben = staff("ann"), staff("ben")
    asked = ask(ann)
    barrier = Barrier(2)

    def work(withdraws: bool) -> str:
        try:
            barrier.wait(timeout=30)
            if withdraws:
                return approvals.withdraw(approval_id=asked.pk, requester=ann, now=LATER).state
            return decide(asked, ben).state
        except approvals.ApprovalClosedError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(work, [True, False]))

    asked.refresh_from_db()
    assert answers == {"approval.closed", asked.state}
    assert vault.runs == (asked.state == "approved")
