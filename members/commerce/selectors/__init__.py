"""Reads of orders: plain values."""

from members.commerce.selectors.board import sum_orders_by_day
from members.commerce.selectors.listing import (
    OrderPage,
    find_order,
    find_order_by_id,
    first_orders,
    get_order,
    is_reservation_taken,
    list_latest_orders,
    list_order_brands,
    list_order_numbers,
    list_orders,
)
from members.commerce.selectors.loading import event_effects, load_orders
from members.commerce.selectors.paying import iter_paid_orders
from members.commerce.selectors.spending import list_buyers, sum_spend

__all__ = [
    "OrderPage",
    "event_effects",
    "find_order",
    "find_order_by_id",
    "first_orders",
    "get_order",
    "is_reservation_taken",
    "iter_paid_orders",
    "list_buyers",
    "list_latest_orders",
    "list_order_brands",
    "list_order_numbers",
    "list_orders",
    "load_orders",
    "sum_orders_by_day",
    "sum_spend",
]
