"""Console: the accounts that sign in, and the roles of staff."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from config.kernel import words
from config.kernel.console import (
    ReadOnlyAdmin,
)
from members import models

admin.site.unregister(Group)
words.call(Group, gettext_lazy("role"), gettext_lazy("roles"))
words.call(models.User, gettext_lazy("account to sign in"), gettext_lazy("sign-ins"))


@admin.register(Group)
class GroupAdmin(ModelAdmin):  # type: ignore[misc]
    """Roles of staff."""

    filter_horizontal = ("permissions",)


@admin.register(models.User)
class UserAdmin(ReadOnlyAdmin):
    """Accounts that sign in: staff and members alike, without their addresses."""

    list_display = ("id", "staff_name", "is_staff", "is_superuser", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("=staff_name",)
    ordering = ("-id",)
    fields = ("staff_name", "is_staff", "is_superuser", "is_active", "last_login", "groups")
