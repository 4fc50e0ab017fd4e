"""Messages: once in effect, in the right language, forgotten in time."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction

from config.kernel import outbox, relay
from config.kernel.models import Delivery
from loyalty.events import TierUpgraded
from members import services as members_services
from messaging import providers, services, texts
from messaging.models import LocalMessage
from messaging.types import Channel, Kind, Text
from tests.factories.loyalty import make_rules
from tests.factories.members import make_member
from tests.factories.programmes import make_shop

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def send(key="code:1", **values):
    told = {
        "channel": Channel.SMS,
        "address": "+8613800138000",
        "code": "123456",
        "link": "",
        "locale": "en",
        "programme_id": 1,
        "now": NOW,
    }
    return services.send_code(key=key, **{**told, **values})


def test_h46_a_cause_sends_one_message():
    assert send() is True
    assert send() is False
    assert LocalMessage.objects.count() == 1


def test_a_code_by_sms_says_what_it_is():
    send()

    message = LocalMessage.objects.get()
    assert message.address == "+8613800138000"
    assert message.body.startswith("123456 is your sign-in code")
    assert (message.kind, message.status, message.provider) == ("code", "sent", "local")


def test_a_code_by_email_carries_the_link():
    send(channel=Channel.EMAIL, address="li@example.com", link="https://shop.example/x?t=1")

    message = LocalMessage.objects.get()
    assert message.subject == "123456 is your sign-in code"
    assert "https://shop.example/x?t=1" in message.body


def test_an_unknown_language_falls_back():
    with texts.in_language("fr") as language:
        assert language == "zh-hans"


def test_codes_are_forgotten_after_a_day():
    send("old", now=NOW - timedelta(hours=25))
    send("new")

    assert services.forget_old(now=NOW) == 1

    assert LocalMessage.objects.get(key="old").body is None
    assert LocalMessage.objects.get(key="old").address is None
    assert LocalMessage.objects.get(key="new").body is not None
    assert services.forget_old(now=NOW) == 0


def test_after_two_years_nothing_tells_that_there_was_a_message():
    send("old", now=NOW - timedelta(days=2 * 365 + 2))
    send("new", now=NOW - timedelta(days=2 * 365))

    services.forget_old(now=NOW)

    assert list(LocalMessage.objects.values_list("key", flat=True)) == ["new"]


def test_a_member_without_address_gets_a_row_that_says_so():
    member = make_member(make_shop(), external_id="x")

    told = services.tell_member(
        key="k",
        member_id=member,
        kind=Kind.MEMBER,
        template="t",
        write=lambda language: Text(subject="s", body="b"),
        now=NOW,
    )

    assert told is False
    message = LocalMessage.objects.get()
    assert (message.status, message.why) == ("unsent", "no_address")


@pytest.fixture
def _smtp(settings):
    settings.MESSAGING_PROVIDERS = {
        **settings.MESSAGING_PROVIDERS,
        "email": "messaging.providers.smtp.SmtpProvider",
    }


@pytest.mark.usefixtures("_smtp")
def test_email_leaves_through_django(settings):
    for _ in range(2):
        send(channel=Channel.EMAIL, address="li@example.com", link="https://shop.example/x")

    assert [m.to for m in mail.outbox] == [["li@example.com"]]
    assert LocalMessage.objects.get().provider == "smtp"
    assert mail.outbox[0].extra_headers["Message-ID"] == LocalMessage.objects.get().reference


@pytest.mark.usefixtures("_smtp")
def test_a_failing_provider_is_tried_again_and_tells_no_address(monkeypatch):
    def fail(self):
        raise smtplib.SMTPRecipientsRefused({"li@example.com": (550, b"li@example.com")})

    monkeypatch.setattr(mail.EmailMessage, "send", fail)
    members_services.request_code(programme_id=1, address="li@example.com", now=NOW)
    relay.drain(now=NOW, strict=False)

    assert LocalMessage.objects.count() == 0
    delivery = Delivery.objects.get(handler="messaging.handlers.send_code")
    told = " ".join(str(getattr(delivery, f.name)) for f in delivery._meta.concrete_fields)
    assert "messaging.provider_failed" in told
    assert "li@example.com" not in told

    monkeypatch.undo()
    relay.drain(now=NOW + timedelta(minutes=1))
    assert [m.to for m in mail.outbox] == [["li@example.com"]]


def test_providers_are_loaded_once():
    assert providers.for_channel(Channel.SMS) is providers.for_channel(Channel.SMS)


def test_a_requested_code_arrives():
    members_services.request_code(programme_id=1, address="13900139000", locale="en", now=NOW)

    relay.drain(now=NOW)

    assert LocalMessage.objects.get().address == "+8613900139000"


def test_a_higher_tier_is_told():
    shop = make_shop()
    make_rules(shop)
    member = make_member(shop, email="li@example.com", locale="en", now=NOW)
    with transaction.atomic():
        outbox.publish(
            TierUpgraded(
                from_code="ordinary",
                to_code="gold",
                why="spend",
                source="order:1",
                ladder_version=1,
                until="2027-12-01T00:00:00+08:00",
                programme_id=shop.programme.id,
                member_id=member,
                occurred_at=NOW,
            ),
            now=NOW,
        )

    relay.drain(now=NOW)

    message = LocalMessage.objects.get()
    assert (message.channel, message.template) == ("email", "tier_upgraded")
    assert "Gold" in message.subject
    assert "30 November 2027" in message.body
