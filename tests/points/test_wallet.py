"""The wallet of a member's own pages says what the balance says, in one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.kernel import clock
from points import selectors, services
from points.types import Earn, Hold, Spend
from tests.factories.members import make_member
from tests.factories.programmes import make_shop

NOW = clock.now().replace(microsecond=0)


@pytest.fixture
def member(db):
    shop = make_shop()
    return {"member_id": make_member(shop), "programme_id": shop.programme.id}


def earn(member, key, points, **more):
    more = {"occurred_at": NOW - timedelta(days=9), **more}
    command = Earn(**member, key=key, source=key, points=points, **more)
    services.post(command=command, now=NOW)


def test_a_member_without_an_account_has_nothing(member):
    wallet = selectors.get_wallet(**member, now=NOW)

    assert wallet.balance == selectors.get_balance(**member, at=NOW, now=NOW)
    assert wallet.maturing == ()


def test_wallet_is_the_balance_and_what_arrives_when_in_one_statement(member):
    soon, late = NOW + timedelta(days=3), NOW + timedelta(days=30)
    earn(member, "a", 100, expires_at=late)
    earn(member, "b", 50, expires_at=late)
    earn(member, "c", 20, expires_at=late + timedelta(days=1))
    earn(member, "d", 7)
    earn(member, "e", 5, pending=True, available_at=soon)
    earn(member, "f", 6, pending=True, available_at=soon)
    earn(member, "g", 9, pending=True)
    base = {**member, "occurred_at": NOW}
    services.post(command=Spend(**base, key="s", source="s", points=30), now=NOW)
    services.post(command=Hold(**base, key="h", source="h", points=10, expires_at=late), now=NOW)

    with CaptureQueriesContext(connection) as seen:
        wallet = selectors.get_wallet(**member, now=NOW)

    assert len(seen) == 1
    assert wallet.balance == selectors.get_balance(**member, at=NOW, now=NOW)
    assert [(part.at, part.points) for part in wallet.maturing] == [(soon, 11), (None, 9)]


@pytest.mark.parametrize("days", [1, 4, 40])
def test_what_has_fallen_due_shows_as_done_whatever_is_written_down(member, days):
    earn(member, "a", 100, expires_at=NOW + timedelta(days=2))
    earn(member, "b", 50, pending=True, available_at=NOW + timedelta(days=3))
    earn(member, "c", 25, expires_at=NOW + timedelta(days=50))
    later = NOW + timedelta(days=days)

    wallet = selectors.get_wallet(**member, now=later)

    assert wallet.balance == selectors.get_balance(**member, at=later, now=later)
    assert [part.points for part in wallet.maturing] == ([50] if days < 3 else [])
