"""The hard cases of a ledger, one by one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from members.programmes import services as programmes_services
from points import selectors, services
from points.models import Account, Entry, Lot
from tests.factories.points import NOON, Book

DAY = timedelta(days=1)


def figures(book: Book) -> tuple[int, int, int, int]:
    a = Account.objects.get(member_id=book.member_id)
    return a.available, a.pending, a.held, a.debt


@pytest.fixture(autouse=True)
def reconciled(db):
    yield
    assert list(selectors.reconcile()) == []


def test_h1_a_repeated_reversal_answers_as_before(book):
    book.earn(100, source="order:1")
    command = book.command("reverse", earned_under="order:1", cause="RF-1")

    first = services.post(command=command, now=NOON)
    again = services.post(command=command, now=NOON)

    assert (again.replayed, again.entries) == (True, first.entries)
    assert figures(book) == (0, 0, 0, 0)


def test_h2_spent_points_come_back_exactly_once(book):
    book.earn(100)
    spent = book.spend(60).entries[0].entry_id

    book.reverse(entry_id=spent, cause="RF-1")
    with pytest.raises(services.AlreadyReversedError):
        book.reverse(entry_id=spent, cause="RF-2")

    assert figures(book) == (100, 0, 0, 0)


@pytest.mark.parametrize("parts", [[100], [1, 99], [33, 33, 34], [50, 25, 25], [7] * 14 + [2]])
def test_h3_partial_returns_add_up_to_the_very_lots(book, parts):
    for n in range(4):
        book.earn(30, expires_at=NOON + (9 + n) * DAY)
    before = list(Lot.objects.order_by("id").values_list("remaining", flat=True))
    spent = book.spend(100).entries[0].entry_id

    for part in parts:
        book.reverse(part, entry_id=spent)

    assert list(Lot.objects.order_by("id").values_list("remaining", flat=True)) == before


def test_h5_allow_debt_owes_what_was_spent_and_the_next_earning_pays(book):
    book.earn(100, source="order:1")
    book.spend(80)

    outcome = book.reverse(earned_under="order:1")
    assert (outcome.points, outcome.debt, outcome.uncovered) == (-100, 80, 0)
    assert figures(book) == (0, 0, 0, 80)
    book.earn(50)
    assert figures(book) == (0, 0, 0, 30)
    book.earn(50)
    assert figures(book) == (20, 0, 0, 0)


def test_h5_a_cap_bounds_what_is_owed_and_the_rest_is_told(book, shop):
    programmes_services.change_settings(
        programme_id=shop.programme.id,
        changes={"debt_cap": 50},
        actor="staff:1",
        reason="at most 50",
        now=NOON,
    )
    book.earn(100, source="order:1")
    book.earn(40, source="order:2")
    book.spend(140)

    first = book.reverse(40, earned_under="order:1")
    command = book.command("reverse", earned_under="order:1")
    second = services.post(command=command, now=NOON)
    third = book.reverse(earned_under="order:2")

    assert [(o.debt, o.uncovered) for o in (first, second, third)] == [(40, 0), (10, 50), (0, 40)]
    assert figures(book) == (0, 0, 0, 50)
    replay = services.post(command=command, now=NOON)
    assert (replay.replayed, replay.uncovered) == (True, 50)


def test_h5_within_balance_takes_what_there_is_and_tells_the_rest(book):
    book.earn(100, source="order:1")
    book.spend(80)
    book.earn(30)

    outcome = book.reverse(earned_under="order:1", policy="within_balance")

    assert (outcome.points, outcome.debt, outcome.uncovered) == (-50, 0, 50)
    assert figures(book) == (0, 0, 0, 0)
    with pytest.raises(services.AlreadyReversedError):
        book.reverse(earned_under="order:1")


def test_h5_pending_only_leaves_available_points_alone(book):
    book.earn(100, source="order:1")

    outcome = book.reverse(earned_under="order:1", policy="pending_only")

    assert (outcome.points, outcome.uncovered) == (0, 100)
    assert figures(book) == (100, 0, 0, 0)


def test_h5_the_programmes_policy_applies_where_none_is_named(book, shop):
    programmes_services.change_settings(
        programme_id=shop.programme.id,
        changes={"debt_policy": "within_balance"},
        actor="staff:1",
        reason="no debts",
        now=NOON,
    )
    book.earn(100, source="order:1")
    book.spend(100)

    assert book.reverse(earned_under="order:1").uncovered == 100


def test_points_that_expired_unspent_are_not_taken_a_second_time(book):
    book.earn(100, source="order:1", expires_at=NOON + DAY)
    book.spend(30)

    outcome = book.reverse(earned_under="order:1", now=NOON + 2 * DAY)

    # 70 had expired; the 30 that were spent are owed.
    assert (outcome.points, outcome.debt) == (-30, 30)
    assert figures(book) == (0, 0, 0, 30)


def test_h7_points_of_an_expired_lot_come_back_with_days_of_grace(book):
    book.earn(100, expires_at=NOON + DAY)
    spent = book.spend(100).entries[0].entry_id

    outcome = book.reverse(entry_id=spent, now=NOON + 5 * DAY)

    [share] = outcome.entries[0].lots
    # 2026-11-25 12:00 in Shanghai and 30 whole days.
    assert share.expires_at.isoformat() == "2026-12-25T16:00:00+00:00"
    assert figures(book) == (100, 0, 0, 0)


def test_h7_grace_is_given_once(book):
    book.earn(100, expires_at=NOON + DAY)
    spent = book.spend(100).entries[0].entry_id
    book.reverse(entry_id=spent, now=NOON + 5 * DAY)
    again = book.spend(60, now=NOON + 6 * DAY).entries[0].entry_id

    outcome = book.reverse(entry_id=again, now=NOON + 60 * DAY)

    assert outcome.points == 60
    # The 40 had expired with their grace; the 60 come back to that lot and expire too.
    assert figures(book) == (0, 0, 0, 0)
    assert Account.objects.get().lifetime_expired == 100
    assert list(selectors.reconcile()) == []


def test_h7_without_grace_they_come_back_to_expire_at_once(book, shop):
    programmes_services.change_settings(
        programme_id=shop.programme.id,
        changes={"return_grace_days": 0},
        actor="staff:1",
        reason="strict",
        now=NOON,
    )
    book.earn(100, expires_at=NOON + DAY)
    spent = book.spend(100).entries[0].entry_id

    book.reverse(entry_id=spent, now=NOON + 5 * DAY)

    kinds = list(Entry.objects.order_by("id").values_list("kind", "points"))
    assert kinds[-2:] == [("return", 100), ("expire", -100)]
    assert figures(book) == (0, 0, 0, 0)


def test_several_earnings_of_one_source_are_taken_back_together(book):
    book.earn(100, source="order:1")
    book.earn(20, source="order:1", rule="bonus")

    command = book.command("reverse", 110, earned_under="order:1", cause="RF-1")
    outcome = services.post(command=command, now=NOON)
    again = services.post(command=command, now=NOON)
    rest = book.reverse(earned_under="order:1", cause="RF-2")

    assert [entry.points for entry in outcome.entries] == [-100, -10]
    assert again.entries == outcome.entries
    assert rest.points == -10
    assert figures(book) == (0, 0, 0, 0)


def test_reversal_of_a_move_within_the_account_is_refused(book):
    book.earn(100)
    held = book.hold(10, expires_at=NOON + DAY)

    with pytest.raises(services.NotReversibleError):
        book.reverse(entry_id=held.entries[0].entry_id)


def test_h23_the_instant_of_expiry_is_exclusive(book):
    book.earn(100, expires_at=NOON + DAY)

    book.spend(1, now=NOON + DAY - timedelta(microseconds=1))
    with pytest.raises(services.InsufficientPointsError):
        book.spend(1, now=NOON + DAY)


def test_expire_spends_the_soonest_lot_first(book):
    book.earn(10)
    book.earn(10, expires_at=NOON + 9 * DAY)
    book.earn(10, expires_at=NOON + 2 * DAY)

    entry = book.spend(15).entries[0]

    assert [(x.points, x.expires_at) for x in entry.lots] == [
        (-10, NOON + 2 * DAY),
        (-5, NOON + 9 * DAY),
    ]


def test_earn_told_to_be_available_in_the_past_is_available_at_once(book):
    book.earn(100, pending=True, available_at=NOON - DAY)

    assert figures(book) == (100, 0, 0, 0)


def test_history_replays_in_its_own_order(book):
    """An import posts years at once: what expired in between expired in between."""
    old = NOON.replace(year=2011)
    book.earn(100, source="o1", now=NOON, occurred_at=old, expires_at=old.replace(year=2013))
    book.reverse(40, earned_under="o1", now=NOON, occurred_at=old + 9 * DAY)
    book.earn(10, now=NOON, occurred_at=old.replace(year=2014))

    assert list(Entry.objects.order_by("id").values_list("kind", "points")) == [
        ("earn", 100),
        ("reverse", -40),
        ("expire", -60),
        ("earn", 10),
    ]


def test_extend_keeps_a_reservation_and_never_shortens_it(book):
    book.earn(100)
    held = book.hold(60, expires_at=NOON + DAY).reservation_id
    book.extend(reservation_id=held, expires_at=NOON + 2 * DAY)
    book.extend(reservation_id=held, expires_at=NOON)

    book.capture(reservation_id=held, now=NOON + DAY + timedelta(hours=1))

    assert figures(book) == (40, 0, 0, 0)


def test_batch_stops_nothing_and_replays(book):
    commands = [
        book.command("earn", 10, member_id=1),
        book.command("earn", 10, member_id=2, source="s"),
        book.command("earn", 11, member_id=2, source="s"),
        book.command("spend", 4, member_id=3),
        book.command("spend", 25, member_id=1),
        book.command("hold", 5, member_id=1, expires_at=NOON + DAY),
        book.command("adjust", -3, member_id=2),
        book.command("earn", 0, member_id=2),
    ]

    first = services.post_batch(commands=commands, now=NOON)
    again = services.post_batch(commands=commands, now=NOON)

    codes = [outcome.problem and outcome.problem.code for outcome in first]
    assert codes == [
        None,
        None,
        "points.source_conflict",
        "points.insufficient",
        "points.insufficient",
        None,
        None,
        "points.invalid",
    ]
    assert [o.entries for o in again] == [o.entries for o in first]
    assert [o.replayed for o in again if o.entries] == [True] * 4


@pytest.mark.parametrize("count", [1, 300])
def test_post_batch_is_one_statement(book, django_assert_num_queries, count):
    commands = [book.command("earn", 10, member_id=n + 1) for n in range(count)]
    with connection.execute_wrapper(_refuse):
        # Past Django's own cursor: what it counts must be none, what we send is one.
        services.post_batch(commands=commands, now=NOON)

    assert Entry.objects.count() == count


def _refuse(execute, sql, params, many, context):
    raise AssertionError(f"a second round trip: {sql}")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE points_entry SET points = 1", "DELETE FROM points_entry", "TRUNCATE points_entry"],
)
def test_the_application_cannot_change_entries(book, statement):
    book.earn(10)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        _run(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE points_entry SET reason = 'x'", "DELETE FROM points_entry"]
)
def test_a_trigger_refuses_it_to_the_owner_too(book, statement):
    book.earn(10)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _run("SET ROLE NONE; " + statement)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        {"available": -1},
        {"pending": -1},
        {"held": -1},
        {"debt": -1},
    ],
)
def test_h10_no_figure_of_an_account_goes_below_zero(book, change):
    book.earn(10)

    with pytest.raises(DatabaseError, match="figures_not_negative"), transaction.atomic():
        Account.objects.update(**change)


def test_no_function_reads_the_clock():
    import re
    from pathlib import Path

    told = "\n".join(path.read_text() for path in Path("points/sql").glob("*.sql"))

    assert not re.search(r"\b(now\(\)|current_date|current_timestamp|clock_timestamp)", told, re.I)
