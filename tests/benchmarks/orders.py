"""POST /orders: five lines with points, growth, tier and outbox, against a bare posting."""

from __future__ import annotations

import http.client
import json
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tests.benchmarks import _load

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

AIM = 0.08
MEMBERS = 2_000
# Run by `manage.py shell`: a shop with rules, members, and an API client.
_SEED = """
import json
from datetime import UTC, datetime
from config.kernel import clock
from loyalty.earning import services as earning
from members import selectors as member_selectors
from members import services as members
from members.programmes import selectors, services
now = clock.now()
programme = services.create_programme(code="bench-orders", name_zh="b", name_en="b",
    currency="CNY", timezone="Asia/Shanghai", now=now)
brand = services.create_brand(
    programme_id=programme.id, code="bench-orders", name_zh="b", name_en="b")
shop = services.create_storefront(
    brand_id=brand.id, code="bench-orders", channel="web", currency="CNY", name="b")
earning.install_defaults(
    programme_id=programme.id, currency="CNY", flat=False, actor="bench", now=now)
made = members.enrol_many(programme_id=programme.id, storefront_id=shop.id, channel="web",
    external_ids=[f"buyer-{n}" for n in range(MEMBERS)], joined_at=now, now=now)
client = services.create_client(
    storefront_id=shop.id, scopes=["orders:write"], rate_per_minute=None, now=now)
print(json.dumps({"client": [client.client_id, client.client_secret],
    "programme": programme.id,
    "first": min(made.values()), "last": max(made.values()),
    "members": [member_selectors.public_id(m) for m in made.values()]}))
"""
_POSTING = """
\\set member random({first}, {last})
\\set n random(1, 1000000000000)
SELECT item FROM points_earn(ROW('earn', :member, {programme}, 'points',
    'bench' || :n || '-' || :client_id, '\\\\x00', 'bench' || :n || '-' || :client_id, '', 'bench',
    '', '2026-11-01T00:00:00Z', 10, true, null, '2028-12-01T00:00:00Z',
    null, null, null, null, null, null, null)::points_command, '2026-11-01T00:00:00Z', true)
"""

_ORDER = {
    "placed_at": "2026-11-20T10:00:00+08:00",
    "status": "paid",
    "currency": "CNY",
    "lines": [
        {
            "line_no": n,
            "sku": f"A{n}",
            "name": "Tea",
            "category": "food/tea",
            "quantity": 2,
            "unit_price": 4999,
        }
        for n in range(1, 6)
    ],
}


def run(bench: Bench) -> None:
    """Measure the orders a second and the postings a second in the same run."""
    seed = json.loads(
        bench.manage("shell", "-v", "0", "-c", _SEED.replace("MEMBERS", str(MEMBERS)))
    )
    before = bench.pgbench(_POSTING.format(**seed))
    address = urlsplit(bench.web()).netloc
    token = sign_in(address, *seed["client"])
    plan = {"op": "order", "order": _ORDER, "status": "201", "clients": bench.clients}
    plan |= {"address": address, "token": token, "members": seed["members"]}
    # Until every connection has its plans and every process its code warm.
    _load.run(plan | {"seconds": max(10, bench.seconds)})
    measured = _load.run(plan | {"seconds": bench.seconds})
    # Before and after: the machine's mood may change in between.
    limit = (before + bench.pgbench(_POSTING.format(**seed))) / 2
    bench.report.add(
        "POST /orders, 5 lines",
        value=measured["rate"],
        unit="orders/s",
        yardstick=limit,
        yardstick_name="bare postings/s",
        aim=AIM,
    )
    bench.report.note(f"median {measured['median'] * 1000:.0f} ms at {bench.clients} clients")


def sign_in(address: str, client_id: str, secret: str, scope: str = "orders:write") -> str:
    """Return a bearer token."""
    connection = http.client.HTTPConnection(address, timeout=30)
    basic = b64encode(f"{client_id}:{secret}".encode()).decode()
    connection.request(
        "POST",
        "/oauth/token",
        urlencode({"grant_type": "client_credentials", "scope": scope}),
        {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    token: str = json.loads(connection.getresponse().read())["access_token"]
    return token
