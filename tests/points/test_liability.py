"""The liability adds up, as of any day, to the point; and its forecast is plain arithmetic."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection

from config.kernel.errors import DomainError
from config.kernel.models import OutboxEvent
from points import selectors, services, valuing
from points.models import Account, Entry, LiabilityDay, LiabilityMark
from points.valuing import Ratio
from tests.factories.api import api_client
from tests.factories.orders import make_buyer, make_earning_shop, order
from tests.factories.points import Book
from tests.factories.programmes import Shop, make_shop, make_sister_brand

START = datetime(2024, 1, 10, 4, tzinfo=UTC)


@pytest.fixture
def shop(db) -> Shop:
    return make_shop()


def months_on(start: datetime, months: int) -> datetime:
    return datetime.combine(
        valuing.add_months(start.date(), months), datetime.min.time(), tzinfo=UTC
    ).replace(hour=4)


def history(shop: Shop, *, seed: int, steps: int = 120) -> datetime:
    """Post a random history of three members over three years; return its last instant."""
    draw = random.Random(seed)
    now = START
    books = [Book(shop.programme.id, member_id) for member_id in (1, 2, 3)]
    entries: list[tuple[Book, int]] = []
    for _step in range(steps):
        now += timedelta(days=draw.randint(0, 18), minutes=draw.randint(0, 1400))
        book = draw.choice(books)
        try:
            done = _step_of(draw, book, now, entries)
        except DomainError:
            continue
        entries += [(book, e.entry_id) for e in done.entries if e.kind in ("earn", "spend")]
    services.sweep_all(job="expire", now=now)
    return now


def _step_of(draw, book, now, entries):
    act = draw.choice(["earn", "earn", "earn", "spend", "spend", "reverse", "hold", "adjust"])
    points = draw.randint(1, 400)
    if act == "earn":
        ends = None if draw.random() < 0.2 else now + timedelta(days=draw.choice([40, 200, 400]))
        pending = draw.random() < 0.3
        return book.earn(
            points,
            now=now,
            pending=pending,
            available_at=now + timedelta(days=7) if pending else None,
            expires_at=ends,
        )
    if act == "reverse" and entries:
        owner, entry_id = draw.choice(entries)
        return owner.reverse(now=now, entry_id=entry_id, points=draw.choice([None, 5]))
    if act == "hold":
        return book.hold(points, now=now, expires_at=now + timedelta(minutes=30))
    if act == "adjust":
        return book.adjust(draw.choice([-1, 1]) * points, now=now)
    return book.spend(points, now=now)


def start_at_the_first_entry() -> None:
    """Pass over the numbers that earlier tests have used up: by sevens they take minutes."""
    first = Entry.objects.order_by("id").values_list("id", flat=True).first()
    assert first is not None
    LiabilityMark.objects.create(pk=1, upto=first - 1)


def by_entries(shop: Shop, day: date) -> int:
    """Add up the ledger itself: every entry up to the end of a local day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(points), 0) FROM points_entry"
            " WHERE (occurred_at AT TIME ZONE %s)::date <= %s",
            [shop.programme.timezone, day],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [7, 10_000])
def test_every_day_equals_the_ledger_to_the_point(shop, seed, limit):
    last = history(shop, seed=seed)
    start_at_the_first_entry()
    while services.roll_up(now=last, limit=limit):
        pass
    # What comes after the roll-up is read from the entries.
    Book(shop.programme.id, 1).earn(33, now=last)

    for days in (0, 1, 17, 100, 365, 500, 800):
        day = (last - timedelta(days=days)).date()
        found = selectors.get_liability(programme_id=shop.programme.id, as_of=day)

        assert found.ties
        assert found.points - found.owed == by_entries(shop, day)
        assert sum(part.points for part in found.ageing) == found.points
        assert sum(part.cost for part in found.ageing) == found.cost
        assert sum(part.points for part in found.brands) == found.points
        assert sum(part.cost for part in found.brands) == found.cost
        if found.months:
            assert found.months[-1].outstanding == found.points - found.owed
    assert list(selectors.reconcile()) == []


def test_todays_ageing_equals_the_open_lots(shop):
    last = history(shop, seed=9)
    services.roll_up(now=last)

    found = selectors.get_liability(programme_id=shop.programme.id, as_of=last.date())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('month', (expires_at AT TIME ZONE %s)"
            "       - interval '1 microsecond')::date, sum(remaining)"
            "  FROM points_lot WHERE open GROUP BY 1",
            [shop.programme.timezone],
        )
        lots = {ends: int(points) for ends, points in cursor.fetchall()}
    assert {part.ends: part.points for part in found.ageing} == lots


