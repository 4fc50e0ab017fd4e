"""WeChat, QQ and Alipay against servers that speak their protocols; binding and unbinding."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection

from config.kernel import clock
from members import keys, models, services
from members.errors import SocialFailedError
from members.social import registry
from members.social.base import Person
from tests.factories.programmes import make_shop
from tests.members.fakes import fake_alipay, fake_qq, fake_wechat
from tests.members.fakes.serving import running
from tests.members.signing import PHONE, add_app, browser, give_first_proof, prove, sign_in

IN_WECHAT = "Mozilla/5.0 (iPhone) MicroMessenger/8.0"


@pytest.fixture
def shop(db, settings):
    cache.clear()
    shop = make_shop()
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


@pytest.fixture
def wechat(shop, settings):
    with running(fake_wechat.FakeWeChat()) as fake:
        settings.SOCIAL_WECHAT = {
            "web_app_id": "wx-web",
            "web_secret": "web-secret",
            "official_app_id": "wx-official",
            "official_secret": "official-secret",
            "mini_app_id": "wx-mini",
            "mini_secret": "mini-secret",
            "open_url": fake.url,
            "api_url": fake.url,
        }
        yield fake


@pytest.fixture
def qq(shop, settings):
    with running(fake_qq.FakeQQ()) as fake:
        settings.SOCIAL_QQ = {"app_id": "101", "secret": "qq-secret", "graph_url": fake.url}
        yield fake


@pytest.fixture
def alipay(shop, settings):
    with running(fake_alipay.FakeAlipay()) as fake:
        settings.SOCIAL_ALIPAY = {
            "app_id": "2021",
            "private_key": fake_alipay.private_text("shop"),
            "alipay_public_key": fake_alipay.public_text("alipay"),
            "gateway": f"{fake.url}/gateway.do",
            "auth_url": f"{fake.url}/authorize",
        }
        yield fake


def go(client, provider, path="/sign-in/with/{}"):
    """Start; return where the browser is sent, and its parameters."""
    page = client.post(path.format(provider), {"next": "/points"})
    assert page.status_code == 200, page.headers
    address = unescape(re.findall(r'href="([^"]+)" rel=', page.content.decode())[0])
    return address, {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}


def come_back(client, provider, code, state, name="code"):
    return client.get(f"/sign-in/with/{provider}/back", {name: code, "state": state})


def sign_in_with(client, provider, fake, person, name="code"):
    _address, query = go(client, provider)
    return come_back(client, provider, fake.give_code(person), query["state"], name)


def join(client, provider, fake, person, name="code"):
    answer = sign_in_with(client, provider, fake, person, name)
    assert answer["Location"] == "/sign-in/join"
    done = client.post("/sign-in/join", {"agreed": "1"})
    assert done.status_code == 302, done.content.decode()
    return int(client.session["_auth_user_id"])


def test_wechat_shows_a_qr_code_in_a_browser_and_asks_inside_the_app(wechat):
    address, query = go(browser(), "wechat")
    assert urlsplit(address).path == "/connect/qrconnect"
    assert address.endswith("#wechat_redirect")
    assert (query["appid"], query["scope"]) == ("wx-web", "snsapi_login")
    assert query["redirect_uri"].endswith("/sign-in/with/wechat/back")

    address, query = go(browser(agent=IN_WECHAT), "wechat")
    assert urlsplit(address).path == "/connect/oauth2/authorize"
    assert (query["appid"], query["scope"]) == ("wx-official", "snsapi_userinfo")


def test_a_newcomer_joins_and_is_known_the_next_time(wechat):
    first = join(browser(), "wechat", wechat, "li")
    again = browser()

    answer = sign_in_with(again, "wechat", wechat, "li")

    assert answer["Location"] == "/points"
    assert int(again.session["_auth_user_id"]) == first
    member = models.Member.objects.get()
    assert (member.nickname, member.attribution["channel"]) == ("li的微信", "web")
    assert models.Consent.objects.get().member_id == member.pk


def test_browser_and_app_meet_in_the_unionid(wechat):
    first = join(browser(), "wechat", wechat, "li")
    inside = browser(agent=IN_WECHAT)

    sign_in_with(inside, "wechat", wechat, "li")

    assert int(inside.session["_auth_user_id"]) == first
    assert models.SocialAccount.objects.count() == 3


def test_an_account_without_unionid_gets_one_later(wechat):
    wechat.with_union = False
    first = join(browser(), "wechat", wechat, "li")
    wechat.with_union = True
    sign_in_with(browser(), "wechat", wechat, "li")
    inside = browser(agent=IN_WECHAT)

    sign_in_with(inside, "wechat", wechat, "li")

    assert int(inside.session["_auth_user_id"]) == first


@pytest.mark.parametrize(("provider", "name"), [("qq", "code"), ("alipay", "auth_code")])
def test_qq_and_alipay_join_and_come_again(request, provider, name):
    fake = request.getfixturevalue(provider)
    first = join(browser(), provider, fake, "li", name)
    again = browser()

    sign_in_with(again, provider, fake, "li", name)

    assert int(again.session["_auth_user_id"]) == first
    assert models.Member.objects.get().nickname.startswith("li的")


def test_a_phone_brings_the_member_along(wechat, shop):
    known = services.enrol(programme_id=shop.programme.id, phone=PHONE, now=clock.now())
    client = browser()
    sign_in_with(client, "wechat", wechat, "li")

    give_first_proof(client)

    again = browser()
    sign_in_with(again, "wechat", wechat, "li")
    assert models.Member.objects.get().pk == known.member_id
    assert again.session["_auth_user_id"] == client.session["_auth_user_id"]


def test_a_member_enrolled_under_the_same_id_is_found(wechat, shop):
    known = services.enrol(
        programme_id=shop.programme.id, channel="wechat", external_id="u-li", now=clock.now()
    )

    join(browser(), "wechat", wechat, "li")

    assert models.Member.objects.get().pk == known.member_id


def test_an_id_a_storefront_told_takes_nobodys_account(wechat, shop):
    owner = browser()
    sign_in(owner)
    member = models.Member.objects.get()
    services.attach_identity(
        member_id=member.pk, channel="wechat", external_id="u-thief", now=clock.now()
    )
    thief = browser()
    sign_in_with(thief, "wechat", wechat, "thief")

    refused = thief.post("/sign-in/join", {"agreed": "1"})

    assert refused.status_code == 422
    assert "_auth_user_id" not in thief.session


def test_joining_needs_the_terms(wechat):
    client = browser()
    sign_in_with(client, "wechat", wechat, "li")

    refused = client.post("/sign-in/join")

    assert refused.status_code == 422
    assert models.Member.objects.count() == 0


@pytest.mark.parametrize(
    ("code", "state"), [("wrong", None), ("", None), (None, "forged"), (None, "")]
)
def test_what_nobody_was_sent_for_is_refused(wechat, code, state):
    client = browser()
    _address, query = go(client, "wechat")

    answer = come_back(
        client,
        "wechat",
        wechat.give_code("li") if code is None else code,
        query["state"] if state is None else state,
    )

    assert answer["Location"] == "/sign-in"
    assert "_auth_user_id" not in client.session


def test_a_state_is_good_once_and_in_its_own_browser(wechat):
    client, other = browser(), browser()
    _address, query = go(client, "wechat")
    code = wechat.give_code("li")

    stolen = come_back(other, "wechat", code, query["state"])
    assert stolen["Location"] == "/sign-in"
    assert come_back(client, "wechat", code, query["state"])["Location"] == "/sign-in/join"
    again = come_back(client, "wechat", wechat.give_code("li"), query["state"])
    assert again["Location"] == "/sign-in"


def test_a_state_for_one_provider_is_none_for_another(wechat, qq):
    client = browser()
    _address, query = go(client, "wechat")

    assert come_back(client, "qq", qq.give_code("li"), query["state"])["Location"] == "/sign-in"


def test_a_qq_token_for_another_app_is_refused(qq):
    qq.client_of_tokens = "999"

    assert sign_in_with(browser(), "qq", qq, "li")["Location"] == "/sign-in"


def test_an_answer_that_alipay_did_not_sign_is_refused(alipay):
    alipay.signs_with = "somebody else"

    assert sign_in_with(browser(), "alipay", alipay, "li", "auth_code")["Location"] == "/sign-in"


def test_a_provider_that_does_not_answer_is_told(wechat, settings):
    settings.SOCIAL_WECHAT = {**settings.SOCIAL_WECHAT, "api_url": "http://127.0.0.1:9"}

    answer = sign_in_with(browser(), "wechat", wechat, "li")

    assert answer["Location"] == "/sign-in"


def test_the_secret_stands_in_no_refusal(wechat, settings):
    settings.SOCIAL_WECHAT = {**settings.SOCIAL_WECHAT, "api_url": "http://127.0.0.1:9"}

    with pytest.raises(SocialFailedError) as refused:
        registry.get("wechat").identify(code="x", redirect_uri="", agent="")

    assert "web-secret" not in f"{refused.value!r} {refused.value.__cause__!r}"


def test_binding_needs_a_fresh_proof_and_then_signs_in(wechat):
    client = browser()
    user = sign_in(client)
    assert client.post("/me/security/socials/wechat/bind").status_code == 302
    prove(client)
    _address, query = go(client, "wechat", "/me/security/socials/{}/bind")

    done = come_back(client, "wechat", wechat.give_code("li"), query["state"])

    assert done["Location"] == "/me/security"
    other = browser()
    sign_in_with(other, "wechat", wechat, "li")
    assert int(other.session["_auth_user_id"]) == user


def test_an_account_of_somebody_else_is_not_bound(wechat):
    first = join(browser(), "wechat", wechat, "li")
    client = browser()
    sign_in(client)
    prove(client)
    _address, query = go(client, "wechat", "/me/security/socials/{}/bind")

    come_back(client, "wechat", wechat.give_code("li"), query["state"])

    assert set(models.SocialAccount.objects.values_list("user_id", flat=True)) == {first}


def test_unbinding_leaves_the_phone(wechat, shop):
    client = browser()
    sign_in_with(client, "wechat", wechat, "li")
    give_first_proof(client)
    prove(client)

    client.post("/me/security/socials/wechat/unbind")

    assert models.SocialAccount.objects.count() == 0
    key = keys.external_key("wechat", "u-li")
    assert keys.find(programme_id=shop.programme.id, keys=[key]) == {}


def person(provider, name="li"):
    return Person(provider=provider, subjects=(f"open:{name}",))


@pytest.mark.django_db
def test_the_last_way_in_stays(shop, now):
    user = services.join_by_social(
        person=person("qq"), programme_id=shop.programme.id, now=now
    ).user_id

    with pytest.raises(services.LastWayInError):
        services.unbind_social(user_id=user, provider="qq", now=now)

    assert models.SocialAccount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_last_ways_in_taken_at_once_one_stays(settings, now):
    cache.clear()
    shop = make_shop()
    for _round in range(3):
        models.SocialAccount.objects.all().delete()
        name = f"li{_round}"
        user = services.join_by_social(
            person=person("qq", name), programme_id=shop.programme.id, now=now
        ).user_id
        services.bind_social(user_id=user, person=person("alipay", name), now=now)
        start = Barrier(2)

        def race(provider, user=user, start=start):
            start.wait()
            try:
                services.unbind_social(user_id=user, provider=provider, now=now)
            except services.LastWayInError:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(race, ["qq", "alipay"])) == [False, True]
        assert models.SocialAccount.objects.filter(user_id=user).count() == 1


@pytest.mark.django_db
def test_subjects_are_sealed_and_their_case_counts(shop, now):
    for name in ("AbCdEfGh", "abcdefgh"):
        services.join_by_social(person=person("qq", name), programme_id=shop.programme.id, now=now)

    assert models.Member.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, blind FROM members_socialaccount")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
    assert b"abcdefgh" not in stored.lower()


def test_a_laptop_has_stand_ins_that_say_so(shop):
    client = browser()
    assert client.get("/sign-in").content.decode().count("/sign-in/with/") == 3
    away = client.post("/sign-in/with/wechat", {"next": "/points"})
    page = client.get(away["Location"]).content.decode()
    assert "stands in for WeChat" in page

    back = client.post(away["Location"], {"who": "小李"})
    assert client.get(back["Location"])["Location"] == "/sign-in/join"
    client.post("/sign-in/join", {"agreed": "1"})

    assert "_auth_user_id" in client.session


def test_a_production_site_has_no_stand_ins(shop, settings):
    settings.DEMO = False

    assert "/sign-in/with/" not in browser().get("/sign-in").content.decode()
    assert browser().post("/sign-in/with/wechat").status_code == 404
    assert browser().get("/sign-in/with/wechat/local").status_code == 404


def test_an_authenticator_app_is_asked_for_here_too(wechat):
    client = browser()
    sign_in_with(client, "wechat", wechat, "li")
    give_first_proof(client)
    add_app(client)
    other = browser()

    answer = sign_in_with(other, "wechat", wechat, "li")

    assert answer["Location"] == "/sign-in/proof"
    assert "_auth_user_id" not in other.session
