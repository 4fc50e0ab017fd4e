"""The demo's staff: one for each role, so that the console can be seen as each sees it."""

from __future__ import annotations

from datetime import datetime

from config.kernel import roles
from members import selectors as member_selectors
from members import services as member_services
from members.programmes import selectors as programme_selectors
from members.programmes.types import Storefront

ACTOR = "command:load_demo"


def names() -> list[str]:
    """Return the names they sign in with: those of their roles."""
    return [role.code.replace("_", "-") for role in roles.every()]


def hire(*, storefront: Storefront, password: str, now: datetime) -> int:
    """Make the staff that is not there yet; return how many there are."""
    stores = programme_selectors.list_stores(storefront.programme_id)
    for role, name in zip(roles.every(), names(), strict=True):
        if member_selectors.has_staff(name=name):
            continue
        user_id = member_services.create_staff(username=name, password=password, roles=[role.code])
        if role.bounded and stores:
            member_services.change_roles(
                user_id=user_id,
                roles=[role.code],
                store_ids=[stores[0].id],
                actor=ACTOR,
                reason="the demo's store",
                now=now,
            )
    return len(names())
