"""Roles of staff: what each may see and do, kept as one table in the code.

A role is a Django group of the same name. The composition root declares the table; after
every `migrate` the groups hold exactly what the table says, so that a permission that was
taken from a role is gone with the next release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.apps import apps


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role. `permissions` may hold patterns such as `points.view_*`.

    Who gives or takes a `guarded` role asks a second person. A `bounded` role sees only the
    members of the stores that its holder serves.
    """

    code: str
    title: Any
    says: Any
    permissions: tuple[str, ...]
    guarded: bool = False
    bounded: bool = False


class UnknownPermissionError(LookupError):
    """A role names a permission that no app has: it would silently give nothing."""


_roles: dict[str, Role] = {}
_words: dict[str, Any] = {}


def declare(roles: Iterable[Role], *, words: Mapping[str, Any] | None = None) -> None:
    """Declare the table of roles, and what permissions of their own name are called.

    The same code again replaces it.
    """
    _roles.update({role.code: role for role in roles})
    _words.update(words or {})


def named(permission: str) -> str:
    """Return what a permission of its own name lets one do, if there are words for it."""
    return str(_words.get(permission, ""))


def every() -> list[Role]:
    """Return the roles in the order they were declared."""
    return list(_roles.values())


def find(code: str) -> Role | None:
    """Return the role of this code, if there is one."""
    return _roles.get(code)


def titles() -> dict[str, str]:
    """Return what the roles are called, in the operator's language."""
    return {role.code: str(role.title) for role in every()}


def granted(role: Role, known: Iterable[str]) -> set[str]:
    """Return the permissions of a role among those there are (`app.codename`).

    Raises:
        UnknownPermissionError: the table names one that does not exist.
    """
    there = set(known)
    found: set[str] = set()
    for pattern in role.permissions:
        fits = {name for name in there if fnmatchcase(name, pattern)}
        if not fits and "*" not in pattern:
            raise UnknownPermissionError(f"{role.code}: {pattern}")
        found |= fits
    return found


def renew(**signal: Any) -> None:
    """Make the groups hold what the table says (post_migrate receiver).

    Django makes the permissions of each app as it comes to it: the last one has them all.
    """
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if signal.get("app_config", last) is not last:
        return
    from django.contrib.auth.models import Group, Permission

    names = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in Permission.objects.select_related("content_type")
    }
    for role in every():
        group, _made = Group.objects.get_or_create(name=role.code)
        group.permissions.set([names[name] for name in granted(role, names)])
