"""Members for tests."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from config.kernel import clock
from members import services as members_services

_serial = itertools.count(1)


def make_member(shop: Any, *, now: datetime | None = None, **values: Any) -> int:
    """Enrol someone at a shop (`tests.factories.programmes.make_shop`); return the member's id."""
    if not {"phone", "email", "external_id"} & set(values):
        values["phone"] = f"+86139{next(_serial):08d}"
    return members_services.enrol(
        programme_id=shop.programme.id,
        storefront_id=shop.storefront.id,
        now=now or clock.now(),
        **values,
    ).member_id
