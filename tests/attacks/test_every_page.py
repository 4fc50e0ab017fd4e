"""What must hold of every page there is: walked from the list of URLs, none left out by hand."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kernel.models import OutboxEvent
from members import selectors as members_selectors
from members.models import Member, User
from points import selectors as points_selectors
from tests.attacks import walking
from tests.attacks.conftest import World

# Who calls these brings a token or a secret with the call, and no cookie that would be misused.
BY_TOKEN = re.compile(r"^(_allauth/|oauth/(token|revoke|userinfo|device/code)|\.well-known/)")
# What must take forms from elsewhere to say no, and looks for the token itself before it acts.
GUARDED_BY_ITSELF = {"/oauth/authorize", "/oauth/logout"}
# What shows the same to everybody, and may be kept by caches.
PUBLIC = re.compile(
    r"^(\.well-known/|healthz|metrics|_ui/|language|theme|_allauth/|oauth/"
    r"|mall$|mall/items|media/|\^media/|sign-in/with/|staff/)"
)
EVIL = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)//evil.example",
    "data:text/html,evil.example",
    "%2f%2fevil.example",
    "//testserver@evil.example/",
    "/ok\r\nSet-Cookie: evil.example=1",
    "/ok\r\n\r\n<script>evil.example</script>",
)
HOSTILE = ("\x00", "\ud800", "‮", "9" * 400, "-1", "NaN", "x" * 70_000, "'\"><script>", "{{7*7}}")


@pytest.fixture
def member(world: World) -> Client:
    """Return the browser of a member like any other."""
    return world.neighbor


def _paths() -> list[str]:
    """Return the pages without arguments."""
    found = {route.pattern for route in walking.pages() if not route.arguments}
    # It tells that no workers run in a test, and takes nothing from whoever asks.
    found.discard("healthz")
    return sorted(f"/{pattern}" for pattern in found)


def _leads_away(target: str) -> bool:
    """Tell whether a browser would leave this site: it drops controls and turns backslashes."""
    clean = re.sub(r"[\x00-\x20]", "", target).replace("\\", "/")
    parts = urlsplit(clean)
    return bool(parts.scheme or parts.netloc) and parts.netloc != "testserver"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _post(browser: Client, path: str, values: dict[str, Any]) -> Any:
    raw = urlencode({name: _bytes(str(value)) for name, value in values.items()})
    return browser.post(path, raw, content_type="application/x-www-form-urlencoded")


def test_no_page_takes_a_form_that_another_site_sends(world: World):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.victim.story.user)
    before, open_to = walking.fingerprint(), []
    for path in _paths():
        if path not in GUARDED_BY_ITSELF and not BY_TOKEN.match(path[1:]):
            status = browser.post(path, {"next": "/"}).status_code
            if status != 403:
                open_to.append(f"{path}: {status}")

    for path in GUARDED_BY_ITSELF:
        browser.post(path, {"action": "grant", "request": "x", "next": "/"})

    assert open_to == []
    assert walking.fingerprint() == before
    assert "_auth_user_id" in browser.session


def test_calls_by_token_pay_no_heed_to_cookies(world: World):
    """They are not guarded against other sites: so a cookie alone must open none of them."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.victim.story.user)
    for path in ("/_allauth/app/v1/auth/session", "/_allauth/app/v1/auth/sessions"):
        assert browser.get(path).status_code in (401, 410), path
        assert browser.delete(path).status_code in (401, 410), path
    assert browser.get("/oauth/userinfo").status_code in (400, 401)


def test_every_page_forbids_frames_guesses_and_caches(member: Client):
    wrong = []
    for path in _paths():
        answer = member.get(path)
        said = answer.headers
        if said.get("X-Frame-Options") != "DENY":
            wrong.append(f"{path}: may be framed")
        if said.get("X-Content-Type-Options") != "nosniff":
            wrong.append(f"{path}: may be sniffed")
        if "frame-ancestors 'none'" not in said.get("Content-Security-Policy", ""):
            wrong.append(f"{path}: policy")
        if said.get("Referrer-Policy") != "same-origin":
            wrong.append(f"{path}: referrer")
        kept = said.get("Cache-Control", "")
        personal = answer.status_code == 200 and not PUBLIC.match(path[1:])
        if personal and "no-store" not in kept:
            wrong.append(f"{path}: may be kept ({kept})")

    assert wrong == []


