"""The points API: statuses, shapes, replays."""

import pytest

from config.kernel import clock, ids
from config.kernel.models import AuditRecord
from points import services
from points.models import Account, Entry
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.programmes import make_shop, make_sister_brand


@pytest.fixture
def shop(db):
    return make_shop()


@pytest.fixture
def api(shop):
    return api_client(shop)


@pytest.fixture
def member(shop):
    return ids.encode("mem", member_id=make_member(shop), row_id=0)


def earn(api, member, points=100, key=None, source="review:1", **more):
    body = {"points": points, "source": source, "reason": "a review", **more}
    return api.post(f"members/{member}/points/earn", body, key=key)


def spend(api, member, points, key=None, **more):
    body = {"points": points, "source": "till:1", "reason": "tea", **more}
    return api.post(f"members/{member}/points/spend", body, key=key)


def test_earn_answers_the_entry(api, member):
    answer = earn(api, member, key="k1")

    assert answer.status_code == 201
    body = answer.json()
    assert body["id"].startswith("ent_")
    assert (body["kind"], body["points"], body["balance_after"]) == ("earn", 100, 100)
    assert body["lots"][0]["points"] == 100
    # The programme's validity: 24 months, to the end of the month.
    assert body["lots"][0]["expires_at"].endswith("-01T00:00:00+08:00") or body["lots"][0][
        "expires_at"
    ].endswith("T16:00:00Z")


def test_the_same_key_repeats_the_first_answer(api, member):
    first = earn(api, member, key="k1")
    again = earn(api, member, key="k1")

    assert again.status_code == 201
    assert again["Idempotent-Replay"] == "true"
    assert again.json() == first.json()
    assert Entry.objects.count() == 1


def test_h14_the_same_key_with_another_request_is_refused(api, member):
    earn(api, member, key="k1")

    answer = earn(api, member, points=7, key="k1")

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency.key_reused"


def test_h13_the_same_source_earns_once(api, member):
    first = earn(api, member, key="k1")

    again = earn(api, member, key="k2")
    other = earn(api, member, points=7, key="k3")

    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert "Idempotent-Replay" not in again
    assert (other.status_code, other.json()["code"]) == (409, "points.source_conflict")


def test_keys_of_clients_do_not_meet(api, shop, member):
    earn(api, member)
    other = api_client(shop)

    first = spend(api, member, 10, key="same")
    second = spend(other, member, 10, key="same")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_spend_beyond_the_balance_is_refused_and_moves_nothing(api, member):
    earn(api, member, 10)

    answer = spend(api, member, 11, key="k")

    assert answer.status_code == 409
    assert answer.json()["code"] == "points.insufficient"
    assert spend(api, member, 10, key="k").status_code == 201


def test_spend_of_a_member_without_account_is_refused(api, member):
    assert spend(api, member, 1).json()["code"] == "points.insufficient"
    assert Account.objects.count() == 0


@pytest.mark.parametrize("points", [0, -1, 1.5, "1", 10**12 + 1, None])
def test_points_must_be_positive_and_whole(api, member, points):
    assert earn(api, member, points).status_code == 400


def test_pending_points_are_not_available(api, member):
    earn(api, member, pending_until="2099-01-01T00:00:00+08:00")

    balance = api.get(f"members/{member}/balance").json()

    assert (balance["available"], balance["pending"]) == (0, 100)
    assert balance["expiring"][0]["points"] == 100


def test_expiry_in_the_past_is_refused(api, member):
    answer = earn(api, member, expires_at="2020-01-01T00:00:00+08:00")

    assert (answer.status_code, answer.json()["code"]) == (422, "points.expiry_past")


def test_h19_adjust_needs_its_scope_an_actor_and_a_reason(api, shop, member):
    path = f"members/{member}/points/adjust"
    body = {"points": 30, "reason": "goodwill", "actor": "staff:7"}

    assert api_client(shop, "points:write").post(path, body).status_code == 403
    assert api.post(path, {"points": 30, "reason": "x"}).status_code == 400
    given = api.post(path, body, key="a")
    again = api.post(path, body, key="a")
    taken = api.post(path, body | {"points": -31})

    assert (given.status_code, given.json()["actor"]) == (201, "staff:7")
    assert again.json() == given.json()
    assert taken.json()["code"] == "points.insufficient"


def limit_clients(points: int, role: str = "api") -> None:
    services.set_limit(
        role=role,
        currency="points",
        points=points,
        actor="staff:1",
        reason="agreed",
        now=clock.now(),
    )


