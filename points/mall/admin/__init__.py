"""Console: the shelf, orders on their way, and the programme's times."""

from points.mall.admin import items, orders, terms

__all__ = ["items", "orders", "terms"]
