"""How services, addresses and titles of the console name an order of the mall."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from config.kernel.console import record_url
from points.mall import models
from points.mall.admin import wording
from points.mall.types import Order


def key(order: models.Order) -> dict[str, Any]:
    """Return what names an order to a service."""
    return {"member_id": order.member_id, "order_id": order.pk}


def about(order: models.Order, words: str) -> str:
    """Return the title of a form about an order."""
    return f"{words}: {wording.name(order)} ({order.number})"


def url(order: Order) -> str:
    """Return the address of an order's screen."""
    return record_url(models.Order, f"{order.member_id}-{order.id}")


def listing() -> str:
    """Return the address of the list."""
    return reverse("admin:mall_order_changelist")
