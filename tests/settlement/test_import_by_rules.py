"""An import of orders that earn by rows of rules: the same as if each had been reported."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from django.db import connection

from loyalty.earning.models import EarnUsage
from loyalty.earning.types import Action, Rule, Validity
from tests.factories.loyalty import publish_rules
from tests.factories.programmes import OPENED
from tests.settlement.imports import open_shop, run, write

pytestmark = pytest.mark.django_db
LINES = (
    # 6 × 2.50 and 1 × 10.00 in the campaign, then 4.00 after it; another member; a cancel.
    "536365,85123A,TEA,6,2011-11-01 08:26:00,2.50,17850,United Kingdom",
    "536365,22423B,CARD,1,2011-11-01 08:26:00,10.00,17850,United Kingdom",
    "536370,85123A,TEA,1,2011-11-03 08:26:00,4.00,17850,United Kingdom",
    "536371,85123A,TEA,2,2011-11-01 09:00:00,50.00,12345,United Kingdom",
    "C536400,85123A,TEA,-3,2011-11-04 10:00:00,2.50,17850,United Kingdom",
)


def publish() -> None:
    publish_rules(
        open_shop(),
        Rule(
            code="d11",
            action=Action.FACTOR,
            value=Fraction(3),
            starts_at=datetime(2011, 11, 1, tzinfo=UTC),
            ends_at=datetime(2011, 11, 2, tzinfo=UTC),
            caps={"day": 60},
        ),
        Rule(
            code="welcome",
            action=Action.BONUS,
            value=Fraction(20),
            first_order=True,
            validity=Validity(unit="days", count=90),
        ),
        Rule(code="cards", action=Action.EXCLUDED, goods=("sku:22423B",)),
        now=OPENED,
        tier_multiplier=False,
    )


@pytest.mark.parametrize("chunk", [1, 100])
def test_rules_hold_in_an_import_however_it_is_cut(tmp_path: Path, chunk: int):
    publish()

    run(write(tmp_path, *LINES), chunk=chunk)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_no, points, points_taken FROM commerce_order ORDER BY external_no"
        )
        orders = cursor.fetchall()
        cursor.execute(
            "SELECT e.rule, e.points FROM points_entry e JOIN points_account a"
            " ON a.member_id = e.member_id AND a.id = e.account_id"
            " WHERE a.currency = 'points' AND e.kind = 'earn' ORDER BY 1, 2"
        )
        entries = cursor.fetchall()
    # 15 × 3 + 20, of which half the tea came back; the card earns nothing; 100 + the cap + 20.
    assert orders == [("536365", 65, 32), ("536370", 4, 0), ("536371", 180, 0)]
    assert entries == [
        ("purchase", 4),
        ("purchase", 45),
        ("purchase", 160),
        ("welcome", 20),
        ("welcome", 20),
    ]
    assert sorted(EarnUsage.objects.values_list("used", flat=True)) == [30, 60]


def test_the_same_import_again_counts_no_cap_twice(tmp_path: Path):
    publish()
    path = write(tmp_path, *LINES)
    run(path)

    run(write(tmp_path, *LINES, name="again.csv"))

    assert sorted(EarnUsage.objects.values_list("used", flat=True)) == [30, 60]
