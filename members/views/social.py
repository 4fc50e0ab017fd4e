"""Sign in with WeChat, QQ or Alipay; bind and unbind them.

The state that goes out and must come back is kept in the session and used once, so nobody
can be signed in as, or bound to, an account that somebody else confirmed.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kernel import clock
from members import entering, origins, services, wording
from members.errors import SocialFailedError
from members.forms import REFUSALS, Filled, words_of
from members.social import local, registry
from members.social.base import Person, Provider
from members.types import SignedIn
from members.views import owning, pages

_AWAY = "social_away"


def choices() -> list[dict[str, str]]:
    """Return the accounts elsewhere that one can sign in with."""
    names = wording.ways()
    return [{"slug": slug, "name": names[slug]} for slug in registry.providers()]


def ways(bound: Sequence[str]) -> list[dict[str, Any]]:
    """Return the accounts elsewhere that are bound, or could be."""
    names = wording.ways()
    slugs = dict.fromkeys([*registry.providers(), *bound])
    return [{"slug": s, "name": names.get(s, s), "is_bound": s in bound} for s in slugs]


@never_cache
@require_POST
def go(request: HttpRequest, provider: str) -> HttpResponse:
    """Go to the provider, to sign in."""
    target = pages.safe_next(request, request.POST.get("next"))
    return _go(request, provider, {"next": target})


@require_POST
@owning.own_page
def bind(request: HttpRequest, owner: owning.Owner, provider: str) -> HttpResponse:
    """Go to the provider, to bind an account there."""
    owning.step_up(request, owner)
    return _go(request, provider, {"bind": owner.user_id})


def _go(request: HttpRequest, slug: str, kept: dict[str, Any]) -> HttpResponse:
    provider = _provider(slug)
    state = secrets.token_urlsafe(24)
    request.session[_AWAY] = {"state": state, "provider": slug, **kept}
    address = provider.address(state=state, redirect_uri=_back_address(slug), agent=_agent(request))
    if address.startswith("/"):
        return redirect(address)
    # Not a redirect: our policy lets no form lead away from this site, not even by way of one.
    name = wording.ways().get(slug, slug)
    return render(request, "members/away.html", {"address": address, "provider": name})


def _provider(slug: str) -> Provider:
    try:
        return registry.get(slug)
    except SocialFailedError:
        raise Http404 from None


def _back_address(slug: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("members:social_back", args=[slug])


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")


@never_cache
@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Take who comes back: sign them in, bind the account, or ask a newcomer to join."""
    away: dict[str, Any] = request.session.pop(_AWAY, {})
    try:
        person = _identify(request, provider, away)
        if "bind" in away:
            return _bind(request, away["bind"], person)
        return _sign_in(request, person, pages.safe_next(request, away.get("next")))
    except REFUSALS as refusal:
        messages.error(request, words_of(refusal))
        return redirect("members:security" if "bind" in away else "members:sign_in")


def _identify(request: HttpRequest, slug: str, away: Mapping[str, Any]) -> Person:
    provider = _provider(slug)
    state, code = request.GET.get("state", ""), request.GET.get(provider.code_name, "")
    known = str(away.get("state", ""))
    if away.get("provider") != slug or not known or not code:
        raise SocialFailedError("nobody was sent there")
    if not hmac.compare_digest(known.encode(), state.encode()):
        raise SocialFailedError("another state")
    return provider.identify(
        code=code[:2000], redirect_uri=_back_address(slug), agent=_agent(request)
    )


def _bind(request: HttpRequest, user_id: int, person: Person) -> HttpResponse:
    if not request.user.is_authenticated or request.user.pk != user_id:
        raise SocialFailedError("somebody else is signed in")
    services.bind_social(user_id=user_id, person=person, now=clock.now())
    messages.success(request, _("Bound. You can sign in with it from now on."))
    return redirect("members:security")


def _sign_in(request: HttpRequest, person: Person, target: str) -> HttpResponse:
    now = clock.now()
    found = services.find_social(person=person, programme_id=pages.shop().programme_id, now=now)
    if found is not None:
        return _enter(request, found, target, now)
    pages.stash(
        request,
        social={
            "provider": person.provider,
            "subjects": list(person.subjects),
            "nickname": person.nickname,
        },
        next=target,
    )
    return redirect("members:join")


def _enter(request: HttpRequest, found: SignedIn, target: str, now: datetime) -> HttpResponse:
    is_in = entering.enter(
        request,
        signed_in=found,
        programme_id=pages.shop().programme_id,
        target=target,
        now=now,
    )
    return redirect(target if is_in else "members:proof")


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Let somebody whom no member is known for bring their phone along, or join without."""
    stash = pages.stashed(request)
    person = _stashed_person(stash)
    if person is None:
        return redirect("members:sign_in")
    filled = Filled(values={"next": str(stash.get("next", ""))})
    if request.method == "POST":
        try:
            return _join(request, person, pages.safe_next(request, stash.get("next")))
        except REFUSALS as refusal:
            filled.refuse("agreed", refusal)
    return pages.page(
        request,
        "members/join.html",
        filled,
        person=person,
        provider=wording.ways().get(person.provider, person.provider),
        terms_version=pages.terms_version(),
    )


def _join(request: HttpRequest, person: Person, target: str) -> HttpResponse:
    shop, now = pages.shop(), clock.now()
    joined = services.join_by_social(
        person=person,
        programme_id=shop.programme_id,
        storefront_id=shop.id,
        terms_version=pages.terms_version(),
        agreed=request.POST.get("agreed") == "1",
        locale=get_language() or "",
        attribution=origins.of(request, storefront=shop.code, channel=shop.channel),
        now=now,
    )
    pages.forget_stash(request)
    return _enter(request, joined, target, now)


def bind_stashed(*, user_id: int, stash: Mapping[str, Any], now: datetime) -> None:
    """Bind the account somebody came from to the member that their phone or e-mail proved."""
    person = _stashed_person(stash)
    if person is not None:
        services.bind_social(user_id=user_id, person=person, now=now)


def _stashed_person(stash: Mapping[str, Any]) -> Person | None:
    kept = stash.get("social")
    if not kept:
        return None
    return Person(
        provider=kept["provider"], subjects=tuple(kept["subjects"]), nickname=kept["nickname"]
    )


@require_POST
@owning.own_page
def unbind(request: HttpRequest, owner: owning.Owner, provider: str) -> HttpResponse:
    """Take an account elsewhere away, unless it is the last way in."""
    owning.step_up(request, owner)
    try:
        services.unbind_social(user_id=owner.user_id, provider=provider, now=owner.now)
    except REFUSALS as refusal:
        messages.error(request, words_of(refusal))
    else:
        messages.success(request, _("Unbound."))
    return redirect("members:security")


@never_cache
@require_http_methods(["GET", "POST"])
def local_provider(request: HttpRequest, provider: str) -> HttpResponse:
    """Stand in for a provider on a laptop: ask who to be, and send them back."""
    if not isinstance(registry.providers().get(provider), local.LocalProvider):
        raise Http404
    who = request.POST.get("who", "").strip()[:40]
    if request.method == "POST" and who:
        code = local.make_code(slug=provider, who=who)
        # Always our own address, whatever the query says.
        state = request.GET.get("state", "")
        path = reverse("members:social_back", args=[provider])
        return redirect(f"{path}?{urlencode({'code': code, 'state': state})}")
    return render(request, "members/local_provider.html", {"provider": wording.ways()[provider]})
