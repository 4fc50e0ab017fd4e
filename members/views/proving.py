"""The second proof: to finish signing in, and before something grave."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config.kernel import clock
from members import entering, services, visits
from members.forms import REFUSALS, Filled
from members.types import ContactKind, Proof, ProofKind
from members.views import pages, passkeys


@never_cache
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """Ask who gave the first proof for the second one."""
    now = clock.now()
    pending = entering.find_pending(request, now=now)
    if pending is None:
        return redirect("members:sign_in")
    target = pages.safe_next(request, pending.target)

    def succeed(kind: ProofKind) -> HttpResponse:
        programme_id = pages.shop().programme_id
        entering.admit(request, pending=pending, programme_id=programme_id, proved_by=kind, now=now)
        return redirect(target)

    return _ask(request, pending.user_id, entering.proofs_of(pending), succeed, signing_in=True)


@never_cache
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Ask somebody who is signed in for a fresh second proof, and lead back."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    user_id = int(request.user.pk)
    target = pages.safe_next(request, request.POST.get("next") or request.GET.get("next"))

    def succeed(kind: ProofKind) -> HttpResponse:
        entering.step_up(request, user_id=user_id, kind=kind, now=clock.now())
        return redirect(target)

    proofs = services.list_proofs(user_id=user_id)
    return _ask(request, user_id, proofs, succeed, target=target)


def _ask(
    request: HttpRequest,
    user_id: int,
    proofs: list[Proof],
    succeed: Callable[[ProofKind], HttpResponse],
    *,
    target: str = "",
    signing_in: bool = False,
) -> HttpResponse:
    """Show what can be given, send a code on demand, check what was given."""
    kinds = {proof.kind for proof in proofs}
    filled = Filled(values={"next": target, "t": request.POST.get("t", "")})
    chosen = _kind(request.POST.get("kind", ""))
    if request.method == "POST" and chosen in kinds:
        try:
            if "send" in request.POST:
                filled.values["t"] = _send(request, user_id, chosen)
            else:
                _check(request, user_id, chosen)
                return succeed(chosen)
        except REFUSALS as refusal:
            filled.refuse("code", refusal)
    if chosen is ProofKind.PICTURE or (not request.POST and ProofKind.PICTURE in kinds):
        filled.values["picture"] = ""
    return pages.page(
        request,
        "members/proof.html",
        filled,
        proofs=proofs,
        chosen=chosen if filled.values["t"] or filled.errors else None,
        signing_in=signing_in,
        layout="members/_page.html" if signing_in else "members/_safe_card.html",
    )


def _kind(text: str) -> ProofKind | None:
    return ProofKind(text) if text in set(ProofKind) else None


def _send(request: HttpRequest, user_id: int, kind: ProofKind) -> str:
    visit = visits.of(request)
    ticket = services.request_proof(
        user_id=user_id,
        programme_id=pages.shop().programme_id,
        kind=ContactKind(kind.value),
        locale=get_language() or "",
        ip=visit.ip,
        device=visit.device,
        now=clock.now(),
    )
    return ticket.token


def _check(request: HttpRequest, user_id: int, kind: ProofKind) -> None:
    if kind is ProofKind.PASSKEY:
        services.check_passkey(
            user_id=user_id, credential=passkeys.credential_of(request), now=clock.now()
        )
        return
    is_picture = kind is ProofKind.PICTURE
    services.check_proof(
        user_id=user_id,
        kind=kind,
        text=request.POST.get("digits" if is_picture else "code", "")[:20],
        token=request.POST.get("picture" if is_picture else "t", ""),
        now=clock.now(),
    )
