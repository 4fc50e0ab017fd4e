"""The demo shop: it loads, loads again without a change, and its ledger agrees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from config.pages.demo import loading, people
from loyalty import selectors as loyalty_selectors
from members import selectors as member_selectors
from members.programmes import selectors as programme_selectors
from members.types import ContactKind

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in ("points_entry", "points_lot", "commerce_order", "members_member"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.django_db(transaction=True)
def test_the_demo_loads_once_stands_as_told_and_its_ledger_agrees(capsys):
    list(loading.load(now=NOW))
    _assert_tiers()
    first = _counts()

    told = list(loading.load(now=NOW + timedelta(days=3)))

    assert _counts() == first
    assert any("already there" in line for line in told)
    call_command("reconcile")
    assert "differences: 0" in capsys.readouterr().out


def _assert_tiers() -> None:
    shop = programme_selectors.find_storefront("demo")
    assert shop is not None
    for person in people.PEOPLE:
        member = member_selectors.find_by_contact(
            programme_id=shop.programme_id, kind=ContactKind.PHONE, address=person.phone
        )
        assert member is not None
        standing = loyalty_selectors.get_standing(
            member_ids=[member], programme_id=shop.programme_id, at=NOW
        )[member]
        assert standing.tier.code == person.tier, person.nickname
