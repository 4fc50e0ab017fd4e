"""The address book: 20 at most, one default, sealed, and its history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from config.kernel import clock
from config.kernel.models import AuditRecord, OutboxEvent
from members.belongings import models, selectors, services
from members.belongings.types import MOST_ADDRESSES, Label
from tests.belongings.keeping import ACTOR, add_address, address

ME, OTHER = 7001, 7002


@pytest.fixture
def now():
    return clock.now()


def mine():
    return selectors.list_addresses(member_ids=[ME])


@pytest.mark.django_db
def test_first_address_is_the_default_and_another_may_become_it(now):
    first = add_address(ME, now)
    second = add_address(ME, now, detail="龙井路2号", label=Label.COMPANY)
    assert [(a.id, a.is_default) for a in mine()] == [(first, True), (second, False)]

    services.make_default_address(member_id=ME, address_id=second, actor=ACTOR, now=now)

    assert [(a.id, a.is_default) for a in mine()] == [(second, True), (first, False)]
    third = add_address(ME, now, detail="玉皇山路3号", is_default=True)
    assert [a.id for a in mine() if a.is_default] == [third]


@pytest.mark.django_db
def test_removing_the_default_passes_it_on_to_the_latest(now):
    first = add_address(ME, now)
    add_address(ME, now, detail="二号")
    third = add_address(ME, now + timedelta(minutes=1), detail="三号")

    services.remove_address(member_id=ME, address_id=first, actor=ACTOR, now=now)

    assert (mine()[0].id, mine()[0].is_default) == (third, True)


@pytest.mark.django_db
def test_twenty_first_is_refused_and_a_freed_slot_is_used_again(now):
    kept = [add_address(ME, now, detail=f"{n}号") for n in range(MOST_ADDRESSES)]
    with pytest.raises(services.AddressBookFullError):
        add_address(ME, now)
    assert add_address(OTHER, now)

    services.remove_address(member_id=ME, address_id=kept[4], actor=ACTOR, now=now)

    assert add_address(ME, now)
    assert len(mine()) == MOST_ADDRESSES


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"slot": 21},
        {"slot": 0},
        {"slot": 1},
        {"slot": 2, "is_default": True},
        {"slot": 2, "country": "US"},
        {"slot": 2, "region": ""},
    ],
)
def test_the_tables_themselves_refuse_what_may_not_be(now, wrong):
    add_address(ME, now)
    values = {"member_id": ME, "recipient": "x", "phone": "1", "detail": "x", "region": "330106"}

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Address.objects.bulk_create(
            [models.Address(**{**values, **wrong}, made_at=now, changed_at=now)]
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"recipient": "  "}, "recipient", "missing"),
        ({"recipient": "x" * 41}, "recipient", "too_long"),
        ({"phone": "123"}, "phone", "invalid"),
        ({"phone": ""}, "phone", "missing"),
        ({"region": ""}, "province", "missing"),
        ({"region": "330000"}, "city", "missing"),
        ({"region": "330100"}, "county", "missing"),
        ({"region": "999999"}, "province", "missing"),
        ({"detail": ""}, "detail", "missing"),
        ({"postcode": "12"}, "postcode", "invalid"),
        ({"label": Label.OWN}, "label_text", "missing"),
        ({"country": "US", "phone": "+1 212 736 3100"}, "area", "missing"),
        ({"country": "u1", "area": "x", "phone": "+1 212 736 3100"}, "country", "invalid"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named(now, said, field, code):
    with pytest.raises(services.FieldsRefusedError) as refused:
        add_address(ME, now, **said)

    assert refused.value.fields == {field: code}
    assert mine() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10", "13800138000"),
        ("0571-88886666", "0571-88886666"),
        ("13800138000转5566", "13800138000转5566"),
        ("+1 212 736 3100", "+1 212-736-3100"),
    ],
)
def test_phones_are_written_one_way(now, typed, kept):
    add_address(ME, now, phone=typed)

    assert mine()[0].phone == kept


@pytest.mark.django_db
def test_replaced_region_is_kept_as_what_it_became(now):
    add_address(ME, now, region="310103")

    assert mine()[0].region.code == "310101"
    # One that was stored before its county was replaced still reads.
    models.Address.objects.filter(member_id=ME).update(region="310103")
    assert (mine()[0].where, mine()[0].region.was) == ("上海市黄浦区", "卢湾区")


@pytest.mark.django_db
def test_address_abroad_is_free_form(now):
    add_address(
        ME, now, country="US", region="", area="New York, NY", detail="350 5th Ave",
        postcode="10118", phone="+1 212 736 3100",
    )  # fmt: skip

    assert mine()[0].in_full == "350 5th Ave, New York, NY, 10118"


@pytest.mark.django_db
def test_somebody_elses_address_is_not_there(now):
    theirs = add_address(OTHER, now)

    with pytest.raises(services.AddressNotFoundError):
        services.change_address(
            member_id=ME, address_id=theirs, draft=address(), actor=ACTOR, now=now
        )
    with pytest.raises(services.AddressNotFoundError):
        services.remove_address(member_id=ME, address_id=theirs, actor=ACTOR, now=now)
    with pytest.raises(services.AddressNotFoundError):
        services.make_default_address(member_id=ME, address_id=theirs, actor=ACTOR, now=now)
    with pytest.raises(services.AddressNotFoundError):
        selectors.get_address(member_id=ME, address_id=theirs)
    assert selectors.list_addresses(member_ids=[OTHER])[0].is_default


@pytest.mark.django_db
def test_changes_are_written_down_by_field_without_what_they_say(now):
    kept = add_address(ME, now)

    services.change_address(
        member_id=ME, address_id=kept, draft=address(detail="龙井路9号"), actor=ACTOR, now=now
    )
    services.change_address(
        member_id=ME, address_id=kept, draft=address(detail="龙井路9号"), actor=ACTOR, now=now
    )

    changes = AuditRecord.objects.filter(action="belongings.address_changed")
    assert [row.after for row in changes] == [{"fields": ["detail"]}]
    told = OutboxEvent.objects.filter(name="belongings.address_book_changed.v1")
    assert [row.payload["what"] for row in told.order_by("id")] == ["added", "changed"]
    assert "龙井" not in str([row.payload for row in told])


@pytest.mark.django_db
def test_streets_of_the_own_book_complete_what_is_typed(now):
    add_address(ME, now, detail="文三路1号")
    add_address(ME, now, detail="文一西路969号", region="330110")
    add_address(OTHER, now, detail="文二路5号")

    found = selectors.suggest_details(member_ids=[ME], text="文", region="330110")

    assert found == ["文一西路969号", "文三路1号"]
    assert selectors.suggest_details(member_ids=[ME], text=" ", region="") == []


def _race(work, count):
    start = Barrier(count)

    def run(number):
        start.wait()
        try:
            return work(number)
        except services.AddressBookFullError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_slots_only_as_many_get_one(now):
    for number in range(MOST_ADDRESSES - 3):
        add_address(ME, now, detail=f"{number}号")

    made = _race(lambda number: add_address(ME, now, detail=f"同时{number}号"), 8)

    assert sum(found is not None for found in made) == 3
    assert sorted(models.Address.objects.values_list("slot", flat=True)) == list(
        range(1, MOST_ADDRESSES + 1)
    )


@pytest.mark.django_db(transaction=True)
def test_first_addresses_at_once_leave_one_default(now):
    _race(lambda number: add_address(ME, now, detail=f"{number}号"), 6)

    assert len(mine()) == 6
    assert sum(a.is_default for a in mine()) == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_who_become_the_default_at_once_one_is(now):
    kept = [add_address(ME, now, detail=f"{number}号") for number in range(6)]

    _race(
        lambda number: services.make_default_address(
            member_id=ME, address_id=kept[number], actor=ACTOR, now=now
        ),
        6,
    )

    assert sum(a.is_default for a in mine()) == 1
