"""Changke as OpenID Connect provider: code with PKCE, consent by scope, tokens for one's own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from config.kernel import clock
from members import models, selectors
from members.programmes import scopes as known_scopes
from members.programmes import services as programmes_services
from tests.factories.api import api_client
from tests.factories.loyalty import make_rules
from tests.factories.programmes import make_shop
from tests.members.signing import browser, sign_in

pytestmark = pytest.mark.django_db
BACK = "https://app.example/back"


@pytest.fixture
def shop(settings):
    cache.clear()
    shop = make_shop()
    make_rules(shop)
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


@pytest.fixture
def app(shop):
    return programmes_services.create_app(
        storefront_id=shop.storefront.id,
        name="Tea app",
        redirect_uris=[BACK],
        scopes=list(known_scopes.MEMBER),
        is_public=True,
        now=clock.now(),
    )


@pytest.fixture
def member(shop):
    client = browser()
    sign_in(client)
    return client


class Verifier:
    """A PKCE verifier and its challenge."""

    def __init__(self) -> None:
        self.text = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.text.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def query_of(app, verifier, **changes):
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": BACK,
        "scope": "openid profile me:points",
        "state": "s1",
        "nonce": "n1",
        "code_challenge": verifier.challenge,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in query.items() if value is not None}


def allow(client, app, verifier, scopes=None, action="grant", **changes):
    """Open the consent page and answer it; return where the browser is led."""
    page = client.get("/oauth/authorize", query_of(app, verifier, **changes))
    assert page.status_code == 200, page.content.decode()
    signed = unescape(re.findall(r'name="request" value="([^"]+)"', page.content.decode())[0])
    offered = re.findall(r'name="scopes" value="([^"]+)"', page.content.decode())
    form = {"request": signed, "scopes": scopes or offered, "action": action}
    answer = client.post("/oauth/authorize", form)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].startswith(BACK)
    return {k: v[0] for k, v in parse_qs(urlsplit(answer["Location"]).query).items()}


def exchange(app, code, verifier, **changes):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": app.client_id,
        "code_verifier": verifier.text,
        **changes,
    }
    return Client().post("/oauth/token", form)


def tokens_of(client, app, **changes) -> dict[str, Any]:
    verifier = Verifier()
    code = allow(client, app, verifier, **changes)["code"]
    answer = exchange(app, code, verifier)
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def call(path, token):
    return Client().get(path, headers={"authorization": f"Bearer {token}"})


def test_an_app_knows_the_member_and_sees_their_points(member, app):
    tokens = tokens_of(member, app)
    own = models.Member.objects.get()

    me = call("/api/v1/me", tokens["access_token"])
    points = call("/api/v1/me/points", tokens["access_token"])

    assert me.json()["id"] == selectors.public_id(own.pk)
    assert points.json()["available"] == 0
    assert call("/api/v1/me/points/entries", tokens["access_token"]).json() == {"items": []}
    body = json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))
    assert (body["sub"], body["nonce"]) == (selectors.public_id(own.pk), "n1")
    assert call("/oauth/userinfo", tokens["access_token"]).json()["sub"] == body["sub"]


def test_scopes_bound_what_is_seen(member, app):
    tokens = tokens_of(member, app)
    tier = call("/api/v1/me/tier", tokens["access_token"])

    assert tier.status_code == 403
    assert "phone_number" not in call("/oauth/userinfo", tokens["access_token"]).json()
    more = tokens_of(member, app, scope="openid phone me:tier")
    assert call("/api/v1/me/tier", more["access_token"]).json()["code"] == "ordinary"
    told = call("/oauth/userinfo", more["access_token"]).json()
    assert told["phone_number"] == "+8613800138000"


def test_a_member_may_allow_less_than_was_asked(member, app):
    verifier = Verifier()
    code = allow(member, app, verifier, scopes=["openid"])["code"]

    token = exchange(app, code, verifier).json()["access_token"]

    assert call("/api/v1/me/points", token).status_code == 403


def test_a_member_may_say_no(member, app):
    assert allow(member, app, Verifier(), action="cancel") == {
        "error": "access_denied",
        "state": "s1",
    }


def test_a_members_token_opens_no_storefront_endpoint(member, app, shop):
    token = tokens_of(member, app)["access_token"]
    own = selectors.public_id(models.Member.objects.get().pk)

    for path in ("members", f"members/{own}", f"members/{own}/summary", f"members/{own}/balance"):
        answer = call(f"/api/v1/{path}", token)
        assert answer.status_code == 401, path


def test_a_storefronts_token_opens_nothing_of_a_member(shop):
    token = api_client(shop).token

    for path in ("me", "me/points", "me/points/entries", "me/tier"):
        assert call(f"/api/v1/{path}", token).status_code == 401
    assert Client().get("/api/v1/me").status_code == 401
    assert call("/api/v1/me", "ünknown").status_code == 401


@pytest.mark.parametrize("changes", [
    {"code_challenge": None, "code_challenge_method": None},
    {"code_challenge_method": "plain"},
    {"redirect_uri": "https://evil.example/"},
    {"client_id": "nobody"},
])  # fmt: skip
def test_what_is_asked_for_wrongly_leads_nowhere(member, app, changes):
    answer = member.get("/oauth/authorize", query_of(app, Verifier(), **changes))

    assert answer.status_code in (200, 400)
    assert 'name="request"' not in answer.content.decode()
    assert "evil.example" not in answer.get("Location", "")


def test_a_code_is_worth_nothing_without_its_verifier_and_works_once(member, app):
    verifier = Verifier()
    code = allow(member, app, verifier)["code"]
    assert exchange(app, code, verifier, code_verifier="x" * 43).status_code == 400
    code = allow(member, app, verifier)["code"]

    assert exchange(app, code, verifier).status_code == 200
    assert exchange(app, code, verifier).status_code == 400


def test_refresh_tokens_rotate_and_revoked_ones_end(member, app):
    first = tokens_of(member, app)
    form = {"grant_type": "refresh_token", "client_id": app.client_id}
    again = Client().post("/oauth/token", {**form, "refresh_token": first["refresh_token"]})
    assert again.status_code == 200
    old = Client().post("/oauth/token", {**form, "refresh_token": first["refresh_token"]})
    assert old.status_code == 400

    token = again.json()["access_token"]
    Client().post("/oauth/revoke", {"token": token, "client_id": app.client_id})

    assert call("/api/v1/me", token).status_code == 401


def test_a_member_takes_it_back(member, app):
    token = tokens_of(member, app)["access_token"]
    page = member.get("/me/security").content.decode()
    assert "Tea app" in page

    member.post("/me/security/apps/revoke", {"app": app.client_id})

    assert call("/api/v1/me", token).status_code == 401
    assert "Tea app" not in member.get("/me/security").content.decode()


def test_strangers_sign_in_and_come_back(app):
    answer = browser().get("/oauth/authorize", query_of(app, Verifier()))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=/oauth/authorize")


def test_who_is_no_member_of_that_shop_has_nothing_to_give(member):
    other = make_shop("other")
    app = programmes_services.create_app(
        storefront_id=other.storefront.id,
        name="Other",
        redirect_uris=[BACK],
        scopes=["openid"],
        is_public=True,
        now=clock.now(),
    )

    answer = member.get("/oauth/authorize", query_of(app, Verifier(), scope="openid"))

    assert answer.status_code == 403


def test_a_closed_account_ends_its_tokens(member, app):
    token = tokens_of(member, app)["access_token"]

    models.Member.objects.update(status="frozen")

    assert call("/api/v1/me", token).status_code == 401


def test_signing_in_anew_is_a_fresh_proof(member, app):
    answer = member.get("/oauth/authorize", query_of(app, Verifier(), prompt="login"))

    assert answer["Location"].startswith("/me/security/proof?next=")
    assert "prompt" not in answer["Location"]


def test_the_form_may_lead_to_the_app_alone(member, app):
    page = member.get("/oauth/authorize", query_of(app, Verifier()))

    assert "form-action 'self' https://app.example" in page["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_consent_is_asked_in_words(shop, app, language):
    client = browser(language)
    sign_in(client)

    page = client.get("/oauth/authorize", query_of(app, Verifier())).content.decode()

    words = "See your points" if language == "en" else "查看您的积分"
    assert words in page
    assert "Tea app" in page


def test_discovery_names_what_is_offered(shop):
    found = Client().get("/.well-known/openid-configuration").json()

    assert found["authorization_endpoint"].endswith("/oauth/authorize")
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert set(found["scopes_supported"]) == set(known_scopes.MEMBER)
    assert Client().get("/.well-known/jwks.json").json()["keys"]


@pytest.mark.parametrize(
    "address", ["http://evil.example/", "javascript:alert(1)", "https://x.example/#f", "app:/x"]
)
def test_an_app_comes_back_to_a_safe_address_only(shop, address):
    with pytest.raises(programmes_services.RedirectAddressError):
        programmes_services.create_app(
            storefront_id=shop.storefront.id,
            name="x",
            redirect_uris=[address],
            scopes=["openid"],
            now=clock.now(),
        )


def test_the_command_makes_one(shop, capsys):
    call_command("demo_app", "--storefront", "demo", "--redirect-uri", "http://127.0.0.1:9/cb")

    made = json.loads(capsys.readouterr().out)
    assert made["client_id"]
    assert made["client_secret"]
