"""Nonsense in every form there is: told at the field, what was typed is kept, nothing is saved.

The forms are found on the pages, the pages by their links: a new form is tried by itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from config.launch.looks.crawling import crawl
from config.launch.looks.walking import STARTS
from members import services as members_services
from members.models import User
from tests.attacks import forms, walking
from tests.attacks.conftest import World
from tests.members import signing

# A mark that something is wrong, in the member center or in the console.
WRONG = re.compile(r'aria-invalid="true"|role="alert"|field-error|errornote|errorlist')
# That somebody of the staff looked is written down, and so is that somebody tried.
_LOOKED = {"members_accessrecord", "members_signinattempt", "members_signinticket"}
# Signing out and in is no form to send nonsense to while one walks.
LEFT_OUT = re.compile(r"^/(sign-out|ops/logout|language|theme|_ui/)")
# Whatever is long enough is a password.
ANYTHING = {"/me/security/password"}


def pages(client: Client, who: str) -> Iterator[tuple[str, str]]:
    """Return every page that somebody gets to by links."""
    kept: dict[str, str] = {}

    def get(path: str) -> tuple[int, str]:
        answer = client.get(path, follow=True)
        is_page = "text/html" in answer.headers.get("Content-Type", "")
        kept[path] = answer.content.decode() if is_page else ""
        return answer.status_code, kept[path]

    starts, within = STARTS[who]
    for stop in crawl(who=who, starts=starts, within=within, get=get):
        yield stop.path, kept.get(stop.path.partition("?")[0], "")


def found(client: Client, who: str) -> dict[str, forms.Form]:
    """Return the forms in which something is typed, by where they go."""
    return {
        urlsplit(form.action).path: form
        for path, page in pages(client, who)
        for form in forms.forms_of(path, page)
        if form.asks and not LEFT_OUT.match(form.action)
    }


def changed(before: dict[str, str]) -> list[str]:
    after = walking.fingerprint()
    return sorted(name for name in after if after[name] != before[name] and name not in _LOOKED)


def complaints(client: Client, form: forms.Form) -> Iterator[str]:
    """Send nonsense to a form; return what is wrong with the answers."""
    for kind, sent in forms.nonsense(form):
        before = walking.fingerprint()
        raw = urlencode(sent)
        answer = client.post(form.action, raw, content_type="application/x-www-form-urlencoded")
        tried = f"{form.action} with {kind}: {answer.status_code}"
        if answer.status_code >= 500:
            yield tried
        if answer.status_code not in (200, 422):
            if form.action in ANYTHING:
                continue
            if saved := changed(before):
                yield f"{tried}, saved in {saved}"
            continue
        page = answer.content.decode()
        if not WRONG.search(page):
            yield f"{tried}, nothing is said"
        if saved := changed(before):
            yield f"{tried}, saved in {saved}"
        if kind == "nonsense":
            words = html.escape(forms.NONSENSE[kind])
            again = {f.action: f for f in forms.forms_of(form.action, page)}
            lost = [] if words in page or not form.shown() else form.shown()
            if lost and form.action in again:
                yield f"{tried}, lost {lost}"


@pytest.mark.filterwarnings("ignore::django.core.cache.CacheKeyWarning")
def test_nonsense_in_the_member_center(world: World) -> None:
    user = world.victim.story.user
    User.objects.filter(pk=user.pk).update(phone_verified=True)
    # Codes are what this browser proves by.
    Authenticator.objects.filter(user=user).delete()
    client = signing.browser()
    client.force_login(user)
    signing.prove(client)
    client.raise_request_exception = False

    every = found(client, "member")

    wrong = [words for form in every.values() for words in complaints(client, form)]
    assert not wrong, "\n".join(wrong)
    assert len(every) >= 12


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore::django.core.cache.CacheKeyWarning")
def test_nonsense_in_the_console(world: World) -> None:
    members_services.create_staff(username="ada", password="a-long-password", superuser=True)
    client = signing.browser()
    client.force_login(User.objects.get(staff_name="ada"))
    client.raise_request_exception = False

    every = found(client, "staff")

    wrong = [words for form in every.values() for words in complaints(client, form)]
    assert not wrong, "\n".join(wrong)
    assert len(every) >= 20
