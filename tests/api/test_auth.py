"""Who may call: tokens, scopes, and what becomes of them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from allauth.idp.oidc.models import Client, Token

from config.kernel import clock
from config.kernel.api import auth
from config.kernel.api.errors import UnauthenticatedError
from members.models import User
from members.programmes import services
from tests.factories.api import ApiClient, api_client

pytestmark = pytest.mark.usefixtures("toys")
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def _basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def _credentials(shop, scopes=("points:read", "points:write")):
    return services.create_client(storefront_id=shop.storefront.id, scopes=scopes, now=clock.now())


def _token(http, made, **form):
    form.setdefault("grant_type", "client_credentials")
    return http.post(
        "/oauth/token",
        form,
        headers={"Authorization": _basic(made.client_id, made.client_secret)},
    )


def test_client_credentials_give_a_token_that_opens_the_api(db, shop, client):
    made = _credentials(shop)

    answer = _token(client.http, made, scope="points:read")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["scope"]) == ("Bearer", "points:read")
    assert body["expires_in"] == 3600
    caller = ApiClient(client_id=made.client_id, token=body["access_token"])
    assert caller.get("toys/1").status_code == 200
    missing = caller.post("toys", {"name": "a"})
    assert (missing.status_code, missing.json()["code"]) == (403, "request.scope_missing")
    assert "insufficient_scope" in missing["WWW-Authenticate"]


def test_without_scope_a_token_has_all_the_client_may_have(shop, client):
    answer = _token(client.http, _credentials(shop))

    assert set(answer.json()["scope"].split()) == {"points:read", "points:write"}


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"scope": "points:adjust"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, None),
        ({"grant_type": "authorization_code", "code": "x"}, 400, None),
        ({"grant_type": ""}, 400, None),
    ],
)
def test_bad_token_requests_get_the_errors_of_rfc_6749(shop, client, form, status, error):
    answer = _token(client.http, _credentials(shop), **form)

    assert answer.status_code == status
    assert "error" in answer.json()
    assert error is None or answer.json()["error"] == error


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Basic " + "A" * 40, "Bearer x"])
def test_a_token_request_without_good_credentials_is_invalid_client(shop, client, header):
    answer = client.http.post(
        "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": header}
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_wrong_secret_is_invalid_client(shop, client):
    made = _credentials(shop)
    answer = client.http.post(
        "/oauth/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": _basic(made.client_id, "x")},
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nope", "Basic abc", "bearer é", "Bearer a b"]
)
def test_without_a_good_token_nobody_gets_in(client, header):
    response = client.get("toys/1", Authorization=header)

    assert (response.status_code, response.json()["code"]) == (401, "request.unauthenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_missing_header_is_401(client):
    assert client.http.get("/api/v1/toys/1").status_code == 401


def test_an_expired_token_is_401(shop):
    late = api_client(shop, expires_at=clock.now() - timedelta(seconds=1))

    assert late.get("toys/1").status_code == 401


def test_a_remembered_token_ends_when_it_expires(shop):
    late = api_client(shop)
    header = f"Bearer {late.token}"

    auth.authenticate(header, now=clock.now())

    with pytest.raises(UnauthenticatedError):
        auth.authenticate(header, now=clock.now() + timedelta(hours=1, seconds=1))


def test_a_revoked_token_is_401_after_the_cache_has_forgotten(shop, client):
    assert client.get("toys/1").status_code == 200
    services.revoke_client(client_id=client.client_id, actor="staff:1", reason="x", now=NOW)

    remembered = client.get("toys/1").status_code
    with pytest.raises(UnauthenticatedError):
        auth.authenticate(f"Bearer {client.token}", now=clock.now() + timedelta(seconds=61))

    assert remembered == 200
    auth.forget()
    assert client.get("toys/1").status_code == 401


def test_the_revoke_endpoint_takes_a_token_away(shop, client):
    made = _credentials(shop)
    token = _token(client.http, made).json()["access_token"]

    answer = client.http.post(
        "/oauth/revoke",
        {"token": token},
        headers={"Authorization": _basic(made.client_id, made.client_secret)},
    )

    assert answer.status_code == 200
    assert ApiClient(client_id="", token=token).get("toys/1").status_code == 401


def test_a_client_bound_to_no_storefront_is_401(shop, client):
    loose = Client(id="loose", name="loose", secret="x")
    loose.save()
    token = Token(type=Token.Type.ACCESS_TOKEN, client=loose, expires_at=None)
    token.set_value("v")
    token.set_scopes(["points:read"])
    token.save()

    assert ApiClient(client_id="loose", token="v").get("toys/1").status_code == 401


def test_the_token_of_a_user_is_401(shop, client):
    user = User.objects.create(staff_name="u")
    Token.objects.update(user=user)

    assert client.get("toys/1").status_code == 401


def test_a_known_token_costs_no_query(client, django_assert_num_queries):
    client.get("toys/1")

    with django_assert_num_queries(0):
        client.get("toys/1")


def test_the_secret_is_hashed_fast_and_is_not_in_the_table(shop):
    made = _credentials(shop)

    row = Client.objects.get(pk=made.client_id)

    assert row.secret.startswith("machine$")
    assert made.client_secret not in row.secret
    assert row.check_secret(made.client_secret)
    assert not row.check_secret(made.client_secret + "x")
