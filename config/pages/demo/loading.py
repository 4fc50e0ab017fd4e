"""Load the demo shop in steps that can be repeated after a kill."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from config.pages.demo import everyday, mall, partners, people, shops, workers
from loyalty.settlement import selectors as settlement_selectors
from members import services as member_services
from members.programmes import selectors as programme_selectors
from members.programmes.types import Storefront

STAFF_NAME = "admin"
STAFF_PASSWORD = "changke-demo"  # noqa: S105  (the demo's, printed by `make run`; nowhere else)


SAMPLE = Path(__file__).parent / "data" / "online_retail_sample.csv.gz"


def load(*, now: datetime) -> Iterator[str]:
    """Load what is not there yet; yield a line for each step."""
    with transaction.atomic():
        demo, retail = shops.open_shops(now=now)
        if people.are_there(storefront=demo):
            yield "members and orders: already there"
        else:
            count = people.load_people(storefront=demo, now=now)
            yield f"members and orders: {len(people.PEOPLE)} members, {count} orders"
    yield f"mall: {mall.fill(storefront=demo, now=now)} items put on the shelf"
    told = partners.open_exchange(storefront=demo, partner=retail, now=now)
    yield f"exchange: {told}"
    # Renewed each time, so that the sign-in which `make run` prints is true.
    member_services.create_staff(username=STAFF_NAME, password=STAFF_PASSWORD, superuser=True)
    yield f"staff: {STAFF_NAME}, {workers.hire(storefront=demo, password=STAFF_PASSWORD, now=now)}"
    yield f"everyday: {everyday.settle_in(storefront=demo, now=now)}"
    yield _import_sample(retail, now)
    # `make run` shows what stands below the empty line.
    yield ""
    yield f"Console sign-in: {STAFF_NAME} / {STAFF_PASSWORD}"
    yield f"  by role, with the same password: {', '.join(workers.names())}"
    yield "Member sign-in by phone (the code appears in the console's local outbox):"
    for person in people.PEOPLE:
        yield f"  {person.phone.removeprefix('+86')}  {person.nickname}, {person.tier}"


def _import_sample(storefront: Storefront, now: datetime) -> str:
    """Import the shipped part of a real shop's file, its newest day moved to yesterday.

    Once begun, it is always the same import: the day it was moved to is kept with it, and
    with another day every order would be another one under the same number.
    """
    known = settlement_selectors.find_import_of(file_name=SAMPLE.name)
    if known is not None and known.state == "done":
        return f"retail sample: already there, {known.orders} orders"
    shift_to = known.shift_to if known else None
    if shift_to is None:
        zone = programme_selectors.get_programme(storefront.programme_id).zone
        shift_to = now.astimezone(zone).date() - timedelta(days=1)
    call_command("import_orders", str(SAMPLE), shift_to=shift_to, verbosity=0, stdout=io.StringIO())
    done = settlement_selectors.find_import_of(file_name=SAMPLE.name)
    return f"retail sample: {done.orders if done else 0} orders"
