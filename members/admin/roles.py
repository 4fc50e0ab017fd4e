"""Console: the roles of staff as the code has them: what each lets one do, and who has it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import roles, words
from config.kernel.console import Link, ReadOnlyAdmin, Table, record_url
from members import models

admin.site.unregister(Group)
words.call(Group, gettext_lazy("role"), gettext_lazy("roles"))

_VERBS = {
    "view": gettext_lazy("See: %(things)s"),
    "change": gettext_lazy("Work with: %(things)s"),
    "add": gettext_lazy("Add: %(things)s"),
    "delete": gettext_lazy("Delete: %(things)s"),
}


def permission_word(permission: Permission) -> str:
    """Return what a permission lets one do, in the operator's language."""
    kind = permission.content_type
    named = roles.named(f"{kind.app_label}.{permission.codename}")
    if named:
        return named
    verb = permission.codename.partition("_")[0]
    model = kind.model_class()
    if verb not in _VERBS or model is None:
        return permission.name
    return str(_VERBS[verb]) % {"things": model._meta.verbose_name_plural}


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """Roles. What they hold is written in the code, so that it is reviewed like code."""

    list_display = ("title", "says", "staff_count")
    ordering = ("id",)
    fields = ("title", "says", "second_person")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        rows: QuerySet[Group] = super().get_queryset(request)
        active = Count("user", filter=Q(user__is_staff=True, user__is_active=True))
        return rows.annotate(holders=active)

    @admin.display(description=gettext_lazy("role"))
    def title(self, obj: Group) -> str:
        return roles.titles().get(obj.name, obj.name)

    @admin.display(description=gettext_lazy("what for"))
    def says(self, obj: Group) -> str:
        role = roles.find(obj.name)
        return str(role.says) if role else "–"

    @admin.display(description=gettext_lazy("staff"))
    def staff_count(self, obj: Any) -> int:
        return int(obj.holders)

    @admin.display(description=gettext_lazy("giving and taking it"))
    def second_person(self, obj: Group) -> str:
        role = roles.find(obj.name)
        guarded = role is not None and role.guarded
        return _("Waits for a second person") if guarded else _("At once, with a reason")

    def tables(self, request: HttpRequest, obj: Group) -> list[Table]:
        held = obj.permissions.select_related("content_type").order_by("codename")
        shown = admin.site._registry
        rows: list[list[object]] = sorted(
            [capfirst(permission_word(one))]
            for one in held
            if one.content_type.model_class() in shown or not one.codename.startswith("view_")
        )
        holders = models.User.objects.filter(groups=obj, is_staff=True).order_by("staff_name")
        return [
            Table(
                title=_("Who has it"),
                headers=[],
                rows=[[Link(str(user), record_url(models.User, user.pk))] for user in holders],
                empty=_("Nobody."),
            ),
            Table(title=_("What it lets them do"), headers=[], rows=rows),
        ]
