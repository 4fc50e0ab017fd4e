"""Everything of one member to another, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from points import errors, selectors, services
from points.models import Account, Entry, Lot
from tests.factories.points import NOON, Book

DAY = timedelta(days=1)


@pytest.fixture
def books(shop):
    return Book(shop.programme.id, 1), Book(shop.programme.id, 2)


@pytest.fixture(autouse=True)
def reconciled(db):
    yield
    assert list(selectors.reconcile()) == []


def transfer(shop, *, key="merge:1", now=NOON):
    return services.transfer(
        from_member_id=1,
        to_member_id=2,
        programme_id=shop.programme.id,
        key=key,
        source="merge:1",
        now=now,
    )


def undo(shop, *, now=NOON, key="unmerge:1"):
    return services.undo_transfer(
        from_member_id=1,
        programme_id=shop.programme.id,
        transfer_key="merge:1",
        key=key,
        source="unmerge:1",
        now=now,
    )


def figures(book, currency="points"):
    a = Account.objects.get(member_id=book.member_id, currency=currency)
    return a.available, a.pending, a.held, a.debt


def lots(book):
    rows = Lot.objects.filter(member_id=book.member_id, open=True).order_by("expires_at", "id")
    return [(x.remaining, x.held, x.pending, x.expires_at) for x in rows]


def fill(book):
    book.earn(100, expires_at=NOON + 5 * DAY)
    book.earn(50, source="order:1", pending=True, available_at=NOON + 3 * DAY)
    book.hold(30, expires_at=NOON + DAY)
    book.earn(7, currency="growth")


def test_everything_moves_lot_by_lot_with_its_dates(shop, books):
    old, kept = books
    fill(old)
    kept.earn(11)
    before = lots(old)

    moved = transfer(shop)

    assert figures(old) == (0, 0, 0, 0)
    assert figures(kept) == (81, 50, 30, 0)
    assert figures(kept, "growth") == (7, 0, 0, 0)
    assert [x for x in lots(kept) if x in before] == before
    assert [(e.kind, e.points) for e in moved.entries] == [
        ("merge", -150),
        ("merge", 150),
        ("merge", -7),
        ("merge", 7),
    ]
    assert transfer(shop).replayed
    assert Entry.objects.filter(kind="merge").count() == 4


def test_time_goes_on_for_what_has_moved(shop, books):
    old, kept = books
    fill(old)
    transfer(shop)

    for job in ("lapse", "activate", "expire"):
        services.sweep_all(job=job, now=NOON + 4 * DAY)
    assert figures(kept) == (150, 0, 0, 0)
    services.sweep_all(job="expire", now=NOON + 5 * DAY)
    assert figures(kept) == (50, 0, 0, 0)


def test_a_debt_meets_the_points_of_the_other(shop, books):
    old, kept = books
    old.earn(40, source="order:1")
    old.spend(40)
    old.reverse(earned_under="order:1")
    kept.earn(100)

    transfer(shop)

    assert (figures(old), figures(kept)) == ((0, 0, 0, 0), (60, 0, 0, 0))


def test_a_reservation_answers_under_its_old_id(shop, books):
    old, kept = books
    old.earn(100)
    held = old.hold(60, expires_at=NOON + DAY).reservation_id
    transfer(shop)

    found = selectors.get_reservation(
        member_id=1, reservation_id=held, programme_id=shop.programme.id, at=NOON
    )
    assert (found.status, found.points) == ("held", 60)
    old.extend(reservation_id=held, expires_at=NOON + 2 * DAY)
    done = old.capture(20, reservation_id=held, now=NOON + DAY)

    assert [(e.member_id, e.kind) for e in done.entries] == [(2, "spend"), (2, "release")]
    assert figures(kept) == (80, 0, 0, 0)


def test_an_undone_transfer_leaves_things_as_they_were(shop, books):
    old, kept = books
    fill(old)
    kept.earn(11)
    before = (lots(old), lots(kept), figures(old), figures(kept))
    transfer(shop)

    undo(shop)

    assert (lots(old), lots(kept), figures(old), figures(kept)) == before
    with pytest.raises(services.DomainError) as refused:
        undo(shop, key="unmerge:2")
    assert refused.value.code == "transfer.undone"


def test_what_was_spent_meanwhile_is_covered_by_other_points(shop, books):
    old, kept = books
    old.earn(100, expires_at=NOON + 5 * DAY)
    kept.earn(80)
    transfer(shop)
    kept.spend(30)

    undo(shop)

    assert (figures(old), figures(kept)) == ((100, 0, 0, 0), (50, 0, 0, 0))
    assert lots(old) == [(100, 0, False, NOON + 5 * DAY)]


def test_an_undo_beyond_cover_is_refused_and_moves_nothing(shop, books):
    old, kept = books
    old.earn(7, currency="growth")
    old.earn(100, expires_at=NOON + 5 * DAY)
    kept.earn(20)
    transfer(shop)
    kept.spend(30)

    with pytest.raises(errors.TransferSpentError) as refused:
        undo(shop)

    assert refused.value.asked == 10
    assert (figures(old), figures(kept)) == ((0, 0, 0, 0), (90, 0, 0, 0))
    assert figures(kept, "growth") == (7, 0, 0, 0)


def test_what_expired_meanwhile_stays_expired(shop, books):
    old, kept = books
    old.earn(100, expires_at=NOON + 5 * DAY)
    old.earn(10)
    transfer(shop)

    undo(shop, now=NOON + 6 * DAY)

    assert (figures(old), figures(kept)) == ((10, 0, 0, 0), (0, 0, 0, 0))
    assert Account.objects.get(member_id=2).lifetime_expired == 100


def test_a_member_is_not_merged_into_themselves(shop, books):
    with pytest.raises(services.DomainError) as refused:
        services.transfer(
            from_member_id=1, to_member_id=1, programme_id=shop.programme.id, key="k", source="m",
            now=NOON,
        )  # fmt: skip

    assert refused.value.code == "transfer.same_member"


def test_an_empty_member_moves_nothing(shop, books):
    assert transfer(shop).entries == ()
    with pytest.raises(services.DomainError) as refused:
        undo(shop)
    assert refused.value.code == "transfer.not_found"
