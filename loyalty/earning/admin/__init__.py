"""Console: earn rules as versions."""

from loyalty.earning.admin import versions

__all__ = ["versions"]
