"""Events keep coming for a member who was merged: they land on whom they became."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loyalty import selectors as loyalty_selectors
from loyalty.settlement import services as settlement_services
from members import selectors as members_selectors
from members.commerce.types import EventReport, Stage
from points import selectors as points_selectors
from points import services as points_services
from points.models import Account, Entry, Lot
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.orders import at, line, make_earning_shop, order
from tests.factories.points import Book
from tests.members.test_merging import facts, merge, undo

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return make_earning_shop()


@pytest.fixture
def client(shop):
    return api_client(shop)


@pytest.fixture(autouse=True)
def reconciled(db):
    yield
    assert list(points_selectors.reconcile()) == []


class Two:
    """A survivor and a duplicate, each with a paid order and something of their own."""

    def __init__(self, shop: Any, client: Any) -> None:
        self.shop, self.client = shop, client
        self.stays, self.goes = (make_member(shop, now=NOW - 90 * DAY) for _ in range(2))
        self.kept = Book(shop.programme.id, self.stays, NOW)
        self.old = Book(shop.programme.id, self.goes, NOW)
        for number, member in (("SO-S", self.stays), ("SO-D", self.goes)):
            self.order(member, number)

    def id(self, member: int) -> str:
        return members_selectors.public_id(member)

    def order(self, member: int, number: str, **changes: Any) -> Any:
        goods = [line(1, unit_price=100_000), line(2, unit_price=50_000)]
        body = order(self.id(member), number, **{"lines": goods, **changes})
        answer = self.client.post("orders", body)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    def event(self, number: str, kind: str, **more: Any) -> Any:
        body = {"type": kind, "occurred_at": at(18).isoformat(), **more}
        answer = self.client.post(f"orders/{number}/events", body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def refund(self, number: str, line_no: int = 1) -> Any:
        lines = [{"line_no": line_no, "quantity": 1}]
        return self.event(number, "refunded", external_no=f"RF-{line_no}", lines=lines)

    def account(self, member: int, currency: str = "points") -> Account:
        return Account.objects.get(member_id=member, currency=currency)

    def total(self, member: int) -> int:
        a = self.account(member)
        return a.available + a.pending + a.held - a.debt

    def standing(self, member: int) -> Any:
        return loyalty_selectors.get_standing(
            member_ids=[member], programme_id=self.shop.programme.id, at=NOW
        )[member]


@pytest.fixture
def two(shop, client):
    return Two(shop, client)


def test_an_order_of_the_merged_member_is_refunded_from_the_survivor(two):
    both = two.total(two.stays) + two.total(two.goes)
    counted = two.standing(two.stays).amount
    merge(two.stays, two.goes, NOW)
    assert two.standing(two.stays).amount == 2 * counted

    two.refund("SO-D")

    # ¥1,000 of ¥1,500 at one point a yuan.
    assert two.total(two.stays) == both - 1000
    assert two.account(two.goes).pending == 0
    assert two.standing(two.stays).amount == 2 * counted - 100_000
    told = Entry.objects.filter(kind="reverse", account_id=two.account(two.stays).pk).get()
    assert (told.member_id, told.points) == (two.stays, -1000)
    # Told again, nothing more is taken.
    two.refund("SO-D")
    assert two.total(two.stays) == both - 1000


def test_the_rest_of_a_refund_begun_before_the_merge_adds_up(two):
    two.refund("SO-D", 2)
    both = two.total(two.stays) + two.total(two.goes)
    merge(two.stays, two.goes, NOW)

    two.refund("SO-D", 1)

    assert two.total(two.stays) == both - 1000
    assert (
        points_selectors.get_balance(
            member_id=two.stays, programme_id=two.shop.programme.id, at=NOW, now=NOW
        ).debt
        == 0
    )


def test_completing_the_merged_members_order_makes_the_survivors_points_available(two):
    merge(two.stays, two.goes, NOW)

    two.event("SO-D", "completed")

    # Completed on the 18th, with seven days to return it: by now they are there.
    account = two.account(two.stays)
    assert (account.available, account.pending) == (1500, 1500)


def test_an_order_placed_before_and_paid_after_the_merge_earns_for_the_survivor(two):
    two.order(two.goes, "SO-P", status="placed", paid_at=None)
    merge(two.stays, two.goes, NOW)
    before = two.total(two.stays)

    two.event("SO-P", "paid")

    assert two.total(two.stays) == before + 1500
    assert two.total(two.goes) == 0


def test_the_same_order_reported_for_the_old_id_is_the_same_order(two):
    merge(two.stays, two.goes, NOW)
    before = two.total(two.stays)

    two.order(two.goes, "SO-D")
    two.order(two.stays, "SO-D")

    assert two.total(two.stays) == before
    numbers = [o["external_no"] for o in two.client.get(
        f"members/{two.id(two.goes)}/orders").json()["items"]]  # fmt: skip
    assert sorted(numbers) == ["SO-D", "SO-S"]


def test_what_was_told_before_is_not_told_twice_under_the_new_id(two):
    path = f"members/{two.id(two.goes)}/points/earn"
    first = two.client.post(path, {"points": 40, "source": "review:9"}, key="k-1")
    merge(two.stays, two.goes, NOW)
    before = two.total(two.stays)

    by_key = two.client.post(path, {"points": 40, "source": "review:9"}, key="k-1")
    by_source = two.client.post(
        f"members/{two.id(two.stays)}/points/earn", {"points": 40, "source": "review:9"}
    )
    other = two.client.post(path, {"points": 41, "source": "review:9"})

    assert first.status_code == 201
    assert {by_key.json()["id"], by_source.json()["id"]} == {first.json()["id"]}
    assert other.json()["code"] == "points.source_conflict"
    assert two.total(two.stays) == before


def test_a_spend_of_the_merged_member_is_given_back_to_the_survivor(two):
    two.old.earn(100, expires_at=NOW + 90 * DAY)
    spent = two.old.spend(100, source="cup:1").entries[0]
    merge(two.stays, two.goes, NOW)
    before = two.account(two.stays).available

    for points in (30, 70):
        two.old.reverse(points, entry_id=spent.entry_id)

    assert two.account(two.stays).available == before + 100
    lots = Lot.objects.filter(member_id=two.stays, open=True, expires_at=NOW + 90 * DAY)
    assert sum(lot.remaining for lot in lots) == 100
    with pytest.raises(points_services.AlreadyReversedError):
        two.kept.reverse(1, entry_id=spent.entry_id)


def test_a_reservation_made_before_is_used_after_under_either_id(two):
    two.old.earn(100, expires_at=NOW + 90 * DAY)
    first, second = (two.old.hold(40, expires_at=NOW + DAY).reservation_id for _ in range(2))
    merge(two.stays, two.goes, NOW)

    two.old.capture(reservation_id=first)
    two.kept.release(reservation_id=second)

    assert (two.account(two.stays).available, two.account(two.stays).held) == (60, 0)


def test_commands_still_under_way_for_the_old_account_happen_at_the_new_one(two):
    """A spend that was read before the merge and is written after it."""
    merge(two.stays, two.goes, NOW)

    two.old.earn(50, source="late:1")
    two.old.spend(20)
    done = points_services.post_batch(
        commands=[two.old.command("earn", 5), two.kept.command("earn", 6)], now=NOW
    )

    assert [o.problem for o in done] == [None, None]
    assert two.account(two.stays).available == 41
    assert two.account(two.goes).available == 0


def test_an_undo_after_events_gives_each_what_is_theirs(two):
    two.old.earn(100, expires_at=NOW + 90 * DAY)
    spent = two.old.spend(60, source="cup:1").entries[0]
    case = merge(two.stays, two.goes, NOW)
    stays = two.total(two.stays)
    assert stays == 1500 + 1500 + 40
    two.refund("SO-D")
    two.refund("SO-S", 2)
    two.old.reverse(60, entry_id=spent.entry_id)
    two.kept.earn(7)

    undo(case, NOW + DAY)

    assert two.total(two.stays) == 1500 - 500 + 7
    assert two.total(two.goes) == 1500 - 1000 + 100
    assert two.standing(two.stays).amount == 100_000
    assert two.standing(two.goes).amount == 50_000
    # From here on each has their own again.
    two.refund("SO-D", 2)
    assert two.total(two.goes) == 100
    assert two.standing(two.goes).amount == 0


def test_an_undo_without_events_restores_orders_tiers_and_points(two):
    before = facts(two.stays, two.goes)
    case = merge(two.stays, two.goes, NOW)

    undo(case, NOW + DAY)

    assert facts(two.stays, two.goes) == before


def test_the_better_tier_stays_and_the_sum_of_both_counts(two):
    two.order(two.goes, "SO-BIG", lines=[line(1, unit_price=3_000_000)])
    best, own = two.standing(two.goes), two.standing(two.stays)
    assert best.tier.rank > own.tier.rank
    case = merge(two.stays, two.goes, NOW)

    after = two.standing(two.stays)
    assert after.tier.rank >= best.tier.rank
    assert after.amount == best.amount + own.amount
    changes = loyalty_selectors.list_changes(
        member_ids=[two.stays], programme_id=two.shop.programme.id
    )
    assert changes[0].why.value == "merged"

    undo(case, NOW + DAY)
    assert two.standing(two.stays).tier == own.tier
    assert two.standing(two.goes).tier == best.tier


def test_events_of_a_chain_land_on_the_last(two):
    last = make_member(two.shop, now=NOW)
    merge(two.stays, two.goes, NOW)
    merge(last, two.stays, NOW)

    two.refund("SO-D")
    two.old.earn(5)

    assert two.total(last) == 3000 - 1000 + 5
    assert two.total(two.stays) == two.total(two.goes) == 0


def test_settlements_in_bulk_follow_as_well(two):
    merge(two.stays, two.goes, NOW)
    documents = [
        EventReport(
            order_no=number,
            kind=Stage.REFUNDED,
            occurred_at=at(18),
            refund_no="RF-B",
        )
        for number in ("SO-D", "SO-S")
    ]

    settled = settlement_services.settle(
        documents=documents, storefront=two.shop.storefront, now=NOW
    )

    assert not [one for one in settled if isinstance(one, Exception)]
    assert two.total(two.stays) == 0
