"""Requests a reader can send as they stand: the guide's steps, and one for each operation.

`$MEMBER`, `$ENTRY`, `$ITEM` and the like stand for ids that only an answer tells. The try-it
client fills them in from the answers it gets; a shell, from variables.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

API = "/api/v1/"
JSON, NDJSON = "application/json", "application/x-ndjson"
PHONE = "13800138000"
_ID = ("$MEMBER", "$ENTRY", "$RESERVATION", "$ITEM", "$MALLORDER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One request, ready to send. `slug` is its anchor in the page."""

    slug: str
    method: str
    path: str
    body: str = ""
    media: str = ""
    key: str = ""

    def curl(self, base: str) -> str:
        """Return the command line that sends it to `base`."""
        lines = [f'curl -i -X {self.method} "{base}{self.path}"']
        lines.append('-H "Authorization: Bearer $TOKEN"')
        if self.key:
            lines.append(f"-H 'Idempotency-Key: {self.key}'")
        if self.body:
            lines += [f"-H 'Content-Type: {self.media}'", f"--data-binary {_quoted(self.body)}"]
        return " \\\n  ".join(lines)


def _quoted(text: str) -> str:
    """Quote for a shell, leaving our variables to it."""
    quoted = text.replace("'", "'\\''")
    for name in _ID:
        quoted = quoted.replace(name, f"'\"{name}\"'")
    return f"'{quoted}'"


def make(
    slug: str, method: str, path: str, body: Any = None, *, key: str = "", lines: bool = False
) -> Sample:
    """Return a sample; `lines`: the body is a list to send one JSON document a line."""
    if lines:
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in body)
    else:
        text = "" if body is None else json.dumps(body, ensure_ascii=False, indent=2)
    media = "" if not text else NDJSON if lines else JSON
    return Sample(slug=slug, method=method, path=API + path, body=text, media=media, key=key)


def guide(*, now: datetime) -> dict[str, Sample]:
    """Return the guide's steps by name, with numbers and keys that nobody used before."""
    number = f"SO-{now:%m%d}-{secrets.token_hex(3)}"
    again = f"order-{number}"
    order = _order(number, now)
    later = _told(now + timedelta(seconds=1))
    completed = {"type": "completed", "occurred_at": later}
    refund = {
        "type": "refunded",
        "occurred_at": _told(now + timedelta(seconds=2)),
        "external_no": f"RF-{number}",
        "lines": [{"line_no": 1, "quantity": 1}],
    }
    thanks = {"points": 200, "source": f"thanks:{number}", "reason": "Thank you for the review"}
    hold = {"member": "$MEMBER", "points": 100, "source": f"cart:{number}", "ttl_seconds": 600}
    changed = order | {"lines": [order["lines"][0] | {"quantity": 3}]}
    steps = [
        make("enrol", "POST", "members", {"phone": PHONE, "nickname": "林"}),
        make("order", "POST", "orders", order),
        make("balance", "GET", "members/$MEMBER/balance"),
        make("entries", "GET", "members/$MEMBER/entries?limit=5"),
        make("repeat", "POST", "orders", _order(f"{number}-K", now), key=again),
        make("conflict", "POST", "orders", changed),
        make("mistake", "POST", "members", {"phone": PHONE, "birthdate": "1990-05-17"}),
        make("complete", "POST", f"orders/{number}/events", completed),
        make("refund", "POST", f"orders/{number}/events", refund),
        make("earn", "POST", "members/$MEMBER/points/earn", thanks),
        make("reserve", "POST", "reservations", hold, key=f"hold-{number}"),
        make("capture", "POST", "reservations/$RESERVATION/capture", {"points": 60}),
        make("points-batch", "POST", "points/batch", _movements(number)),
        make(
            "orders-batch",
            "POST",
            "orders/batch",
            [_order(f"{number}-A", now), _order(f"{number}-B", now)],
            lines=True,
        ),
    ]
    return {step.slug: step for step in steps}


def _told(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _order(number: str, now: datetime) -> dict[str, Any]:
    line = {"line_no": 1, "sku": "TEA-01", "name": "Longjing tea", "category": "food/tea"}
    return {
        "external_no": number,
        "member": "$MEMBER",
        "placed_at": _told(now),
        "paid_at": _told(now),
        "status": "paid",
        "currency": "CNY",
        "lines": [line | {"quantity": 2, "unit_price": 28800}],
    }


def _movements(number: str) -> list[dict[str, Any]]:
    return [
        {
            "op": "earn",
            "member": "$MEMBER",
            "points": 20,
            "source": f"check-in:{number}",
            "idempotency_key": f"batch-{number}-1",
        },
        {
            "op": "spend",
            "member": "$MEMBER",
            "points": 5,
            "source": f"sticker:{number}",
            "idempotency_key": f"batch-{number}-2",
        },
    ]
