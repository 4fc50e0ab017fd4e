"""People who work in the console: invited, given roles and stores, sent away."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from config.kernel import approvals, audit, roles
from config.kernel.models import Approval
from config.kernel.sessions import SessionStore
from members.errors import (
    GuardedStaffError,
    LastAdministratorError,
    OwnAccountError,
    StaffNameError,
    StaffNameTakenError,
    StaffNotFoundError,
    UnknownRoleError,
    WeakPasswordError,
)
from members.models import User
from members.programmes import selectors as programmes_selectors
from members.programmes import services as programmes_services

ROLES, RESET = "members.staff_roles", "members.staff_reset"
ADMINISTRATOR = "administrator"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Somebody new. The password is told once and must be changed at the first sign-in."""

    user_id: int
    password: str
    approval_id: int | None


@transaction.atomic
def create_staff(
    *, username: str, password: str, roles: Sequence[str] = (), superuser: bool = False
) -> int:
    """Make or renew someone who signs in to the console; return the user's id.

    For commands: nobody is asked. The console invites.
    """
    user, _ = User.objects.get_or_create(staff_name=username)
    user.is_staff = True
    user.is_superuser = superuser
    user.set_password(password)
    user.save()
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user.pk


@transaction.atomic
def invite_staff(
    *,
    username: str,
    roles: Sequence[str],
    store_ids: Sequence[int],
    actor: str,
    reason: str,
    now: datetime,
) -> Invited:
    """Let somebody work here, with a password for the first sign-in.

    Guarded roles wait for a second person; the others are given at once.

    Raises:
        StaffNameError: this is no name to sign in with.
        StaffNameTakenError: somebody has it.
        UnknownRoleError: there is no such role.
    """
    name = username.strip().lower()
    if not _NAME.fullmatch(name):
        raise StaffNameError()
    password = secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                name, password=password, is_staff=True, must_change_password=True
            )
    except IntegrityError:
        raise StaffNameTakenError() from None
    _audit("staff.invited", user, actor=actor, reason=reason, now=now)
    asked = None
    if roles or store_ids:
        asked = change_roles(
            user_id=user.pk,
            roles=roles,
            store_ids=store_ids,
            actor=actor,
            reason=reason,
            now=now,
        )
    return Invited(user_id=user.pk, password=password, approval_id=asked.pk if asked else None)


@transaction.atomic
def change_roles(
    *,
    user_id: int,
    roles: Sequence[str],
    store_ids: Sequence[int],
    actor: str,
    reason: str,
    now: datetime,
) -> Approval | None:
    """Give a member of staff these roles and stores; ask a second person for guarded ones.

    Raises:
        StaffNotFoundError: nobody of the staff has this id.
        OwnAccountError: it is the actor's own.
        UnknownRoleError: there is no such role.
        LastAdministratorError: nobody would be left to administer.
    """
    user = _other(user_id, actor)
    before = _roles_of(user)
    _check_roles(roles)
    if not _guarded(set(before) ^ set(roles)):
        _set_roles(user, roles, store_ids, actor=actor, reason=reason, now=now)
        return None
    _keep_an_administrator(user, stays=ADMINISTRATOR in roles)
    return approvals.request(
        kind=ROLES,
        payload={"user_id": user_id, "roles": sorted(roles), "stores": sorted(store_ids)},
        requested_by=actor,
        reason=reason,
        now=now,
    )


def grant_roles(*, approval: Approval, now: datetime) -> dict[str, Any]:
    """Give the roles that somebody else has agreed to, in the name of whoever asked."""
    told = approval.payload
    _set_roles(
        _staff(told["user_id"]),
        told["roles"],
        told["stores"],
        actor=approval.requested_by,
        reason=approval.reason,
        now=now,
    )
    return {"user_id": told["user_id"]}


def read_roles(payload: Any) -> dict[str, Any]:
    """Return what a request about roles rests on: those of now."""
    user = _staff(payload["user_id"])
    return {
        "roles": _roles_of(user),
        "stores": programmes_selectors.list_stores_served(user=user),
        "active": user.is_active,
    }


@transaction.atomic
def deactivate_staff(*, user_id: int, actor: str, reason: str, now: datetime) -> None:
    """Shut somebody out at once: they sign in no more, and where they are signed in it ends.

    Raises:
        StaffNotFoundError, OwnAccountError, LastAdministratorError: see `change_roles`.
    """
    user = _other(user_id, actor)
    _keep_an_administrator(user, stays=False)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_sessions(user)
    _audit("staff.deactivated", user, actor=actor, reason=reason, now=now)


@transaction.atomic
def reactivate_staff(*, user_id: int, actor: str, reason: str, now: datetime) -> None:
    """Let somebody in again, with a password to be changed.

    Raises:
        StaffNotFoundError, OwnAccountError: see `change_roles`.
        GuardedStaffError: with guarded roles one comes back by a second person: take the
            roles away first, then ask for them anew.
    """
    user = _other(user_id, actor)
    if _is_guarded(user):
        raise GuardedStaffError()
    user.is_active, user.must_change_password = True, True
    user.save(update_fields=["is_active", "must_change_password"])
    _audit("staff.reactivated", user, actor=actor, reason=reason, now=now)


