"""Codes cost money and wake people: caps per network, device, address and altogether (H43)."""

from __future__ import annotations

import io
import re
import wave
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from config.kernel.models import AuditRecord, OutboxEvent
from members import captcha, models, services, throttle
from tests.factories.programmes import make_shop
from tests.members import reading

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def ask(now, address=PHONE, **values):
    return services.request_code(programme_id=1, address=address, now=now, **values)


def ask_until_refused(now, **values):
    """Ask for new numbers, reading every picture; return how many codes were sent."""
    for sent in range(200):
        try:
            ask(now, f"1380013{sent:04d}", picture=reading.answer(), **values)
        except services.TooManyCodesError:
            return sent
    raise AssertionError("there is no cap")


@pytest.mark.django_db
def test_h43_a_picture_comes_before_the_fourth_code_to_a_phone(now):
    for _ in range(3):
        ask(now)

    with pytest.raises(services.PictureNeededError):
        ask(now)
    assert ask(now, picture=reading.answer()).masked == "+86138****8000"


@pytest.mark.django_db
def test_h43_wrong_digits_send_nothing_and_a_picture_is_good_once(now):
    for _ in range(3):
        ask(now)
    name = captcha.make()
    right = captcha.Answer(name=name, text=reading.digits_of(name))
    wrong = captcha.Answer(name=captcha.make(), text="x")
    with pytest.raises(services.WrongPictureError):
        ask(now, picture=wrong)
    assert OutboxEvent.objects.count() == 3

    ask(now, picture=right)

    with pytest.raises(services.WrongPictureError):
        ask(now, picture=right)


@pytest.mark.django_db
def test_h43_a_network_is_capped(now, settings):
    settings.SIGN_IN_CODES_PER_IP_HOUR = 6

    assert ask_until_refused(now, ip="10.0.0.1", device="a") == 6
    assert ask(now, "13900139000", ip="10.0.0.2", device="b")


@pytest.mark.django_db
def test_h43_hosts_of_one_ipv6_network_are_one(now, settings):
    settings.SIGN_IN_CODES_PER_IP_HOUR = 2
    for host in (1, 2):
        ask(now, f"1380013800{host}", ip=f"2001:db8::{host}", picture=reading.answer())

    with pytest.raises(services.TooManyCodesError):
        ask(now, ip="2001:db8::ffff", picture=reading.answer())
    assert throttle.network_of("::ffff:10.0.0.1") == throttle.network_of("10.0.0.1")


@pytest.mark.django_db
def test_h43_a_device_is_capped_on_whatever_network(now):
    def ask_from(place):
        ask(now, f"1380013{place:04d}", ip=f"10.{place}.0.1", device="one", picture=read())

    read = reading.answer
    for place in range(12):
        ask_from(place)

    with pytest.raises(services.TooManyCodesError):
        ask_from(12)


@pytest.mark.django_db
def test_h43_a_refused_network_does_not_use_up_a_strangers_codes(now, settings):
    settings.SIGN_IN_CODES_PER_IP_HOUR = 2
    for number in ("13800138001", "13800138002"):
        ask(now, number, ip="10.0.0.1")
    for _ in range(20):
        with pytest.raises(services.TooManyCodesError):
            ask(now, ip="10.0.0.1", picture=reading.answer())

    for _ in range(2):
        ask(now, ip="10.9.0.1", device="hers")


@pytest.mark.django_db
def test_h43_the_breaker_stops_all_codes_and_tells_operators_once(now, settings):
    settings.SIGN_IN_CODES_PER_HOUR = 3
    for number in range(3):
        ask(now, f"1380013800{number}", picture=reading.answer())
    for number in range(3, 6):
        with pytest.raises(services.BudgetSpentError):
            ask(now, f"1380013800{number}", picture=reading.answer())

    assert OutboxEvent.objects.filter(name="members.codes_stopped.v1").count() == 1
    assert AuditRecord.objects.filter(action="members.codes_stopped").count() == 1
    assert ask(now + timedelta(hours=1), "13800138009")


@pytest.mark.django_db
def test_h43_half_the_budget_spent_everybody_reads_a_picture(now, settings):
    settings.SIGN_IN_CODES_PER_HOUR = 4
    for number in range(2):
        ask(now, f"1380013800{number}")

    with pytest.raises(services.PictureNeededError):
        ask(now, "13800138009", ip="10.7.7.7", device="new")


def statements(told):
    """Return what was asked of the database, without the values."""
    first = (re.split(r" VALUES|WHERE|\"s\d", query["sql"])[0] for query in told.captured_queries)
    return list(first)


@pytest.mark.django_db
def test_known_and_unknown_cost_the_same_work(now, django_assert_num_queries):
    """Not the clock: the statements are compared, so that no fast machine hides a difference."""
    services.enrol(programme_id=1, phone=PHONE, now=now)
    shapes = []
    for number in (PHONE, "13900139000"):
        with django_assert_num_queries(4) as told:
            ask(now, number, ip="10.0.0.1", device="a")
        shapes.append(statements(told))
        ticket = ask(now, number)
        code = OutboxEvent.objects.latest("id").sealed["code"]
        guess = f"{(int(code) + 1) % 10**6:06d}"
        with django_assert_num_queries(4) as told, pytest.raises(services.WrongCodeError):
            services.confirm_code(token=ticket.token, code=guess, ip="10.0.0.1", now=now)
        shapes.append(statements(told))

    assert shapes[:2] == shapes[2:]


def test_digits_are_drawn_and_spoken_a_few_times():
    name = captcha.make()

    picture = captcha.draw(name)
    sound = captcha.speak(name)

    assert (picture or b"").startswith(b"\x89PNG")
    with wave.open(io.BytesIO(sound or b"")) as heard:
        assert heard.getnframes() > 8000
    assert [captcha.draw(name) is None for _ in range(3)] == [False, False, True]
    assert captcha.draw("never-made") is None


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_shows_a_picture_and_keeps_what_was_typed(settings, language):
    settings.MEMBER_CENTER_STOREFRONT = make_shop().storefront.code
    browser = Client(headers={"accept-language": language})
    for _ in range(3):
        assert browser.post("/sign-in", {"address": PHONE}).status_code == 302

    page = browser.post("/sign-in", {"address": PHONE})

    assert page.status_code == 422
    assert f'value="{PHONE}"' in page.content.decode()
    fields = reading.fields(page)
    shown = browser.get(f"/sign-in/picture/{fields['picture']}.png")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert "no-store" in shown["Cache-Control"]
    heard = browser.get(f"/sign-in/picture/{fields['picture']}.wav")
    assert heard["Content-Type"] == "audio/wav"
    assert browser.post("/sign-in", {"address": PHONE, **fields}).status_code == 302
    again = browser.post("/sign-in", {"address": PHONE, **fields})
    assert again.status_code == 422
    assert reading.fields(again)["picture"] != fields["picture"]


@pytest.mark.django_db
def test_a_code_is_sent_again_after_a_picture(settings):
    settings.MEMBER_CENTER_STOREFRONT = make_shop().storefront.code
    browser = Client()
    for _ in range(3):
        browser.post("/sign-in", {"address": PHONE})
    models.SignInTicket.objects.update(sent_at="2020-01-01T00:00:00Z")

    page = browser.post("/sign-in/code/resend")

    assert page.status_code == 422
    assert browser.post("/sign-in/code/resend", reading.fields(page)).status_code == 302


@pytest.mark.django_db
def test_nothing_is_drawn_for_a_name_nobody_made():
    assert Client().get("/sign-in/picture/nonsense.png").status_code == 404
