"""Apps and mini-programs sign in by JSON: the same services, limits and second proofs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from config.kernel import clock
from members import models, selectors, services
from tests.factories.programmes import make_shop
from tests.members import reading
from tests.members.fakes import fake_wechat
from tests.members.fakes.serving import running
from tests.members.signing import PHONE, add_app, app_code, browser, latest_code, sign_in

pytestmark = pytest.mark.django_db
BASE = "/_allauth/app/v1/auth"


class App:
    """An app on a phone: keeps its session token, sends no cookies."""

    def __init__(self) -> None:
        self.token = ""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"x-device-id": "0123456789abcdef", "accept-language": "en"}
        if self.token:
            headers["x-session-token"] = self.token
        answer = getattr(Client(headers=headers), method)(
            f"{BASE}/{path}", body, content_type="application/json"
        )
        found = answer.json() if answer.content else {}
        self.token = (found.get("meta") or {}).get("session_token", self.token)
        return answer.status_code, found

    def post(self, path, body):
        return self.call("post", path, body)


@pytest.fixture(autouse=True)
def shop(settings):
    cache.clear()
    shop = make_shop()
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


def code_sign_in(app, phone=PHONE):
    assert app.post("code/request", {"phone": phone})[0] == 401
    return app.post("code/confirm", {"code": latest_code(), "agreed": True})


def test_a_new_phone_joins_with_one_form():
    app = App()
    status, found = app.post("code/request", {"phone": PHONE})
    assert status == 401
    assert found["data"]["flows"] == [{"id": "login_by_code", "is_pending": True}]

    status, found = app.post("code/confirm", {"code": latest_code()})
    assert (status, found["data"]["errors"][0]["code"]) == (422, "sign_in.consent_missing")
    code = latest_code()
    status, found = app.post("code/confirm", {"code": code, "agreed": True})

    assert status == 200
    assert found["meta"]["is_authenticated"]
    own = models.Member.objects.get()
    assert found["data"]["user"]["id"] == selectors.public_id(own.pk)
    assert own.attribution["channel"] == "app"
    assert app.call("get", "session")[0] == 200
    assert models.SignInAttempt.objects.get().by == "phone"


def test_known_and_unknown_phones_get_the_same_answer(shop):
    services.enrol(programme_id=shop.programme.id, phone=PHONE, now=clock.now())

    def answer(phone):
        status, found = App().post("code/request", {"phone": phone})
        found["meta"].pop("session_token")
        return status, found

    assert answer(PHONE) == answer("13900139000")


def test_signing_out_ends_the_token():
    app = App()
    code_sign_in(app)

    app.call("delete", "session", {})

    assert app.call("get", "session")[0] in (401, 410)


def test_sessions_are_listed_and_ended_from_another_device():
    app, other = App(), App()
    code_sign_in(app)
    cache.clear()
    code_sign_in(other)
    _status, found = app.call("get", "sessions")
    assert len(found["data"]) == 2
    foreign = next(row["id"] for row in found["data"] if not row["is_current"])

    app.call("delete", "sessions", {"sessions": [foreign]})

    assert other.call("get", "session")[0] in (401, 410)


def test_a_picture_is_asked_for_and_read():
    app = App()
    for _ in range(3):
        app.post("code/request", {"phone": PHONE})

    status, found = app.post("code/request", {"phone": PHONE})

    error = found["data"]["errors"][0]
    assert (status, error["code"]) == (422, "sign_in.picture_needed")
    name = error["picture"]["name"]
    assert Client().get(error["picture"]["image"]).status_code == 200
    answer = {"phone": PHONE, "picture": name, "digits": reading.digits_of(name)}
    assert app.post("code/request", answer)[0] == 401


def test_floods_are_told_when_to_come_back():
    for _ in range(5):
        name = reading.answer()
        App().post("code/request", {"phone": PHONE, "picture": name.name, "digits": name.text})

    name = reading.answer()
    status, found = App().post(
        "code/request", {"phone": PHONE, "picture": name.name, "digits": name.text}
    )

    assert status == 429
    assert found["data"]["errors"][0]["retry_after"] > 0


@pytest.mark.parametrize("body", ["{", '{"phone": 5}', "[]"])
def test_nonsense_is_refused(body):
    answer = Client().post(f"{BASE}/code/request", body, content_type="application/json")

    assert answer.status_code == 400


def test_the_authenticator_app_is_asked_for():
    client = browser()
    sign_in(client)
    secret = add_app(client)
    app = App()
    cache.clear()

    status, found = code_sign_in(app)

    assert status == 401
    assert {"mfa_authenticate"} <= {flow["id"] for flow in found["data"]["flows"]}
    assert app.call("get", "session")[0] == 401
    status, found = app.post("2fa/authenticate", {"code": app_code(secret)})
    assert status == 200, found


def test_a_fresh_proof_is_given_by_code():
    app = App()
    code_sign_in(app)
    cache.clear()
    status, found = app.post("proof/request", {"kind": "phone"})
    assert (status, found["data"]["sent_to"]) == (200, "+86138****8000")

    assert app.post("proof", {"kind": "phone", "code": "000000"})[0] == 422
    assert app.post("proof", {"kind": "phone", "code": latest_code()})[0] == 200


def test_strangers_give_no_proofs():
    assert App().post("proof/request", {"kind": "phone"})[0] == 401
    assert App().post("proof", {"kind": "phone", "code": "1"})[0] == 401


@pytest.mark.parametrize(
    "path", ["signup", "login", "password/request", "email/verify", "webauthn/signup"]
)
def test_what_would_pass_our_services_by_is_not_there(path):
    assert Client().post(f"{BASE}/{path}").status_code == 404


@pytest.fixture
def wechat(settings):
    with running(fake_wechat.FakeWeChat()) as fake:
        settings.SOCIAL_WECHAT = {
            **settings.SOCIAL_WECHAT,
            "mini_app_id": "wx-mini",
            "mini_secret": "mini-secret",
            "api_url": fake.url,
        }
        yield fake


def mini_sign_in(app, wechat, person="li", phone=None, **more):
    token = {"client_id": "wx-mini", "code": wechat.give_code(person)}
    if phone:
        token["phone_code"] = wechat.give_code(phone)
    return app.post("provider/token", {"provider": "wechat", "token": token, **more})


def test_a_mini_program_signs_in(wechat):
    app = App()
    status, found = mini_sign_in(app, wechat)
    assert (status, found["data"]["errors"][0]["code"]) == (422, "sign_in.consent_missing")

    status, found = mini_sign_in(app, wechat, agreed=True)

    assert status == 200
    again = App()
    assert mini_sign_in(again, wechat)[1]["data"]["user"] == found["data"]["user"]
    assert models.Member.objects.get().attribution["channel"] == "wechat_mini"


def test_the_phone_that_wechat_proved_finds_the_member(wechat, shop):
    known = services.enrol(programme_id=shop.programme.id, phone=PHONE, now=clock.now())

    mini_sign_in(App(), wechat, phone=PHONE, agreed=True)

    own = models.Member.objects.get()
    assert own.pk == known.member_id
    assert selectors.get_member(member_id=own.pk).phone_verified
    later = App()
    assert mini_sign_in(later, wechat)[0] == 200


def test_the_apps_own_token_is_renewed_when_wechat_forgot_it(wechat, shop):
    mini_sign_in(App(), wechat, "li", phone=PHONE, agreed=True)
    wechat.app_tokens = set()

    status, _found = mini_sign_in(App(), wechat, "wang", phone="13900139000", agreed=True)

    # The code is used up by the refused call; WeChat's own clients ask the member again.
    assert status == 200


def test_a_used_code_and_a_foreign_app_are_refused(wechat):
    code = wechat.give_code("li")
    token = {"client_id": "wx-mini", "code": code}
    body = {"provider": "wechat", "token": token, "agreed": True}
    assert App().post("provider/token", body)[0] == 200
    assert App().post("provider/token", body)[0] == 422
    token["client_id"] = "wx-other"
    assert App().post("provider/token", body)[0] == 422
