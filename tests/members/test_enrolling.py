"""Enrolment: one person, one member, whoever tells of them first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from config.kernel.errors import ConflictError
from members import contacts, masking, models, numbers, selectors, services
from members.types import Consent, ContactKind, Label

PROGRAMME = 1


def enrol(now, **values):
    return services.enrol(programme_id=PROGRAMME, storefront_id=None, now=now, **values)


@pytest.mark.django_db
def test_enrol_makes_a_member_once(now):
    first = enrol(now, phone="138 0013 8000")
    again = enrol(now, phone="+8613800138000")

    assert first.created
    assert not again.created
    assert again.member_id == first.member_id


@pytest.mark.django_db
def test_enrol_adds_what_was_not_known(now):
    member = enrol(now, phone="13800138000").member_id

    enrol(now, phone="13800138000", email="Li@Example.com", external_id="w1", channel="wechat")

    profile = selectors.get_member(member_id=member)
    assert profile.email == "li@example.com"
    found = selectors.find_by_external_id(
        programme_id=PROGRAMME, channels=["wechat"], external_id="w1"
    )
    assert found == member
    assert enrol(now, email="li@example.com").member_id == member


@pytest.mark.django_db
def test_enrol_does_not_replace_a_phone_number_by_another(now):
    member = enrol(now, phone="13800138000", email="li@example.com").member_id

    enrol(now, phone="13900139000", email="li@example.com")

    assert selectors.get_member(member_id=member).phone == "+8613800138000"
    other = selectors.find_by_contact(
        programme_id=PROGRAMME, kind=ContactKind.PHONE, address="+8613900139000"
    )
    assert other is None


@pytest.mark.django_db
def test_enrol_refuses_what_belongs_to_two_members(now):
    one = enrol(now, phone="13800138000").member_id
    two = enrol(now, email="li@example.com").member_id

    with pytest.raises(services.IdentityConflictError) as refused:
        enrol(now, phone="13800138000", email="li@example.com")

    assert refused.value.members == [selectors.public_id(one), selectors.public_id(two)]


@pytest.mark.django_db
@pytest.mark.parametrize("phone", ["12", "not a phone", "+861380013800", "１３８００１３８００"])
def test_enrol_refuses_a_phone_that_cannot_exist(now, phone):
    with pytest.raises(services.InvalidPhoneError):
        enrol(now, phone=phone)


@pytest.mark.django_db
def test_enrol_refuses_nobody(now):
    with pytest.raises(services.NoContactError):
        enrol(now)


@pytest.mark.django_db
def test_the_same_phone_is_another_member_in_another_programme(now):
    one = enrol(now, phone="13800138000").member_id

    two = services.enrol(programme_id=2, phone="13800138000", now=now)

    assert two.created
    assert two.member_id != one


@pytest.mark.django_db(transaction=True)
def test_h44_fifty_threads_enrolling_one_phone_make_one_member(now):
    start = Barrier(50)

    def race(index):
        start.wait()
        try:
            return enrol(now, phone="13800138000", email=f"x{index}@example.com")
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(race, range(50)))

    assert len({r.member_id for r in results}) == 1
    assert sum(r.created for r in results) == 1
    assert models.Member.objects.count() == 1
    assert models.MemberKey.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_enrolments_and_changes_that_share_keys_do_not_deadlock(now):
    member = enrol(now, phone="13800138000").member_id
    start = Barrier(12)

    def race(index):
        start.wait()
        try:
            for turn in range(5):
                address = f"{(index + turn) % 4}@example.com"
                try:
                    if index % 2:
                        enrol(now, phone="13800138000", email=address, external_id=address)
                    else:
                        services.update_profile(
                            member_id=member, changes={"email": address}, actor="t", now=now
                        )
                except ConflictError:
                    continue
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(race, range(12)))

    assert models.Member.objects.count() == 1
    assert models.ContactPoint.objects.filter(member_id=member, kind="email").count() == 1
    email = selectors.get_member(member_id=member).email or ""
    found = selectors.find_by_contact(programme_id=PROGRAMME, kind=ContactKind.EMAIL, address=email)
    assert found == member


@pytest.mark.django_db
def test_enrol_many_makes_the_missing_ones(now, django_assert_max_num_queries):
    known = enrol(now, external_id="7", channel="retail").member_id

    with django_assert_max_num_queries(16):
        found = services.enrol_many(
            programme_id=PROGRAMME,
            storefront_id=None,
            channel="retail",
            external_ids=[str(n) for n in range(1000)],
            joined_at=now,
            now=now,
        )

    assert len(found) == 1000
    assert found["7"] == known
    assert models.Member.objects.count() == 1000


@pytest.mark.django_db
def test_resolve_knows_the_programme(now):
    member = enrol(now, phone="13800138000").member_id
    public = selectors.public_id(member)

    assert selectors.resolve(public_id=public, programme_id=PROGRAMME) == member
    with pytest.raises(services.MemberNotFoundError):
        selectors.resolve(public_id=public, programme_id=2)
    with pytest.raises(services.MemberNotFoundError):
        selectors.resolve(public_id="mem_nonsense", programme_id=PROGRAMME)


@pytest.mark.django_db
def test_enrol_keeps_consents_once(now):
    told = [Consent(purpose="terms", policy_version="2026-11")]

    enrol(now, phone="13800138000", consents=told)
    enrol(now, phone="13800138000", consents=told)

    assert models.Consent.objects.count() == 1


@pytest.mark.django_db
def test_set_labels_replaces_the_kind(now):
    services.set_labels(labels=[Label(member_id=1, kind="tier", code="silver")], now=now)
    services.set_labels(labels=[Label(member_id=1, kind="tag", code="tea")], now=now)
    services.set_labels(labels=[Label(member_id=1, kind="tier", code="gold")], now=now)

    tiers = selectors.list_labels(member_ids=[1, 2], kind="tier")
    tags = selectors.list_labels(member_ids=[1], kind="tag")
    assert [label.code for label in tiers[1]] == ["gold"]
    assert [label.code for label in tags[1]] == ["tea"]


@pytest.mark.django_db
def test_card_number_finds_the_member(now):
    member = enrol(now, phone="13800138000").member_id
    number = selectors.get_member(member_id=member).member_no

    assert selectors.find_by_card(programme_id=PROGRAMME, card_no=number) == member
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert selectors.find_by_card(programme_id=PROGRAMME, card_no=wrong) is None


def test_member_numbers_are_unique_and_checked():
    made = {numbers.member_no(i) for i in range(1, 5001)}

    assert len(made) == 5000
    assert all(numbers.is_member_no(number) for number in made)
    assert numbers.member_no(1)[:6] != numbers.member_no(2)[:6]


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("0086-138-0013-8000", "CN", "+8613800138000"),
        ("+8615412345678", "CN", "+8615412345678"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("07700 900123", "GB", "+447700900123"),
        ("+1 (202) 555-0123", "CN", "+12025550123"),
    ],
)
def test_phone_numbers_are_read_as_people_write_them(text, region, number):
    assert contacts.parse_phone(text, region=region) == number


@pytest.mark.parametrize(
    ("masked", "shown"),
    [
        (masking.mask_phone("+8613800138000"), "+86138****8000"),
        (masking.mask_phone("+12025550123"), "+120****0123"),
        (masking.mask_email("zhangsan@example.com"), "z***n@example.com"),
        (masking.mask_email("li@example.com"), "l***@example.com"),
        (masking.mask_name("张三"), "张*"),
        (masking.mask_id("openid-0c44be"), "****44be"),
        (masking.mask_id("12347"), "****"),
    ],
)
def test_masks_show_enough_to_recognize(masked, shown):
    assert masked == shown


@pytest.mark.django_db
def test_a_name_of_spaces_is_none(now):
    member = enrol(now, phone="13800138000", name="  ", nickname=" ").member_id

    profile = selectors.get_member(member_id=member)
    assert (profile.name, profile.nickname) == (None, "")
