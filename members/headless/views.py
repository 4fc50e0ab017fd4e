"""What apps call instead of our pages: the same services, limits and second proofs.

Requests and answers have the shapes of allauth's headless API for apps (`X-Session-Token`);
asking for a code, confirming it and a mini-program's token are ours, for one form is for new
and known members here, too. docs/headless.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

import msgspec
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.internal.decorators import app_view
from allauth.headless.internal.restkit.response import APIResponse
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from config.kernel import clock
from config.kernel.api.problems import status_of
from config.kernel.errors import DomainError
from members import captcha, contacts, origins, services, visits
from members.errors import (
    ConsentMissingError,
    PictureNeededError,
    SocialFailedError,
    StepUpNeededError,
    TooManyCodesError,
)
from members.programmes import selectors as programmes_selectors
from members.social import registry
from members.types import ContactKind, ProofKind, SignedIn
from members.views import pages

_TICKET = "app_ticket"
_PROOF = "app_proof"
BY = "app_signed_in_by"


class CodeIn(msgspec.Struct, kw_only=True):
    """Ask for a code."""

    phone: str = ""
    email: str = ""
    picture: str = ""
    digits: str = ""


class ConfirmIn(msgspec.Struct, kw_only=True):
    """Confirm a code; who is new agrees to the terms with it."""

    code: str
    agreed: bool = False


class TokenIn(msgspec.Struct, kw_only=True):
    """What a mini-program got from `wx.login`, and from `getPhoneNumber`."""

    client_id: str
    code: str
    phone_code: str = ""


class ProviderIn(msgspec.Struct, kw_only=True):
    """Sign in by a provider's token."""

    provider: str
    token: TokenIn
    process: str = "login"
    agreed: bool = False


class ProofIn(msgspec.Struct, kw_only=True):
    """Ask for a second proof by code, or give one."""

    kind: str
    code: str = ""


View = Callable[[HttpRequest, Any], HttpResponse]


def endpoint(contract: type[msgspec.Struct]) -> Callable[[View], Callable[..., HttpResponse]]:
    """Make a function an endpoint for apps: JSON in by a contract, refusals out as JSON."""

    def declare(view: View) -> Callable[..., HttpResponse]:
        @require_POST
        @wraps(view)
        def serve(request: HttpRequest) -> HttpResponse:
            try:
                body = msgspec.json.decode(request.body, type=contract)
            except msgspec.DecodeError as exc:
                return _refused(request, 400, "request.malformed", str(exc))
            try:
                return view(request, body)
            except DomainError as refusal:
                return _answer(request, refusal)

        return cast(Callable[..., HttpResponse], app_view(serve))

    return declare


