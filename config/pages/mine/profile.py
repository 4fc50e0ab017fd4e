"""The member's profile: avatar, what they say of themselves, how complete it is, its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.pages import formats
from config.pages.mine import saying
from config.pages.visitors import Visitor, member_page
from members import selectors as members_selectors
from members import services as members_services
from members.errors import AvatarRefusedError, BirthdayLockedError, InvalidBirthdayError
from members.types import GENDERS, INTERESTS, Member

_LARGEST = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of the profile."""

    title: str
    value: str


class ProfileForm(forms.Form):
    """What members may change about themselves here, and nothing else."""

    nickname = forms.CharField(
        label=gettext_lazy("What we call you"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={
            "max_length": gettext_lazy("At most 64 characters; please choose something shorter.")
        },
    )
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"), required=False, widget=forms.RadioSelect
    )
    birthday = forms.DateField(
        label=gettext_lazy("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=gettext_lazy("It can be changed once a year, so that presents stay fair."),
        error_messages={"invalid": gettext_lazy("Write it as year-month-day: 1990-05-17.")},
    )
    interests = forms.MultipleChoiceField(
        label=gettext_lazy("What you like"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("We show you more of it. Tick none, and we do not guess."),
    )
    locale = forms.ChoiceField(
        label=gettext_lazy("Language of our messages"), required=False, widget=forms.Select
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        widget=forms.Select,
        help_text=gettext_lazy("So that nothing reaches you at night."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The server says in words what is wrong and keeps what was typed: a browser that
        # cuts it off does neither.
        self.fields["nickname"].widget.attrs.pop("maxlength", None)
        self.fields["birthday"].widget.input_type = "date"
        genders = saying.genders()
        self._choose("gender", [(code, genders[code]) for code in ("", *GENDERS)])
        interests = saying.interests()
        self._choose("interests", [(code, interests[code]) for code in INTERESTS])
        self._choose(
            "locale", [("", _("As the page is")), ("zh-hans", "简体中文"), ("en", "English")]
        )
        zones = [(zone, zone.replace("_", " ")) for zone in _zones()]
        self._choose("timezone", [("", _("The shop's")), *zones])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def liked(self) -> list[dict[str, object]]:
        """Return the interests with which of them are ticked."""
        ticked = set(self["interests"].value() or ())
        return [
            {"code": code, "title": title, "ticked": code in ticked}
            for code, title in self.fields["interests"].choices  # type: ignore[attr-defined]
        ]


@cache
def _zones() -> tuple[str, ...]:
    """Return the zones that are named after a place."""
    kept = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return tuple(sorted(z for z in available_timezones() if z.startswith(kept)))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def profile(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the member's profile, and save what they change of it."""
    member = members_selectors.get_member(member_id=visitor.member.id)
    kept = {name: getattr(member, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_bound and form.is_valid() and _save(form, visitor):
        messages.success(request, _("Saved."))
        return redirect("pages:profile")
    return _page(request, member, form, status=422 if form.errors else 200)


@require_POST
@member_page
def avatar(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take an uploaded picture as the member's avatar, or say why it is not taken."""
    upload = request.FILES.get("picture")
    try:
        if upload is None:
            raise AvatarRefusedError("missing")
        if (upload.size or 0) > _LARGEST:
            # Not even read.
            raise AvatarRefusedError("too_large")
        members_services.set_avatar(
            member_id=visitor.member.id,
            content=upload.read(),
            actor=_actor(visitor),
            now=visitor.now,
        )
    except AvatarRefusedError as refused:
        member = members_selectors.get_member(member_id=visitor.member.id)
        kept = {name: getattr(member, name) for name in ProfileForm.base_fields}
        return _page(
            request,
            member,
            ProfileForm(initial=kept),
            refused=saying.why_no_avatar(refused.why),
            status=422,
        )
    messages.success(request, _("A good picture of you."))
    return redirect("pages:profile")


@require_POST
@member_page
def remove_avatar(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the avatar off."""
    members_services.remove_avatar(
        member_id=visitor.member.id, actor=_actor(visitor), now=visitor.now
    )
    messages.success(request, _("The picture is removed."))
    return redirect("pages:profile")


@require_safe
@member_page
def history(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List what was changed of the profile: when, from, to, and by whom."""
    found = members_selectors.list_profile_changes(member_id=visitor.member.id, limit=50)
    values = {"changes": [saying.change(change) for change in found]}
    return render(request, "pages/mine/history.html", values)


def _page(
    request: HttpRequest, member: Member, form: ProfileForm, *, refused: str = "", status: int
) -> HttpResponse:
    complete = members_selectors.get_completeness(member=member)
    titles = saying.fields()
    values = {
        "form": form,
        "facts": _facts(member),
        "avatar": reverse("members:avatar", args=[member.avatar]) if member.avatar else "",
        "percent": complete.percent,
        "missing": [titles[name] for name in complete.missing],
        "refused": refused,
    }
    return render(request, "pages/profile.html", values, status=status)


def _save(form: ProfileForm, visitor: Visitor) -> bool:
    """Save the profile; a refusal is put at its field. Only what was sent is changed."""
    said = form.cleaned_data
    sent = {name: said[name] for name in ("nickname", "gender", "locale") if name in form.data}
    changes: dict[str, Any] = {"nickname": said["nickname"], **sent}
    if "timezone" in form.data:
        # A page that shows the interests shows the zone with them: unticked all means none.
        changes |= {"timezone": said["timezone"], "interests": list(said["interests"])}
    birthday: date | None = said["birthday"]
    if birthday is not None:
        changes["birthday"] = birthday
    try:
        members_services.update_profile(
            member_id=visitor.member.id, changes=changes, actor=_actor(visitor), now=visitor.now
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


def _actor(visitor: Visitor) -> str:
    return f"member:{visitor.member.public_id}"
