"""Put an avatar on a profile and take it off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members import avatars
from members.errors import MemberNotFoundError
from members.models import Member
from members.services import updating


def set_avatar(*, member_id: int, content: bytes, actor: str, now: datetime) -> None:
    """Draw an uploaded picture anew and show it with the member; the file before it goes.

    Raises:
        MemberNotFoundError: there is no such member.
        AvatarRefusedError: it is no picture that we take.
    """
    # Drawing takes a while: not with the member locked.
    body = avatars.draw(content)
    name = avatars.store(body)
    try:
        _replace(member_id, name, actor, now)
    except BaseException:
        avatars.remove(name)
        raise


def remove_avatar(*, member_id: int, actor: str, now: datetime) -> None:
    """Take the avatar off, and delete its file.

    Raises:
        MemberNotFoundError: there is no such member.
    """
    _replace(member_id, "", actor, now)


@transaction.atomic
def _replace(member_id: int, name: str, actor: str, now: datetime) -> None:
    before = Member.objects.select_for_update().filter(pk=member_id).values_list("avatar")
    found = before.first()
    if found is None:
        raise MemberNotFoundError
    (old,) = found
    if old == name:
        return
    updating.set_plain(member_id=member_id, changes={"avatar": name}, actor=actor, now=now)
    # A file that a rolled-back change still names must not be gone.
    transaction.on_commit(lambda: avatars.remove(old))
