"""The page on which a member lets an app know who they are, scope by scope."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.idp.oidc.models import Client
from allauth.idp.oidc.views import AuthorizationView
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from members import selectors
from members.programmes import selectors as programmes_selectors


class ConsentView(AuthorizationView):  # type: ignore[misc]
    """allauth's authorization endpoint by our rules: members only, PKCE always."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for consent. Who is no member of the app's programme has nothing to give."""
        if request.user.is_authenticated and not _is_member(request):
            return render(request, "members/no_member.html", status=403)
        if request.GET.get("code_challenge_method") != "S256":
            # Confidential apps too: a code that leaks is worth nothing without its verifier.
            error = {"description": "send code_challenge with code_challenge_method=S256"}
            return render(request, "idp/oidc/error.html", {"error": error}, status=400)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return self._may_lead_away(answer)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the answer; it is about a request that `get` has looked at and signed."""
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return self._may_lead_away(answer)

    def _handle_login_prompt(self, request: HttpRequest, prompts: list[str]) -> HttpResponse:
        """`prompt=login`: a fresh second proof for who is in, signing in for others."""
        query = request.GET.copy()
        query["prompt"] = " ".join(prompt for prompt in prompts if prompt != "login")
        if not query["prompt"]:
            del query["prompt"]
        back = f"{request.path}?{query.urlencode()}"
        if not request.user.is_authenticated:
            return redirect_to_login(back)
        return redirect(f"{reverse('members:prove')}?{urlencode({'next': back})}")

    def _may_lead_away(self, answer: HttpResponse) -> HttpResponse:
        """Let this page's form lead to the app's own address, and nowhere else."""
        target = (getattr(self, "_request_info", None) or {}).get("redirect_uri") or ""
        parts = urlsplit(str(target))
        if parts.scheme in ("http", "https"):
            source = f"{parts.scheme}://{parts.netloc}"
        else:
            source = f"{parts.scheme}:"
        if parts.scheme:
            answer._csp_update = {"form-action": [source]}  # type: ignore[attr-defined]
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which shop's app it is, and where it leads."""
        target = str(self._request_info.get("redirect_uri") or "")
        return {**super().get_context_data(**kwargs), "leads_to": urlsplit(target).netloc or target}


def _is_member(request: HttpRequest) -> bool:
    client_id = request.GET.get("client_id", "")
    if "\0" in client_id or not Client.objects.filter(pk=client_id).exists():
        # allauth says what is wrong with it.
        return True
    programme_id = programmes_selectors.programme_of_client(client_id=client_id)
    if programme_id is None or getattr(request.user, "is_staff", False):
        return False
    user_id = int(request.user.pk or 0)
    return selectors.find_by_user(user_id=user_id, programme_id=programme_id) is not None


authorize = ConsentView.as_view()


@csrf_exempt
def no_device_code(request: HttpRequest) -> HttpResponse:
    """Refuse what the library's discovery names and no client of ours may use."""
    return JsonResponse({"error": "unauthorized_client"}, status=400)
