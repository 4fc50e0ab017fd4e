"""Groups: found one, invite, join, remove, dissolve."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.kernel import ids
from config.kernel.errors import DomainError
from config.pages.kinds import overview, wording
from config.pages.kinds.applying import actor, refused_page
from config.pages.kinds.forms import CodeForm, NameForm
from config.pages.visitors import Visitor, member_page
from members.kinds import errors, selectors, services


@require_POST
@member_page
def found(request: HttpRequest, visitor: Visitor, kind: str) -> HttpResponse:
    """Found a group that one pays for."""
    overview.find_kind(visitor, kind)
    form = NameForm(request.POST)
    if not form.is_valid():
        values = overview.page_of(visitor, kind, form=form)
        return render(request, "pages/kinds/kind.html", values, status=422)
    try:
        services.found_group(
            member_id=visitor.member.id,
            kind=kind,
            name=form.cleaned_data["name"],
            actor=actor(visitor),
            now=visitor.now,
        )
    except DomainError as refused:
        return refused_page(request, visitor, kind, form, refused)
    messages.success(request, _("Founded. Now invite the others."))
    return redirect("kinds:kind", kind)


@require_POST
@member_page
def invite(request: HttpRequest, visitor: Visitor, kind: str) -> HttpResponse:
    """Make an invitation."""
    return _do(
        request,
        visitor,
        kind,
        lambda: services.invite(member_id=visitor.member.id, kind=kind, now=visitor.now),
        _("Pass the invitation on. It is good for one person and seven days."),
    )


@require_POST
@member_page
def revoke(request: HttpRequest, visitor: Visitor, kind: str, invitation: int) -> HttpResponse:
    """Withdraw an invitation."""
    return _do(
        request,
        visitor,
        kind,
        lambda: services.revoke_invitation(
            member_id=visitor.member.id, kind=kind, invitation_id=invitation, now=visitor.now
        ),
        _("The invitation is withdrawn."),
    )


@require_POST
@member_page
def remove(request: HttpRequest, visitor: Visitor, kind: str, member: str) -> HttpResponse:
    """Take somebody out of the group."""
    other = ids.decode("mem", member).member_id
    return _do(
        request,
        visitor,
        kind,
        lambda: services.remove_from_group(
            member_id=visitor.member.id,
            kind=kind,
            other_id=other,
            actor=actor(visitor),
            now=visitor.now,
        ),
        _("Taken out of the group."),
    )


@require_POST
@member_page
def dissolve(request: HttpRequest, visitor: Visitor, kind: str) -> HttpResponse:
    """Dissolve the group."""
    return _do(
        request,
        visitor,
        kind,
        lambda: services.dissolve_group(
            member_id=visitor.member.id, kind=kind, actor=actor(visitor), now=visitor.now
        ),
        _("The group is dissolved."),
    )


def _do(
    request: HttpRequest, visitor: Visitor, kind: str, act: Callable[[], object], done: str
) -> HttpResponse:
    """Act on one's own group; whose group it is not learns nothing of it."""
    overview.find_kind(visitor, kind)
    try:
        act()
    except (errors.NotOwnerError, errors.NotOfKindError):
        raise Http404 from None
    except DomainError as refused:
        messages.error(request, wording.refusal(refused))
    else:
        messages.success(request, done)
    return redirect("kinds:kind", kind)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def join_by_hand(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for the code of an invitation."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        code = "".join(c for c in form.cleaned_data["code"] if c.isascii() and c.isalnum())
        if code and selectors.find_invited_to(code=code, at=visitor.now):
            return redirect("kinds:join", code)
        form.add_error("code", wording.refusal(errors.InvitationInvalidError()))
    status = 422 if form.errors else 200
    return render(request, "pages/kinds/join_by_hand.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def join(request: HttpRequest, visitor: Visitor, code: str) -> HttpResponse:
    """Show what an invitation leads to, and join."""
    group = selectors.find_invited_to(code=code, at=visitor.now)
    if group is not None and group.programme_id != visitor.programme.id:
        group = None
    problem = "" if group else wording.refusal(errors.InvitationInvalidError())
    if request.method == "POST" and group is not None:
        try:
            services.accept_invitation(
                member_id=visitor.member.id, code=code, actor=actor(visitor), now=visitor.now
            )
        except DomainError as refused:
            problem = wording.refusal(refused)
        else:
            messages.success(request, _("Welcome!"))
            return redirect("kinds:kind", group.kind)
    known = selectors.get_kinds(programme_id=visitor.programme.id)
    values = {
        "problem": problem,
        "group": group,
        "name": wording.name_of(known, group.kind) if group else "",
    }
    return render(request, "pages/kinds/join.html", values, status=422 if problem else 200)
