"""What programmes count: the house's definitions and their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from points import errors, selectors, services
from points.models import Account
from points.types import CurrencyDefinition, CurrencyKind, ExpiryRule
from tests.factories.points import NOON, Book

DAY = timedelta(days=1)
MILES = CurrencyDefinition(
    code="miles",
    kind=CurrencyKind.PARTNER,
    name_zh="里程",
    name_en="Miles",
    expiry=ExpiryRule.DAYS,
    validity=10,
)


def define(shop, definition):
    return services.define_currency(
        programme_id=shop.programme.id,
        definition=definition,
        actor="staff:1",
        reason="partner",
        now=NOON,
    )


def top_up(shop, currency, amount, *, source="s:1", now=NOON):
    return services.top_up(
        member_id=1,
        programme_id=shop.programme.id,
        currency=currency,
        amount=amount,
        source=source,
        key=f"k:{currency}:{source}",
        now=now,
    )


def test_a_partners_points_are_data(shop):
    define(shop, MILES)

    [share] = top_up(shop, "miles", 100).entries[0].lots

    # 2026-11-20 in Shanghai and ten whole days.
    assert share.expires_at.isoformat() == "2026-11-30T16:00:00+00:00"
    changed = define(shop, replace(MILES, validity=20))
    assert (changed.version, changed.validity) == (2, 20)
    assert selectors.get_currency(programme_id=shop.programme.id, code="miles") == changed


def test_points_follow_the_programmes_settings(shop):
    points = selectors.get_currency(programme_id=shop.programme.id, code="points")

    at = points.expires_at(earned_at=NOON, zone=shop.programme.zone)

    assert at is not None
    assert at.isoformat() == "2028-12-01T00:00:00+08:00"


@pytest.mark.parametrize(
    "definition",
    [
        replace(MILES, code="Sky Miles"),
        replace(MILES, name_zh=" "),
        replace(MILES, validity=0),
        replace(MILES, expiry=ExpiryRule.NEVER),
        replace(MILES, code="balance", expiry=ExpiryRule.NEVER, validity=0),
        replace(MILES, kind=CurrencyKind.MONEY, may_owe=True),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(shop, definition):
    with pytest.raises(errors.CurrencyInvalidError):
        define(shop, definition)


def test_paying_and_paying_back_keeps_the_expiry_of_a_red_packet(shop):
    top_up(shop, "red_packet", 500)
    shared = {"member_id": 1, "programme_id": shop.programme.id, "currency": "red_packet"}

    paid = services.pay(amount=300, source="order:1", key="p", now=NOON, **shared)
    back = services.pay_back(
        paid_under="order:1", amount=100, cause="RF-1", key="b", now=NOON + DAY, **shared
    )

    assert back.entries[0].lots[0].lot_id == paid.entries[0].lots[0].lot_id
    assert Account.objects.get(currency="red_packet").available == 300


def test_h5_stored_value_is_never_owed(shop):
    top_up(shop, "balance", 500, source="topup:1")
    shared = {"member_id": 1, "programme_id": shop.programme.id, "currency": "balance"}
    services.pay(amount=500, source="order:1", key="p", now=NOON, **shared)

    undone = Book(shop.programme.id).reverse(earned_under="topup:1", currency="balance")

    assert (undone.debt, undone.uncovered) == (0, 500)


def test_a_member_sees_what_they_have_of_everything(shop):
    define(shop, replace(MILES, shown=False))
    for currency in ("balance", "miles", "tickets"):
        top_up(shop, currency, 3)

    held = selectors.list_holdings(member_ids=[1], at=NOON)

    assert [(x.currency.code, x.balance.available) for x in held] == [
        ("balance", 3),
        ("tickets", 3),
    ]
