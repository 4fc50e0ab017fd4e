"""Reads of the mall."""

from points.mall.issuing import Choice
from points.mall.issuing import everyone as list_issuers
from points.mall.selectors.items import (
    find_item_by_code,
    find_item_id,
    get_item,
    get_terms,
    list_items,
    list_offers,
    list_store_stock,
)
from points.mall.selectors.orders import (
    find_by_collect_code,
    find_latest_address,
    get_order,
    list_codes,
    list_order_names,
    list_orders,
    list_to_ship,
    list_unclaimed,
    list_unpaid,
)
from points.mall.selectors.reconciliation import list_differences

__all__ = [
    "Choice",
    "find_by_collect_code",
    "find_item_by_code",
    "find_item_id",
    "find_latest_address",
    "get_item",
    "get_order",
    "get_terms",
    "list_codes",
    "list_differences",
    "list_issuers",
    "list_items",
    "list_offers",
    "list_order_names",
    "list_orders",
    "list_store_stock",
    "list_to_ship",
    "list_unclaimed",
    "list_unpaid",
]
