"""Many lines are copied; what they say arrives as it was."""

from __future__ import annotations

import pytest

from members.commerce import selectors
from members.commerce.types import LineReport
from tests.factories.members import make_member
from tests.factories.orders import make_earning_shop, report, settle_all

pytestmark = pytest.mark.django_db


def test_texts_survive_whatever_they_hold():
    shop = make_earning_shop()
    odd = ["a\tb", "a\nb", "a\\nb", "\\N", "\\.", "a\rb", "茶 🍵", "'; --", "%s"]
    lines = tuple(
        LineReport(
            line_no=n,
            sku=odd[n % len(odd)],
            name=odd[-1 - n % len(odd)],
            quantity=1,
            unit_price=100 + n,
        )
        for n in range(1, 400)
    )

    settle_all(shop, [report(make_member(shop), lines=lines)])

    kept = selectors.get_order(external_no="SO-1", storefront_id=shop.storefront.id)
    assert [(k.sku, k.name, k.unit_price) for k in kept.lines] == [
        (line.sku, line.name, line.unit_price) for line in lines
    ]
    assert kept.net == sum(line.unit_price for line in lines)
