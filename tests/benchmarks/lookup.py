"""Look-up by phone among a million members, against a look-up by primary key.

Members and keys are seeded set-based with real blind indexes: they are made by the code
that enrolls, and copied in. What is asked is what the API asks, one indexed statement; its
plan is shown. The yardstick is a member found by its number in the same table, on the same
connection: the aim allows for a hash to be made and for an index of sixteen random bytes
instead of eight ordered ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

MEMBERS = 1_000_000
AIM = 2.0
# Run by `manage.py shell`. The real key function makes each hash; COPY writes them.
_SEED = """
import json, os, time
import psycopg
from config.kernel import clock
from members import keys, numbers
from members.programmes import services as programmes
now = clock.now()
began = time.perf_counter()
shop = programmes.create_programme(code="bench-lookup", name_zh="b", name_en="b",
    currency="CNY", timezone="Asia/Shanghai", now=now)
first = 10**9
with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
    owner.execute(
        "INSERT INTO members_member (id, programme_id, member_no, status, kind, nickname, gender,"
        " locale, timezone, attribution, joined_at, version)"
        " SELECT %s + n, %s, lpad(n::text, 12, '0'), 'active', 'ordinary', '', '', '', '', '{}',"
        " %s, 1 FROM generate_series(0, %s - 1) AS n", [first, shop.id, now, MEMBERS])
    with owner.cursor().copy("COPY members_memberkey (programme_id, kind, blind, member_id)"
            " FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bigint", "varchar", "bytea", "bigint"])
        for n in range(MEMBERS):
            key = keys.key("phone", f"+8613{n:09d}")
            copy.write_row([shop.id, key.kind, key.blind, first + n])
    owner.commit()
    owner.autocommit = True
    owner.execute("VACUUM ANALYZE members_memberkey")
    owner.execute("VACUUM ANALYZE members_member")
print(json.dumps({"programme": shop.id, "first": first, "seconds": time.perf_counter() - began}))
"""
_MEASURE = """
import json, random, statistics, time
from django.db import connection
from members import selectors
from members.models import Member
from members.types import ContactKind
def by_number(n):
    return Member.objects.filter(pk=FIRST + n).values_list("id", flat=True).first()
chance = random.Random(7)
asked = []
def note(execute, sql, params, many, context):
    asked.append((sql, params))
    return execute(sql, params, many, context)
connection.ensure_connection()
by_number(0)  # A new connection asks for its types first.
with connection.execute_wrapper(note):
    found = selectors.find_by_contact(programme_id=PROGRAMME, kind=ContactKind.PHONE,
        address="+8613000500000")
assert found == FIRST + 500000, found
with connection.cursor() as cursor:
    cursor.execute("EXPLAIN (COSTS OFF) " + asked[0][0], asked[0][1])
    plan = [line for (line,) in cursor.fetchall()]
times = {"phone": [], "number": []}
until = time.perf_counter() + SECONDS
while time.perf_counter() < until:
    n = chance.randrange(MEMBERS)
    address = f"+8613{n:09d}"
    began = time.perf_counter()
    who = selectors.find_by_contact(programme_id=PROGRAMME, kind=ContactKind.PHONE, address=address)
    middle = time.perf_counter()
    same = by_number(n)
    times["number"].append(time.perf_counter() - middle)
    times["phone"].append(middle - began)
    assert who == same == FIRST + n
print(json.dumps({"queries": len(asked), "plan": plan,
    **{name: statistics.median(spent) * 1e6 for name, spent in times.items()}}))
"""


def run(bench: Bench) -> None:
    """Seed, show the plan, and measure both in turns."""
    seed = _SEED.replace("MEMBERS", str(MEMBERS))
    seeded = json.loads(bench.manage("shell", "-v", "0", "-c", seed).strip().splitlines()[-1])
    print(f"  {MEMBERS:,} members and keys seeded in {seeded['seconds']:.0f} s")
    measure = _MEASURE
    for name, value in (
        ("PROGRAMME", seeded["programme"]),
        ("FIRST", seeded["first"]),
        ("MEMBERS", MEMBERS),
        ("SECONDS", bench.seconds),
    ):
        measure = measure.replace(name, str(value))
    told = json.loads(bench.manage("shell", "-v", "0", "-c", measure).strip().splitlines()[-1])
    for line in told["plan"]:
        print(f"  {line}")
    scans = [line for line in told["plan"] if " on members_" in line]
    if told["queries"] != 1 or not all("Index" in line for line in scans):
        raise RuntimeError(f"not one indexed query: {told['queries']}, {told['plan']}")
    bench.report.add(
        "look-up by phone among 1,000,000",
        value=told["phone"],
        unit="µs",
        yardstick=told["number"],
        yardstick_name="by primary key, µs",
        aim=AIM,
        at_most=True,
    )
