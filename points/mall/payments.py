"""The payment port: how the cash part of an order is paid and paid back.

Two ways exist here: stored value on the ledger, and cash that a storefront or an operator
confirms. A gateway registers a third without the mall knowing it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from points import services as points_services
from points.mall.types import BALANCE, Order

STORED_VALUE = "stored_value"
CONFIRMED = "confirmed"


class Method(Protocol):
    """A way to pay. Both calls run in the transaction of the order's change."""

    title: Any

    def take(self, *, order: Order, reference: str, actor: str, now: datetime) -> None:
        """Take the cash part, or refuse with a DomainError."""
        ...

    def give_back(self, *, order: Order, actor: str, now: datetime) -> bool:
        """Give the cash part back; False when somebody has to do it by hand."""
        ...


class StoredValue:
    """The member's balance of money, a currency of the ledger."""

    title = _("Stored value")

    def take(self, *, order: Order, reference: str, actor: str, now: datetime) -> None:
        points_services.pay(
            member_id=order.member_id,
            programme_id=order.programme_id,
            currency=BALANCE,
            amount=order.cash,
            source=order.source,
            key=f"{order.source}:cash",
            actor=actor,
            now=now,
        )

    def give_back(self, *, order: Order, actor: str, now: datetime) -> bool:
        points_services.pay_back(
            member_id=order.member_id,
            programme_id=order.programme_id,
            currency=BALANCE,
            paid_under=order.source,
            cause=f"{order.source}:cash-back",
            key=f"{order.source}:cash-back",
            actor=actor,
            now=now,
        )
        return True


class Confirmed:
    """Cash taken outside: whoever took it says so, and gives it back by hand."""

    title = _("Confirmed by the shop")

    def take(self, *, order: Order, reference: str, actor: str, now: datetime) -> None:
        """There is nothing to move: the reference tells where it was taken."""

    def give_back(self, *, order: Order, actor: str, now: datetime) -> bool:
        return False


_methods: dict[str, Method] = {STORED_VALUE: StoredValue(), CONFIRMED: Confirmed()}


def register_payment(*, slug: str, method: Method) -> None:
    """Offer another way to pay."""
    _methods[slug] = method


def find(slug: str) -> Method | None:
    """Return the way to pay of this name."""
    return _methods.get(slug)
