"""Console: the accounts that sign in, and the roles of staff."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import (
    ReadOnlyAdmin,
)
from members import models

words.call(models.User, gettext_lazy("account to sign in"), gettext_lazy("sign-ins"))


@admin.register(models.User)
class UserAdmin(ReadOnlyAdmin):
    """Accounts that sign in: staff and members alike, without their addresses."""

    list_display = ("id", "staff_name", "is_staff", "is_superuser", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("=staff_name",)
    ordering = ("-id",)
    fields = ("staff_name", "is_staff", "is_superuser", "is_active", "last_login", "groups")
