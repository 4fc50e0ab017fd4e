"""A list posted at once leaves the ledger as its commands do one by one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.kernel.errors import DomainError
from points import selectors, services
from points.types import Command, Outcome
from tests.factories.points import NOON, Book
from tests.factories.programmes import make_shop

HOUR = timedelta(hours=1)
_members = itertools.count(1)

# Everything of some members, whatever the ids.
_ENTRIES = """
SELECT e.member_id, a.currency, row_number() OVER o, e.kind, e.counter, e.points, e.available,
       e.pending, e.held, e.debt, e.balance_after,
       CASE WHEN e.idem_key NOT LIKE 'due:%%' THEN e.idem_key END, e.fingerprint::text, e.source,
       e.rule, e.reason, e.actor, t.idem_key, e.cause, e.settles, e.excused,
       (SELECT array_agg((SELECT count(*) FROM points_lot b WHERE b.member_id = e.member_id
                           AND b.account_id = e.account_id AND b.id < l.id) ORDER BY n)
          FROM unnest(e.lots) WITH ORDINALITY l (id, n)),
       e.lot_points, e.lot_expires, e.lot_moved, e.occurred_at, e.recorded_at
FROM points_entry e JOIN points_account a ON a.member_id = e.member_id AND a.id = e.account_id
LEFT JOIN points_entry t ON t.member_id = e.member_id AND t.id = e.reverses
WHERE e.member_id = ANY(%s) WINDOW o AS (PARTITION BY e.member_id, e.account_id ORDER BY e.id)
ORDER BY 1, 2, 3
"""
_LOTS = """
SELECT l.member_id, a.currency, row_number() OVER o, e.idem_key, l.points, l.remaining, l.held,
       l.lapsed, l.pending, l.open, l.available_at, l.expires_at
FROM points_lot l JOIN points_account a ON a.member_id = l.member_id AND a.id = l.account_id
JOIN points_entry e ON e.member_id = l.member_id AND e.id = l.entry_id
WHERE l.member_id = ANY(%s) WINDOW o AS (PARTITION BY l.member_id, l.account_id ORDER BY l.id)
ORDER BY 1, 2, 3
"""
_ACCOUNTS = """
SELECT member_id, programme_id, currency, available, pending, held, debt, lifetime_earned,
       lifetime_spent, lifetime_expired, next_due_at
FROM points_account WHERE member_id = ANY(%s) ORDER BY 1, 2, 3
"""
_TOLD = """
SELECT member_id, name, (payload - 'entry_id')::text, programme_id, occurred_at
FROM kernel_outboxevent WHERE member_id = ANY(%s) ORDER BY 1, id
"""

points = st.integers(1, 60)
hours = st.integers(-40, 40)
who = st.integers(0, 1)
currency = st.sampled_from(["points", "points", "growth"])
source = st.integers(0, 3)
earns = st.fixed_dictionaries(
    {
        "op": st.just("earn"),
        "who": who,
        "points": points,
        "currency": currency,
        "source": source,
        "pending": st.booleans(),
        "available_at": st.one_of(st.none(), hours),
        "expires_at": st.one_of(st.none(), st.integers(-5, 900)),
        "occurred_at": hours,
        "rule": st.sampled_from(["purchase", "purchase", "purchase", "bonus"]),
    }
)
reversals = st.fixed_dictionaries(
    {
        "op": st.just("reverse"),
        "who": who,
        "points": st.one_of(points, points, st.none()),
        "currency": currency,
        "earned_under": source,
        "cause": st.sampled_from(["RF-1", "RF-2", "RF-3"]),
        "policy": st.sampled_from([None, "within_balance", "pending_only"]),
        "occurred_at": hours,
    }
)
others = st.one_of(
    st.fixed_dictionaries({"op": st.just("spend"), "who": who, "points": points}),
    st.fixed_dictionaries({"op": st.just("adjust"), "who": who, "points": st.integers(-30, 30)}),
    st.fixed_dictionaries({"op": st.just("repeat"), "which": st.integers(0, 5)}),
)
# Mostly what an import posts: for that the list goes one way, for the rest the other.
usual = st.lists(st.one_of(earns, earns, reversals), max_size=12)
anything = st.lists(st.one_of(earns, reversals, others), max_size=10)


def command_of(plan: dict[str, Any], books: list[Book], sent: Sequence[Command]) -> Command | None:
    if plan["op"] == "repeat":
        return sent[plan["which"] % len(sent)] if sent else None
    fields = {k: v for k, v in plan.items() if k not in ("op", "who")}
    for name in ("available_at", "expires_at", "occurred_at"):
        if fields.get(name) is not None:
            fields[name] = NOON + fields[name] * HOUR
    for name in ("source", "earned_under"):
        if name in fields:
            fields[name] = f"order:{fields[name]}"
    book: Book = books[plan["who"]]
    return book.command(plan["op"], **fields)


def one_by_one(commands: Sequence[Command]) -> list[Outcome]:
    outcomes = []
    for command in commands:
        try:
            outcomes.append(services.post(command=command, now=NOON))
        except DomainError as problem:
            outcomes.append(Outcome(problem=problem))
    return outcomes


def at_once(commands: Sequence[Command]) -> list[Outcome]:
    return services.post_history(commands=commands, now=NOON)


def told(outcomes: list[Outcome]) -> list[tuple[str | None, int, int]]:
    return [(o.problem.code if o.problem else None, o.uncovered, o.debt) for o in outcomes]


def state(members: list[int]) -> list[list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        found = []
        for sql in (_ENTRIES, _LOTS, _ACCOUNTS, _TOLD):
            cursor.execute(sql, [members])
            found.append(cursor.fetchall())
    return found


def after(
    way: Callable[[Sequence[Command]], list[Outcome]],
    before: Sequence[Command],
    commands: Sequence[Command],
    members: list[int],
) -> tuple[Any, Any]:
    with transaction.atomic():
        one_by_one(before)
        answers = told(way(commands))
        left = state(members)
        assert list(selectors.reconcile()) == []
        transaction.set_rollback(True)
    return answers, left


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.one_of(st.just([]), anything), plan=st.one_of(usual, usual, anything))
def test_a_list_leaves_what_its_commands_leave(shop_of_history, before, plan):
    books = [Book(shop_of_history.programme.id, next(_members)) for _ in range(2)]
    members = [book.member_id for book in books]
    made: list[Command] = []
    for item in [*before, *plan]:
        command = command_of(item, books, made)
        if command is not None:
            made.append(command)
    first, rest = made[: len(before)], made[len(before) :]

    assert after(at_once, first, rest, members) == after(one_by_one, first, rest, members)


@pytest.fixture
def shop_of_history(db):
    return make_shop()
