"""Statements past Django's cursor: they join the transaction, fail as Django's do, and count."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from config.kernel import statements
from config.kernel.models import OutboxEvent

EVENT = """
INSERT INTO kernel_outboxevent (name, payload, occurred_at, recorded_at)
VALUES (%s, %s::jsonb, '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z')
"""

pytestmark = pytest.mark.django_db


def tell(name, payload="{}"):
    statements.tell(EVENT, [name, payload])


def test_what_is_told_joins_the_transaction():
    with transaction.atomic():
        tell("a")
        transaction.set_rollback(True)

    assert OutboxEvent.objects.count() == 0


def test_statements_travel_together_and_all_arrive():
    with transaction.atomic(), statements.together():
        for name in "abc":
            tell(name)

    assert OutboxEvent.objects.count() == 3


def test_a_failure_among_them_is_djangos_and_leaves_the_connection_whole():
    def work():
        with transaction.atomic(), statements.together():
            tell("a")
            tell("b", None)
            tell("c")

    with pytest.raises(IntegrityError):
        work()

    assert OutboxEvent.objects.count() == 0
    assert statements.ask("SELECT 1::bigint") == [(1,)]


def test_a_broken_transaction_takes_no_more():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            tell("a")


def test_they_are_counted_with_the_rest():
    with CaptureQueriesContext(connection) as queries:
        statements.ask("SELECT %s::bigint", [1])

    assert [query["sql"] for query in queries] == ["SELECT %s::bigint"]


def test_a_statement_that_travels_may_say_how_many_rows_it_changes():
    update = "UPDATE kernel_outboxevent SET name = 'x' WHERE name = %s"

    def work(name):
        with transaction.atomic(), statements.together():
            tell("a")
            statements.tell(update, [name], rows=1, otherwise=LookupError(name))
            tell("b")

    work("a")
    with pytest.raises(LookupError, match="nobody"):
        work("nobody")

    assert sorted(OutboxEvent.objects.values_list("name", flat=True)) == ["b", "x"]
    with pytest.raises(LookupError, match="nobody"):
        statements.tell(update, ["nobody"], rows=1, otherwise=LookupError("nobody"))


@pytest.mark.parametrize(
    "look",
    [
        lambda: OutboxEvent.objects.count(),
        lambda: statements.ask("SELECT count(*) FROM kernel_outboxevent")[0][0],
    ],
)
def test_whoever_looks_waits_for_what_lingers(look):
    with transaction.atomic(), statements.lingering():
        with statements.together():
            tell("a")
        tell("b")
        assert look() == 2
        with statements.together():
            tell("c")
        tell("d")

    assert look() == 4


def test_what_fails_lingering_is_told_at_the_end_and_undoes_all():
    def work():
        with transaction.atomic(), statements.lingering():
            tell("before")
            with statements.together():
                tell("a", None)
            tell("after")

    with pytest.raises(IntegrityError):
        work()

    assert OutboxEvent.objects.count() == 0


def test_an_error_on_the_way_is_told_and_not_what_was_under_way():
    def work():
        with transaction.atomic(), statements.lingering():
            with statements.together():
                tell("a", None)
            raise LookupError

    with pytest.raises(LookupError):
        work()

    assert OutboxEvent.objects.count() == 0
    assert statements.ask("SELECT 1::bigint") == [(1,)]
