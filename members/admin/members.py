"""Console: members. Personal data is masked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from config.kernel import clock, sheets, words
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    ReasonForm,
    action,
    ask,
    badge,
    by_word,
    code_words,
    find_members,
    found_or_404,
    look,
    name_members,
    narrow,
    programme_name,
    programme_words,
    record_url,
    when,
    word,
)
from config.kernel.panels import Subject
from members import models, selectors, services
from members.masking import mask_id, mask_name
from members.programmes import selectors as programmes_selectors

# What a list and a member's page show in clear to whoever holds a grant for a while.
_SHOWN = ("name", "phone", "email")
_PAGE = "members.member"

words.call(models.Member, gettext_lazy("member"), gettext_lazy("members"))


def status_words() -> dict[str, str]:
    """Return what can become of a member."""
    return {
        "active": _("Active"),
        "frozen": _("Frozen"),
        "merged": _("Merged"),
        "erased": _("Erased"),
    }


def kind_words() -> dict[str, str]:
    """Return what kinds of member there are."""
    return {"ordinary": _("Ordinary member"), **code_words("member_kind")}


@admin.register(models.Member)
class MemberAdmin(ReadOnlyAdmin):
    """Members: found by number, phone or e-mail, shown masked."""

    list_display = (
        "member_no",
        "tier",
        "phone",
        "email",
        "shown_kind",
        "shown_status",
        "joined_at",
    )
    list_filter = (
        by_word("status", status_words),
        by_word("kind", kind_words),
        by_word("programme_id", programme_words),
    )
    shown_kind = word("kind", kind_words, title=gettext_lazy("kind"))
    search_fields = ("member_no",)
    search_help_text = gettext_lazy("Member number, mem_ id, phone or e-mail")
    ordering = ("-id",)
    fields = (
        "public_id",
        "member_no",
        "programme",
        "shown_kind",
        "status_word",
        "tier",
        "nickname",
        "masked_name",
        "phone",
        "email",
        "joined_at",
        "survivor_id",
    )
    readonly_fields = fields
    actions_detail = ("reveal",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Member]:
        rows = narrow(super().get_queryset(request), request, field="pk")
        granted = selectors.find_data_grant(user_id=int(request.user.pk or 0), now=clock.now())
        seen: QuerySet[models.Member] = rows.annotate(in_clear=Value(granted is not None))
        return seen

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        answer = super().changelist_view(request, extra_context)
        shown = getattr(answer, "context_data", None) or {}
        clear = [row.pk for row in shown["cl"].result_list if row.in_clear] if "cl" in shown else []
        if clear:
            look(request, clear, page=_PAGE, fields=_SHOWN)
        return answer

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[models.Member], search_term: str
    ) -> tuple[QuerySet[models.Member], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=find_members(search_term)), False

    def attach(self, rows: list[models.Member]) -> None:
        profiles = {m.id: m for m in selectors.list_members(member_ids=[r.pk for r in rows])}
        labels = selectors.list_labels(member_ids=list(profiles), kind="tier")
        for row in rows:
            row.profile = profiles[row.pk]  # type: ignore[attr-defined]
            row.tiers = labels.get(row.pk, [])  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("public id"))
    def public_id(self, obj: models.Member) -> str:
        return selectors.public_id(obj.pk)

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: models.Member) -> str:
        return programme_name(obj.programme_id)

    @admin.display(description=gettext_lazy("tier"))
    def tier(self, obj: Any) -> str:
        chinese = (get_language() or "").startswith("zh")
        return ", ".join((t.name_zh if chinese else t.name_en) or t.code for t in obj.tiers)

    @admin.display(description=gettext_lazy("phone"))
    def phone(self, obj: Any) -> str:
        return (obj.profile.phone if obj.in_clear else obj.profile.phone_masked) or ""

    @admin.display(description=gettext_lazy("e-mail"))
    def email(self, obj: Any) -> str:
        return (obj.profile.email if obj.in_clear else obj.profile.email_masked) or ""

    @admin.display(description=gettext_lazy("full name"))
    def masked_name(self, obj: Any) -> str:
        name = obj.profile.name or ""
        return name if obj.in_clear or not name else mask_name(name)

    @badge(
        title=gettext_lazy("status"),
        colors={"active": "success", "frozen": "warning", "merged": "info", "erased": "danger"},
    )
    def shown_status(self, obj: models.Member) -> tuple[str, str]:
        return obj.status, self.status_word(obj)

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, obj: models.Member) -> str:
        return status_words().get(obj.status, obj.status)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show all there is to know of a member on one page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        member = found_or_404(self, request, object_id or "")
        look(request, [member.pk], page=_PAGE, fields=_SHOWN if member.in_clear else ())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Member %(number)s") % {"number": member.member_no},
            "member": member,
            "status": self.status_word(member),
            "facts": self._facts(member),
            "identities": selectors.list_identities(member_id=member.pk),
            "sheets": sheets.show(_subject(member), may=request.user.has_perm),
            "may_reveal": self.has_reveal_permission(request),
        }
        return render(request, "admin/member.html", context)

    def _facts(self, member: Any) -> list[tuple[str, object]]:
        profile = member.profile
        found: list[tuple[str, object]] = [
            (_("Programme"), self.programme(member)),
            (_("Full name"), self.masked_name(member)),
            (_("Phone"), self.phone(member)),
            (_("E-mail"), self.email(member)),
            (_("Joined"), when(member.joined_at)),
            (_("Public id"), profile.public_id),
        ]
        if member.survivor_id:
            number, url = name_members([member.survivor_id])[member.survivor_id]
            found.append((_("Merged into"), Link(number, url)))
        for identity in selectors.list_identities(member_id=member.pk):
            found.append((identity.channel, mask_id(identity.external_id)))
        return found

    def has_reveal_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether there is any field that this operator may ask for."""
        return bool(services.list_revealable(may=request.user.has_perm))

    @action(
        title=gettext_lazy("Show in clear"), path="reveal", icon="visibility", permission="reveal"
    )
    def reveal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> HttpResponse:
            found = services.reveal(
                member_id=member.pk,
                fields=values["show"],
                may=request.user.has_perm,
                user_id=int(request.user.pk or 0),
                reason=values["reason"],
                now=clock.now(),
            )
            context = {
                **self.admin_site.each_context(request),
                "opts": self.model._meta,
                "title": _("Member %(number)s") % {"number": member.member_no},
                "facts": found,
                "done": record_url(models.Member, member.pk),
            }
            answer = render(request, "admin/contacts.html", context)
            answer["Cache-Control"] = "no-store"
            return answer

        return ask(
            self,
            request,
            title=_("Show data of member %(number)s") % {"number": member.member_no},
            form_class=_reveal_form(request),
            act=act,
            done=record_url(models.Member, member.pk),
            explain=_("Who looked, at what, when and why is kept in the access log."),
            button=_("Show in clear"),
        )


def _reveal_form(request: HttpRequest) -> type[ReasonForm]:
    """Return the form with the fields that this operator may ask for."""
    offered = services.list_revealable(may=request.user.has_perm)

    asked = forms.MultipleChoiceField(
        label=_("What you need to see"),
        choices=[(field.code, str(field.title)) for field in offered],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("As little as will do."),
    )

    # `fields` is what a form calls its own fields, so the class is put together by hand.
    return type("RevealForm", (ReasonForm,), {"show": asked, "field_order": ("show", "reason")})


def _subject(member: Any) -> Subject:
    programme = programmes_selectors.get_programme(member.programme_id)
    return Subject(
        member_id=member.pk,
        member_ids=selectors.ids_of(member.pk),
        number=member.member_no,
        name=member.nickname,
        programme_id=programme.id,
        currency=programme.currency,
        now=clock.now(),
    )
