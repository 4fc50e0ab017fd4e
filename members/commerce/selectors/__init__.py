"""Reads of orders: plain values."""

from members.commerce.selectors.listing import OrderPage, find_order, get_order, list_orders
from members.commerce.selectors.loading import event_effects, load_orders

__all__ = [
    "OrderPage",
    "event_effects",
    "find_order",
    "get_order",
    "list_orders",
    "load_orders",
]