def test_h19_a_client_corrects_no_more_than_its_limit_on_a_member_in_a_day(api, shop, member):
    other = ids.encode("mem", member_id=make_member(shop), row_id=0)
    body = {"points": 30, "reason": "goodwill", "actor": "staff:7"}
    limit_clients(50)

    path = f"members/{member}/points/adjust"
    first = api.post(path, body, key="a")
    # Whoever is named behind it, up or down: the client has 20 left.
    beyond = api.post(path, body | {"points": -21, "actor": "staff:8"})
    within = api.post(path, body | {"points": -20})
    again = api.post(path, body, key="a")
    elsewhere = api.post(f"members/{other}/points/adjust", body)

    assert (first.status_code, within.status_code, elsewhere.status_code) == (201, 201, 201)
    assert again.json() == first.json()
    assert (beyond.status_code, beyond.json()["code"]) == (409, "points.correction_limit")
    assert "50" in beyond.json()["detail"]
    assert "30" in beyond.json()["detail"]
    balance = api.get(f"members/{member}/balance").json()
    assert balance["available"] == 10


def test_h19_a_limit_of_its_own_goes_before_the_one_of_all_clients(api, shop, member):
    limit_clients(0)
    path = f"members/{member}/points/adjust"
    body = {"points": 30, "reason": "goodwill", "actor": "staff:7"}
    assert api.post(path, body).status_code == 409

    limit_clients(30, role=f"client:{api.client_id}")

    assert api.post(path, body).status_code == 201
    assert api.post(path, body).status_code == 409


def test_h19_a_batch_keeps_to_the_limit_line_by_line(api, member):
    limit_clients(50)
    item = {"op": "adjust", "member": member, "reason": "r", "actor": "staff:1"}
    items = [
        item | {"points": 30, "idempotency_key": "1"},
        item | {"points": 30, "idempotency_key": "2"},
        {"op": "earn", "member": member, "points": 500, "source": "a"},
        item | {"points": 20, "idempotency_key": "3"},
    ]

    lines = api.post("points/batch", items).json()["items"]
    again = api.post("points/batch", items).json()["items"]

    assert [line["status"] for line in lines] == [201, 409, 201, 201]
    assert lines[1]["problem"]["code"] == "points.correction_limit"
    assert [line["status"] for line in again] == [201, 409, 200, 201]
    assert AuditRecord.objects.filter(action="points.adjust").count() == 2


def test_reservation_is_captured_in_part_once(api, member):
    earn(api, member, 100)
    held = api.post("reservations", {"member": member, "points": 60, "source": "cart:1"}, key="r")
    path = f"reservations/{held.json()['id']}"

    assert (held.status_code, held.json()["status"]) == (201, "held")
    assert spend(api, member, 41).status_code == 409
    done = api.post(f"{path}/capture", {"points": 25}, key="c")
    again = api.post(f"{path}/capture", {"points": 25}, key="c")
    other = api.post(f"{path}/capture", {"points": 25}, key="d")
    released = api.post(f"{path}/release")

    assert done.status_code == 200
    assert (done.json()["status"], done.json()["captured"], done.json()["released"]) == (
        "captured",
        25,
        35,
    )
    assert [entry["kind"] for entry in done.json()["entries"]] == ["spend", "release"]
    assert again.json() == done.json()
    assert again["Idempotent-Replay"] == "true"
    for answer in (other, released):
        assert (answer.status_code, answer.json()["code"]) == (409, "reservation.closed")


def test_reservation_cannot_capture_more_than_it_holds(api, member):
    earn(api, member, 100)
    held = api.post("reservations", {"member": member, "points": 60, "source": "cart:1"}).json()

    answer = api.post(f"reservations/{held['id']}/capture", {"points": 61})

    assert (answer.status_code, answer.json()["code"]) == (422, "reservation.exceeds")


def test_h12_a_lapsed_reservation_gives_its_points_back(api, member, monkeypatch):
    earn(api, member, 100)
    held = api.post(
        "reservations", {"member": member, "points": 60, "source": "cart:1", "ttl_seconds": 1}
    ).json()
    from config.kernel import clock

    later = clock.now().replace(year=clock.now().year + 1)
    monkeypatch.setattr("config.kernel.clock.now", lambda: later)
    token = api_client_again(api)

    answer = token.post(f"reservations/{held['id']}/capture")
    shown = token.get(f"reservations/{held['id']}").json()

    assert (answer.status_code, answer.json()["code"]) == (409, "reservation.expired")
    assert shown["status"] == "lapsed"
    assert spend(token, member, 100).status_code == 201


