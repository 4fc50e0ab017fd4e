"""Books on the real database: locked, written back, told of, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from config.kernel.models import OutboxEvent
from config.kernel.outbox import OutsideTransactionError
from loyalty import selectors, services
from loyalty.models import MemberTier, Qualifying, TierChange
from members import selectors as members_selectors
from tests.factories.loyalty import make_rules
from tests.factories.members import make_member
from tests.factories.programmes import Shop, make_shop

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = make_shop()
    make_rules(shop)
    return shop


def count(shop: Shop, member: int, yuan: int, *, source: str = "order:1", at: datetime = NOW):
    with transaction.atomic():
        books = services.open_books(member_ids=[member], programme_id=shop.programme.id)
        move = books.count(member, source, yuan * 100, yuan, at)
        services.close_books(books=books, now=NOW)
    return move


def take_back(shop: Shop, member: int, yuan: int, *, source: str = "order:1", at: datetime = NOW):
    with transaction.atomic():
        books = services.open_books(
            member_ids=[member], programme_id=shop.programme.id, sources=[source]
        )
        move = books.take_back(member, source, yuan * 100, yuan, at)
        services.close_books(books=books, now=NOW)
    return move


def standing(shop: Shop, member: int, at: datetime = NOW) -> Any:
    found = selectors.get_standing(member_ids=[member], programme_id=shop.programme.id, at=at)
    return found[member]


def test_books_open_inside_a_transaction_only(transactional_db, shop: Shop):
    with pytest.raises(OutsideTransactionError):
        services.open_books(member_ids=[1], programme_id=shop.programme.id)


def test_count_writes_standing_source_history_label_and_event(shop: Shop):
    member = make_member(shop)

    move = count(shop, member, 8_000)

    assert (move.before.code, move.after.code, move.changed) == ("ordinary", "silver", True)
    row = MemberTier.objects.get(member_id=member)
    assert (row.tier_code, row.spends, row.growths) == ("silver", [800_000], [8_000])
    assert Qualifying.objects.get(member_id=member).source == "order:1"
    line = TierChange.objects.get(member_id=member)
    assert (line.from_code, line.to_code, line.why, line.source) == (
        "ordinary",
        "silver",
        "upgraded",
        "order:1",
    )
    label = members_selectors.list_labels(member_ids=[member], kind="tier")
    assert label[member][0].code == "silver"
    told = OutboxEvent.objects.get(name="loyalty.tier_upgraded.v1")
    assert told.payload is not None
    assert (told.member_id, told.payload["to_code"]) == (member, "silver")


def test_one_statement_of_each_kind_however_many_members(
    shop: Shop, django_assert_num_queries: Any
):
    members = [make_member(shop) for _ in range(5)]
    count(shop, members[0], 1, source="order:0")

    with transaction.atomic(), django_assert_num_queries(2):
        books = services.open_books(member_ids=members, programme_id=shop.programme.id)
    for member in members:
        books.count(member, "order:1", 3_000_00, 3_000, NOW)
    # Sources, standings, history, labels (two and their savepoint), events.
    with transaction.atomic(), django_assert_num_queries(8):
        services.close_books(books=books, now=NOW)


def test_h13_a_source_counts_once(shop: Shop):
    member = make_member(shop)
    count(shop, member, 100)

    with pytest.raises(services.AlreadyCountedError):
        count(shop, member, 100)

    assert standing(shop, member).amount == 100_00


def test_h4_refund_takes_back_from_the_sources_own_day(shop: Shop):
    member = make_member(shop)
    count(shop, member, 100, source="order:1", at=NOW - timedelta(days=364))
    count(shop, member, 50, source="order:2")

    take_back(shop, member, 40, source="order:1")

    assert MemberTier.objects.get(member_id=member).spends == [60_00, 50_00]
    assert standing(shop, member).amount == 110_00
    assert standing(shop, member, NOW + timedelta(days=3)).amount == 50_00


def test_no_more_is_taken_back_than_counts(shop: Shop):
    member = make_member(shop)
    count(shop, member, 100)
    take_back(shop, member, 60)

    with pytest.raises(services.NotCountedError):
        take_back(shop, member, 41)
    with pytest.raises(services.NotCountedError):
        take_back(shop, member, 1, source="order:unknown")

    assert standing(shop, member).amount == 40_00


def test_h31_undone_upgrade_falls_back_over_two_settlements(shop: Shop):
    member = make_member(shop)
    count(shop, member, 8_000)

    move = take_back(shop, member, 8_000, at=NOW + timedelta(days=3))

    assert (move.before.code, move.after.code) == ("silver", "ordinary")
    assert OutboxEvent.objects.filter(name="loyalty.tier_downgraded.v1").count() == 1
    assert members_selectors.list_labels(member_ids=[member], kind="tier")[member][0].code == (
        "ordinary"
    )


def test_late_order_finds_the_tier_of_its_own_time(shop: Shop):
    member = make_member(shop)
    count(shop, member, 8_000, at=NOW)

    with transaction.atomic():
        books = services.open_books(member_ids=[member], programme_id=shop.programme.id)
        assert books.tier(member, NOW - timedelta(days=1)).code == "ordinary"
        assert books.tier(member, NOW).code == "silver"
        assert books.tier(member, NOW + timedelta(days=366)).code == "bronze"


def test_standing_tells_the_way_up_and_what_staying_needs(shop: Shop):
    member, stranger = make_member(shop), make_member(shop)
    count(shop, member, 8_000, at=NOW - timedelta(days=200))
    count(shop, member, 2_500, source="order:2")

    found = selectors.get_standing(
        member_ids=[member, stranger], programme_id=shop.programme.id, at=NOW
    )

    here = found[member]
    assert (here.tier.code, here.amount) == ("silver", 10_500_00)
    assert here.next_tier is not None
    assert (here.next_tier.code, here.to_next) == ("gold", 9_500_00)
    assert here.to_stay == 5_500_00
    nobody = found[stranger]
    assert (nobody.tier.code, nobody.to_next, nobody.to_stay) == ("ordinary", 3_000_00, 0)


def test_standing_shows_what_is_due_whether_or_not_a_job_ran(shop: Shop):
    member = make_member(shop)
    count(shop, member, 8_000)

    assert standing(shop, member, NOW + timedelta(days=400)).tier.code == "bronze"
    assert MemberTier.objects.get(member_id=member).tier_code == "silver"


def test_announce_off_leaves_the_telling_to_the_caller(shop: Shop):
    member = make_member(shop)
    told_before = OutboxEvent.objects.count()
    with transaction.atomic():
        books = services.open_books(member_ids=[member], programme_id=shop.programme.id)
        books.count(member, "order:1", 8_000_00, 8_000, NOW)
        services.close_books(books=books, now=NOW, announce=False)

    assert OutboxEvent.objects.count() == told_before
    assert TierChange.objects.filter(member_id=member).count() == 1


def test_history_is_append_only_for_the_application(shop: Shop):
    member = make_member(shop)
    count(shop, member, 8_000)

    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        TierChange.objects.filter(member_id=member).update(to_code="diamond")


def test_h32_books_of_a_replaced_ladder_are_brought_to_the_new_one(shop: Shop):
    member = make_member(shop)
    count(shop, member, 2_000)
    publish_lower_bronze(shop)

    with transaction.atomic():
        books = services.open_books(member_ids=[member], programme_id=shop.programme.id)
        assert books.tier(member, NOW + timedelta(hours=2)).code == "bronze"
        services.close_books(books=books, now=NOW)

    assert MemberTier.objects.get(member_id=member).ladder_version == 2
    lines = selectors.list_changes(member_ids=[member], programme_id=shop.programme.id)
    assert [(c.why.value, c.ladder_version) for c in lines] == [("remapped", 2)]


def publish_lower_bronze(shop: Shop) -> None:
    from loyalty.types import LadderDraft, TierDraft

    rungs = [("ordinary", 0), ("bronze", 1_000_00), ("silver", 8_000_00), ("gold", 20_000_00)]
    draft = LadderDraft(
        tiers=[TierDraft(code=c, name_zh=c, name_en=c, threshold=t) for c, t in rungs]
    )
    said: dict[str, Any] = {
        "programme_id": shop.programme.id,
        "actor": "staff:1",
        "reason": "easier start",
        "now": NOW + timedelta(hours=1),
    }
    version = services.draft_ladder(draft=draft, **said)
    services.publish_ladder(version=version, **said)


def test_evaluate_due_steps_down_and_tells_once_for_the_range(shop: Shop):
    members = [make_member(shop) for _ in range(3)]
    for member, yuan in zip(members, (8_000, 20_000, 10), strict=True):
        count(shop, member, yuan)
    later = NOW + timedelta(days=370)

    done = services.evaluate_due(programme_id=shop.programme.id, now=later)
    again = services.evaluate_due(programme_id=shop.programme.id, now=later)

    assert (done, again) == (2, 0)
    codes = MemberTier.objects.order_by("member_id").values_list("tier_code", flat=True)
    assert list(codes) == ["bronze", "silver", "ordinary"]
    told = OutboxEvent.objects.get(name="loyalty.tiers_reviewed.v1")
    assert told.payload == {
        "first_member": members[0],
        "last_member": members[1],
        "changed": 2,
    }
    reviewed = selectors.list_reviewed(
        programme_id=shop.programme.id, first_member=members[0], last_member=members[1], at=later
    )
    assert [c.to_code for c in reviewed] == ["bronze", "silver"]


def test_evaluate_due_works_in_bounded_bites(shop: Shop):
    members = [make_member(shop) for _ in range(3)]
    for member in members:
        count(shop, member, 8_000)
    later = NOW + timedelta(days=370)

    bites = [
        services.evaluate_due(programme_id=shop.programme.id, now=later, limit=2) for _ in range(3)
    ]

    assert bites == [2, 1, 0]


def test_h32_evaluate_due_brings_everybody_to_the_new_ladder(shop: Shop):
    rich, poor = make_member(shop), make_member(shop)
    count(shop, rich, 60_000)
    count(shop, poor, 500)
    publish_lower_bronze(shop)

    assert services.evaluate_due(programme_id=shop.programme.id, now=NOW + timedelta(days=1)) == 2

    rows = dict(MemberTier.objects.values_list("member_id", "tier_code"))
    assert rows == {rich: "gold", poor: "ordinary"}
    assert set(MemberTier.objects.values_list("ladder_version", flat=True)) == {2}


def test_spread_tables_start_their_key_with_the_member(db):
    with connection.cursor() as cursor:
        for table in ("loyalty_membertier", "loyalty_qualifying", "loyalty_tierchange"):
            constraints = connection.introspection.get_constraints(cursor, table)
            keys = [c["columns"] for c in constraints.values() if c["primary_key"]]
            assert keys == [["member_id", "id"]]
