"""The member home, all panels and a thousand entries, against an empty rendered page.

The empty page is the same shell with nothing in it: the same middleware, the same base
template with its navigation, rendered for the same language. It is asked for twice, by the
same member (who costs a session and a user) and by a stranger (who costs neither). The aim
holds for the first; the second, which leaves the session, the user and their two round trips
out of the yardstick, is told and bounded so that nobody has to guess what they cost.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

AIM = 3.0
STRICT_AIM = 4.0
EMPTY = "/_ui/blank"
ENTRIES = 1_000
# Run by `manage.py shell`: the demo shop, and a session of a member with many entries.
_SEED = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from config.kernel import clock
from members.models import Member, User
from members.programmes import selectors as programmes
from members.services import enrol
from points import services as points
from points.types import Earn
now = clock.now()
shop = programmes.find_storefront(settings.MEMBER_CENTER_STOREFRONT)
member_id = enrol(programme_id=shop.programme_id, storefront_id=shop.id,
    phone="+8613711112222", nickname="bench", now=now).member_id
user = User.objects.create_user(phone="+8613711112222")
Member.objects.filter(pk=member_id).update(user=user)
points.post_batch(now=now, commands=[Earn(member_id=member_id, programme_id=shop.programme_id,
    key=f"bench:{n}", source=f"bench:{n}", reason="bench", occurred_at=now, points=1)
    for n in range(ENTRIES)])
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(json.dumps({"cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}))
"""


def run(bench: Bench) -> None:
    """Measure both in turns on one connection, so that the machine's mood hits both."""
    # Pages name their files by hash, as in production.
    bench.manage("collectstatic", "--noinput", "-v", "0")
    bench.manage("load_demo")
    printed = bench.manage("shell", "-v", "0", "-c", _SEED.replace("ENTRIES", str(ENTRIES)))
    cookie = json.loads(printed.strip().splitlines()[-1])["cookie"]
    connection = http.client.HTTPConnection(urlsplit(bench.web()).netloc, timeout=30)
    _turns(connection, cookie, seconds=2)
    times = _turns(connection, cookie, seconds=bench.seconds)
    bench.report.add(
        "member home",
        value=times["home"] * 1000,
        unit="ms",
        yardstick=times["empty"] * 1000,
        yardstick_name="an empty page for the same member, ms",
        aim=AIM,
        at_most=True,
    )
    bench.report.add(
        "member home, against a stranger's page",
        value=times["home"] * 1000,
        unit="ms",
        yardstick=times["stranger"] * 1000,
        yardstick_name="an empty page for a stranger, ms",
        aim=STRICT_AIM,
        at_most=True,
    )


def _turns(
    connection: http.client.HTTPConnection, cookie: str, *, seconds: float
) -> dict[str, float]:
    """Return the median times of home and of the empty pages, asked for in turns."""
    signed_in = {"Accept-Language": "zh-CN", "Cookie": cookie}
    asked = {
        "home": ("/", signed_in, b"panel-card"),
        "empty": (EMPTY, signed_in, b'href="/code"'),
        "stranger": (EMPTY, {"Accept-Language": "zh-CN"}, b"<main"),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for name, (path, headers, expected) in asked.items():
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            times[name].append(time.perf_counter() - began)
            if answer.status != 200 or expected not in body:
                raise RuntimeError(f"{path}: {answer.status}: {body[:500]!r}")
    return {name: statistics.median(spent) for name, spent in times.items()}
