"""A shop with members for the points benchmarks, and their yardsticks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.benchmarks import _load
from tests.benchmarks.orders import sign_in as _sign_in

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

MEMBERS = 20_000
# Run by `manage.py shell`. Everyone starts with points in three lots.
_SEED = """
import json
from datetime import timedelta
from config.kernel import clock
from members import selectors as member_selectors
from members import services as members
from members.programmes import selectors, services
from points import services as points
from points.types import Earn
now = clock.now()
programme = services.create_programme(code="bench-points", name_zh="b", name_en="b",
    currency="CNY", timezone="Asia/Shanghai", now=now)
brand = services.create_brand(
    programme_id=programme.id, code="bench-points", name_zh="b", name_en="b")
shop = services.create_storefront(
    brand_id=brand.id, code="bench-points", channel="web", currency="CNY", name="b")
made = []
for start in range(0, MEMBERS, 5000):
    made += members.enrol_many(programme_id=programme.id, storefront_id=shop.id, channel="web",
        external_ids=[f"p-{n}" for n in range(start, start + 5000)],
        joined_at=now, now=now).values()
for lot in range(3):
    for start in range(0, MEMBERS, 1000):
        points.post_batch(now=now, announce=False, commands=[
            Earn(member_id=m, programme_id=programme.id, key=f"seed:{lot}", source=f"seed:{lot}",
                 occurred_at=now, points=1000000, expires_at=now + timedelta(days=400 + lot))
            for m in made[start:start + 1000]])
client = services.create_client(
    storefront_id=shop.id, scopes=["points:write"], rate_per_minute=None, now=now)
print(json.dumps({"client": [client.client_id, client.client_secret],
    "programme": programme.id, "first": min(made), "last": max(made),
    "members": [member_selectors.public_id(m) for m in made]}))
"""
_SHOPS: dict[int, dict[str, Any]] = {}
NOW = "2026-11-22"
# The function that the endpoint calls, called bare.
SINGLE = """
\\set member random({first}, {last})
\\set n random(1, 1000000000000)
SELECT item FROM points_{op}(ROW('{op}', :member, {programme}, 'points',
    'bench' || :n || '-' || :client_id, '\\\\x00112233445566778899aabbccddeeff',
    'bench' || :n || '-' || :client_id, 'bench', '',
    'client-bench', '{now}', 10, false, null, '2028-12-01',
    null, null, null, null, null, null, null)::points_command, '{now}', true)
"""
# A thousand members, each once: every third from a random one on, as the endpoint gets them.
BATCH = """
\\set n random(1, 1000000000000)
\\set first random({first}, {last} - 3000)
SELECT count(*) FROM points_batch((
    SELECT jsonb_agg(jsonb_build_object(
        'op', CASE '{item}' WHEN 'mixed' THEN (ARRAY['earn', 'spend'])[1 + i % 2] ELSE '{item}' END,
        'member_id', :first + 3 * i, 'programme_id', {programme}, 'currency', 'points',
        'key', 'bench' || :n || '-' || :client_id || '-' || i,
        'fingerprint', '\\\\x00112233445566778899aabbccddeeff',
        'source', 'bench' || :n || '-' || :client_id || '-' || i, 'reason', 'bench', 'rule', '',
        'actor', 'client-bench', 'occurred_at', '{now}', 'points', 10, 'pending', false,
        'expires_at', '2028-12-01'))
    FROM generate_series(0, 999) i), '{now}', true)
"""


def shop(bench: Bench) -> dict[str, Any]:
    """Return the shop of this run, made on first use."""
    if id(bench) not in _SHOPS:
        code = _SEED.replace("MEMBERS", str(MEMBERS))
        _SHOPS[id(bench)] = json.loads(bench.manage("shell", "-v", "0", "-c", code))
    return _SHOPS[id(bench)]


def bare(bench: Bench, op: str) -> float:
    """Return the postings a second of pgbench alone: the single-post limit."""
    seed = shop(bench)
    values = {k: seed[k] for k in ("first", "last", "programme")}
    return bench.pgbench(SINGLE.format(op=op, now=NOW, **values))


def bare_batch(bench: Bench, item: str, clients: int) -> float:
    """Return the items a second of the batch function alone."""
    seed = shop(bench)
    values = {k: seed[k] for k in ("first", "last", "programme")}
    return 1000 * bench.pgbench(BATCH.format(item=item, now=NOW, **values), clients=clients)


def load(bench: Bench, *, seconds: float, **plan: Any) -> dict[str, float]:
    """Return the rate and median of a load process against the web server."""
    seed = shop(bench)
    address = urlsplit(bench.web()).netloc
    if "token" not in seed:
        seed["token"] = _sign_in(
            address, seed["client"][0], seed["client"][1], scope="points:write"
        )
    plan |= {"address": address, "token": seed["token"], "seconds": seconds}
    return _load.run(plan | {"members": seed["members"]})


def single(bench: Bench, op: str) -> None:
    """Measure one endpoint beside its function."""
    limit = bare(bench, op)
    plan = {"op": op, "status": "201", "clients": bench.clients}
    load(bench, seconds=2, **plan)
    measured = load(bench, seconds=bench.seconds, **plan)
    bench.report.add(
        f"POST /points/{op}",
        value=measured["rate"],
        unit="requests/s",
        yardstick=limit,
        yardstick_name="bare postings/s",
        aim=0.25,
    )
    bench.report.note(f"median {measured['median'] * 1000:.1f} ms at {bench.clients} clients")
