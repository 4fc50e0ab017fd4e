"""POST /members/{id}/rewards, as storefronts call it."""

from __future__ import annotations

import pytest

from loyalty.earning.models import EarnReward
from tests.factories.api import api_client
from tests.factories.orders import make_buyer, make_earning_shop

pytestmark = pytest.mark.django_db
REVIEW = {"behavior": "review", "source": "R-1", "occurred_at": "2025-11-10T10:00:00+08:00"}


@pytest.fixture
def shop():
    return make_earning_shop()


@pytest.fixture
def api(shop):
    return api_client(shop)


@pytest.fixture
def path(shop):
    return f"members/{make_buyer(shop)}/rewards"


def test_a_reward_is_an_entry_that_can_be_explained(api, path):
    answer = api.post(path, REVIEW)

    assert answer.status_code == 201
    body = answer.json()
    assert (body["points"], body["behavior"], body["source"]) == (20, "review", "R-1")
    assert body["balance_after"] == 20
    why = api.get(f"entries/{body['id']}/explain").json()
    assert why["rule_version"] == "earn_rules:1"
    assert why["entry"]["source"] == "review:R-1"


def test_again_is_the_same_by_source_and_by_key(api, path):
    first = api.post(path, REVIEW, key="k1")
    by_key = api.post(path, REVIEW, key="k1")
    by_source = api.post(path, REVIEW)

    assert (first.status_code, by_key.status_code, by_source.status_code) == (201, 201, 200)
    assert by_key["Idempotent-Replay"] == "true"
    assert first.json() == by_key.json() == by_source.json()
    assert EarnReward.objects.count() == 1


def test_a_key_is_not_used_for_something_else(api, path):
    api.post(path, REVIEW, key="k1")

    assert api.post(path, REVIEW | {"source": "R-2"}, key="k1").status_code == 422


def test_a_dry_run_keeps_nothing(api, path):
    answer = api.post(path, REVIEW, query={"dry_run": "true"})

    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["points"]) == (None, 20)
    assert not EarnReward.objects.exists()


def test_a_cap_is_a_conflict_that_says_until_when(api, path):
    for number in range(3):
        assert api.post(path, REVIEW | {"source": f"R-{number}"}).status_code == 201

    answer = api.post(path, REVIEW | {"source": "R-9"})

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "reward.cap_reached"
    assert problem["errors"][0]["code"] == "reward.cap_reached.day"
    assert "2025-11-10T16:00:00+00:00" in problem["detail"]


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"behavior": "dancing"}, 422, "reward.not_offered"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, 422, "reward.invalid"),
        ({"source": ""}, 400, "request.invalid"),
        ({"source": "x" * 65}, 400, "request.invalid"),
        ({"points": 5000}, 400, "request.unknown_field"),
    ],
)
def test_h20_bad_bodies_are_refused_and_points_are_never_the_callers(
    api, path, wrong, status, code
):
    answer = api.post(path, REVIEW | wrong)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_strangers_are_refused(shop, api, path):
    other = make_earning_shop("other")

    assert api_client(shop, scopes="points:read").post(path, REVIEW).status_code == 403
    assert api_client(other).post(path, REVIEW).status_code == 404
