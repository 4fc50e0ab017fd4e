"""A load process: keep-alive clients on one epoll loop, so that the load itself costs little.

python -m tests.benchmarks._load < plan.json     prints {"rate": …, "median": …}
"""

from __future__ import annotations

import json
import random
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from config.launch.places import ROOT


@dataclass(slots=True)
class Client:
    """One connection with at most one request under way."""

    link: socket.socket
    received: bytearray = field(default_factory=bytearray)
    wanted: int = 0
    began: float = 0.0


class Load:
    """Requests of one kind, made from a plan."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.chance = random.Random()
        self.times: list[float] = []
        self.head = (
            f"Host: {plan['address']}\r\nAuthorization: Bearer {plan['token']}\r\n"
            "Content-Type: application/json\r\n"
        )

    def request(self) -> bytes:
        """Return the bytes of the next request."""
        number = f"{self.chance.getrandbits(64):x}"
        if self.plan["op"] == "batch":
            # The same members as the bare function gets: a thousand random ones of the few there
            # are would make every batch wait for every other.
            start = self.chance.randrange(len(self.plan["members"]) - 3 * self.plan["size"])
            members = self.plan["members"][start : start + 3 * self.plan["size"] : 3]
            items = [self._item(number, n, member) for n, member in enumerate(members)]
            path, body = "/api/v1/points/batch", f"[{','.join(items)}]"
        elif self.plan["op"] == "order":
            order = self.plan["order"] | {
                "external_no": number,
                "member": self.chance.choice(self.plan["members"]),
            }
            path, body = "/api/v1/orders", json.dumps(order)
        else:
            member = self.chance.choice(self.plan["members"])
            path = f"/api/v1/members/{member}/points/{self.plan['op']}"
            body = json.dumps({"points": 10, "source": f"bench:{number}", "reason": "bench"})
        return (
            f"POST {path} HTTP/1.1\r\n{self.head}Idempotency-Key: {number}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def _item(self, number: str, n: int, member: str) -> str:
        """Return the JSON of an item; a thousand objects would cost as much as their answer."""
        op = self.plan["item"] if self.plan["item"] != "mixed" else ("earn", "spend")[n % 2]
        return (
            f'{{"op":"{op}","member":"{member}","points":10,"source":"bench:{number}:{n}",'
            f'"reason":"bench","idempotency_key":"{number}:{n}"}}'
        )

    def run(self) -> dict[str, float]:
        host, port = self.plan["address"].split(":")
        events = selectors.DefaultSelector()
        for _ in range(self.plan["clients"]):
            client = Client(socket.create_connection((host, int(port))))
            client.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            events.register(client.link, selectors.EVENT_READ, client)
            self._send(client)
        began = time.perf_counter()
        until = began + self.plan["seconds"]
        while time.perf_counter() < until:
            for key, _ in events.select(timeout=1):
                self._receive(key.data)
        spent = time.perf_counter() - began
        self.times.sort()
        return {
            "rate": len(self.times) / spent,
            "median": self.times[len(self.times) // 2] if self.times else 0.0,
        }

    def _send(self, client: Client) -> None:
        client.received.clear()
        client.wanted = 0
        data = self.request()
        client.began = time.perf_counter()
        client.link.sendall(data)

    def _receive(self, client: Client) -> None:
        data = client.link.recv(1 << 20)
        if not data:
            raise RuntimeError("the server closed the connection")
        client.received += data
        if not client.wanted:
            end = client.received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(client.received[:end]).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            client.wanted = end + 4 + length
        if len(client.received) < client.wanted:
            return
        status = bytes(client.received[9:12])
        if status != self.plan["status"].encode():
            raise RuntimeError(client.received[:2000].decode(errors="replace"))
        self.times.append(time.perf_counter() - client.began)
        self._send(client)


def run(plan: dict[str, Any]) -> dict[str, float]:
    """Run a load process with this plan; return its rate and median time."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks._load"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    rates: dict[str, float] = json.loads(done.stdout)
    return rates


if __name__ == "__main__":
    print(json.dumps(Load(json.load(sys.stdin)).run()))
