"""The ledger against its paper: every movement, repeated, delayed, interleaved with time."""

from __future__ import annotations

import copy
import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from points import models, selectors, services
from points.types import Command, Kind, day_end
from tests.factories.points import NOON, Book
from tests.factories.programmes import make_shop
from tests.properties import ledger_model as model
from tests.properties import ledger_table

HOUR = timedelta(hours=1)
_member = itertools.count(1)

members = st.integers(0, 2)
amounts = st.integers(1, 60)
hours = st.one_of(st.integers(1, 96), st.integers(700, 800))
late = st.sampled_from([0, 0, 0, 5, 60])
policies = st.sampled_from(["allow_debt", "allow_debt", "within_balance", "pending_only"])


class Ledger(RuleBasedStateMachine):
    """Three members of one shop; each step is checked against the model."""

    shop: Any

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.books = [Book(self.shop.programme.id, next(_member)) for _ in range(3)]
        self.accounts = [model.Account() for _ in self.books]
        self.sent: list[tuple[int, Command]] = []

    # --- movements -------------------------------------------------------------------------

    @rule(
        who=members,
        points=amounts,
        pending=st.sampled_from(["", "", "untold", "told"]),
        wait=st.integers(-5, 48),
        life=st.one_of(st.none(), hours),
        delay=late,
    )
    def earn(self, who, points, pending, wait, life, delay):
        self.send(
            who,
            "earn",
            points,
            pending=bool(pending),
            available_at=self.now + wait * HOUR if pending == "told" else None,
            expires_at=life and self.now + life * HOUR,
            occurred_at=self.now - delay * HOUR,
        )

    @rule(who=members, points=amounts)
    def spend(self, who, points):
        self.send(who, "spend", points)

    @rule(who=members, part=st.integers(1, 4))
    def spend_a_share(self, who, part):
        if points := self.accounts[who].available // part:
            self.send(who, "spend", points)

    @rule(who=members, points=st.integers(-40, 40).filter(bool), life=st.one_of(st.none(), hours))
    def adjust(self, who, points, life):
        self.send(who, "adjust", points, expires_at=life and self.now + life * HOUR)

    @rule(who=members, points=amounts, ttl=st.integers(1, 30))
    def hold(self, who, points, ttl):
        self.send(who, "hold", points, expires_at=self.now + ttl * HOUR)

    @precondition(lambda self: any(a.holds for a in self.accounts))
    @rule(
        data=st.data(),
        op=st.sampled_from(["capture", "release", "extend"]),
        points=st.one_of(st.none(), amounts),
    )
    def resolve(self, data, op, points):
        who = data.draw(st.sampled_from([n for n, a in enumerate(self.accounts) if a.holds]))
        hold = data.draw(st.sampled_from(self.accounts[who].holds[-3:]))
        fields: dict[str, Any] = {"reservation_id": hold.real_id}
        if op == "capture":
            fields["points"] = points
        elif op == "extend":
            fields["expires_at"] = self.now + 20 * HOUR
        self.send(who, op, **fields)

    @precondition(lambda self: any(a.entries for a in self.accounts))
    @rule(
        data=st.data(),
        policy=policies,
        cap=st.sampled_from([None, None, 0, 30]),
        share=st.sampled_from([0, 0, 1, 2, 3]),
        delay=late,
    )
    def reverse(self, data, policy, cap, share, delay):
        who = data.draw(st.sampled_from([n for n, a in enumerate(self.accounts) if a.entries]))
        entry = data.draw(st.sampled_from(self.accounts[who].entries[-8:]))
        self.send(
            who,
            "reverse",
            points=(abs(entry.points) // share or 1) if share else None,
            entry_id=entry.real_id,
            policy=policy,
            debt_cap=cap,
            cause=data.draw(st.sampled_from(["RF-1", "RF-2", "RF-3", "RF-4"])),
            occurred_at=self.now - delay * HOUR,
        )

    @precondition(lambda self: any(self.pending_sources()))
    @rule(data=st.data(), wait=st.integers(-5, 30))
    def schedule(self, data, wait):
        who, source = data.draw(st.sampled_from(list(self.pending_sources())))
        self.send(who, "schedule", source=source, available_at=self.now + wait * HOUR)

    def pending_sources(self):
        for who, account in enumerate(self.accounts):
            for entry in account.entries:
                if entry.movement == "earn pending":
                    yield who, entry.source

    # --- everything else that happens to a ledger ---------------------------------------------

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def repeat(self, data):
        """A command that comes twice does nothing and answers as before."""
        who, command = data.draw(st.sampled_from(self.sent[-5:]))
        outcome = services.post(command=command, now=self.now)
        assert outcome.replayed
        self.let_time_be_posted(who, command)

    @rule(passed=hours)
    def wait(self, passed):
        self.now += passed * HOUR

    @rule(job=st.sampled_from(["expire", "activate", "lapse"]))
    def sweep(self, job):
        services.sweep_all(job=job, now=self.now, limit=2)
        for who, account in enumerate(self.accounts):
            before = len(account.entries)
            ahead = copy.deepcopy(account)
            ahead.due(self.now)
            if len(ahead.entries) > before and self.count_real(who) > before:
                account.due(self.now)

    @rule(
        plan=st.lists(
            st.tuples(members, st.sampled_from(["earn", "earn", "spend"]), amounts),
            min_size=2,
            max_size=8,
        )
    )
    def batch(self, plan):
        commands = [
            (who, op, self.books[who].command(op, points, now=self.now)) for who, op, points in plan
        ]
        outcomes = services.post_batch(commands=[c for _, _, c in commands], now=self.now)
        for (who, op, command), outcome in zip(commands, outcomes, strict=True):
            refused = getattr(self.accounts[who], op)(command, self.now)
            assert (outcome.problem and outcome.problem.code) == refused
            if not refused:
                self.sent.append((who, command))

    # --- sending and checking -----------------------------------------------------------------

    def send(self, who: int, op: str, points: int | None = None, **fields: Any) -> None:
        fields.setdefault("occurred_at", self.now)
        command = self.books[who].command(op, points, **fields)
        account = self.accounts[who]
        extra = {}
        if op == "reverse":
            extra["grace_until"] = day_end(after=self.now, days=30, zone=self.shop.programme.zone)
        refused = getattr(account, op)(command, self.now, **extra)
        code, outcome = None, None
        try:
            outcome = services.post(command=command, now=self.now)
        except services.DomainError as problem:
            code = problem.code
        assert code == refused
        if outcome is None:
            return
        if op == "hold":
            account.holds[-1].real_id = outcome.reservation_id
        if outcome.entries:
            self.sent.append((who, command))

    def let_time_be_posted(self, who: int, command: Command) -> None:
        """A replay too posts what is due first; how far depends on the operation."""
        account = self.accounts[who]
        horizon = self.now
        if type(command).__name__ in ("Earn", "Reverse", "Schedule"):
            horizon = min(self.now, command.occurred_at)
        account.due(horizon)

    def count_real(self, who: int) -> int:
        return models.Entry.objects.filter(member_id=self.books[who].member_id).count()

    def check_invariants(self, *_: Any, **__: Any) -> None:
        super().check_invariants(*_, **__)
        for who, account in enumerate(self.accounts):
            account.check()
            self.compare(self.books[who].member_id, account)
        assert list(selectors.reconcile()) == []

    def compare(self, member_id: int, account: model.Account) -> None:
        real = list(models.Entry.objects.filter(member_id=member_id).order_by("id"))
        assert [state_of(entry) for entry in real] == [e.state() for e in account.entries]
        for entry, row in zip(account.entries, real, strict=True):
            entry.real_id = row.id
        lots = models.Lot.objects.filter(member_id=member_id).order_by("id")
        assert [
            (x.points, x.remaining, x.held, x.lapsed, x.pending, x.graced, x.expires_at)
            for x in lots
        ] == [x.state() for x in account.lots]
        for at in (self.now, self.now + 30 * HOUR):
            ahead = copy.deepcopy(account)
            ahead.due(at)
            shown = self.balance(member_id, at)
            assert [getattr(shown, f) for f in model.FIGURES] == [
                getattr(ahead, f) for f in model.FIGURES
            ]

    def balance(self, member_id: int, at: datetime) -> Any:
        return selectors.get_balance(
            member_id=member_id, programme_id=self.shop.programme.id, at=at, now=self.now
        )


def state_of(row: models.Entry) -> tuple[Any, ...]:
    figures = (row.available, row.pending, row.held, row.debt)
    return (row.kind, row.counter, *figures, sum(row.lot_points), row.occurred_at)


def run(examples: int, steps: int) -> None:
    Ledger.shop = make_shop()
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_ledger_does_what_its_paper_says():
    run(examples=15, steps=18)


@pytest.mark.soak
@pytest.mark.django_db
def test_the_ledger_does_what_its_paper_says_for_ten_thousand_steps():
    run(examples=200, steps=50)


def test_the_paper_names_every_kind():
    kinds = {movement.kind for movement in ledger_table.read().values()}

    assert kinds == set(Kind)
