"""Load the demo shop in steps that can be repeated after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from config.pages.demo import people, shops
from members import services as member_services

STAFF_NAME = "admin"
STAFF_PASSWORD = "changke-demo"  # noqa: S105  (the demo's, printed by `make run`; nowhere else)


def load(*, now: datetime) -> Iterator[str]:
    """Load what is not there yet; yield a line for each step."""
    with transaction.atomic():
        demo, retail = shops.open_shops(now=now)
        if people.are_there(storefront=demo):
            yield "members and orders: already there"
        else:
            count = people.load_people(storefront=demo, now=now)
            yield f"members and orders: {len(people.PEOPLE)} members, {count} orders"
    # Renewed each time, so that the sign-in which `make run` prints is true.
    member_services.create_staff(username=STAFF_NAME, password=STAFF_PASSWORD, superuser=True)
    yield f"staff: {STAFF_NAME}"
    yield f"retail storefront: {retail.code}"
    # `make run` shows what stands below the empty line.
    yield ""
    yield f"Console sign-in: {STAFF_NAME} / {STAFF_PASSWORD}"
    yield "Member sign-in by phone (the code appears in the console's local outbox):"
    for person in people.PEOPLE:
        yield f"  {person.phone.removeprefix('+86')}  {person.nickname}, {person.tier}"