@transaction.atomic
def require_password(*, user_id: int, actor: str, reason: str, now: datetime) -> None:
    """Let somebody choose another password before they do anything else.

    Raises:
        StaffNotFoundError, OwnAccountError: see `change_roles`.
    """
    user = _other(user_id, actor)
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    _audit("staff.password_required", user, actor=actor, reason=reason, now=now)


@transaction.atomic
def renew_password(*, user_id: int, actor: str, reason: str, now: datetime) -> str:
    """Return a new password for the next sign-in, told once.

    Raises:
        StaffNotFoundError, OwnAccountError: see `change_roles`.
        GuardedStaffError: whoever knew this password could act with guarded roles.
    """
    user = _other(user_id, actor)
    if _is_guarded(user):
        raise GuardedStaffError()
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _end_sessions(user)
    _audit("staff.password_renewed", user, actor=actor, reason=reason, now=now)
    return password


@transaction.atomic
def reset_proof(*, user_id: int, actor: str, reason: str, now: datetime) -> Approval | None:
    """Take a lost second proof away, so that a new one is bound at the next sign-in.

    Of somebody with guarded roles a second person decides.

    Raises:
        StaffNotFoundError, OwnAccountError: see `change_roles`.
    """
    user = _other(user_id, actor)
    if _is_guarded(user):
        return approvals.request(
            kind=RESET, payload={"user_id": user_id}, requested_by=actor, reason=reason, now=now
        )
    _reset(user, actor=actor, reason=reason, now=now)
    return None


def grant_reset(*, approval: Approval, now: datetime) -> None:
    """Take the proof away that somebody else has agreed to."""
    user = _staff(approval.payload["user_id"])
    _reset(user, actor=approval.requested_by, reason=approval.reason, now=now)


@transaction.atomic
def choose_password(*, user_id: int, password: str, now: datetime) -> None:
    """Let a member of staff choose their own password.

    Raises:
        StaffNotFoundError: nobody of the staff has this id.
        WeakPasswordError: it is too short, too common, or the one they have.
    """
    user = _staff(user_id)
    if user.check_password(password):
        raise WeakPasswordError("choose another than the one you have")
    try:
        validate_password(password, user=user)
    except ValidationError as exc:
        raise WeakPasswordError(" ".join(exc.messages)) from None
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _audit("staff.password_chosen", user, actor=f"staff:{user_id}", reason="", now=now)


def _set_roles(
    user: User,
    codes: Sequence[str],
    store_ids: Sequence[int],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    _keep_an_administrator(user, stays=ADMINISTRATOR in codes)
    before = _roles_of(user)
    user.groups.set(Group.objects.filter(name__in=codes))
    served = programmes_services.serve_stores(user=user, store_ids=store_ids)
    audit.record(
        actor=actor,
        action="staff.roles_changed",
        target=f"staff:{user.pk}",
        reason=reason,
        before={"roles": before, "stores": served},
        after={"roles": sorted(codes), "stores": sorted(store_ids)},
        now=now,
    )


def _reset(user: User, *, actor: str, reason: str, now: datetime) -> None:
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    _audit("staff.proof_reset", user, actor=actor, reason=reason, now=now)


def _end_sessions(user: User) -> None:
    rows = UserSession.objects.filter(user=user)
    for row in rows:
        SessionStore().delete(row.session_key)
    rows.delete()


def _staff(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id, is_staff=True).first()
    if user is None:
        raise StaffNotFoundError()
    return user


def _other(user_id: int, actor: str) -> User:
    """Return somebody else of the staff: nobody touches their own account."""
    if actor == f"staff:{user_id}":
        raise OwnAccountError()
    return _staff(user_id)


def _roles_of(user: User) -> list[str]:
    return sorted(user.groups.values_list("name", flat=True))


def _check_roles(codes: Sequence[str]) -> None:
    if any(roles.find(code) is None for code in codes):
        raise UnknownRoleError()


def _guarded(codes: set[str]) -> bool:
    found = [roles.find(code) for code in codes]
    return any(role is None or role.guarded for role in found)


def _is_guarded(user: User) -> bool:
    return user.is_superuser or _guarded(set(_roles_of(user)))


def _keep_an_administrator(user: User, *, stays: bool) -> None:
    """Refuse to take the last administrator away; two who try at once take turns."""
    if stays:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('members.administrators'))")
    chiefs = User.objects.filter(is_staff=True, is_active=True)
    roots = set(chiefs.filter(is_superuser=True).values_list("pk", flat=True))
    named = set(chiefs.filter(groups__name=ADMINISTRATOR).values_list("pk", flat=True))
    if user.pk in roots | named and not (roots | named) - {user.pk}:
        raise LastAdministratorError()


def _audit(act: str, user: User, *, actor: str, reason: str, now: datetime) -> None:
    audit.record(actor=actor, action=act, target=f"staff:{user.pk}", reason=reason, now=now)
