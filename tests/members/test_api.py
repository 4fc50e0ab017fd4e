"""The members' API."""

from __future__ import annotations

import pytest

from config.kernel.models import IdempotencyRecord
from members import models, selectors, services
from tests.factories.api import api_client
from tests.factories.programmes import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def client(shop):
    return api_client(shop)


def enrol(client, **body):
    response = client.post("members", body or {"phone": "13800138000"})
    assert response.status_code in (200, 201), response.content
    return response.json()


def test_enrol_answers_201_then_200(client):
    first = client.post("members", {"phone": "13800138000", "name": "张三"})
    again = client.post("members", {"phone": "+86 138-0013-8000"})

    assert first.status_code == 201
    assert first.json()["created"] is True
    assert again.status_code == 200
    assert again.json()["created"] is False
    assert again.json()["id"] == first.json()["id"]
    assert first.json()["tier"]["code"] == "ordinary"


def test_personal_data_is_masked_without_the_scope(shop):
    client = api_client(shop, scopes="members:read members:write")
    made = enrol(
        client,
        phone="13800138000",
        email="zhangsan@example.com",
        name="张三",
        birthday="1990-05-06",
    )

    assert made["phone"] == "+86138****8000"
    assert made["email"] == "z***n@example.com"
    assert made["nickname"] == "张*"
    assert made["birthday"] == "****-05-**"


def test_personal_data_is_clear_with_the_scope(client):
    made = enrol(client, phone="13800138000", name="张三", birthday="1990-05-06")

    assert made["phone"] == "+8613800138000"
    assert made["nickname"] == "张三"
    assert made["birthday"] == "1990-05-06"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "member.no_contact"),
        ({"phone": "12"}, "member.invalid_phone"),
        ({"email": "nobody"}, "member.invalid_email"),
        ({"phone": 5}, "request.invalid"),
        ({"phone": "13800138000", "shoe": 43}, "request.unknown_field"),
        ({"phone": "13800138000", "birthday": "yesterday"}, "request.invalid"),
    ],
)
def test_enrol_refuses_what_is_wrong_from_the_request_alone(client, body, code):
    response = client.post("members", body)

    assert response.status_code == 400
    assert response.json()["code"] == code
    assert models.Member.objects.count() == 0


def test_enrol_refuses_a_birthday_to_come(client):
    response = client.post("members", {"phone": "13800138000", "birthday": "2999-01-01"})

    assert response.status_code == 422


def test_enrol_refuses_what_belongs_to_two(client):
    one = enrol(client, phone="13800138000")
    two = enrol(client, email="li@example.com")

    response = client.post("members", {"phone": "13800138000", "email": "li@example.com"})

    assert response.status_code == 409
    assert response.json()["code"] == "member.identity_conflict"
    assert one["id"] in response.json()["detail"]
    assert two["id"] in response.json()["detail"]


def test_h14_a_replay_answers_the_same_and_stores_no_phone(client):
    first = client.post("members", {"phone": "13800138000"}, key="k1")
    again = client.post("members", {"phone": "13800138000"}, key="k1")
    other = client.post("members", {"phone": "13900139000"}, key="k1")

    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert again["Idempotent-Replay"] == "true"
    assert other.status_code == 422
    assert IdempotencyRecord.objects.count() == 1


def test_dry_run_keeps_nothing(client):
    response = client.post("members?dry_run=true", {"phone": "13800138000"})

    assert response.status_code == 200
    assert response.json()["id"] is None
    assert models.Member.objects.count() == 0


@pytest.mark.parametrize(
    "query",
    [
        "phone=%2B8613800138000",
        "phone=+8613800138000",
        "phone=13800138000",
        "email=LI@example.com",
        "external_id=w1",
        "external_id=w1&channel=demo",
    ],
)
def test_look_up_finds_one(client, query):
    made = enrol(client, phone="13800138000", email="li@example.com", external_id="w1")

    items = client.get(f"members?{query}").json()["items"]

    assert [item["id"] for item in items] == [made["id"]]


def test_look_up_by_card_number(client):
    made = enrol(client)

    found = client.get(f"members?card_no={made['member_no']}").json()["items"]

    assert [item["id"] for item in found] == [made["id"]]
    assert client.get("members?card_no=123456789012").json()["items"] == []


def test_look_up_asks_for_exactly_one(client):
    assert client.get("members").status_code == 400
    assert client.get("members?phone=13800138000&email=a@b.cn").status_code == 400
    assert client.get("members?phone=13800138000").json() == {"items": [], "next_cursor": None}


def test_h42_members_of_another_programme_are_not_there(client):
    made = enrol(client)
    stranger = api_client(make_shop("other"))

    assert stranger.get(f"members/{made['id']}").status_code == 404
    assert stranger.patch(f"members/{made['id']}", {"nickname": "x"}).status_code == 404
    assert stranger.get("members?phone=13800138000").json()["items"] == []


