"""Numeric cases from other systems' test suites, against this ledger.

Facts only: what they give, do and expect is told in our words. Where a convention differs,
`differs` says so, and the row holds what happens here instead of what happened there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from config.kernel.money import share_out
from points import errors, selectors, services
from points.models import Account, Entry, Lot
from points.types import Purse, Rate
from tests.factories.points import NOON, Book
from tests.factories.programmes import make_shop

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A peer's case. `run` answers with what happened here."""

    name: str
    run: Callable[[Book], Any]
    expected: Any
    differs: str = ""


def lots(book: Book, *given: tuple[int, int | None], currency: str = "points") -> None:
    """Earn lots of (points, days until they end)."""
    for points, days in given:
        ends = None if days is None else NOON + days * DAY
        book.earn(points, expires_at=ends, currency=currency)


def left() -> list[int]:
    return list(Lot.objects.order_by("id").values_list("remaining", flat=True))


def spend(*given: tuple[int, int | None], points: int) -> Callable[[Book], list[int]]:
    def run(book: Book) -> list[int]:
        lots(book, *given)
        book.spend(points)
        return left()

    return run


def taken_from_each(book: Book) -> list[int]:
    lots(book, (3, 1), (12, 2))
    return [-share.points for share in book.spend(15).entries[0].lots]


def more_than_there_is(book: Book) -> tuple[str, list[int]]:
    lots(book, (30, None))
    with pytest.raises(services.InsufficientPointsError) as refused:
        book.spend(50)
    return refused.value.code, left()


def two_in_one_request(book: Book) -> tuple[list[str | None], int]:
    lots(book, (60, None))
    commands = [book.command("spend", 50) for _ in range(2)]
    outcomes = services.post_batch(commands=commands, now=NOON)
    codes = [outcome.problem.code if outcome.problem else None for outcome in outcomes]
    return codes, Account.objects.get().available


def the_same_key(book: Book) -> tuple[bool, str, int]:
    first = book.command("earn", 100, key="k1", source="s")
    services.post(command=first, now=NOON)
    again = services.post(command=first, now=NOON)
    with pytest.raises(services.KeyReusedError) as refused:
        book.earn(200, key="k1", source="s")
    return again.replayed, refused.value.code, Account.objects.get().available


def the_same_reference(book: Book) -> tuple[bool, str]:
    book.earn(100, source="r1")
    again = book.earn(100, source="r1")
    with pytest.raises(services.SourceConflictError) as refused:
        book.earn(101, source="r1")
    return again.duplicate, refused.value.code


def cancelled_order(book: Book) -> tuple[int, int]:
    lots(book, (2, None))
    book.earn(1, source="order:1")
    book.spend(1, source="order:1")
    before = Entry.objects.count()
    book.reverse(earned_under="order:1", cause="cancelled")
    book.reverse(spent_under="order:1", cause="cancelled")
    return Account.objects.get().available, Entry.objects.count() - before


def returned_half(book: Book) -> list[int]:
    book.earn(20, source="order:1")
    after_sale = Account.objects.get().available
    book.reverse(10, earned_under="order:1", cause="RF-1")
    return [after_sale, Account.objects.get().available]


def two_halves(book: Book) -> tuple[int, int]:
    lots(book, (10, None))
    book.spend(5, source="10 % on A")
    book.spend(5, source="15 % on B")
    account = Account.objects.get()
    return account.lifetime_spent, account.available


def two_gift_cards(book: Book) -> tuple[int, int]:
    lots(book, (10_000, None), (10_000, None), currency="balance")
    due = 230_000
    paid = services.pay(
        member_id=1,
        programme_id=book.programme_id,
        currency="balance",
        amount=20_000,
        source="order:1",
        key="p",
        now=NOON,
    )
    return due + paid.points, Account.objects.get().available


def whole_multiples(book: Book) -> tuple[str, int]:
    lots(book, (10, None))
    source = Purse(programme_id=book.programme_id)
    target = Purse(programme_id=make_shop("b").programme.id)
    rate = Rate(
        id=0, version=0, source=source, target=target, per=3, gives=1, step=3, begins_at=NOON
    )
    services.publish_rate(rate=rate, actor="staff:1", reason="steps", now=NOON)

    def give(points: int) -> Any:
        return services.exchange(
            member_id=1,
            to_member_id=1,
            source=source,
            target=target,
            points=points,
            key=f"k{points}",
            now=NOON,
        )

    with pytest.raises(errors.ExchangeAmountError) as refused:
        give(10)
    return refused.value.code, give(9).quote.given


CASES = [
    Case(name="formance-sources-05", run=taken_from_each, expected=[3, 12]),
    Case(
        name="formance-two-spends-07",
        run=two_in_one_request,
        expected=([None, "points.insufficient"], 10),
        differs="there the request fails whole; here a batch's items stand for themselves",
    ),
    Case(
        name="formance-idempotent-08",
        run=the_same_key,
        expected=(True, "idempotency.key_reused", 100),
    ),
    Case(
        name="formance-reference-09",
        run=the_same_reference,
        expected=(True, "points.source_conflict"),
        differs="there every repetition conflicts; here the same points answer as the first time",
    ),
    Case(
        name="lago-consume-01",
        run=spend((30, 30), (70, None), points=50),
        expected=[0, 50],
        differs="there a kind goes first; here what ends first does: a gift ends, money does not",
    ),
    Case(name="lago-consume-02", run=more_than_there_is, expected=("points.insufficient", [30])),
    Case(
        name="lago-consume-03",
        run=spend((50, 20), (50, 10), points=60),
        expected=[40, 0],
        differs="there by a priority number; here by the end of the lot, whatever its age",
    ),
    Case(name="lago-consume-04", run=spend((50, 9), (50, 9), points=60), expected=[0, 40]),
    Case(
        name="lago-consume-05",
        run=spend((10, 1), (10, 1), (10, 2), (10, 2), (10, 2), points=35),
        expected=[0, 0, 0, 5, 10],
        differs="there by priority, kind and age; here by end, then by age",
    ),
    Case(
        name="odoo-history-cancel-15",
        run=cancelled_order,
        expected=(2, 2),
        differs="there a line disappears; here two lines are added, and none ever goes",
    ),
    Case(name="erpnext-return-08", run=returned_half, expected=[20, 10]),
    Case(
        name="odoo-two-rewards-one-coupon-13",
        run=two_halves,
        expected=(10, 0),
        differs="there half points; here points are whole, so the case is ten times as large",
    ),
    Case(name="odoo-two-giftcards-32", run=two_gift_cards, expected=(210_000, 0)),
    Case(
        name="odoo-redeem-whole-multiples-08",
        run=whole_multiples,
        expected=("exchange.amount", 9),
        differs="there 10 are cut to 9; here an amount off the step is refused and says the step",
    ),
    Case(
        name="ruoyi-points-use-01",
        run=lambda book: share_out(100, [200, 150, 0]),
        expected=[58, 42, 0],
        differs="there the last line takes the rest (57, 43); here it goes one by one from line 1",
    ),
    Case(
        name="ruoyi-points-use-02",
        run=lambda book: share_out(50, [200, 150]),
        expected=[29, 21],
        differs="there (28, 22), as above",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_peer(case: Case, book: Book) -> None:
    assert case.run(book) == case.expected
    assert list(selectors.reconcile()) == []
