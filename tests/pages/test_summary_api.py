"""The summary: one call for a checkout or a till."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.api import api_client
from tests.factories.orders import make_earning_shop

pytestmark = pytest.mark.django_db


def test_summary_tells_tier_points_and_the_way_to_the_next_tier():
    api = api_client(make_earning_shop())
    member = api.post("members", {"phone": "+8613800138000"}).json()["id"]
    api.post(f"members/{member}/points/earn", {"points": 30, "source": "review:1", "reason": "x"})

    answer = api.get(f"members/{member}/summary")

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["tier"]["code"] == "ordinary"
    assert told["next_tier"]["code"] == "bronze"
    assert told["next_tier"]["missing"] == 300000
    assert told["balance"] == {"available": 30, "pending": 0, "held": 0, "debt": 0}


def test_summary_of_a_member_of_another_programme_is_not_found():
    member = api_client(make_earning_shop()).post("members", {"phone": "+8613800138000"}).json()
    other = api_client(make_earning_shop(code="other"))

    assert other.get(f"members/{member['id']}/summary").status_code == 404


def test_summary_takes_few_queries():
    api = api_client(make_earning_shop())
    member = api.post("members", {"phone": "+8613800138000"}).json()["id"]
    api.get(f"members/{member}/summary")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        api.get(f"members/{member}/summary")

    assert len(queries) <= 8