def test_scopes_are_asked_for(shop):
    reader = api_client(shop, scopes="members:read")

    assert reader.post("members", {"phone": "13800138000"}).status_code == 403


def test_change_keeps_to_the_version_that_was_seen(client):
    made = client.post("members", {"phone": "13800138000"})
    seen = made["ETag"]
    path = f"members/{made.json()['id']}"

    first = client.patch(path, {"nickname": "Tea"}, If_Match=seen)
    second = client.patch(path, {"nickname": "Milk"}, If_Match=seen)

    assert first.status_code == 200
    assert first.json()["nickname"] == "Tea"
    assert second.status_code == 412
    assert client.get(path).json()["nickname"] == "Tea"


def test_a_birthday_changes_once_a_year(client):
    made = enrol(client)
    path = f"members/{made['id']}"

    statuses = [
        client.patch(path, {"birthday": day}).status_code
        for day in ("1990-01-01", "1990-01-02", "1990-01-03")
    ]

    assert statuses == [200, 200, 409]


def test_a_phone_of_another_member_is_refused(client):
    enrol(client, phone="13800138000")
    other = enrol(client, phone="13900139000")

    response = client.patch(f"members/{other['id']}", {"phone": "13800138000"})

    assert response.status_code == 409
    assert response.json()["code"] == "member.identity_taken"
    kept = client.get("members?phone=13900139000").json()["items"]
    assert [item["id"] for item in kept] == [other["id"]]


def test_a_changed_phone_frees_the_old_one(client):
    made = enrol(client, phone="13800138000")

    client.patch(f"members/{made['id']}", {"phone": "13900139000"})

    fresh = client.post("members", {"phone": "13800138000"})
    assert fresh.status_code == 201
    assert fresh.json()["id"] != made["id"]


def test_attach_identity(client):
    one = enrol(client, phone="13800138000")
    two = enrol(client, phone="13900139000")
    body = {"channel": "wechat", "external_id": "union-123456"}

    assert client.post(f"members/{one['id']}/identities", body).status_code == 201
    assert client.post(f"members/{one['id']}/identities", body).status_code == 200
    taken = client.post(f"members/{two['id']}/identities", body)

    assert taken.status_code == 409
    assert taken.json()["code"] == "member.identity_taken"
    found = client.get("members?external_id=union-123456&channel=wechat").json()["items"]
    assert [item["id"] for item in found] == [one["id"]]


def test_an_id_of_any_channel_is_found_without_naming_it_unless_two_are_called_so(client):
    one, two = (enrol(client, phone=f"1380013800{n}") for n in (0, 1))

    def attach(member, channel, external_id):
        told = {"channel": channel, "external_id": external_id}
        assert client.post(f"members/{member['id']}/identities", told).status_code == 201

    def found(query):
        return [item["id"] for item in client.get(f"members?{query}").json()["items"]]

    attach(one, "wechat", "union-1")
    attach(one, "till", "77")
    attach(two, "tmall", "77")

    assert found("external_id=union-1") == [one["id"]]
    assert found("external_id=union-1&channel=tmall") == []
    # Which of the two a till means is not guessed; the caller's own ids come first.
    assert found("external_id=77") == []
    assert found("external_id=77&channel=tmall") == [two["id"]]
    attach(two, "demo", "77")
    assert found("external_id=77") == [two["id"]]


def test_query_counts(client, django_assert_max_num_queries):
    made = enrol(client)

    with django_assert_max_num_queries(12):
        client.get(f"members/{made['id']}")
    with django_assert_max_num_queries(26):
        client.post("members", {"phone": "13900139000"}, key="count")


@pytest.mark.parametrize("field", ["name", "nickname", "external_id", "channel", "phone", "email"])
def test_a_null_character_is_no_server_error(client, field):
    body = {"phone": "13800138000", field: "a\0b"}

    assert client.post("members", body).status_code == 400


def test_an_unchanged_profile_is_not_sent_again(shop):
    client = api_client(shop)
    member = client.post("members", {"phone": "+8613800138000"}).json()["id"]
    seen = client.get(f"members/{member}")

    again = client.get(f"members/{member}", If_None_Match=seen["ETag"])

    assert again.status_code == 304
    assert again.content == b""


def test_an_imported_customer_is_enrolled_no_second_time(shop, client, now):
    known = services.enrol_many(
        programme_id=shop.programme.id,
        storefront_id=shop.storefront.id,
        channel=shop.storefront.channel,
        external_ids=["12347"],
        joined_at=now,
        now=now,
    )

    made = enrol(client, external_id="12347", phone="13800138000")

    assert made["created"] is False
    assert made["id"] == selectors.public_id(known["12347"])
    assert client.get("members?external_id=12347").json()["items"][0]["id"] == made["id"]
