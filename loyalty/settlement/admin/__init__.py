"""Console: imports of order files."""

from loyalty.settlement.admin import runs

__all__ = ["runs"]
