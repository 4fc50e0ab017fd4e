"""How many statements settling costs: a handful, however many orders there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.commerce.types import Stage
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.orders import line, make_buyer, make_earning_shop, order, report, settle_all

pytestmark = pytest.mark.django_db


def test_a_new_paid_order_costs_a_handful_of_statements():
    shop = make_earning_shop()
    api = api_client(shop)
    member = make_buyer(shop)
    api.post("orders", order(member, "SO-0"))

    with CaptureQueriesContext(connection) as queries:
        api.post("orders", order(member, lines=[line(n) for n in range(1, 6)]), key="k")

    told = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    # The posting itself goes past Django's cursor: one more.
    assert len(told) <= 13, "\n".join(sql[:90] for sql in told)


def test_many_orders_cost_as_many_statements_as_few():
    shop = make_earning_shop()

    def cost(count, tag):
        told = [report(make_member(shop), f"{tag}-{n}", status=Stage.PAID) for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            settle_all(shop, told)
        return len(queries)

    cost(1, "warm")

    assert cost(40, "many") == cost(10, "few")
