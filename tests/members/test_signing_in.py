"""Codes: single use, five minutes, five tries; one form for new and known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection

from config.kernel.models import OutboxEvent
from members import models, selectors, services
from members.types import ContactKind
from tests.members import reading

PROGRAMME = 1
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def latest_code():
    return OutboxEvent.objects.filter(name="members.code_requested.v1").latest("id").sealed["code"]


def request_code(now, address=PHONE, **values):
    values.setdefault("picture", reading.answer())
    return services.request_code(programme_id=PROGRAMME, address=address, now=now, **values)


def sign_in(now, address=PHONE):
    ticket = request_code(now, address)
    return services.confirm_code(token=ticket.token, code=latest_code(), now=now)


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.django_db
def test_a_new_phone_makes_a_member_and_a_known_one_finds_it(now):
    first = sign_in(now)
    again = sign_in(now + timedelta(minutes=2))

    assert first.created
    assert not again.created
    assert again.member_id == first.member_id
    assert again.user_id == first.user_id


@pytest.mark.django_db
@pytest.mark.parametrize("address", [PHONE, "Zhang.San@Example.com"])
def test_a_proved_address_attaches_to_the_enrolled_member(now, address):
    kind = "email" if "@" in address else "phone"
    enrolled = services.enrol(programme_id=PROGRAMME, now=now, **{kind: address})

    signed_in = sign_in(now, address)

    assert not signed_in.created
    assert signed_in.member_id == enrolled.member_id
    member = selectors.get_member(member_id=enrolled.member_id)
    assert getattr(member, f"{kind}_verified")
    assert member.user_id == signed_in.user_id


@pytest.mark.django_db
def test_phone_and_email_of_one_member_open_one_account(now):
    services.enrol(programme_id=PROGRAMME, phone=PHONE, email="li@example.com", now=now)

    by_phone = sign_in(now)
    by_email = sign_in(now, "li@example.com")

    assert by_email == by_phone
    user = models.User.objects.get(pk=by_phone.user_id)
    assert (user.phone, user.email) == ("+8613800138000", "li@example.com")
    assert EmailAddress.objects.is_verified("LI@example.com")
    assert EmailAddress.objects.get_users_for("li@example.com") == [user]


@pytest.mark.django_db
def test_the_same_person_is_one_user_in_two_programmes(now):
    here = sign_in(now)
    ticket = services.request_code(programme_id=2, address=PHONE, now=now)
    there = services.confirm_code(token=ticket.token, code=latest_code(), now=now)

    assert there.user_id == here.user_id
    assert there.member_id != here.member_id


@pytest.mark.django_db
def test_a_recycled_number_opens_no_one_elses_account(now):
    before = sign_in(now)
    services.update_profile(
        member_id=before.member_id, changes={"phone": "13900139000"}, actor="client:x", now=now
    )

    after = sign_in(now + timedelta(minutes=2))

    assert after.created
    assert after.user_id != before.user_id


@pytest.mark.django_db
def test_staff_never_sign_in_by_code(now):
    staff = services.create_staff(username="ada", password="a long password")
    member = services.enrol(programme_id=PROGRAMME, phone=PHONE, now=now)
    models.Member.objects.filter(pk=member.member_id).update(user_id=staff)

    with pytest.raises(services.AccountClosedError):
        sign_in(now)


@pytest.mark.django_db
def test_h43_a_code_works_once(now):
    ticket = request_code(now)
    code = latest_code()
    services.confirm_code(token=ticket.token, code=code, now=now)

    with pytest.raises(services.CodeExpiredError):
        services.confirm_code(token=ticket.token, code=code, now=now)


@pytest.mark.django_db
def test_h43_a_code_lasts_five_minutes(now):
    ticket = request_code(now)

    with pytest.raises(services.CodeExpiredError):
        services.confirm_code(
            token=ticket.token, code=latest_code(), now=now + timedelta(minutes=5)
        )


@pytest.mark.django_db
def test_h43_five_wrong_tries_end_a_code(now):
    ticket = request_code(now)
    code = latest_code()
    for _ in range(5):
        with pytest.raises(services.WrongCodeError):
            services.confirm_code(token=ticket.token, code=wrong(code), now=now)

    with pytest.raises(services.CodeExpiredError):
        services.confirm_code(token=ticket.token, code=code, now=now)


@pytest.mark.django_db
def test_a_code_is_for_its_own_ticket(now):
    mine = request_code(now)
    mine_code = latest_code()
    theirs = request_code(now, "13900139000")

    with pytest.raises(services.WrongCodeError):
        services.confirm_code(token=theirs.token, code=mine_code, now=now)
    assert services.confirm_code(token=mine.token, code=mine_code, now=now).created


@pytest.mark.django_db
def test_a_resent_code_replaces_the_one_before(now):
    ticket = request_code(now)
    before = latest_code()
    with pytest.raises(services.TooManyCodesError):
        services.resend_code(token=ticket.token, now=now + timedelta(seconds=59))
    later = now + timedelta(seconds=61)
    services.resend_code(token=ticket.token, now=later)

    if before != latest_code():
        with pytest.raises(services.WrongCodeError):
            services.confirm_code(token=ticket.token, code=before, now=later)
    assert services.confirm_code(token=ticket.token, code=latest_code(), now=later).created


@pytest.mark.django_db
def test_the_sixth_code_of_an_hour_is_refused(now):
    for _ in range(5):
        request_code(now)

    with pytest.raises(services.TooManyCodesError) as refused:
        request_code(now)
    assert 0 < refused.value.retry_after <= 3600
    request_code(now, "13900139000")


@pytest.mark.django_db
def test_one_network_address_cannot_ask_for_ever(now, settings):
    settings.SIGN_IN_CODES_PER_IP_HOUR = 3
    for n in range(3):
        request_code(now, f"1380013800{n}", ip="10.0.0.1")

    with pytest.raises(services.TooManyCodesError):
        request_code(now, "13800138009", ip="10.0.0.1")
    request_code(now, "13800138009", ip="10.0.0.2")


@pytest.mark.django_db
def test_the_bill_is_capped(now, settings):
    settings.SIGN_IN_CODES_PER_HOUR = 1
    request_code(now)

    with pytest.raises(services.TooManyCodesError):
        request_code(now, "13900139000")


@pytest.mark.django_db
def test_known_and_unknown_addresses_get_the_same_answer(now, django_assert_num_queries):
    services.enrol(programme_id=PROGRAMME, phone=PHONE, now=now)
    with django_assert_num_queries(4):
        known = request_code(now)
    with django_assert_num_queries(4):
        unknown = request_code(now, "13900139000")

    assert (known.kind, known.expires_at) == (unknown.kind, unknown.expires_at)
    assert len(known.token) == len(unknown.token)


@pytest.mark.django_db
def test_someone_new_agrees_to_the_terms_with_the_same_code(now):
    ticket = request_code(now)
    told = {"token": ticket.token, "code": latest_code(), "terms_version": "v1", "now": now}

    with pytest.raises(services.ConsentMissingError):
        services.confirm_code(**told)
    assert models.Member.objects.count() == 0
    member = services.confirm_code(**told, agreed=True).member_id

    consent = models.Consent.objects.get(member_id=member)
    assert (consent.purpose, consent.policy_version) == ("terms", "v1")


@pytest.mark.django_db
def test_newer_terms_keep_nobody_out(now):
    first = request_code(now)
    services.confirm_code(
        token=first.token, code=latest_code(), terms_version="v1", agreed=True, now=now
    )
    second = request_code(now)
    again = services.confirm_code(
        token=second.token, code=latest_code(), terms_version="v2", now=now
    )

    assert not again.created
    # They have not agreed to the newer version, and nobody writes that they have.
    assert models.Consent.objects.get().policy_version == "v1"


@pytest.mark.django_db(transaction=True)
def test_twenty_first_sign_ins_at_once_make_one_member(now):
    codes = []
    for _ in range(4):
        ticket = request_code(now)
        codes.append((ticket.token, latest_code()))
    start = Barrier(20)

    def race(index):
        token, code = codes[index % 4]
        start.wait()
        try:
            return services.confirm_code(token=token, code=code, now=now)
        except services.CodeExpiredError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        results = [r for r in pool.map(race, range(20)) if r]

    assert len(results) == 4
    assert len({(r.member_id, r.user_id) for r in results}) == 1
    assert sum(r.created for r in results) == 1
    assert models.User.objects.count() == 1


@pytest.mark.django_db
def test_tickets_are_forgotten(now):
    request_code(now)

    assert services.forget_tickets(before=now + timedelta(days=1)) == 1
    assert models.SignInTicket.objects.count() == 0


@pytest.mark.django_db
def test_a_field_takes_phone_or_email(now):
    assert request_code(now, " Li@Example.com ").kind is ContactKind.EMAIL
    assert request_code(now, "138 0013 8000").masked == "+86138****8000"
    with pytest.raises(services.InvalidPhoneError):
        request_code(now, "hello")


@pytest.mark.django_db(transaction=True)
def test_h43_guesses_at_once_are_counted_one_by_one(now):
    ticket = request_code(now)
    guess = wrong(latest_code())
    start = Barrier(20)

    def race(_index):
        start.wait()
        try:
            services.confirm_code(token=ticket.token, code=guess, now=now)
        except (services.WrongCodeError, services.CodeExpiredError) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(race, range(20)))

    assert results.count(services.WrongCodeError) == 5
    assert results.count(services.CodeExpiredError) == 15