def _answer(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    more: dict[str, Any] = {}
    if isinstance(refusal, PictureNeededError):
        name = captcha.make()
        more["picture"] = {
            "name": name,
            "image": reverse("members:picture", args=[name]),
            "sound": reverse("members:sound", args=[name]),
        }
    if isinstance(refusal, TooManyCodesError):
        more["retry_after"] = refusal.retry_after
        return _refused(request, 429, refusal.code, refusal.title, **more)
    if isinstance(refusal, ConsentMissingError):
        more["terms_version"] = pages.terms_version()
    return _refused(request, status_of(type(refusal)), refusal.code, refusal.title, **more)


def _refused(
    request: HttpRequest, status: int, code: str, message: str, **more: Any
) -> HttpResponse:
    errors = [{"code": code, "message": message, **more}]
    answer = APIResponse(request, data={"errors": errors}, status=status)
    return cast(HttpResponse, answer)


def _pending(request: HttpRequest, flow: str) -> HttpResponse:
    data = {"flows": [{"id": flow, "is_pending": True}]}
    answer = APIResponse(request, data=data, meta={"is_authenticated": False}, status=401)
    return cast(HttpResponse, answer)


@endpoint(CodeIn)
def request_code(request: HttpRequest, body: CodeIn) -> HttpResponse:
    """Send a code to a phone number or an e-mail address, known or not."""
    shop = pages.shop()
    programme = programmes_selectors.get_programme(shop.programme_id)
    picture = captcha.Answer(name=body.picture, text=body.digits) if body.picture else None
    ticket = services.request_code(
        programme_id=shop.programme_id,
        address=(body.phone or body.email)[:254],
        region=contacts.region_of(programme.timezone),
        locale=get_language() or "",
        ip=visits.ip_of(request),
        picture=picture,
        now=clock.now(),
    )
    request.session[_TICKET] = ticket.token
    return _pending(request, "login_by_code")


@endpoint(ConfirmIn)
def confirm_code(request: HttpRequest, body: ConfirmIn) -> HttpResponse:
    """Sign in by the code; a second proof may be due after it."""
    shop, now = pages.shop(), clock.now()
    signed_in = services.confirm_code(
        token=str(request.session.get(_TICKET, "")),
        code=body.code[:12],
        storefront_id=shop.id,
        terms_version=pages.terms_version(),
        agreed=body.agreed,
        locale=get_language() or "",
        attribution=origins.of(request, storefront=shop.code, channel="app"),
        ip=visits.ip_of(request),
        now=now,
    )
    request.session.pop(_TICKET, None)
    return _sign_in(request, signed_in, shop.programme_id, now)


@endpoint(ProviderIn)
def provider_token(request: HttpRequest, body: ProviderIn) -> HttpResponse:
    """Sign in from the WeChat mini-program (`code2session`); with a phone code, as that phone."""
    shop, now = pages.shop(), clock.now()
    mini = registry.mini_program()
    if body.provider != "wechat" or mini is None or body.token.client_id != mini.app.app_id:
        raise SocialFailedError("no such mini-program")
    person = mini.identify(code=body.token.code[:200])
    known = services.find_social(person=person, programme_id=shop.programme_id, now=now)
    if known is None:
        known = services.join_by_social(
            person=person,
            phone=mini.phone_number(code=body.token.phone_code) if body.token.phone_code else None,
            programme_id=shop.programme_id,
            storefront_id=shop.id,
            terms_version=pages.terms_version(),
            agreed=body.agreed,
            locale=get_language() or "",
            attribution=origins.of(request, storefront=shop.code, channel="wechat_mini"),
            now=now,
        )
    return _sign_in(request, known, shop.programme_id, now)


def _sign_in(
    request: HttpRequest, signed_in: SignedIn, programme_id: int, now: datetime
) -> HttpResponse:
    """Let allauth's stages ask for the second proof, then start the session."""
    visit = visits.of(request)
    weighed = services.weigh_sign_in(
        user_id=signed_in.user_id, programme_id=programme_id, visit=visit, now=now
    )
    if weighed.score >= settings.SIGN_IN_RISK_CHALLENGED and not services.has_second_proof(
        user_id=signed_in.user_id
    ):
        services.record_challenge(
            user_id=signed_in.user_id,
            member_id=signed_in.member_id,
            programme_id=programme_id,
            by=signed_in.by,
            weighed=weighed,
            visit=visit,
            now=now,
        )
        # The page can ask for a code to another address, or show a picture.
        raise StepUpNeededError("sign in on the page /sign-in")
    request.session[BY] = signed_in.by
    user = get_user_model().objects.get(pk=signed_in.user_id)
    user.backend = "django.contrib.auth.backends.ModelBackend"
    response = perform_login(request, Login(user=user))
    return cast(HttpResponse, AuthenticationResponse.from_response(request, response))


@endpoint(ProofIn)
def request_proof(request: HttpRequest, body: ProofIn) -> HttpResponse:
    """Send a code by which somebody who is signed in proves it anew."""
    if not request.user.is_authenticated or body.kind not in set(ContactKind):
        return _refused(request, 401, "sign_in.needed", "Sign in first")
    ticket = services.request_proof(
        user_id=int(request.user.pk),
        programme_id=pages.shop().programme_id,
        kind=ContactKind(body.kind),
        locale=get_language() or "",
        ip=visits.ip_of(request),
        now=clock.now(),
    )
    request.session[_PROOF] = ticket.token
    return cast(HttpResponse, APIResponse(request, data={"sent_to": ticket.masked}))


@endpoint(ProofIn)
def give_proof(request: HttpRequest, body: ProofIn) -> HttpResponse:
    """Take a second proof: good for five minutes, as on the pages."""
    kinds = {p.kind for p in _proofs(request)}
    if body.kind not in kinds:
        return _refused(request, 401, "sign_in.needed", "Sign in first")
    user_id, now = int(request.user.pk or 0), clock.now()
    services.check_proof(
        user_id=user_id,
        kind=ProofKind(body.kind),
        text=body.code[:20],
        token=str(request.session.get(_PROOF, "")),
        now=now,
    )
    services.mark_proved(
        session=request.session, user_id=user_id, kind=ProofKind(body.kind), now=now
    )
    return cast(HttpResponse, AuthenticationResponse(request))


def _proofs(request: HttpRequest) -> list[Any]:
    if not request.user.is_authenticated:
        return []
    return list(services.list_proofs(user_id=int(request.user.pk)))
