"""The account that signs in: a member or staff."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from config.kernel.sealed import BlindOf, SealedTextField
from members.account import sealing

sealing.seal()


class UserManager(BaseUserManager["User"]):
    """Makes users; called by `createsuperuser` too."""

    use_in_migrations = True

    def create_user(self, staff_name: str | None = None, **values: Any) -> User:
        """Make a user; without a password they sign in by code only."""
        password = values.pop("password", None)
        user = self.model(staff_name=staff_name, **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, staff_name: str, password: str | None = None, **values: Any) -> User:
        """Make a member of staff who may do everything."""
        return self.create_user(
            staff_name, password=password, is_staff=True, is_superuser=True, **values
        )


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: a member or staff. Who they are to the shop is in Member."""

    staff_name = models.CharField(max_length=64, null=True, blank=True, unique=True)
    email = SealedTextField(kind="email", null=True)
    phone = SealedTextField(kind="phone", null=True)
    phone_verified = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Somebody else knows the password: staff choose their own before anything else.
    must_change_password = models.BooleanField(default=False, db_default=False)

    USERNAME_FIELD = "staff_name"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        permissions = [("approve_roles", "Can approve roles of staff")]
        constraints = [
            models.UniqueConstraint(BlindOf("email"), name="members_user_email_is_unique"),
            models.UniqueConstraint(BlindOf("phone"), name="members_user_phone_is_unique"),
        ]

    def __str__(self) -> str:
        return self.staff_name or f"user {self.pk}"
