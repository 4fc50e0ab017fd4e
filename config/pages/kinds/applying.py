"""Apply, renew, take an application back, give a kind up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.kernel import ids
from config.kernel.errors import DomainError
from config.pages.kinds import overview, wording
from config.pages.kinds.forms import ProofForm, form_for
from config.pages.visitors import Visitor, member_page
from members.kinds import errors, services
from members.kinds.types import State


def actor(visitor: Visitor) -> str:
    """Return who acts, as the audit trail names them."""
    return f"member:{visitor.member.public_id}"


def refused_page(
    request: HttpRequest, visitor: Visitor, kind: str, form: Any, refused: DomainError
) -> HttpResponse:
    """Show the kind again with what was typed, and what is wrong with it."""
    placed = [wrong for wrong in refused.errors if wrong.pointer.lstrip("/") in form.fields]
    for wrong in placed:
        form.add_error(wrong.pointer.lstrip("/"), wrong.detail)
    if not placed:
        form.add_error(None, wording.refusal(refused))
    values = overview.page_of(visitor, kind, form=form)
    return render(request, "pages/kinds/kind.html", values, status=422)


@require_POST
@member_page
def apply(request: HttpRequest, visitor: Visitor, kind: str) -> HttpResponse:
    """Apply for a kind, or for another term of it."""
    found = overview.find_kind(visitor, kind)
    form = form_for(found, request.POST)
    if not form.is_valid():
        values = overview.page_of(visitor, kind, form=form)
        return render(request, "pages/kinds/kind.html", values, status=422)
    try:
        made = services.apply(
            member_id=visitor.member.id,
            kind=kind,
            given=form.given() if isinstance(form, ProofForm) else None,
            actor=actor(visitor),
            now=visitor.now,
        )
    except DomainError as refused:
        return refused_page(request, visitor, kind, form, refused)
    done = made.state is State.APPROVED
    messages.success(
        request, _("Welcome!") if done else _("Thank you. We look at it and tell you.")
    )
    return redirect("kinds:kind", kind)


@require_POST
@member_page
def withdraw(request: HttpRequest, visitor: Visitor, application: str) -> HttpResponse:
    """Take an application back."""
    row = ids.decode("kap", application)
    if row.member_id not in visitor.member_ids:
        raise Http404
    try:
        services.withdraw_application(
            member_id=row.member_id,
            application_id=row.row_id,
            actor=actor(visitor),
            now=visitor.now,
        )
    except errors.ApplicationDecidedError as refused:
        messages.error(request, wording.refusal(refused))
    else:
        messages.success(request, _("Your application is withdrawn."))
    return redirect("kinds:kinds")


@require_POST
@member_page
def leave(request: HttpRequest, visitor: Visitor, kind: str) -> HttpResponse:
    """Give a kind up, or leave a group."""
    overview.find_kind(visitor, kind)
    try:
        services.leave_kind(
            member_id=visitor.member.id, kind=kind, actor=actor(visitor), now=visitor.now
        )
    except DomainError as refused:
        messages.error(request, wording.refusal(refused))
        return redirect("kinds:kind", kind)
    messages.success(request, _("You have left."))
    return redirect("kinds:kinds")
