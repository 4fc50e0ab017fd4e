"""The ledger against its paper: every movement, repeated, delayed, interleaved with time."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from psycopg import Cursor

from points import models, selectors, services
from points.currencies import RED_PACKET
from points.types import (
    Command,
    DebtPolicy,
    Earn,
    Kind,
    Purse,
    Rate,
    Reverse,
    day_end,
    validity_end,
)
from tests.factories.points import NOON, Book
from tests.factories.programmes import make_shop
from tests.properties import ledger_model as model
from tests.properties import ledger_table

HOUR = timedelta(hours=1)
_OF = "a.member_id BETWEEN %s AND %s"
_ACCOUNTS = f"""
SELECT member_id, currency, {", ".join(model.FIGURES)} FROM points_account a WHERE {_OF}"""
_LOTS = f"""
SELECT a.member_id, a.currency, l.points, l.remaining, l.held, l.lapsed, l.pending, l.graced,
       l.expires_at
  FROM points_account a JOIN points_lot l ON l.member_id = a.member_id AND l.account_id = a.id
 WHERE {_OF} ORDER BY l.id"""
_ENTRIES = f"""
SELECT a.member_id, a.currency, e.id, e.kind, e.counter,
       {", ".join(f"e.{figure}" for figure in model.FIGURES)}, e.lot_points, e.occurred_at
  FROM points_account a JOIN points_entry e ON e.member_id = a.member_id AND e.account_id = a.id
 WHERE {_OF} AND e.id > %s ORDER BY e.id"""
_COUNTS = f"""
SELECT a.member_id, a.currency, count(*)
  FROM points_account a JOIN points_entry e ON e.member_id = a.member_id AND e.account_id = a.id
 WHERE {_OF} GROUP BY 1, 2"""
_member = itertools.count(1)

# Three members of one programme and two of another; then the red packets of the first three.
POINT_BOOKS = 5
members = st.integers(0, 7)
amounts = st.integers(1, 60)
hours = st.one_of(st.integers(1, 96), st.integers(700, 800))
late = st.sampled_from([0, 0, 0, 5, 60])
policies = st.sampled_from(["allow_debt", "allow_debt", "within_balance", "pending_only"])


class Ledger(RuleBasedStateMachine):
    """Members of two programmes; each step is checked against the model."""

    shop: Any
    other: Any
    steps = 0  # of all machines of a run

    def __init__(self) -> None:
        super().__init__()
        # Of its own, and undone: what earlier machines left would be read at every step.
        self.undone = transaction.atomic()
        self.undone.__enter__()
        Ledger.steps -= 1  # the check before the first step is none
        self.now = NOON
        shops = [self.shop] * 3 + [self.other] * 2
        self.books = [Book(shop.programme.id, next(_member)) for shop in shops]
        self.books += [
            Book(book.programme_id, book.member_id, currency=RED_PACKET) for book in self.books[:3]
        ]
        self.accounts = [model.Account() for _ in self.books]
        self.sent: list[tuple[int, Command]] = []
        self.number = itertools.count(1)
        # Entries never change: how many of each account's have been compared, up to which.
        self.compared = [0] * len(self.books)
        self.newest = 0
        # Who gave, who received, the model's two entries, the real exchange.
        self.exchanges: list[tuple[int, int, model.Entry, model.Entry, int]] = []
        # Who gave, who received, what moved (account by account), the transfer's key.
        self.transfers: list[tuple[int, int, dict[int, model.Move], str]] = []

    def teardown(self) -> None:
        try:
            self.look_back()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def look_back(self) -> None:
        """What each step added was compared then; in the end all of it still stands."""
        self.compared = [0] * len(self.books)
        self.newest = 0
        self.compare_rows()
        assert list(selectors.reconcile()) == []

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

    # --- between two members ----------------------------------------------------------------

    @precondition(lambda self: any(a.available for a in self.accounts[:POINT_BOOKS]))
    @rule(data=st.data(), other=st.integers(0, 5), points=st.integers(1, 60))
    def exchange(self, data, other, points):
        rich = [n for n in range(POINT_BOOKS) if self.accounts[n].available]
        giver = data.draw(st.sampled_from(rich))
        back = giver > 2
        receiver = other % 3 if back else 3 + other % 2
        source, target = (Purse(programme_id=self.books[i].programme_id) for i in (giver, receiver))
        points = points if other % 4 == 0 else min(points, self.accounts[giver].available)
        # Two for three and earlier ends kept; back two for one, and valid anew.
        received = points * 2 if back else points * 2 // 3
        fresh = validity_end(earned_at=self.now, months=24, zone=self.shop.programme.zone)
        a, b = self.accounts[giver], self.accounts[receiver]
        wanted: str | None = "exchange.amount"
        if received:
            wanted = self.on_trial(
                (a, b), lambda x, y: x.exchange(y, points, received, self.now, fresh, not back)
            )
        key = f"exchange:{next(self.number)}"

        def run() -> Any:
            return services.exchange(
                member_id=self.books[giver].member_id,
                to_member_id=self.books[receiver].member_id,
                source=source,
                target=target,
                points=points,
                key=key,
                now=self.now,
            )

        if self.answers(wanted, run):
            assert run().replayed
            row = models.Exchange.objects.latest("id")
            self.exchanges.append((giver, receiver, a.entries[-1], b.entries[-1], row.id))

    @precondition(lambda self: self.exchanges)
    @rule(data=st.data())
    def undo_exchange(self, data):
        giver, receiver, out, into, row_id = data.draw(st.sampled_from(self.exchanges[-4:]))
        grace = day_end(after=self.now, days=30, zone=self.shop.programme.zone)
        policy = self.books[receiver].command(
            "reverse", policy="within_balance", occurred_at=self.now
        )
        a, b = self.accounts[giver], self.accounts[receiver]
        wanted = self.on_trial(
            (a, b, out, into),
            lambda x, y, out, into: x.undo_exchange(y, out, into, policy, self.now, grace),
        )
        self.answers(
            wanted,
            lambda: services.undo_exchange(
                member_id=self.books[giver].member_id,
                exchange_id=row_id,
                key=f"undo:{next(self.number)}",
                actor="staff:1",
                reason="mistake",
                now=self.now,
            ),
        )

    @rule(way=st.sampled_from([(0, 1), (1, 2), (2, 0), (3, 4)]))
    def transfer(self, way):
        giver, receiver = way
        moves = {
            shift: move
            for shift in self.purses_of(giver)
            if (move := self.accounts[giver + shift].transfer(
                self.accounts[receiver + shift], self.now
            ))
        }  # fmt: skip
        key = f"transfer:{next(self.number)}"

        def run() -> Any:
            return services.transfer(
                from_member_id=self.books[giver].member_id,
                to_member_id=self.books[receiver].member_id,
                programme_id=self.books[giver].programme_id,
                key=key,
                source=key,
                now=self.now,
            )

        assert len(run().entries) == 2 * len(moves)
        if moves:
            assert run().replayed
            self.transfers.append((giver, receiver, moves, key))
        for move in moves.values():
            for old, new in move.holds:
                new.real_id = models.Hold.objects.get(id=old.real_id).moved_hold_id

    def purses_of(self, who: int) -> list[int]:
        """Return how far behind a member's points its accounts stand in the lists."""
        return [0, POINT_BOOKS] if who < 3 else [0]

    @precondition(lambda self: self.transfers)
    @rule(data=st.data())
    def undo_transfer(self, data):
        chosen = data.draw(st.sampled_from(self.transfers[-3:]))
        giver, receiver, moves, key = chosen

        def undo(parts: list[tuple[model.Account, model.Account, model.Move]]) -> str | None:
            codes = [x.undo_transfer(y, move, self.now) for x, y, move in parts]
            return next((code for code in codes if code), None)

        parts = [
            (self.accounts[giver + shift], self.accounts[receiver + shift], move)
            for shift, move in moves.items()
        ]
        wanted = self.on_trial((parts,), undo)
        if wanted is None:
            self.transfers.remove(chosen)
        self.answers(
            wanted,
            lambda: services.undo_transfer(
                from_member_id=self.books[giver].member_id,
                programme_id=self.books[giver].programme_id,
                transfer_key=key,
                key=f"undo:{next(self.number)}",
                source="undo",
                now=self.now,
            ),
        )

    def on_trial(self, parts: tuple[Any, ...], run: Callable[..., str | None]) -> str | None:
        """Try the model on a copy: a refusal moves nothing, not even what was due."""
        refused = run(*copy.deepcopy(parts))
        return refused if refused is not None else run(*parts)

    def answers(self, wanted: str | None, run: Callable[[], Any]) -> bool:
        """Run it and compare the refusal; tell whether it was done."""
        code = None
        try:
            with transaction.atomic():
                run()
        except services.DomainError as problem:
            code = problem.code
        assert code == wanted
        return code is None

    # --- everything else that happens to a ledger ---------------------------------------------

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def repeat(self, data):
        """A command that comes twice does nothing and answers as before."""
        who, command = data.draw(st.sampled_from(self.sent[-5:]))
        outcome = services.post(command=command, now=self.now)
        assert outcome.replayed
        self.let_time_be_posted(who, command)

    @precondition(lambda self: any(isinstance(c, Earn) for _, c in self.sent))
    @rule(data=st.data())
    def tell_again(self, data):
        """What was earned for a source comes again under another key: found by its source."""
        told = [(who, c) for who, c in self.sent if isinstance(c, Earn)]
        who, command = data.draw(st.sampled_from(told[-5:]))
        again = dataclasses.replace(command, key=f"again:{next(self.number)}")
        outcome = services.post(command=again, now=self.now)
        assert outcome.replayed
        assert outcome.duplicate
        self.let_time_be_posted(who, command)

    @rule(passed=hours)
    def wait(self, passed):
        self.now += passed * HOUR

    @rule(job=st.sampled_from(["expire", "activate", "lapse"]))
    def sweep(self, job):
        services.sweep_all(job=job, now=self.now, limit=2)
        written = self.count_real()
        for book, account in zip(self.books, self.accounts, strict=True):
            if account.ahead(self.now).entries and written[key_of(book)] > len(account.entries):
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
        extra, meant = {}, command
        if op == "reverse":
            extra["grace_until"] = day_end(after=self.now, days=30, zone=self.shop.programme.zone)
            if isinstance(command, Reverse) and command.currency == RED_PACKET:
                # Money owes nothing, whatever the policy of points is.
                meant = dataclasses.replace(command, policy=_of_money(command.policy))
        refused = getattr(account, op)(meant, self.now, **extra)
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
        mine = self.books[who].member_id
        # What followed a merge was posted elsewhere, and a repetition asks there first.
        if outcome.entries and outcome.entries[0].member_id == mine:
            self.sent.append((who, command))

    def let_time_be_posted(self, who: int, command: Command) -> None:
        """A replay too posts what is due first; how far depends on the operation."""
        account = self.accounts[who]
        horizon = self.now
        if type(command).__name__ in ("Earn", "Reverse", "Schedule"):
            horizon = min(self.now, command.occurred_at)
        account.due(horizon)

    def count_real(self) -> Counter[tuple[int, str]]:
        return Counter({(member, currency): n for member, currency, n in self.ask(_COUNTS)})

    def ask(self, sql: str, *more: Any) -> list[tuple[Any, ...]]:
        """Ask about the machine's members by a statement whose plan is kept."""
        with Cursor(connection.connection) as cursor:
            bounds = [self.books[0].member_id, self.books[POINT_BOOKS - 1].member_id]
            return cursor.execute(sql, [*bounds, *more], prepare=True).fetchall()

    def check_invariants(self, *_: Any, **__: Any) -> None:
        super().check_invariants(*_, **__)
        Ledger.steps += 1
        for account in self.accounts:
            account.check()
        self.compare_rows()
        self.compare_balances()
        self.look_ahead(self.now + 30 * HOUR)
        lowest, highest = self.books[0].member_id, self.books[POINT_BOOKS - 1].member_id
        assert selectors.reconcile_members(lowest=lowest, highest=highest) == []

    def compare_rows(self) -> None:
        """Accounts, lots and the entries since the last step, in three statements for all."""
        figures: dict[tuple[int, str], list[int]] = {}
        lots, entries = defaultdict(list), defaultdict(list)
        for member, currency, *row in self.ask(_ACCOUNTS):
            figures[member, currency] = row
        for member, currency, *row in self.ask(_LOTS):
            lots[member, currency].append(tuple(row))
        for member, currency, *row in self.ask(_ENTRIES, self.newest):
            entries[member, currency].append(row)
            self.newest = row[0]
        for who, (book, account) in enumerate(zip(self.books, self.accounts, strict=True)):
            key = key_of(book)
            fresh = account.entries[self.compared[who] :]
            assert [state_of(row) for row in entries[key]] == [e.state() for e in fresh]
            for entry, row in zip(fresh, entries[key], strict=True):
                entry.real_id = row[0]
            self.compared[who] = len(account.entries)
            assert lots[key] == [lot.state() for lot in account.lots]
            assert figures.get(key, [0, 0, 0, 0]) == [getattr(account, f) for f in model.FIGURES]

    def compare_balances(self) -> None:
        """What members are shown, one group of them after the other."""
        some = (range(3), range(3, 5), range(5, 8))[Ledger.steps % 3]
        shown = selectors.get_balances(
            member_ids=[self.books[who].member_id for who in some],
            programme_id=self.books[some[0]].programme_id,
            currency=self.books[some[0]].currency,
            at=self.now,
        )
        for who in some:
            account = self.accounts[who].ahead(self.now)
            self.same_figures(shown[self.books[who].member_id], account)

    def look_ahead(self, at: datetime) -> None:
        """What one after the other is shown of a later day."""
        who = Ledger.steps % len(self.books)
        book = self.books[who]
        shown = selectors.get_balance(
            member_id=book.member_id,
            programme_id=book.programme_id,
            currency=book.currency,
            at=at,
            now=self.now,
        )
        self.same_figures(shown, self.accounts[who].ahead(at))

    def same_figures(self, shown: Any, account: model.Account) -> None:
        figures = model.FIGURES
        assert [getattr(shown, f) for f in figures] == [getattr(account, f) for f in figures]


