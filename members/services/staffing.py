"""People who work in the console."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.db import transaction

from members.models import User


@transaction.atomic
def create_staff(
    *, username: str, password: str, roles: Sequence[str] = (), superuser: bool = False
) -> int:
    """Make or renew someone who signs in to the console; return the user's id.

    Roles are groups by name; what a group may do is set elsewhere.
    """
    user, _ = User.objects.get_or_create(staff_name=username)
    user.is_staff = True
    user.is_superuser = superuser
    user.set_password(password)
    user.save()
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user.pk