def test_a_roll_up_that_lost_something_is_found_and_made_anew(shop):
    last = history(shop, seed=3, steps=40)
    services.roll_up(now=last)
    assert services.verify_roll_up(now=last) == 0
    row = LiabilityDay.objects.first()
    LiabilityDay.objects.filter(pk=row.pk).update(points=row.points + 1)
    assert not selectors.get_liability(programme_id=shop.programme.id, as_of=last.date()).ties

    assert services.verify_roll_up(now=last) == 1
    services.roll_up(now=last)

    assert services.verify_roll_up(now=last) == 0
    assert selectors.get_liability(programme_id=shop.programme.id, as_of=last.date()).ties


def test_a_balance_changed_behind_the_ledgers_back_no_longer_ties(shop):
    Book(shop.programme.id).earn(100, now=START)
    Account.objects.update(available=101)

    found = selectors.get_liability(programme_id=shop.programme.id, as_of=START.date())

    assert not found.ties
    assert (found.rolled_up, found.ledger_points) == (100, 101)


def test_debt_is_told_apart_from_outstanding_points(shop):
    book = Book(shop.programme.id)
    earned = book.earn(100, now=START).entries[0]
    book.spend(100, now=START)
    book.reverse(now=START, entry_id=earned.entry_id)

    found = selectors.get_liability(programme_id=shop.programme.id, as_of=START.date())

    assert (found.points, found.owed, found.ties) == (0, 100, True)


@pytest.mark.django_db
def test_brands_are_those_of_the_orders_and_the_rest_is_other():
    shop = make_earning_shop()
    sister = make_sister_brand(shop, "sister")
    member = make_buyer(shop)
    assert api_client(shop).post("orders", order(member, "A-1")).status_code == 201
    assert api_client(sister).post("orders", order(member, "B-1")).status_code == 201
    given = api_client(sister).post(
        f"members/{member}/points/earn", {"points": 11, "source": "review:7"}
    )
    Book(shop.programme.id, member_id=10**6).earn(5)
    last = datetime(2027, 1, 1, tzinfo=UTC)

    found = selectors.get_liability(programme_id=shop.programme.id, as_of=last.date())

    assert found.ties
    by_brand = {part.brand_id: part.points for part in found.brands}
    expected = {shop.brand.id: 100, sister.brand.id: 100, 0: 5}
    if given.status_code == 201:
        expected[sister.brand.id] += 11
    assert by_brand == expected
    # The same once they are rolled up, and when an order is taken back.
    services.roll_up(now=last)
    refund = {
        "type": "refunded",
        "occurred_at": "2026-11-12T10:00:00+08:00",
        "external_no": "RF-1",
    }
    assert api_client(shop).post("orders/A-1/events", refund).status_code == 200
    again = selectors.get_liability(programme_id=shop.programme.id, as_of=last.date())
    assert {part.brand_id: part.points for part in again.brands if part.points} == {
        **{k: v for k, v in expected.items() if k != shop.brand.id}
    }


def test_cost_is_the_rate_of_the_day_and_of_the_brand(shop):
    book = Book(shop.programme.id)
    book.earn(1000, now=START)
    day = START.date()
    put = {
        "programme_id": shop.programme.id,
        "brand_id": None,
        "actor": "staff:1",
        "reason": "year",
        "now": START,
    }
    before = selectors.get_liability(programme_id=shop.programme.id, as_of=day)
    assert (before.cost, before.cost_is_set) == (1000, False)

    services.set_cost(**put, from_day=day, minor_units=2, points=3)
    services.set_cost(**put, from_day=day + timedelta(days=10), minor_units=1, points=2)

    assert selectors.get_liability(programme_id=shop.programme.id, as_of=day).cost == 667
    later = selectors.get_liability(programme_id=shop.programme.id, as_of=day + timedelta(days=10))
    assert (later.cost, later.cost_is_set) == (500, True)
    with pytest.raises(DomainError):
        services.set_cost(**put, from_day=day, minor_units=-1, points=1)


