"""Console: the people who work here: invited, given roles and stores, sent away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from config.kernel import clock, roles, words
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    action,
    actor,
    ask,
    badge,
    found_or_404,
    record_url,
)
from members import models, services
from members.programmes import selectors as programmes_selectors

words.call(models.User, gettext_lazy("member of staff"), gettext_lazy("staff"))

_LISTING = "admin:members_user_changelist"


def role_choices() -> list[tuple[str, str]]:
    """Return the roles there are; those that wait for a second person say so."""
    return [
        (role.code, f"{role.title} · {_('Waits for a second person')}")
        if role.guarded
        else (role.code, str(role.title))
        for role in roles.every()
    ]


def store_choices() -> list[tuple[str, str]]:
    """Return the stores there are."""
    return [
        (str(store.id), store.name)
        for programme in programmes_selectors.list_programmes()
        for store in programmes_selectors.list_stores(programme.id)
    ]


class RolesForm(ReasonForm):
    """What somebody may do, and where."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=role_choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    stores = forms.MultipleChoiceField(
        label=gettext_lazy("Stores they serve"),
        choices=store_choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("A store manager sees the members of these stores alone."),
    )
    field_order = ("username", "roles", "stores", "reason")


class InviteForm(RolesForm):
    """Somebody new."""

    username = forms.CharField(
        label=gettext_lazy("Name to sign in with"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(models.User)
class UserAdmin(ReadOnlyAdmin):
    """The staff, without their addresses. Nobody changes their own account here."""

    list_display = ("staff_name", "held", "shown_state", "second_proof", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("staff_name",)
    ordering = ("staff_name",)
    fields = ("staff_name", "held", "served", "state_word", "second_proof", "last_login")
    readonly_fields = fields
    actions_list = ("invite",)
    actions_detail = (
        "set_roles",
        "require_password",
        "new_password",
        "reset_proof",
        "deactivate",
        "reactivate",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.User]:
        rows: QuerySet[models.User] = super().get_queryset(request).filter(is_staff=True)
        proofs = Authenticator.objects.filter(user=OuterRef("pk"))
        return rows.prefetch_related("groups").annotate(proved=Exists(proofs))

    @admin.display(description=gettext_lazy("roles"))
    def held(self, obj: models.User) -> str:
        titles = roles.titles()
        names = [titles.get(group.name, group.name) for group in obj.groups.all()]
        return ", ".join([_("Superuser"), *names] if obj.is_superuser else names) or "–"

    @admin.display(description=gettext_lazy("stores"))
    def served(self, obj: models.User) -> str:
        names = dict(store_choices())
        found = programmes_selectors.list_stores_served(user=obj)
        return ", ".join(names.get(str(pk), str(pk)) for pk in found) or "–"

    @admin.display(description=gettext_lazy("second proof"), boolean=True)
    def second_proof(self, obj: Any) -> bool:
        return bool(obj.proved)

    @badge(
        title=gettext_lazy("state"),
        colors={"active": "success", "waits": "warning", "gone": "danger"},
    )
    def shown_state(self, obj: models.User) -> tuple[str, str]:
        if not obj.is_active:
            return "gone", _("Deactivated")
        if obj.must_change_password:
            return "waits", _("Must choose a password")
        return "active", _("Active")

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, obj: models.User) -> str:
        return self.shown_state(obj)[1]

    # Buttons ------------------------------------------------------------------------------

    def has_others_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether there is something to press: not at one's own account."""
        return self.has_operate_permission(request) and str(object_id) != str(request.user.pk)

    @action(title=gettext_lazy("Invite"), path="invite", icon="person_add")
    def invite(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> HttpResponse:
            made = services.invite_staff(
                username=values["username"],
                roles=values["roles"],
                store_ids=[int(pk) for pk in values["stores"]],
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return self._told(request, made.user_id, made.password, waits=bool(made.approval_id))

        return ask(
            self,
            request,
            title=_("Invite somebody to work here"),
            form_class=InviteForm,
            act=act,
            done=reverse(_LISTING),
            button=_("Invite"),
        )

    @action(
        title=gettext_lazy("Roles and stores"),
        path="roles",
        icon="shield_person",
        permission="others",
    )
    def set_roles(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            asked = services.change_roles(
                user_id=user.pk,
                roles=values["roles"],
                store_ids=[int(pk) for pk in values["stores"]],
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("A second person decides.") if asked else _("The roles hold at once.")

        served = programmes_selectors.list_stores_served(user=user)
        return ask(
            self,
            request,
            title=_("Roles of %(name)s") % {"name": user},
            form_class=RolesForm,
            initial={
                "roles": [group.name for group in user.groups.all()],
                "stores": [str(pk) for pk in served],
            },
            act=act,
            done=record_url(models.User, user.pk),
        )

    @action(
        title=gettext_lazy("Ask for another password"),
        path="require-password",
        icon="password",
        permission="others",
    )
    def require_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            services.require_password,
            title=_("Let %(name)s choose another password"),
            said=_("They choose another password before they do anything else."),
        )

    @action(
        title=gettext_lazy("New password"), path="new-password", icon="key", permission="others"
    )
    def new_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> HttpResponse:
            password = services.renew_password(
                user_id=user.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return self._told(request, user.pk, password)

        return ask(
            self,
            request,
            title=_("New password for %(name)s") % {"name": user},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.User, user.pk),
            explain=_("It is shown once, and changed by them at the next sign-in."),
        )

    @action(
        title=gettext_lazy("Reset second proof"),
        path="reset-proof",
        icon="phonelink_erase",
        permission="others",
    )
    def reset_proof(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            services.reset_proof,
            title=_("Reset the second proof of %(name)s"),
            said=_("They bind a new one at the next sign-in."),
            asked=_("A second person decides."),
        )

    @action(
        title=gettext_lazy("Deactivate"), path="deactivate", icon="person_off", permission="others"
    )
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            services.deactivate_staff,
            title=_("Deactivate %(name)s"),
            said=_("They are signed out, and sign in no more."),
            dangerous=True,
        )

    @action(
        title=gettext_lazy("Let in again"), path="reactivate", icon="person", permission="others"
    )
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            services.reactivate_staff,
            title=_("Let %(name)s in again"),
            said=_("They sign in again, and choose another password first."),
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer only what the account's state allows."""
        found = super().get_actions_detail(request, object_id)
        user = self.get_object(request, str(object_id))
        gone = ("reactivate",) if user is None or user.is_active else ("deactivate",)
        return [one for one in found if not one.action_name.endswith(gone)]

    def _do(
        self,
        request: HttpRequest,
        object_id: str,
        service: Callable[..., Any],
        *,
        title: str,
        said: str,
        asked: str = "",
        dangerous: bool = False,
    ) -> HttpResponse:
        user = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            waits = service(
                user_id=user.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return asked if waits and asked else said

        return ask(
            self,
            request,
            title=title % {"name": user},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.User, user.pk),
            dangerous=dangerous,
        )

    def _told(
        self, request: HttpRequest, user_id: int, password: str, *, waits: bool = False
    ) -> HttpResponse:
        """Show a password once."""
        values = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("A password for the first sign-in"),
            "name": str(models.User.objects.get(pk=user_id)),
            "password": password,
            "waits": waits,
            "done": record_url(models.User, user_id),
        }
        answer = render(request, "admin/password_once.html", values)
        answer["Cache-Control"] = "no-store"
        return answer
