"""Lines that stay columns from the file to the table come to the same as lines one by one."""

from __future__ import annotations

import csv
import io
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.earning.types import Action, Rule
from loyalty.settlement.importing import documents
from members.commerce import services as commerce_services
from tests.factories.loyalty import publish_rules
from tests.settlement.imports import HEADER, open_shop, run

# Everything of orders and decisions but the ids.
_STATE = (
    """
    SELECT o.external_no, o.content_hash, o.goods, o.refunded, o.status, o.points, o.growth,
           o.spend, o.tier_after, o.attributes::text, l.line_no, l.sku, l.name, l.quantity,
           l.unit_price, l.list_amount, l.discount, l.net, l.points_earned, l.growth_earned,
           l.earn_rule, l.multiplier, l.refunded, l.refunded_quantity, l.points_share
    FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id
    ORDER BY o.external_no, l.line_no
    """,
    """
    SELECT inputs::text, rule_version, rate, multiplier, earned, growth, rows::text
    FROM earning_earndecision ORDER BY inputs::text
    """,
    """
    SELECT o.external_no, r.refund_no, r.line_no, r.quantity, r.amount
    FROM commerce_refundline r JOIN commerce_order o ON o.id = r.order_id ORDER BY 1, 2, 3
    """,
    "SELECT rejected::text FROM settlement_importchunk ORDER BY number",
)
names = st.one_of(
    st.sampled_from(["WHITE MUG", 'RULER 12" "SPACEBOY"', "back\\slash", "tab\there", "café 杯"]),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\n\r"),
        min_size=1,
        max_size=30,
    ),
)
lines = st.fixed_dictionaries(
    {
        "order": st.integers(1, 4),
        "sku": st.integers(10000, 10002),
        "name": names,
        "quantity": st.sampled_from([1, 2, 7, 999_999]),
        "price": st.sampled_from(["0.001", "0.19", "2.555", "8.50", "999999.99"]),
        "customer": st.integers(1, 2),
        "cancels": st.sampled_from([False, False, False, True]),
    }
)


def file_of(folder: Path, wanted: list[dict[str, Any]]) -> Path:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for minute, line in enumerate(wanted):
        cancels = line["cancels"]
        writer.writerow(
            [
                # An order number belongs to one customer.
                f"{'C' if cancels else ''}{line['customer']}{line['order']:03}",
                line["sku"],
                line["name"],
                -line["quantity"] if cancels else line["quantity"],
                f"2011-0{1 + cancels}-03 10:{minute:02}:00",
                line["price"],
                line["customer"],
                "France",
            ]
        )
    path = folder / "orders.csv"
    path.write_text(HEADER + out.getvalue(), encoding="utf-8")
    return path


def state() -> list[Any]:
    found = []
    with connection.cursor() as cursor:
        for sql in _STATE:
            cursor.execute(sql)
            found.append(cursor.fetchall())
    return found


# By line: the points of each line are told apart, and an order's first has a bonus.
MIXED = [
    Rule(code="double", action=Action.FACTOR, value=Fraction(2), goods=("sku:10001",)),
    Rule(code="welcome", action=Action.BONUS, value=Fraction(50), first_order=True),
]


@pytest.mark.parametrize("rules", [[], MIXED], ids=["plain", "mixed"])
@pytest.mark.django_db
@settings(
    max_examples=6,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wanted=st.lists(lines, min_size=1, max_size=25))
def test_packed_lines_come_to_the_same_as_opened_ones(monkeypatch, rules, wanted):
    seen = []
    for money in (commerce_services.MOST_MONEY, -1):
        with (
            tempfile.TemporaryDirectory() as folder,
            monkeypatch.context() as change,
            transaction.atomic(),
        ):
            # No order keeps to this bound: all of them are opened.
            change.setattr(documents, "MOST_MONEY", money)
            shop = open_shop()
            if rules:
                publish_rules(shop, *rules)
            run(file_of(Path(folder), wanted), verbosity=0)
            seen.append(state())
            transaction.set_rollback(True)

    assert seen[0] == seen[1]
