"""`POST /points/exchange`, and the currencies behind the API."""

from __future__ import annotations

import pytest

from config.kernel import clock, ids
from members.models import Member
from points import services
from points.models import Entry, Exchange
from points.types import Purse, Rate
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.programmes import make_shop
from tests.factories.story import make_user


@pytest.fixture
def shop(db):
    return make_shop()


@pytest.fixture
def other(shop):
    made = make_shop("b")
    now = clock.now()
    rate = Rate(
        id=0,
        version=0,
        source=Purse(programme_id=shop.programme.id),
        target=Purse(programme_id=made.programme.id),
        per=2,
        gives=1,
        fee_permille=10,
        step=10,
        member_limit=1000,
        begins_at=now,
    )
    services.publish_rate(rate=rate, actor="staff:1", reason="agreed", now=now)
    return made


@pytest.fixture
def api(shop):
    return api_client(shop)


@pytest.fixture
def member_id(shop):
    return make_member(shop)


@pytest.fixture
def member(member_id):
    return ids.encode("mem", member_id=member_id, row_id=0)


def earn(api, member, points, currency="points", source="s:1"):
    body = {"points": points, "source": source, "currency": currency}
    return api.post(f"members/{member}/points/earn", body)


def exchange(api, member, points, *, key=None, query=None, source="demo", target="b"):
    body = {"member": member, "from_programme": source, "to_programme": target, "points": points}
    return api.post("points/exchange", body, key=key, query=query)


def test_it_answers_both_entries_rate_and_fee(api, member, other):
    earn(api, member, 1000)

    answer = exchange(api, member, 300, key="k1")
    again = exchange(api, member, 300, key="k1")

    assert answer.status_code == 200
    told = answer.json()
    assert [(e["kind"], e["points"], e["balance_after"]) for e in told["entries"]] == [
        ("exchange_out", -300, 700),
        ("exchange_in", 148, 148),
    ]
    assert (told["given"], told["fee"], told["received"]) == (300, 3, 148)
    assert (told["rate"]["per"], told["rate"]["gives"]) == (2, 1)
    assert (again["Idempotent-Replay"], again.json()) == ("true", told)


def test_a_dry_run_tells_what_it_would_bring(api, member, other):
    earn(api, member, 1000)

    answer = exchange(api, member, 300, query={"dry_run": "true"})

    assert answer.status_code == 200
    assert (answer.json()["received"], answer.json()["entries"][0]["id"]) == (148, None)
    assert not Exchange.objects.exists()


@pytest.mark.parametrize(
    ("points", "status", "code"),
    [
        (305, 422, "exchange.amount"),
        (0, 400, "request.invalid"),
        (-10, 400, "request.invalid"),
        (2000, 409, "points.insufficient"),
        (1010, 409, "exchange.member_limit"),
    ],
)
def test_what_cannot_be_exchanged_is_said(api, member, other, points, status, code):
    earn(api, member, 1500)

    answer = exchange(api, member, points)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("demo", "nowhere", "programme.not_found"),
        ("b", "demo", "exchange.no_rate"),
        ("b", "b", "programme.not_found"),
    ],
)
def test_programmes_that_do_not_exchange(api, member, other, source, target, code):
    answer = exchange(api, member, 300, source=source, target=target)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_another_programmes_member_is_not_found(api, other):
    stranger = ids.encode("mem", member_id=make_member(other), row_id=0)

    answer = exchange(api, stranger, 300)

    assert (answer.status_code, answer.json()["code"]) == (422, "member.not_found")


def test_the_same_persons_membership_receives(api, member, member_id, other):
    there = make_member(other)
    Member.objects.filter(pk=there).update(user=make_user(member_id))
    earn(api, member, 1000)

    exchange(api, member, 300)

    named = ids.encode("mem", member_id=there, row_id=0)
    assert api_client(other).get(f"members/{named}/balance").json()["available"] == 148


def test_stored_value_is_paid_with_and_never_owed(api, member):
    earn(api, member, 5000, currency="balance")

    body = {"points": 1200, "source": "till:1", "currency": "balance"}
    paid = api.post(f"members/{member}/points/spend", body)
    body["points"] = 9999
    short = api.post(f"members/{member}/points/spend", body)
    told = api.get(f"members/{member}/balance", query={"currency": "balance"})

    assert (paid.status_code, short.json()["code"]) == (201, "points.insufficient")
    assert (told.json()["available"], told.json()["expiring"]) == (3800, [])
    assert paid.json()["lots"][0]["expires_at"] is None


def test_red_packets_expire_by_their_own_rule(api, member):
    entry = earn(api, member, 888, currency="red_packet").json()

    assert entry["lots"][0]["expires_at"] is not None
    held = api.post(
        "reservations",
        {"member": member, "points": 100, "source": "o:1", "currency": "red_packet"},
    )
    assert held.status_code == 201
    told = api.get(f"members/{member}/balances").json()["items"]
    assert [(x["currency"], x["kind"], x["balance"]["held"]) for x in told] == [
        ("red_packet", "money", 100)
    ]


@pytest.mark.parametrize("currency", ["growth", "doubloons"])
def test_what_cannot_be_spent(api, member, currency):
    body = {"points": 1, "source": "till:1", "currency": currency}

    answer = api.post(f"members/{member}/points/spend", body)

    wanted = "currency.not_spendable" if currency == "growth" else "currency.unknown"
    assert (answer.status_code, answer.json()["code"]) == (422, wanted)


def test_an_unknown_currency_has_no_balance(api, member):
    answer = api.get(f"members/{member}/balance", query={"currency": "doubloons"})

    assert (answer.status_code, answer.json()["code"]) == (422, "currency.unknown")
