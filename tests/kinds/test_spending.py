"""VIP by spend: reached by an order, kept through a refund, renewed or lost at its date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.kernel import clock, relay
from members.kinds import selectors, services
from members.kinds.models import Membership
from members.kinds.types import EndWhy, Entry, KindDraft, Why
from members.models import Member
from tests.factories.kinds import make_kinds
from tests.factories.members import make_member
from tests.factories.orders import line
from tests.factories.story import Story, make_story, report

VIP = [
    KindDraft(code="vip", name_zh="VIP", name_en="VIP", entry=Entry.SPEND, threshold=1000_00),
    KindDraft(code="super", name_zh="超级", name_en="Super", entry=Entry.SPEND, threshold=5000_00),
]


@pytest.fixture
def story(db: None) -> Story:
    made = make_story(full=False)
    make_kinds(made.shop, VIP)
    relay.drain(clock.now())
    return made


def _buy(story: Story, number: str, amount: int, *, days_ago: int = 0) -> None:
    report(story, number, days_ago=days_ago, lines=[line(unit_price=amount)])
    relay.drain(clock.now())


def _kind(story: Story) -> str:
    return Member.objects.get(pk=story.member_id).kind


def test_what_is_spent_in_twelve_months_makes_vip(story):
    _buy(story, "SO-0", 500_00, days_ago=400)
    _buy(story, "SO-1", 600_00)
    assert _kind(story) == "ordinary"

    _buy(story, "SO-2", 400_00)

    assert _kind(story) == "vip"
    row = Membership.objects.get(member_id=story.member_id)
    assert (row.why, row.by) == (Why.SPENT, "rule")


def test_one_large_order_reaches_both(story):
    _buy(story, "SO-1", 6000_00)

    assert _kind(story) == "super"
    assert set(Membership.objects.values_list("kind", flat=True)) == {"vip", "super"}


def test_further_orders_do_not_begin_another_term(story):
    for number in range(3):
        _buy(story, f"SO-{number}", 2000_00)

    assert Membership.objects.filter(kind="vip").count() == 1


def test_a_refund_does_not_take_it_before_its_date(story):
    _buy(story, "SO-1", 1000_00)
    now = clock.now().isoformat()
    answer = story.api.post(
        "orders/SO-1/events", {"type": "refunded", "occurred_at": now, "external_no": "RF-1"}
    )
    assert answer.status_code == 200, answer.content
    relay.drain(clock.now())

    assert _kind(story) == "vip"


def test_it_lapses_when_too_little_was_spent_meanwhile(story):
    _buy(story, "SO-1", 1000_00)

    services.lapse_due(programme_id=story.shop.programme.id, now=clock.now() + timedelta(days=367))

    assert _kind(story) == "ordinary"


def test_it_goes_on_when_enough_was_spent_meanwhile(story):
    _buy(story, "SO-1", 1000_00)
    later = clock.now() + timedelta(days=367)
    Membership.objects.update(until=later - timedelta(days=300))

    services.lapse_due(programme_id=story.shop.programme.id, now=later - timedelta(days=200))

    held, before = selectors.list_memberships(
        member_ids=[story.member_id], programme_id=story.shop.programme.id
    )
    assert (held.end_why, held.why) == (None, Why.SPENT)
    assert before.end_why is EndWhy.LAPSED
    assert _kind(story) == "vip"


def test_a_new_kind_takes_in_who_has_long_spent_enough(story):
    _buy(story, "SO-1", 900_00)
    extra = KindDraft(
        code="friend", name_zh="友", name_en="Friend", entry=Entry.SPEND, threshold=800_00
    )

    make_kinds(story.shop, [extra, *VIP])
    relay.drain(clock.now())

    assert _kind(story) == "friend"


def test_what_a_merged_member_spent_counts_for_the_survivor(story):
    _buy(story, "SO-1", 900_00)
    survivor = make_member(story.shop)
    Member.objects.filter(pk=story.member_id).update(status="merged", survivor_id=survivor)

    services.review_spend(
        programme_id=story.shop.programme.id, member_ids=[story.member_id], now=clock.now()
    )
    assert not Membership.objects.exists()
    _buy(story, "SO-2", 200_00)

    assert list(Membership.objects.values_list("member_id", "kind")) == [(survivor, "vip")]


def test_many_are_reviewed_in_few_statements(story, django_assert_max_num_queries):
    others = [make_member(story.shop) for _ in range(20)]
    _buy(story, "SO-1", 6000_00)

    with django_assert_max_num_queries(25):
        services.review_spend(
            programme_id=story.shop.programme.id,
            member_ids=[story.member_id, *others],
            now=clock.now(),
        )