def key_of(book: Book) -> tuple[int, str]:
    return book.member_id, book.currency


def _of_money(policy: DebtPolicy | None) -> DebtPolicy | None:
    return "within_balance" if policy == "allow_debt" else policy


def state_of(row: list[Any]) -> tuple[Any, ...]:
    """Return what the model knows of an entry, from the values of `real_entries`."""
    _id, kind, counter, available, pending, held, debt, lot_points, occurred_at = row
    return (kind, counter, available, pending, held, debt, sum(lot_points), occurred_at)


def publish(shop: Any, other: Any, **terms: Any) -> None:
    source, target = (Purse(programme_id=x.programme.id) for x in (shop, other))
    rate = Rate(id=0, version=0, source=source, target=target, begins_at=NOON, **terms)
    services.publish_rate(rate=rate, actor="staff:1", reason="agreed", now=NOON)


def run(examples: int, steps: int) -> None:
    Ledger.shop, Ledger.other = make_shop(), make_shop("other")
    publish(Ledger.shop, Ledger.other, per=3, gives=2)
    publish(Ledger.other, Ledger.shop, per=1, gives=2, carries_expiry=False)
    go_on(examples, steps)


def go_on(examples: int, steps: int) -> None:
    """Run more machines in the shops there are."""
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
@pytest.mark.django_db(transaction=True)
def test_the_ledger_does_what_its_paper_says_for_ten_thousand_steps():
    Ledger.steps = 0
    run(examples=40, steps=50)
    while Ledger.steps < 10_000:
        go_on(examples=40, steps=50)


def test_the_paper_names_every_kind():
    kinds = {movement.kind for movement in ledger_table.read().values()}

    assert kinds == set(Kind)