def api_client_again(api):
    """Return the client with a token that is good at the later time."""
    from allauth.idp.oidc.models import Token

    Token.objects.update(expires_at=None)
    return api


def test_another_brands_reservation_is_not_found(api, shop, member):
    earn(api, member, 100)
    held = api.post("reservations", {"member": member, "points": 60, "source": "cart:1"}).json()
    sister = api_client(make_sister_brand(shop, "sister"))

    assert sister.get(f"reservations/{held['id']}").status_code == 404
    assert sister.post(f"reservations/{held['id']}/capture").status_code == 404
    assert sister.get(f"members/{member}/balance").json()["held"] == 60


def test_unknown_members(api, member):
    nobody = ids.encode("mem", member_id=999999, row_id=0)

    assert earn(api, nobody).status_code == 404
    assert api.get(f"members/{nobody}/balance").status_code == 404
    answer = api.post("reservations", {"member": nobody, "points": 1, "source": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "member.not_found")


def test_h42_another_programmes_member_is_not_found(member):
    other = api_client(make_shop("other"))

    assert other.get(f"members/{member}/balance").status_code == 404
    assert earn(other, member).status_code == 404


def test_h6_reverse_once_per_cause_and_never_more_than_the_entry(api, member):
    entry = earn(api, member, 100).json()["id"]
    path = f"entries/{entry}/reverse"

    first = api.post(path, {"reason": "refund", "points": 40}, key="a")
    again = api.post(path, {"reason": "refund", "points": 40}, key="a")
    caused = api.post(path, {"reason": "refund", "points": 10, "source": "RF-1"})
    twice = api.post(path, {"reason": "refund", "points": 10, "source": "RF-1"})
    beyond = api.post(path, {"reason": "refund", "points": 51})
    absurd = api.post(path, {"reason": "refund", "points": 101})
    rest = api.post(path, {"reason": "refund"})
    done = api.post(path, {"reason": "refund"})
    target = api.post(f"entries/{first.json()['id']}/reverse", {"reason": "no"})

    assert (first.status_code, first.json()["points"]) == (201, -40)
    assert again.json() == first.json()
    assert caused.json()["reverses"] == entry
    assert (twice.status_code, twice.json()["code"]) == (409, "entry.already_reversed")
    assert (beyond.status_code, beyond.json()["code"]) == (409, "entry.already_reversed")
    assert absurd.status_code == 422
    assert rest.json()["points"] == -50
    assert (done.status_code, done.json()["code"]) == (409, "entry.already_reversed")
    assert (target.status_code, target.json()["code"]) == (409, "entry.is_reversal")
    assert api.get(f"members/{member}/balance").json()["available"] == 0


def test_reversing_a_spend_returns_its_lots(api, member):
    lot = earn(api, member, 100).json()["lots"][0]["lot"]
    spent = spend(api, member, 80).json()

    answer = api.post(f"entries/{spent['id']}/reverse", {"reason": "refund", "points": 30}).json()

    assert (answer["kind"], answer["points"]) == ("return", 30)
    assert [(x["lot"], x["points"]) for x in answer["lots"]] == [(lot, 30)]


def test_a_hold_tells_what_it_moved(api, member):
    earn(api, member, 100)
    api.post("reservations", {"member": member, "points": 60, "source": "cart:1"})

    newest = api.get(f"members/{member}/entries").json()["items"][0]

    assert (newest["kind"], newest["points"]) == ("hold", 0)
    assert newest["moved"] == {"from": "available", "to": "held", "points": 60}


def test_entries_page_by_cursor(api, member):
    for number in range(3):
        earn(api, member, number + 1, source=f"review:{number}")

    first = api.get(f"members/{member}/entries", {"limit": 2}).json()
    second = api.get(
        f"members/{member}/entries", {"limit": 2, "cursor": first["next_cursor"]}
    ).json()

    assert [x["points"] for x in first["items"]] == [3, 2]
    assert [x["points"] for x in second["items"]] == [1]
    assert second["next_cursor"] is None


def test_explain_tells_an_entrys_own_facts(api, member):
    entry = earn(api, member, 100).json()

    answer = api.get(f"entries/{entry['id']}/explain").json()

    assert answer["entry"]["id"] == entry["id"]
    assert answer["inputs"]["source"] == "review:1"
    assert {"figure": "available", "change": 100} in answer["arithmetic"]


def test_dry_run_answers_the_same_and_keeps_nothing(api, member):
    path = f"members/{member}/points/earn"
    body = {"points": 5, "source": "s"}

    rehearsed = api.call("POST", path, json=body, key="k", query={"dry_run": "true"})

    assert rehearsed.status_code == 200
    assert rehearsed.json()["id"] is None
    assert rehearsed.json()["lots"][0]["lot"] is None
    assert Entry.objects.count() == 0
    assert api.post(path, body, key="k").status_code == 201


def test_balance_as_of(api, member):
    earn(api, member, 100, expires_at="2098-01-01T00:00:00+08:00")

    before = api.get(f"members/{member}/balance", {"as_of": "2020-01-01T00:00:00Z"}).json()
    after = api.get(f"members/{member}/balance", {"as_of": "2099-01-01T00:00:00Z"}).json()

    assert before["available"] == 0
    assert (after["available"], after["lifetime_expired"]) == (0, 100)


def test_batch_answers_each_item_by_itself(api, shop, member):
    nobody = ids.encode("mem", member_id=999999, row_id=0)
    items = [
        {"op": "earn", "member": member, "points": 10, "source": "a", "idempotency_key": "1"},
        {"op": "spend", "member": member, "points": 50, "source": "b", "idempotency_key": "2"},
        {"op": "spend", "member": member, "points": 4, "source": "c", "idempotency_key": "3"},
        {"op": "earn", "member": nobody, "points": 4, "source": "c"},
        {"op": "earn", "member": member, "points": 0, "source": "d"},
        {"op": "adjust", "member": member, "points": 5, "reason": "r", "actor": "staff:1"},
    ]

    answer = api.post("points/batch", items)
    again = api.post("points/batch", {"items": items[:3]})
    narrow = api_client(shop, "points:write").post("points/batch", items[5:])

    assert answer.status_code == 207
    lines = answer.json()["items"]
    assert [line["status"] for line in lines] == [201, 409, 201, 422, 400, 201]
    assert [line["index"] for line in lines] == list(range(6))
    assert lines[1]["problem"]["code"] == "points.insufficient"
    assert lines[2]["body"]["balance_after"] == 6
    assert again.json()["items"][0]["body"]["id"] == lines[0]["body"]["id"]
    assert narrow.json()["items"][0]["status"] == 403


def test_batch_takes_a_thousand_items_at_most(api, member):
    item = {"op": "earn", "member": member, "points": 1, "source": "a"}

    assert api.post("points/batch", [item] * 1001).status_code == 400
    assert api.post("points/batch", []).json() == {"items": []}


def test_batch_refuses_an_item_it_cannot_read_alone(api, member):
    good = {"op": "earn", "member": member, "points": 3, "source": "a"}
    items = [
        good,
        good | {"op": "give"},
        good | {"points": "3"},
        good | {"color": "red"},
        {"op": "earn"},
        7,
        good | {"source": "a\0b"},
        good | {"source": "b"},
    ]

    answer = api.post("points/batch", items)
    wrapped = api.post("points/batch", {"items": items})

    lines = answer.json()["items"]
    assert answer.status_code == 207
    assert [line["status"] for line in lines] == [201, 400, 400, 400, 400, 400, 400, 201]
    assert lines[1]["problem"]["errors"][0]["pointer"] == "/op"
    assert lines[3]["problem"]["code"] == "request.unknown_field"
    assert [line["status"] for line in wrapped.json()["items"]] == [
        200, 400, 400, 400, 400, 400, 400, 200
    ]  # fmt: skip


def test_batch_refuses_a_body_that_is_no_list(api):
    refused = [api.post("points/batch", body) for body in ({}, 7, {"items": [], "more": 1})]

    assert [answer.status_code for answer in refused] == [400, 400, 400]


def test_h19_a_batch_leaves_its_corrections_on_the_audit_trail_once(api, member):
    item = {"op": "adjust", "member": member, "reason": "r", "actor": "staff:1"}
    items = [item | {"points": 5, "idempotency_key": "1"}, item | {"points": -90}]

    api.post("points/batch", items)
    api.post("points/batch", items)

    told = AuditRecord.objects.filter(action="points.adjust")
    assert [(record.actor, record.reason, record.after["points"]) for record in told] == [
        ("staff:1", "r", 5)
    ]