def _asked(browser: Client, path: str, target: str) -> list[Any]:
    """Ask for a page, and send it a form, with a way on of the attacker's choice."""
    query = urlencode({"next": target, "post_logout_redirect_uri": target})
    answers = [browser.get(f"{path}?{query}")]
    if path != "/sign-out":
        answers.append(_post(browser, f"{path}?{query}", {"next": target, "theme": "dark"}))
    return answers


def _followed(browser: Client, path: str) -> bool:
    """Tell whether a page goes on to where it is told."""
    return any("/benefits" in a.headers.get("Location", "") for a in _asked(browser, path, HERE))


HERE = "/benefits"


def test_nothing_leads_to_another_site(member: Client, world: World):
    """Every page is asked once, and those that follow `next` at all by every trick."""
    wrong, followed = [], set()
    for browser in (member, world.stranger):
        for path in _paths():
            follows = _followed(browser, path)
            followed |= {path} if follows else set()
            for evil in EVIL if follows else EVIL[:1]:
                for answer in _asked(browser, path, evil):
                    target = answer.headers.get("Location", "")
                    if _leads_away(target) or "\r" in target or "\n" in target:
                        wrong.append(f"{path} {evil!r}: {target}")
                    if any("evil" in name for name in answer.cookies):
                        wrong.append(f"{path} {evil!r}: cookie")

    assert {"/theme", "/language", "/sign-in"} <= followed
    assert wrong == []


def test_another_host_in_the_header_is_refused(member: Client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    for path in _paths():
        for header in ({"host": "evil.example"}, {"host": "testserver:1@evil.example"}):
            assert member.get(path, headers=header).status_code == 400, path
    html = member.get("/sign-in", headers={"x-forwarded-host": "evil.example"}).content.decode()
    assert "evil.example" not in html


NAMES = (
    *("next", "before", "kind", "q", "code", "address", "t", "clear", "rate", "name", "digits"),
    *("points", "nickname", "birthday", "page", "credential", "id_number", "password", "picture"),
)


@pytest.mark.parametrize("turn", range(2))
@pytest.mark.filterwarnings("ignore::django.core.cache.CacheKeyWarning")
def test_no_page_breaks_on_what_nobody_types(member: Client, turn):
    """Each field gets something else each time; together they get everything."""
    member.raise_request_exception = False
    broken = []
    for number, path in enumerate(_paths()):
        bad = {
            name: HOSTILE[(place + number + turn) % len(HOSTILE)]
            for place, name in enumerate(NAMES)
        }
        query = urlencode({name: _bytes(value[:200]) for name, value in bad.items()})
        answers = [member.get(f"{path}?{query}")]
        if path != "/sign-out":
            answers.append(_post(member, path, bad))
        broken += [f"{path}: {a.status_code}" for a in answers if a.status_code >= 500]

    assert broken == []


def test_no_page_breaks_on_methods_and_bodies_it_does_not_know(member: Client):
    member.raise_request_exception = False
    bodies = (
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n"),
        ("application/json", b'{"a": NaN'),
        ("application/x-www-form-urlencoded", b"%ff%fe=%00&&&=="),
    )
    broken = []
    for path in _paths():
        for method in ("PUT", "TRACE"):
            status = member.generic(method, path).status_code
            if status >= 500:
                broken.append(f"{method} {path}: {status}")
        for kind, raw in bodies:
            status = member.generic("POST", path, raw, content_type=kind).status_code
            if status >= 500:
                broken.append(f"POST {path} {kind}: {status}")

    assert broken == []


JSON = (
    b"",
    b"null",
    b"[]",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"phone": "\\u0000"}',
    b'{"phone": "\\ud800"}',
    b'{"phone": 1e999}',
    b'{"phone": ' + b"9" * 5000 + b"}",
    b'{"phone": "\xff"}',
    b'{"phone": "138", "phone": "139"}',
    b'{"kind": "phone", "code": "\\u0000"}',
    b'{"code": "\\u0000", "agreed": true}',
    b'{"provider": "wechat", "token": {"client_id": "\\u0000", "code": "\\u0000"}}',
)


