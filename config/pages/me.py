"""What members see of themselves: their profile, their code, language and sign-out."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from config.pages import codes, formats
from config.pages.visitors import Visitor, member_page
from members import services as members_services
from members.types import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of the profile."""

    title: str
    value: str


class ProfileForm(forms.Form):
    """What members may change about themselves here."""

    nickname = forms.CharField(
        max_length=64,
        required=False,
        error_messages={
            "max_length": gettext_lazy("At most 64 characters; please choose something shorter.")
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def me(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the member's profile, and save what they call themselves."""
    form = ProfileForm(request.POST or None, initial={"nickname": visitor.member.nickname})
    if request.method == "POST" and form.is_valid():
        members_services.update_profile(
            member_id=visitor.member.id,
            changes={"nickname": form.cleaned_data["nickname"]},
            actor=f"member:{visitor.member.public_id}",
            now=visitor.now,
        )
        messages.success(request, _("Saved."))
        return redirect("pages:me")
    values = {"form": form, "facts": _facts(visitor.member)}
    return render(request, "pages/me.html", values, status=422 if form.errors else 200)


@require_safe
@member_page
def code(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the member code alone, one tap away from every page."""
    return render(request, "pages/code.html", {"code": codes.of(visitor.member.member_no)})


def _facts(member: Member) -> list[Fact]:
    facts = (
        (_("Member number"), formats.card_number(member.member_no)),
        (_("Phone"), member.phone_masked),
        (_("E-mail"), member.email_masked),
        (_("Birthday"), formats.day(member.birthday)),
        (_("Member since"), formats.day(member.joined_at)),
    )
    return [Fact(title=title, value=value) for title, value in facts if value]
