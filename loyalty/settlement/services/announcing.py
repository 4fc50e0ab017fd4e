"""Tell the apps above and subscribed channels what was settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from config.kernel.events import Event
from loyalty.settlement.folding import Step
from loyalty.settlement.sources import public_id
from members import selectors as member_selectors
from members.commerce.events import OrderRecorded, OrderRefunded, OrdersImported
from members.programmes.types import Storefront


def events_of(
    steps: Sequence[Step], storefront: Storefront, announce: bool, now: datetime
) -> Iterator[Event]:
    """Yield an event for each document that moved an order, or one for all of them."""
    if announce:
        for step in steps:
            yield _event(step)
        return
    members = [step.order.member_id for step in steps]
    yield OrdersImported(
        occurred_at=now,
        programme_id=storefront.programme_id,
        storefront_id=storefront.id,
        orders=len({step.order.id for step in steps}),
        first_member_id=min(members),
        last_member_id=max(members),
    )


def _event(step: Step) -> Event:
    order = step.order
    common = {
        "occurred_at": step.facts[-1].occurred_at,
        "programme_id": order.programme_id,
        "member_id": order.member_id,
        "order": public_id(order.member_id, order.id),
        "member": member_selectors.public_id(order.member_id),
        "external_no": order.external_no,
        "storefront_id": order.storefront_id,
        "currency": order.currency,
    }
    if step.ask is None:
        return OrderRecorded(**common, status=order.status.value, net=order.net)  # type: ignore[arg-type]
    amount = next(r.amount for r in order.refunds if r.external_no == step.ask.external_no)
    return OrderRefunded(**common, refund_no=step.ask.external_no, amount=amount)  # type: ignore[arg-type]
