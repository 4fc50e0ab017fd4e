"""The sign-in page and the check of a code, p99 under 8 clients, against a bare Django view.

The bare view is Django's own answer to a wrong method: the whole middleware and nothing
behind it, no template and no statement. Each client asks for the three in turns on its own
connection, so that the machine's mood hits all of them. A check is a wrong code for a real
ticket: the guess is counted by network in Valkey and by ticket in the database, the keyed
hash compared, and the page drawn again with what to do; networks differ, as in life. The
aims: the page costs its template and no statement, the check a few round trips besides.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

CLIENTS = 8
PAGE_AIM = 4.0
CHECK_AIM = 8.0
TICKETS = 20_000
BARE = "/theme"
# Run by `manage.py shell`: tickets as asking for a code writes them, but for their number.
_SEED = """
import json, secrets
from datetime import timedelta
from django.conf import settings
from config.kernel import clock
from members.models import SignInTicket
from members.programmes import selectors as programmes
from members.services.requesting import hash_code
now = clock.now()
shop = programmes.find_storefront(settings.MEMBER_CENTER_STOREFRONT)
tokens = [secrets.token_urlsafe(24) for _ in range(TICKETS)]
SignInTicket.objects.bulk_create([SignInTicket(token=token, programme_id=shop.programme_id,
    kind="phone", address=f"+8613{n:09d}", code_hash=hash_code(token=token, code="123456"),
    sent_at=now, expires_at=now + timedelta(hours=2)) for n, token in enumerate(tokens)],
    batch_size=2000)
print(json.dumps(tokens))
"""


class Client(threading.Thread):
    """One browser: asks for the page, checks a code, asks for the bare view, and again."""

    def __init__(self, address: str, tokens: list[str], seconds: float, number: int) -> None:
        super().__init__()
        self.link = http.client.HTTPConnection(address, timeout=60)
        self.tokens, self.seconds, self.number = tokens, seconds, number
        self.times: dict[str, list[float]] = {"page": [], "check": [], "bare": []}
        self.problem = ""

    def run(self) -> None:
        try:
            page, headers = self._ask("GET", "/sign-in", {}, b"")[1:]
            cookies = re.findall(r"csrftoken=[^;]+", " ".join(headers))
            token = re.findall(rb'csrfmiddlewaretoken" value="([^"]+)"', page)[0].decode()
            until = time.perf_counter() + self.seconds
            for turn in count():
                if time.perf_counter() > until or turn >= len(self.tokens):
                    return
                self._turn(turn, token, cookies[0])
        except Exception as exc:
            self.problem = repr(exc)

    def _turn(self, turn: int, token: str, cookie: str) -> None:
        known = {"Cookie": cookie, "Accept-Language": "zh-CN"}
        self._time("page", 200, "GET", "/sign-in", known, b"")
        values = {"t": self.tokens[turn], "code": "000000", "csrfmiddlewaretoken": token}
        sent = {
            **known,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"10.{self.number}.{turn // 250}.{turn % 250}",
        }
        self._time("check", 422, "POST", "/sign-in/code", sent, urlencode(values).encode())
        self._time("bare", 405, "GET", BARE, known, b"")

    def _time(
        self, name: str, status: int, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> None:
        began = time.perf_counter()
        answered, text, _headers = self._ask(method, path, headers, body)
        self.times[name].append(time.perf_counter() - began)
        if answered != status:
            raise RuntimeError(f"{path}: {answered}: {text[:300]!r}")

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes, list[str]]:
        self.link.request(method, path, body=body or None, headers=headers)
        answer = self.link.getresponse()
        return answer.status, answer.read(), [value for _name, value in answer.getheaders()]


def run(bench: Bench) -> None:
    """Measure with eight clients at once; report the slowest hundredth of each."""
    bench.manage("collectstatic", "--noinput", "-v", "0")
    bench.manage("load_demo")
    seed = _SEED.replace("TICKETS", str(TICKETS))
    tokens = json.loads(bench.manage("shell", "-v", "0", "-c", seed).strip().splitlines()[-1])
    address = urlsplit(bench.web()).netloc
    share = len(tokens) // (2 * CLIENTS)
    for seconds, part in ((2.0, tokens[: len(tokens) // 2]), (bench.seconds, tokens[-share * 8 :])):
        clients = [
            Client(address, part[n * share : (n + 1) * share], seconds, n) for n in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        if problems := [client.problem for client in clients if client.problem]:
            raise RuntimeError(problems[0])
    found = {
        name: _slowest_hundredth([spent for c in clients for spent in c.times[name]])
        for name in ("page", "check", "bare")
    }
    for what, name, aim in (
        ("sign-in page, p99 of 8 clients", "page", PAGE_AIM),
        ("code check, p99 of 8 clients", "check", CHECK_AIM),
    ):
        bench.report.add(
            what,
            value=found[name] * 1000,
            unit="ms",
            yardstick=found["bare"] * 1000,
            yardstick_name="a bare view, p99, ms",
            aim=aim,
            at_most=True,
        )


def _slowest_hundredth(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]
