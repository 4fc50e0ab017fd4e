"""The storefront API: `kind` in a member's answer, and kinds given, shown and taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.kernel import clock
from members import selectors as members_selectors
from members.kinds.models import Membership
from tests.factories.api import api_client
from tests.factories.kinds import make_family
from tests.factories.members import make_member
from tests.factories.programmes import make_shop


@pytest.fixture
def member(shop) -> int:
    return make_member(shop)


@pytest.fixture
def path(member) -> str:
    return f"members/{members_selectors.public_id(member)}"


def test_a_kind_is_given_shown_and_taken(shop, path):
    api = api_client(shop)

    given = api.post(f"{path}/kinds/vip", {"reason": "sold", "paid": True}, key="k1")

    assert given.status_code == 200, given.content
    (item,) = given.json()["items"]
    assert (item["kind"], item["service_level"], item["why"]) == ("vip", "priority", "paid")
    assert api.get(path).json()["kind"] == "vip"
    assert api.get(f"{path}/kinds").json() == given.json()
    again = api.post(f"{path}/kinds/vip", {"reason": "sold", "paid": True}, key="k1")
    assert again.headers["Idempotent-Replay"] == "true"
    assert api.delete(f"{path}/kinds/vip").status_code == 204
    assert api.get(path).json()["kind"] == "ordinary"


def test_what_has_run_out_is_not_told_although_nothing_swept_it(shop, path):
    api = api_client(shop)
    api.post(f"{path}/kinds/vip", {"reason": "sold"})
    past = clock.now() - timedelta(days=1)
    Membership.objects.update(until=past)
    from members.models import Label

    Label.objects.update(until=past)

    assert api.get(path).json()["kind"] == "ordinary"
    assert api.get(f"{path}/kinds").json()["items"] == []


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("gold", {"reason": "x"}, 404, "kind.not_found"),
        ("vip", {}, 400, "request.invalid"),
        ("vip", {"reason": ""}, 400, "request.invalid"),
        ("vip", {"reason": "x", "until": "2099-01-01"}, 400, "request.unknown_field"),
    ],
)
def test_refusals(shop, path, kind, body, status, code):
    answer = api_client(shop).post(f"{path}/kinds/{kind}", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Membership.objects.exists()


def test_twice_without_a_key_is_a_conflict_and_nothing_is_taken_twice(shop, path):
    api = api_client(shop)
    api.post(f"{path}/kinds/vip", {"reason": "x"})

    assert api.post(f"{path}/kinds/vip", {"reason": "x"}).json()["code"] == "kind.already"
    api.delete(f"{path}/kinds/vip")
    assert api.delete(f"{path}/kinds/vip").json()["code"] == "kind.not_held"


def test_the_payer_of_a_family_stays(shop, member, path):
    make_family(member)

    answer = api_client(shop).delete(f"{path}/kinds/family")

    assert (answer.status_code, answer.json()["code"]) == (409, "kind.owner_leaves")


def test_scopes_and_other_programmes(shop, path):
    assert api_client(shop, "points:read").get(f"{path}/kinds").status_code == 403
    reader = api_client(shop, "members:read")
    assert reader.post(f"{path}/kinds/vip", {"reason": "x"}).status_code == 403
    abroad = api_client(make_shop("abroad"))
    assert abroad.get(f"{path}/kinds").status_code == 404
    assert abroad.post(f"{path}/kinds/vip", {"reason": "x"}).status_code == 404
    assert abroad.delete(f"{path}/kinds/vip").status_code == 404
    assert not Membership.objects.exists()
