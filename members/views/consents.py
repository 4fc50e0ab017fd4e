"""What a member agrees to, the policies in all versions, and what is held about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kernel import personal
from members import holding, policies, selectors, services
from members.errors import UnknownPurposeError
from members.views import pages
from members.views.owning import Owner, own_page

_SOURCE = "member_center"


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def consents(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Show every purpose with one button, and what was said when."""
    if request.method == "POST":
        return _change(request, owner)
    found = selectors.list_consents(member_id=owner.member_id)
    names = {choice.code: choice.name(_language()) for choice in found}
    values = {
        "choices": [_choice(choice) for choice in found],
        "history": [
            {"name": names.get(change.purpose) or _paper(change.purpose), "change": change}
            for change in selectors.list_consent_changes(member_id=owner.member_id)
        ],
        "pending": _pending(owner),
    }
    return render(request, "members/privacy/consents.html", values)


def _change(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Giving and withdrawing are one press each."""
    change = services.give_consent if request.POST.get("give") == "1" else services.withdraw_consent
    try:
        change(
            member_id=owner.member_id,
            purpose=request.POST.get("purpose", "")[:40],
            source=_SOURCE,
            now=owner.now,
        )
    except UnknownPurposeError:
        messages.error(request, _("We no longer ask for that."))
    else:
        messages.success(request, _("Saved."))
    return redirect("members:privacy_consents")


def _choice(choice: Any) -> dict[str, Any]:
    language = _language()
    return {"choice": choice, "name": choice.name(language), "words": choice.words(language)}


def _paper(kind: str) -> str:
    return {"terms": _("Membership terms"), "privacy": _("Privacy policy")}.get(kind, kind)


def _pending(owner: Owner) -> list[dict[str, Any]]:
    found = policies.list_pending(member_id=owner.member_id, programme_id=owner.programme_id)
    return [
        {"policy": policy, "title": _paper(policy.kind), "changes": policy.changes(_language())}
        for policy in found
    ]


@require_safe
@never_cache
def papers(request: HttpRequest) -> HttpResponse:
    """Show the policies that hold, and the older ones; strangers read them too."""
    return _show(request, policies.list_published(programme_id=pages.shop().programme_id), None)


@require_safe
@never_cache
def paper(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """Show one version of one policy."""
    found = policies.list_published(programme_id=pages.shop().programme_id)
    for policy in found:
        if (policy.kind, policy.version) == (kind, version):
            return _show(request, found, policy)
    raise Http404


def _show(
    request: HttpRequest, found: list[policies.Policy], chosen: policies.Policy | None
) -> HttpResponse:
    language = _language()
    newest = {policy.kind: policy.version for policy in reversed(found)}
    values = {
        "papers": [
            {
                "policy": policy,
                "title": _paper(policy.kind),
                "current": newest[policy.kind] == policy.version,
            }
            for policy in found
        ],
        "chosen": chosen,
        "title": _paper(chosen.kind) if chosen else "",
        "text": chosen.text(language) if chosen else "",
        "changes": chosen.changes(language) if chosen else "",
    }
    return render(request, "members/privacy/policies.html", values)


@require_POST
@own_page
def agree(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Agree to what has changed."""
    services.agree_to_policies(member_id=owner.member_id, source=_SOURCE, now=owner.now)
    messages.success(request, _("Thank you. It is written down."))
    return redirect("members:privacy_consents")


@require_safe
@own_page
def held(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Show what is held, why, how long, who received it and what describes the member."""
    person = personal.Person(
        member_ids=tuple(selectors.ids_of(owner.member_id)), user_ids=(owner.user_id,)
    )
    chinese = _language().startswith("zh")
    values = {
        "subjects": holding.list_held(person),
        "apps": selectors.list_apps(user_id=owner.user_id, now=owner.now),
        "labels": [
            (label.name_zh if chinese else label.name_en) or label.code
            for label in selectors.list_all_labels(member_id=owner.member_id)
        ],
    }
    return render(request, "members/privacy/held.html", values)


def _language() -> str:
    return get_language() or ""
