"""Signing in on the pages, as a browser without JavaScript does it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from config.kernel import clock, relay
from members import models, selectors, services
from messaging.models import LocalMessage
from tests.factories.programmes import make_shop

pytestmark = pytest.mark.django_db
ADDRESS = "13800138000"


@pytest.fixture(autouse=True)
def shop(settings):
    cache.clear()
    shop = make_shop()
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


@pytest.fixture
def browser():
    return Client(headers={"accept-language": "en"})


def ask(browser, address=ADDRESS, **more):
    response = browser.post("/sign-in", {"address": address, **more})
    assert response.status_code == 302, response.content.decode()
    return response


def sent():
    relay.drain(now=clock.now())
    return LocalMessage.objects.latest("id")


def code_of(message):
    return re.findall(r"\d{6}", message.body)[0]


def enter(browser, code, **more):
    return browser.post("/sign-in/code", {"code": code, **more})


def join(browser, address=ADDRESS, **more):
    ask(browser, address, **more)
    code = code_of(sent())
    assert b'name="agreed"' in enter(browser, code).content
    return enter(browser, code, agreed="1")


def test_join_by_phone(browser, shop):
    response = join(browser)

    assert response.status_code == 302
    assert response["Location"] == "/"
    member = selectors.find_by_user(
        user_id=int(browser.session["_auth_user_id"]), programme_id=shop.programme.id
    )
    assert member is not None
    assert selectors.get_member(member_id=member).phone == "+8613800138000"
    consent = models.Consent.objects.get(member_id=member)
    assert consent.purpose == "terms"


def test_a_known_member_is_not_asked_again(browser):
    join(browser)
    browser.post("/sign-out")
    ask(browser)

    response = enter(browser, code_of(sent()))

    assert response.status_code == 302
    assert models.Member.objects.count() == 1


def test_an_enrolled_member_finds_themselves(browser, shop):
    known = services.enrol(programme_id=shop.programme.id, phone=ADDRESS, now=clock.now())

    join(browser)

    found = models.Member.objects.get(user_id=browser.session["_auth_user_id"])
    assert found.pk == known.member_id


def test_the_link_in_the_email_fills_the_code_in_elsewhere(browser):
    ask(browser, "li@example.com")
    message = sent()
    link = re.findall(r"http\S+", message.body)[0]
    other = Client(headers={"accept-language": "en"})

    page = other.get(f"{urlsplit(link).path}?{urlsplit(link).query}")

    query = parse_qs(urlsplit(link).query)
    assert page.status_code == 200
    assert f'value="{query["code"][0]}"' in page.content.decode()
    assert "_auth_user_id" not in other.session
    done = other.post(
        "/sign-in/code", {"t": query["t"][0], "code": query["code"][0], "agreed": "1"}
    )
    assert done.status_code == 302
    assert "_auth_user_id" in other.session


@pytest.mark.parametrize(
    ("language", "address", "words"),
    [
        ("en", "12", "not a phone number"),
        ("en", "li@", "complete e-mail address"),
    ],
)
def test_a_wrong_address_is_told_at_the_field(language, address, words):
    browser = Client(headers={"accept-language": language})

    response = browser.post("/sign-in", {"address": address})

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'aria-describedby="address-error"' in page
    assert f'value="{address}"' in page


def test_a_wrong_code_is_told_at_the_field(browser):
    ask(browser)
    code = code_of(sent())

    response = enter(browser, f"{(int(code) + 1) % 10**6:06d}")

    assert response.status_code == 422
    assert b"not the code we sent" in response.content
    assert "_auth_user_id" not in browser.session


def test_known_and_unknown_get_the_same_pages(shop):
    services.enrol(programme_id=shop.programme.id, phone=ADDRESS, now=clock.now())
    pages = []
    for address in (ADDRESS, "13800138001"):
        browser = Client(headers={"accept-language": "en"})
        first = ask(browser, address)
        page = browser.get("/sign-in/code").content.decode()
        page = re.sub(r'(csrfmiddlewaretoken|name="t)" value="[^"]*"', "", page)
        page = re.sub(r'nonce="[^"]*"', "", page).replace("****8001", "****8000")
        pages.append((first.status_code, first["Location"], page))

    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/points?x=1", "/points?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("\\\\evil.example", "/"),
    ],
)
def test_next_leads_to_this_site_only(browser, target, goes_to):
    assert join(browser, next=target)["Location"] == goes_to


def test_a_planted_session_is_worth_nothing_afterwards(browser):
    ask(browser)
    planted = browser.cookies["sessionid"].value

    join(browser)

    assert browser.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert "_auth_user_id" not in thief.session


def test_sign_out_ends_the_session_for_every_copy_of_it(browser):
    join(browser)
    thief = Client()
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value

    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out").status_code == 302

    assert "_auth_user_id" not in thief.session


def test_where_someone_came_from_is_kept_from_the_first_page_on(browser):
    browser.get("/?utm_source=wechat&utm_campaign=autumn&invite=ABC&store=SH01")
    browser.get("/sign-in?utm_source=later")

    join(browser)

    member = models.Member.objects.get()
    assert member.attribution == {
        "source": "wechat",
        "campaign": "autumn",
        "invite_code": "ABC",
        "store": "SH01",
        "landing": "/",
        "storefront": "demo",
        "channel": "web",
    }


def test_a_forged_origin_is_left_out(browser):
    browser.cookies["origin"] = "eyJzb3VyY2UiOiJ4In0:forged"

    join(browser)

    assert models.Member.objects.get().attribution == {"storefront": "demo", "channel": "web"}


def test_resending_waits_a_minute(browser):
    ask(browser)

    response = browser.post("/sign-in/code/resend")

    assert response.status_code == 422
    assert b"Please wait" in response.content


def test_a_code_page_without_a_ticket_goes_back(browser):
    assert browser.get("/sign-in/code")["Location"] == "/sign-in"
    assert browser.get("/sign-in/code?t=nonsense")["Location"] == "/sign-in"


def test_forms_are_guarded_against_other_sites(shop):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/sign-in", {"address": ADDRESS}).status_code == 403


def test_pages_are_not_cached(browser):
    assert "no-store" in browser.get("/sign-in")["Cache-Control"]


def test_query_counts(browser, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        browser.get("/sign-in")
    with django_assert_max_num_queries(20):
        ask(browser)


def test_staff_sign_in_to_the_console(client):
    services.create_staff(username="ada", password="a long password", superuser=True)

    assert client.login(staff_name="ada", password="a long password")
    assert client.get("/ops/").status_code == 200


def test_staff_without_a_card_are_not_sent_in_circles(client):
    services.create_staff(username="ada", password="a long password")
    client.login(staff_name="ada", password="a long password")

    assert client.get("/sign-in?next=/points").status_code == 200


def test_a_member_who_is_signed_in_goes_on(browser):
    join(browser)

    assert browser.get("/sign-in?next=/points")["Location"] == "/points"


def test_limits_count_the_address_our_proxy_saw(settings):
    settings.SIGN_IN_CODES_PER_IP_HOUR = 1
    settings.TRUSTED_PROXIES = 1
    seen: list[int] = []
    for header in ("6.6.6.6, 10.0.0.1", "7.7.7.7, 10.0.0.1", "10.0.0.2"):
        browser = Client(headers={"x-forwarded-for": header})
        address = f"1380013800{len(seen)}"
        seen.append(browser.post("/sign-in", {"address": address}).status_code)

    assert seen == [302, 422, 302]


def test_the_first_operator_comes_from_the_command_line(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long password")
    call_command("createsuperuser", "--noinput", "--staff_name", "root", verbosity=0)

    assert client.login(staff_name="root", password="a long password")


@pytest.mark.parametrize("target", ["points", "x", "²", "a\0", "points:statement"])
def test_what_is_no_path_of_this_site_leads_home(browser, target):
    browser.get("/sign-in", {"next": target})
    answer = join(browser, next=target)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    again = browser.get("/sign-in", {"next": target})
    assert (again.status_code, again["Location"]) == (302, "/")


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/code/resend"])
def test_a_ticket_that_cannot_be_one_is_refused(browser, path):
    assert browser.post(path, {"t": "a\0b", "code": "123456"}).status_code == 400
