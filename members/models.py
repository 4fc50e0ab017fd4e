"""Who the members are."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: a member or staff. Who they are to the shop is in Member."""

    staff_name = models.CharField(max_length=64, null=True, unique=True)
    email = models.EmailField(null=True, unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "staff_name"

    objects = UserManager()
