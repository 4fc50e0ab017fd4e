"""Console: policies in their versions, purposes, and members' requests about their data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import action as unfold_action
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kernel import clock, numerals, printing, words
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    by_word,
    found_or_404,
    programme_words,
    record_url,
    word,
)
from members import models, services

words.call(models.Policy, gettext_lazy("policy"), gettext_lazy("policies"))
words.call(models.ConsentPurpose, gettext_lazy("purpose"), gettext_lazy("purposes of consent"))
words.call(models.DataExport, gettext_lazy("copy of data"), gettext_lazy("copies of data"))
words.call(models.Erasure, gettext_lazy("erasure"), gettext_lazy("erasures"))


def kind_words() -> dict[str, str]:
    """Return what policies there are."""
    return {"terms": _("Membership terms"), "privacy": _("Privacy policy")}


def state_words() -> dict[str, str]:
    """Return how far a version is."""
    return {"draft": _("Draft"), "published": _("Published")}


class PolicyForm(ReasonForm):
    """A version in both languages."""

    programme_id = forms.TypedChoiceField(
        label=gettext_lazy("Programme"),
        coerce=int,
        choices=lambda: list(programme_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=lambda: list(kind_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    version = forms.SlugField(
        label=gettext_lazy("Version"), max_length=40, widget=UnfoldAdminTextInputWidget
    )
    text_zh = forms.CharField(
        label=gettext_lazy("Chinese text"), widget=UnfoldAdminTextareaWidget, max_length=200_000
    )
    text_en = forms.CharField(
        label=gettext_lazy("English text"), widget=UnfoldAdminTextareaWidget, max_length=200_000
    )
    material = forms.BooleanField(
        label=gettext_lazy("Ask members for consent again"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("They may go on meanwhile as they agreed before."),
    )
    changes_zh = forms.CharField(
        label=gettext_lazy("What changed, in Chinese"),
        required=False,
        widget=UnfoldAdminTextareaWidget,
        max_length=4000,
    )
    changes_en = forms.CharField(
        label=gettext_lazy("What changed, in English"),
        required=False,
        widget=UnfoldAdminTextareaWidget,
        max_length=4000,
    )
    field_order = (
        *("programme_id", "kind", "version", "text_zh", "text_en"),
        *("material", "changes_zh", "changes_en", "reason"),
    )


@admin.register(models.Policy)
class PolicyAdmin(ReadOnlyAdmin):
    """Policies: drafted, read over, published for good."""

    list_display = ("version", "shown_kind", "shown_state", "material", "published_at")
    fields = (
        *("version", "shown_kind", "shown_state", "material", "text_zh", "text_en"),
        *("changes_zh", "changes_en", "drafted_by", "drafted_at", "published_by"),
        "published_at",
    )
    readonly_fields = fields
    list_filter = (by_word("kind", kind_words), by_word("state", state_words))
    ordering = ("-id",)
    actions_list = ("draft",)
    actions_detail = ("publish",)
    shown_kind = word("kind", kind_words, title=gettext_lazy("kind"))
    shown_state = word("state", state_words, title=gettext_lazy("state"))
    nothing_yet = gettext_lazy("Write the first version: until then sign-up names none of these.")

    def has_draft_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    def has_publish_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        key = numerals.read(object_id)
        if key is None or not self.has_operate_permission(request):
            return False
        return models.Policy.objects.filter(pk=key, state="draft").exists()

    @unfold_action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Draft a version"),
        url_path="draft",
        icon="edit_note",
        permissions=["draft"],
    )
    def draft(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            services.draft_policy(**values, actor=actor(request), now=clock.now())
            return _("The draft is saved.")

        return ask(
            self,
            request,
            title=_("Draft a version"),
            form_class=PolicyForm,
            act=act,
            done=reverse("admin:members_policy_changelist"),
            explain=_("The same version again changes the draft. Members read published ones."),
        )

    @action(title=gettext_lazy("Publish"), path="publish", icon="publish", permission="publish")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        policy = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.publish_policy(
                policy_id=policy.pk,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("The version is in force.")

        return ask(
            self,
            request,
            title=_("Publish version %(version)s") % {"version": policy.version},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.Policy, policy.pk),
            explain=_("A published version stays as it is. A correction is a new version."),
            dangerous=True,
        )


@admin.register(models.ConsentPurpose)
class ConsentPurposeAdmin(ReadOnlyAdmin):
    """Purposes, and how many agree to each."""

    list_display = ("code", "name_zh", "name_en", "initially", "in_use")
    fields = ("code", "name_zh", "name_en", "words_zh", "words_en", "initially", "in_use")
    readonly_fields = fields
    ordering = ("sort",)

    def list_tables(self, request: HttpRequest) -> list[Table]:
        """Say how many agree now, and how many have withdrawn or objected."""
        rows = models.Consent.objects.order_by("purpose").values("purpose")
        counted = rows.annotate(all=Count("id"), withdrawn=Count("withdrawn_at"))
        column = "name_zh" if (get_language() or "").startswith("zh") else "name_en"
        purposes = models.ConsentPurpose.objects.values_list("code", column)
        names = {**kind_words(), **dict(purposes)}
        return [
            Table(
                title=_("Consents"),
                headers=[_("Purpose"), _("Agree now"), _("Withdrawn or objected")],
                rows=[
                    [
                        names.get(r["purpose"], r["purpose"]),
                        r["all"] - r["withdrawn"],
                        r["withdrawn"],
                    ]
                    for r in counted
                ],
            )
        ]


def export_words() -> dict[str, str]:
    """Return how far a copy is."""
    return {
        "waiting": _("Waiting its turn"),
        "building": _("Being made"),
        "ready": _("Ready"),
        "failed": _("Failed"),
        "expired": _("Deleted after its seven days"),
    }


def erasure_words() -> dict[str, str]:
    """Return how far an erasure is."""
    return {
        "waiting": _("Thinking it over"),
        "running": _("Under way"),
        "done": _("Done"),
        "cancelled": _("Called off"),
    }


@admin.register(models.DataExport)
class DataExportAdmin(SpreadAdmin):
    """Copies of their data that members asked for; the files are out of reach here."""

    list_display = ("requested_at", "member", "shown_state", "ready_at", "expires_at", "rows")
    fields = (
        *("requested_at", "member", "shown_state", "started_at", "ready_at", "fetched_at"),
        *("expires_at", "rows", "size", "tries"),
    )
    readonly_fields = fields
    list_filter = (by_word("state", export_words),)
    shown_state = word("state", export_words, title=gettext_lazy("state"))


@admin.register(models.Erasure)
class ErasureAdmin(SpreadAdmin):
    """Erasures with their due dates, and the certificates of those that are done."""

    list_display = ("requested_at", "member", "shown_state", "due_at", "problem", "done_at")
    fields = (
        *("requested_at", "member", "shown_state", "due_at", "problem", "started_at"),
        *("done_at", "cancelled_at", "actor"),
    )
    readonly_fields = fields
    list_filter = (by_word("state", erasure_words),)
    shown_state = word("state", erasure_words, title=gettext_lazy("state"))

    def list_tables(self, request: HttpRequest) -> list[Table]:
        """Say what the register covers: what an erasure goes by."""
        return [
            Table(
                title=_("Register of personal data"),
                headers=[],
                rows=[[name, count] for name, count in printing.summarize().items()],
            )
        ]

    def tables(self, request: HttpRequest, obj: models.Erasure) -> list[Table]:
        """Show the certificate: what each step and table came to."""
        rows = [[slug, count] for slug, count in sorted(obj.done.items())]
        return [Table(title=_("What was done"), headers=[_("Step"), _("Rows")], rows=rows)]
