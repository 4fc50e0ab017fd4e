"""What other systems' own tests hold about earning, given to this one; differences are stated.

The facts, their licences and the conventions stand in tests/data/peer_cases_earning.json.
"""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from config.kernel.money import share_out
from loyalty import services as loyalty_services
from loyalty.earning.types import Action, Rule
from loyalty.types import LadderDraft, Measure, TierDraft
from members.commerce.types import LineReport, Order, RefundLineReport, Stage
from tests.factories.loyalty import publish_rules
from tests.factories.members import make_member
from tests.factories.orders import at, event, figures, make_earning_shop, report, settle
from tests.factories.programmes import OPENED, Shop

CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "peer_cases_earning.json").read_text(encoding="utf-8")
)["cases"]


def of_kind(kind: str) -> Any:
    found = [case for case in CASES if case["kind"] == kind]
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


def shop_of(case: dict[str, Any]) -> Shop:
    shop = make_earning_shop()
    rules = [
        Rule(
            code=row["code"],
            action=Action(row["action"]),
            value=Fraction(row["value"]),
            goods=tuple(row.get("goods", ())),
            minimum=row.get("minimum", 0),
            group=row.get("group", ""),
            priority=row.get("priority", 100),
        )
        for row in case.get("rules", ())
    ]
    publish_rules(shop, *rules, rate=case.get("rate", "1/100"), tier_multiplier=False)
    return shop


def buy(shop: Shop, lines: list[dict[str, Any]], number: str = "SO-1", **changes: Any) -> Order:
    member = changes.pop("member", None) or make_member(shop)
    goods = tuple(
        LineReport(line_no=line_no, **{"sku": f"S{line_no}", **line})
        for line_no, line in enumerate(lines, 1)
    )
    values: dict[str, Any] = {"lines": goods, "status": Stage.PAID, **changes}
    [settled] = settle(shop, report(member, number, **values))
    return settled.order


@pytest.mark.django_db
@of_kind("earn")
def test_what_an_order_earns(case):
    shop = shop_of(case)
    ours = case["ours"]

    if "orders" in case:
        got: Any = [buy(shop, lines, f"SO-{n}").points for n, lines in enumerate(case["orders"])]
    else:
        order = buy(shop, case["lines"])
        shares = [line.points_earned for line in order.lines]
        got = shares if isinstance(ours, list) else order.points
        assert sum(shares) == order.points

    assert got == ours
    assert ours == case["theirs"] or "Differs" in case["convention"]


@pytest.mark.django_db
@of_kind("refund")
def test_h1_what_a_return_takes_back(case):
    shop = shop_of(case)
    order = buy(shop, case["lines"])
    sold = order.points

    refund = event("refunded", at(2), refund_no="RF-1", lines=(RefundLineReport(**case["refund"]),))
    settle(shop, refund)

    assert [sold, figures(order.member_id)[1]] == case["ours"]


@of_kind("share")
def test_h37_how_an_amount_is_shared(case):
    got = share_out(case["total"], case["weights"])

    assert got == case["ours"]
    assert sum(got) == (case["total"] if any(case["weights"]) else 0)
    same = [abs(part) for part in case["theirs"]] == got
    assert same or "Differs" in case["convention"]


@pytest.mark.django_db
@of_kind("tier")
def test_h29_which_tier_an_order_reaches(case):
    shop = shop_of(case)
    said: dict[str, Any] = {
        "programme_id": shop.programme.id,
        "actor": "test",
        "reason": "test",
        "now": OPENED + timedelta(days=1),
    }
    tiers = tuple(
        TierDraft(
            code=code, name_zh=code, name_en=code, threshold=threshold, multiplier=Fraction(1)
        )
        for code, threshold in case["tiers"]
    )
    draft = LadderDraft(measure=Measure.ROLLING_SPEND, tiers=tiers)
    version = loyalty_services.draft_ladder(draft=draft, **said)
    loyalty_services.publish_ladder(version=version, **said)
    member = make_member(shop)
    if case["spent"]:
        buy(shop, [{"quantity": 1, "unit_price": case["spent"]}], "SO-0", member=member)

    order = buy(shop, [{"quantity": 1, "unit_price": case["order"]}], "SO-1", member=member)

    assert order.tier_after == case["ours"] == case["theirs"]
