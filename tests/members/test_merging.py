"""Two members who are one: everything comes together, old ids answer, and there is a way back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from config.kernel.errors import DomainError
from config.kernel.models import AuditRecord, OutboxEvent
from loyalty.models import MemberTier, Qualifying
from members import errors, keys, models, selectors, services
from members.types import Consent, ContactKind, Label
from points import selectors as points_selectors
from points.models import Account, Hold, Lot
from tests.factories.members import make_member
from tests.factories.orders import make_earning_shop
from tests.factories.points import Book

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return make_earning_shop()


@pytest.fixture(autouse=True)
def reconciled(db):
    yield
    assert list(points_selectors.reconcile()) == []


def merge(survivor: int, duplicate: int, now: Any, **changes: Any) -> int:
    case = services.open_case(
        survivor_id=survivor, duplicate_id=duplicate, found="operator", actor="staff:1", now=now
    )
    services.merge(case_id=case, actor="staff:1", reason="same person", now=now, **changes)
    return case


def undo(case: int, now: Any) -> None:
    services.undo(case_id=case, actor="staff:1", reason="not the same", now=now)


def facts(*members: int) -> Any:
    """Return everything about members that a merge touches and an undo restores."""
    lot = ("member_id", "remaining", "held", "pending", "open", "expires_at", "available_at")
    account = ("member_id", "currency", "available", "pending", "held", "debt")
    tier = ("member_id", "tier_code", "until", "protected", "grants", "days", "spends", "growths")
    profile = ("pk", "status", "survivor_id", "user_id", "name", "nickname", "birthday", "gender",
               "kind", "locale", "home_store_id", "joined_at", "attribution")  # fmt: skip
    where = {"member_id__in": members}
    return {
        "profile": sorted(
            models.Member.objects.filter(pk__in=members).values_list(*profile), key=str
        ),
        "contacts": sorted(
            (c.member_id, c.kind, c.value, c.verified_at)
            for c in models.ContactPoint.objects.filter(**where)
        ),
        "identities": sorted(
            (i.member_id, i.channel, i.external_id) for i in models.Identity.objects.filter(**where)
        ),
        "keys": sorted(
            (k.kind, bytes(k.blind), k.member_id) for k in models.MemberKey.objects.filter(**where)
        ),
        "consents": sorted(
            models.Consent.objects.filter(**where).values_list(
                "member_id", "purpose", "policy_version", "given_at", "withdrawn_at"
            )
        ),
        "labels": sorted(
            models.Label.objects.filter(**where)
            .exclude(code="ordinary")
            .values_list("member_id", "kind", "code")
        ),
        "names": sorted(
            (n.member_id, n.name, n.id_number) for n in models.RealName.objects.filter(**where)
        ),
        "accounts": sorted(
            row for row in Account.objects.filter(**where).values_list(*account) if any(row[2:])
        ),
        "lots": sorted(Lot.objects.filter(open=True, **where).values_list(*lot), key=repr),
        "holds": sorted(
            Hold.objects.filter(status="held", **where).values_list("member_id", "points", "source")
        ),
        "tiers": sorted(
            (
                row
                for row in MemberTier.objects.filter(**where).values_list(*tier)
                if row[4] or row[5]
            ),
            key=repr,
        ),
        "counted": sorted(
            Qualifying.objects.filter(**where).values_list("member_id", "source", "spend")
        ),
    }


def test_the_survivor_has_what_it_lacked_and_keeps_what_was_proved(shop, now):
    survivor = make_member(shop, phone="+8613800138000", nickname="宁", now=now - 9 * DAY)
    duplicate = make_member(
        shop,
        email="ning@example.com",
        name="张宁",
        birthday=date(1990, 5, 6),
        external_id="wx-1",
        channel="mini",
        attribution={"source": "poster"},
        consents=[Consent(purpose="marketing", policy_version="2")],
        now=now - 20 * DAY,
    )

    merge(survivor, duplicate, now)

    member = selectors.get_member(member_id=survivor)
    assert (member.phone, member.email) == ("+8613800138000", "ning@example.com")
    assert (member.name, member.nickname, member.birthday) == ("张宁", "宁", date(1990, 5, 6))
    assert member.joined_at == now - 20 * DAY
    assert member.attribution == {"source": "poster"}
    assert [i.external_id for i in selectors.list_identities(member_id=survivor)] == ["wx-1"]
    consents = models.Consent.objects.filter(member_id=survivor)
    assert consents.get().policy_version == "2"
    assert selectors.ids_of(survivor) == [survivor, duplicate]


def test_a_verified_number_wins_and_both_numbers_lead_to_the_survivor(shop, now):
    survivor = make_member(shop, phone="+8613800138000", now=now)
    duplicate = make_member(shop, phone="+8613900139000", now=now - DAY)
    models.ContactPoint.objects.filter(member_id=duplicate).update(verified_at=now)

    merge(survivor, duplicate, now)

    assert selectors.get_member(member_id=survivor).phone == "+8613900139000"
    for phone in ("+8613800138000", "+8613900139000"):
        found = selectors.find_by_contact(
            programme_id=shop.programme.id, kind=ContactKind.PHONE, address=phone
        )
        assert found == survivor
    card = models.Member.objects.get(pk=duplicate).member_no
    assert selectors.find_by_card(programme_id=shop.programme.id, card_no=card) == survivor


def test_a_number_of_the_merged_account_can_be_taken_up_and_given_up(shop, now):
    survivor = make_member(shop, phone="+8613800138000", now=now)
    duplicate = make_member(shop, phone="+8613900139000", now=now)
    merge(survivor, duplicate, now)

    for phone in ("+8613900139000", "+8613700137000"):
        services.update_profile(
            member_id=survivor, changes={"phone": phone}, actor="staff:1", now=now
        )

    wanted = keys.key(ContactKind.PHONE, "+8613900139000")
    assert keys.find(programme_id=shop.programme.id, keys=[wanted]) == {}


def test_points_tier_and_labels_come_together_and_an_undo_restores_all(shop, now):
    survivor, duplicate = (make_member(shop, now=now - 30 * DAY) for _ in range(2))
    kept, old = (Book(shop.programme.id, m, now) for m in (survivor, duplicate))
    kept.earn(100, expires_at=now + 40 * DAY)
    old.earn(70, expires_at=now + 20 * DAY)
    old.earn(30, source="order:9", pending=True, available_at=now + 5 * DAY)
    old.hold(20, expires_at=now + DAY)
    old.earn(9, currency="growth")
    services.set_labels(labels=[Label(member_id=duplicate, kind="tag", code="tea")], now=now)
    user = models.User.objects.create_user()
    models.Member.objects.filter(pk=duplicate).update(user=user)
    before = facts(survivor, duplicate)

    case = merge(survivor, duplicate, now)

    account = Account.objects.get(member_id=survivor, currency="points")
    assert (account.available, account.pending, account.held) == (150, 30, 20)
    labels = models.Label.objects.filter(kind="tag")
    assert list(labels.values_list("member_id", "code")) == [(survivor, "tea")]
    assert selectors.find_by_user(user_id=user.pk, programme_id=shop.programme.id) == survivor
    assert list(points_selectors.reconcile()) == []

    undo(case, now + DAY / 2)
    assert facts(survivor, duplicate) == before


def test_the_report_says_what_came_of_it(shop, now):
    survivor, duplicate = (make_member(shop, now=now) for _ in range(2))
    Book(shop.programme.id, survivor, now).earn(100)
    Book(shop.programme.id, duplicate, now).earn(70)
    case = services.open_case(
        survivor_id=survivor, duplicate_id=duplicate, found="operator", actor="staff:1", now=now
    )
    preview = services.preview_merge(survivor_id=survivor, duplicate_id=duplicate, now=now)

    report = services.merge(case_id=case, actor="staff:1", reason="same", now=now)
    again = services.merge(case_id=case, actor="staff:2", reason="again", now=now)

    assert list(report.lines) == preview
    line = next(x for x in report.lines if (x.what, x.of) == ("available", "points"))
    assert (line.survivor, line.duplicate, line.result) == ("100", "70", "170")
    assert again.replayed
    assert again.lines == report.lines
    audited = AuditRecord.objects.filter(action__startswith="merge")
    assert sorted(audited.values_list("action", flat=True)) == ["merge.done", "merge.opened"]
    told = OutboxEvent.objects.filter(name="members.member_merged.v1").get()
    assert told.payload["duplicate"] == selectors.public_id(duplicate)
    # Nobody's number stands in the case as it lies in the database.
    assert "+86139" not in str(models.MergeCase.objects.values_list("preview").query)


def test_a_chain_of_merges_answers_with_the_last(shop, now):
    first, second, third = (make_member(shop, now=now) for _ in range(3))
    for member, points in ((first, 1), (second, 20), (third, 300)):
        Book(shop.programme.id, member, now).earn(points)
    before = facts(first, second, third)

    one = merge(second, first, now)
    middle = facts(first, second, third)
    two = merge(third, second, now)

    for member in (first, second):
        assert (
            selectors.resolve(public_id=selectors.public_id(member), programme_id=shop.programme.id)
            == third
        )
    assert Account.objects.get(member_id=third, currency="points").available == 321
    with pytest.raises(errors.MergeLaterFirstError):
        undo(one, now)
    undo(two, now)
    assert facts(first, second, third) == middle
    undo(one, now)
    assert facts(first, second, third) == before


def test_an_old_id_in_a_merge_stands_for_what_became_of_it(shop, now):
    first, second, third = (make_member(shop, now=now) for _ in range(3))
    merge(second, first, now)

    case = merge(third, first, now)

    row = models.MergeCase.objects.get(pk=case)
    assert (row.survivor_id, row.duplicate_id) == (third, second)
    assert selectors.ids_of(third) == [first, second, third]


def test_what_cannot_be_merged_is_refused(shop, now):
    one, other, cold = (make_member(shop, now=now) for _ in range(3))
    models.Member.objects.filter(pk=cold).update(status="frozen")
    elsewhere = make_member(make_earning_shop("other"), now=now)
    for pair, error in (
        ((one, one), errors.MergeSameMemberError),
        ((one, elsewhere), errors.MergeOtherProgrammeError),
        ((one, cold), errors.MergeMemberClosedError),
        ((one, 10**9), errors.MemberNotFoundError),
    ):
        with pytest.raises(error):
            merge(*pair, now)
    merge(one, other, now)
    with pytest.raises(errors.MergeSameMemberError):
        merge(one, other, now)
    with pytest.raises(errors.MergeSameMemberError):
        merge(other, one, now)


def test_two_people_by_their_id_cards_stay_two(shop, now):
    one, other = (make_member(shop, now=now) for _ in range(2))
    for member, number in ((one, "11010519491231002X"), (other, "440524188001010014")):
        models.RealName.objects.bulk_create(
            [
                models.RealName(
                    member_id=member, name="张三", id_number=number, provider="x",
                    is_asked=True, verified_at=now,
                )
            ]
        )  # fmt: skip

    with pytest.raises(errors.MergeDifferentPeopleError):
        merge(one, other, now)


def test_an_undo_beyond_cover_is_refused_in_words(shop, now):
    survivor, duplicate = (make_member(shop, now=now) for _ in range(2))
    Book(shop.programme.id, duplicate, now).earn(100)
    case = merge(survivor, duplicate, now)
    Book(shop.programme.id, survivor, now).spend(60)
    after = facts(survivor, duplicate)

    with pytest.raises(DomainError) as refused:
        undo(case, now)

    assert refused.value.code == "transfer.spent"
    assert "60" in refused.value.detail
    assert facts(survivor, duplicate) == after


def test_after_thirty_days_there_is_no_way_back(shop, now):
    survivor, duplicate = (make_member(shop, now=now) for _ in range(2))
    case = merge(survivor, duplicate, now)

    with pytest.raises(errors.MergeUndoLateError):
        undo(case, now + 30 * DAY)
    undo(case, now + 30 * DAY - timedelta(seconds=1))
    with pytest.raises(errors.MergeNotMergedError):
        undo(case, now)


def test_what_the_member_changed_since_stays_changed_by_an_undo(shop, now):
    survivor = make_member(shop, now=now)
    duplicate = make_member(shop, nickname="宁", name="张宁", now=now)
    case = merge(survivor, duplicate, now)
    services.update_profile(
        member_id=survivor, changes={"nickname": "小宁"}, actor="member:1", now=now
    )

    undo(case, now)

    member = selectors.get_member(member_id=survivor)
    assert (member.nickname, member.name) == ("小宁", None)
    assert selectors.get_member(member_id=duplicate).name == "张宁"


def test_a_rejected_case_is_closed_and_a_new_one_can_be_opened(shop, now):
    one, other = (make_member(shop, now=now) for _ in range(2))
    told: dict[str, Any] = {
        "survivor_id": one,
        "duplicate_id": other,
        "found": "operator",
        "actor": "staff:1",
    }
    case = services.open_case(**told, now=now)
    assert services.open_case(**told, now=now) == case
    services.reject(case_id=case, actor="staff:1", reason="brothers", now=now)

    with pytest.raises(errors.MergeCaseClosedError):
        services.merge(case_id=case, actor="staff:1", reason="x", now=now)
    assert services.open_case(**told, now=now) != case


def test_many_points_wait_for_a_second_person(shop, now):
    survivor, duplicate = (make_member(shop, now=now) for _ in range(2))
    Book(shop.programme.id, duplicate, now).earn(5_001)
    case = services.open_case(
        survivor_id=survivor, duplicate_id=duplicate, found="operator", actor="staff:1", now=now
    )

    assert services.decide_merge(case_id=case, actor="staff:1", reason="same", now=now) is None
    row = models.MergeCase.objects.get(pk=case)
    assert row.state == "waiting"
    with pytest.raises(errors.MergeCaseClosedError):
        services.reject(case_id=case, actor="staff:1", reason="no", now=now)
    services.reopen(approval_id=row.approval_id or 0)
    assert models.MergeCase.objects.get(pk=case).state == "open"


def test_a_withdrawn_consent_is_not_given_back_by_the_other_account(shop, now):
    given = [Consent(purpose="marketing", policy_version="1")]
    survivor, duplicate = (make_member(shop, consents=given, now=now - 9 * DAY) for _ in range(2))
    models.Consent.objects.filter(member_id=duplicate).update(withdrawn_at=now - DAY)
    before = facts(survivor, duplicate)

    case = merge(survivor, duplicate, now)

    mine = models.Consent.objects.get(member_id=survivor)
    assert mine.withdrawn_at == now - DAY
    undo(case, now)
    assert facts(survivor, duplicate) == before


def test_an_objection_of_the_other_account_is_kept(shop, now):
    survivor, duplicate = (make_member(shop, now=now - 9 * DAY) for _ in range(2))
    models.Consent.objects.create(
        member_id=duplicate, purpose="personalization", policy_version="1", withdrawn_at=now - DAY
    )
    before = facts(survivor, duplicate)

    case = merge(survivor, duplicate, now)

    mine = models.Consent.objects.get(member_id=survivor)
    assert (mine.purpose, mine.given_at, mine.withdrawn_at) == ("personalization", None, now - DAY)
    undo(case, now)
    assert facts(survivor, duplicate) == before