def test_breakage_is_learned_from_matured_months(shop):
    """100 points a month good for three; of each, 60 are spent a month later, 40 expire."""
    book = Book(shop.programme.id)
    for month in range(12):
        now = months_on(START, month)
        ends = datetime.combine(
            valuing.add_months(now.date(), 3), datetime.min.time(), tzinfo=shop.programme.zone
        )
        book.earn(100, now=now, expires_at=ends)
        if month:
            book.spend(60, now=now + timedelta(days=3))
    as_of = valuing.add_months(START.date(), 12) - timedelta(days=1)
    services.sweep_all(job="expire", now=datetime(2024, 12, 31, 12, tzinfo=UTC))

    found = selectors.get_liability(programme_id=shop.programme.id, as_of=as_of)

    one = next(ratio for ratio in found.ratios if ratio.months == 1)
    two = next(ratio for ratio in found.ratios if ratio.months == 2)
    assert one.value > two.value > 0
    assert found.lifetime_breakage is not None
    for part in found.ageing:
        assert part.breakage == valuing.half_up(part.points * part.ratio)
    assert found.expected_breakage == sum(part.breakage for part in found.ageing)
    assert 0 < found.expected_cost < found.cost


def test_run_off_by_hand():
    ends = date(2024, 6, 1)
    changes = {ends: {date(2024, 3, 1): 100, date(2024, 5, 1): -50, date(2024, 7, 1): -50}}

    one, two, three, four = valuing.run_off(changes, {ends: 50}, most_months=4)

    assert (one.value, two.value, three.value) == (Fraction(1), Fraction(1, 2), Fraction(1, 2))
    assert four.outstanding == 0
    ratios = [Ratio(months=1, expired=0, outstanding=0), two]
    assert valuing.breakage_at(1, ratios) == Fraction(1, 2)
    assert valuing.breakage_at(9, ratios) == 0
    assert valuing.breakage_at(0, []) == 1


@pytest.mark.parametrize(
    ("price", "points", "breakage", "goods", "deferred"),
    [
        # IFRS 15, example 52: 100,000 of goods, 10,000 points worth 1 each, 9,500 expected.
        (100_000, 10_000, Fraction(5, 100), 91_324, 8_676),
        (100, 0, Fraction(0), 100, 0),
        (0, 100, Fraction(0), 0, 0),
        (1, 1, Fraction(0), 0, 1),
        (100, 50, Fraction(1), 100, 0),
    ],
)
def test_a_price_is_split_by_relative_stand_alone_prices(price, points, breakage, goods, deferred):
    split = valuing.split_price(price=price, points=points, unit=Fraction(1), breakage=breakage)

    assert (split.goods, split.points) == (goods, deferred)
    assert split.goods + split.points == price


def test_rounded_parts_add_up():
    parts = valuing.rounded([Fraction(1, 3)] * 10)

    assert sum(parts) == 3
    assert set(parts) <= {0, 1}


def test_inflation_is_told_once_a_month(shop):
    book = Book(shop.programme.id)
    for month in range(4):
        book.earn(300, now=months_on(START, month))
        book.spend(100, now=months_on(START, month))
    now = months_on(START, 3)

    assert services.watch_inflation(programme_id=shop.programme.id, now=now)
    assert not services.watch_inflation(programme_id=shop.programme.id, now=now)

    told = OutboxEvent.objects.get(name="points.inflated.v1")
    assert (told.payload["issued"], told.payload["redeemed"]) == (900, 300)
    services.set_band(
        programme_id=shop.programme.id,
        least=Decimal(1),
        most=Decimal("3.5"),
        actor="staff:1",
        reason="festival",
        now=now,
    )
    assert not services.watch_inflation(programme_id=shop.programme.id, now=months_on(START, 4))


def test_the_report_costs_the_same_however_long_the_ledger(shop, django_assert_max_num_queries):
    last = history(shop, seed=1, steps=60)
    services.roll_up(now=last)

    with django_assert_max_num_queries(12):
        selectors.get_liability(programme_id=shop.programme.id, as_of=last.date())


@pytest.mark.django_db(transaction=True)
def test_the_roll_up_waits_for_whoever_may_still_write_below_it():
    """A number taken before and committed after must not be passed over."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    from django.db import connections, transaction

    shop = make_shop()
    book = Book(shop.programme.id)
    book.earn(1, now=START)
    while services.roll_up(now=START):
        pass
    posted, finish = Event(), Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                Book(shop.programme.id, 2).earn(10, now=START)
                posted.set()
                assert finish.wait(30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert posted.wait(30)
        book.earn(100, now=START)
        for minutes in range(3):
            services.roll_up(now=START + timedelta(minutes=minutes))
        mark = LiabilityMark.objects.get()
        unseen = Entry.objects.get(points=100).pk
        assert mark.upto < unseen
        finish.set()
        running.result()

    while services.roll_up(now=START + timedelta(minutes=9)):
        pass
    found = selectors.get_liability(programme_id=shop.programme.id, as_of=START.date())
    assert (found.points, found.ties) == (111, True)
    assert LiabilityMark.objects.get().upto >= unseen
    assert services.verify_roll_up(now=START) == 0
