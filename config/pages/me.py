"""What members see of themselves: their rooms, profile and code, language, looks, sign-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from config.pages import codes, drawing, formats, themes
from config.pages.visitors import Visitor, member_page
from members import selectors as members_selectors
from members import services as members_services
from members.errors import BirthdayLockedError, InvalidBirthdayError
from members.types import Member

PAGE = "me"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of the profile."""

    title: str
    value: str


class ProfileForm(forms.Form):
    """What members may change about themselves here."""

    nickname = forms.CharField(
        label=gettext_lazy("What we call you"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={
            "max_length": gettext_lazy("At most 64 characters; please choose something shorter.")
        },
    )
    birthday = forms.DateField(
        label=gettext_lazy("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=gettext_lazy("It can be changed once a year, so that presents stay fair."),
        error_messages={"invalid": gettext_lazy("Write it as year-month-day: 1990-05-17.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The server says in words what is wrong and keeps what was typed: a browser that
        # cuts it off does neither.
        self.fields["nickname"].widget.attrs.pop("maxlength", None)
        self.fields["birthday"].widget.input_type = "date"


@require_safe
@member_page
def me(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the member's rooms, and how this device shows them."""
    values = {
        "member": visitor.member,
        "rooms": drawing.rooms_of(PAGE, visitor),
        "here": themes.chosen(request),
    }
    return render(request, "pages/me.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def profile(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the member's profile, and save what they change of it."""
    member = members_selectors.get_member(member_id=visitor.member.id)
    kept = {"nickname": member.nickname, "birthday": member.birthday}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_bound and form.is_valid() and _save(form, visitor):
        messages.success(request, _("Saved."))
        return redirect("pages:profile")
    values = {"form": form, "facts": _facts(member)}
    return render(request, "pages/profile.html", values, status=422 if form.errors else 200)


@require_safe
@member_page
def code(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show a fresh member code alone, one tap away from every page.

    HTMX asks for the code without the page around it: when the card is turned, and before
    the one on show ends.
    """
    member = visitor.member
    fresh = members_services.issue_member_code(
        member_id=member.id, programme_id=visitor.programme.id, now=visitor.now
    )
    only = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "pages/components/member_code.html" if only else "pages/code.html",
        {"code": codes.of(fresh.digits), "number": member.member_no},
    )


def _save(form: ProfileForm, visitor: Visitor) -> bool:
    """Save the profile; a refusal is put at its field."""
    birthday: date | None = form.cleaned_data["birthday"]
    changes: dict[str, Any] = {"nickname": form.cleaned_data["nickname"]}
    if birthday is not None:
        changes["birthday"] = birthday
    try:
        members_services.update_profile(
            member_id=visitor.member.id,
            changes=changes,
            actor=f"member:{visitor.member.public_id}",
            now=visitor.now,
        )
    except BirthdayLockedError:
        form.add_error("birthday", _("You changed it less than a year ago."))
    except InvalidBirthdayError:
        form.add_error("birthday", _("This day cannot be a birthday; please look again."))
    return not form.errors


def _facts(member: Member) -> list[Fact]:
    facts = (
        (_("Member number"), formats.card_number(member.member_no)),
        (_("Phone"), member.phone_masked),
        (_("E-mail"), member.email_masked),
        (_("Member since"), formats.day(member.joined_at)),
    )
    return [Fact(title=title, value=value) for title, value in facts if value]