def test_apps_get_no_breakage_for_any_json(world: World):
    browser = Client(raise_request_exception=False)
    broken = []
    for route in walking.pages():
        if route.pattern.startswith("_allauth/"):
            for method in ("POST", "DELETE"):
                for raw in JSON if method == "POST" else JSON[1:4]:
                    answer = browser.generic(
                        method, f"/{route.pattern}", raw, content_type="application/json"
                    )
                    if answer.status_code >= 500:
                        broken.append(f"{method} {route.pattern} {raw[:30]!r}")

    assert broken == []


EXTRA = {
    "is_staff": "1",
    "is_superuser": "on",
    "is_active": "0",
    "member_id": "1",
    "user_id": "1",
    "user": "1",
    "id": "1",
    "pk": "1",
    "status": "frozen",
    "kind": "super",
    "member_no": "280000000000",
    "points": "999999",
    "balance": "999999",
    "available": "999999",
    "tier": "diamond",
    "programme_id": "2",
    "survivor_id": "1",
    "home_store_id": "1",
    "joined_at": "2001-01-01",
    "version": "99",
    "phone_verified": "on",
    "groups": "1",
    "user_permissions": "1",
}


def test_fields_that_nobody_asked_for_change_nothing(member: Client):
    user_id = int(member.session["_auth_user_id"])
    before = _standing(user_id)
    for path in _paths():
        if path != "/sign-out":
            _post(member, path, EXTRA)
    _post(member, "/me/profile", {"nickname": "小林", "birthday": "1990-05-17", **EXTRA})

    after = _standing(user_id)
    assert Member.objects.get(user_id=user_id).nickname == "小林"
    assert after == before


def _standing(user_id: int) -> tuple[Any, ...]:
    """Return what a member must not be able to give themselves."""
    user = User.objects.get(pk=user_id)
    member = Member.objects.get(user_id=user_id)
    balance = points_selectors.get_balance(
        member_id=member.pk,
        programme_id=member.programme_id,
        at=member.joined_at,
        now=member.joined_at,
    )
    return (
        *(user.is_staff, user.is_superuser, user.is_active, user.phone_verified),
        *(user.groups.count(), user.user_permissions.count()),
        *(member.pk, member.status, member.kind, member.member_no, member.programme_id),
        *(member.survivor_id, member.home_store_id, member.joined_at),
        *(balance.available, balance.pending),
        members_selectors.list_labels_of(member_id=member.pk, kinds=["tier", "kind"]),
    )


@pytest.mark.parametrize(
    ("known", "unknown"),
    [("13800138000", "13900139000"), ("an@shop.example", "li@shop.example")],
)
def test_asking_for_a_code_tells_nobody_who_is_a_member(world: World, known, unknown):
    """The same words, the same work: as many statements and as many messages."""
    world.victim.story.api.patch(f"members/{world.victim.member}", {"email": "an@shop.example"})
    seen: list[Any] = []
    # Twice: what a process remembers of the shop is not asked for again.
    for address in ("13700000000", known, unknown):
        browser = Client(headers={"accept-language": "en"})
        browser.get("/sign-in")
        sent = OutboxEvent.objects.count()
        with CaptureQueriesContext(connection) as queries:
            answer = browser.post("/sign-in", {"address": address})
        words = [re.sub(r"'[^']*'|\d+|\\x\w+|%s", "?", q["sql"])[:60] for q in queries]
        page = browser.get("/sign-in/code").content.decode()
        page = re.sub(r'(value|nonce|content)="[^"]*"|[\w+*]+\*{2,}[\w@.+]+', "", page)
        seen.append(
            (answer.status_code, answer["Location"], OutboxEvent.objects.count() - sent, words)
        )
        seen.append(page)

    assert seen[2] == seen[4]
    assert seen[3] == seen[5]
