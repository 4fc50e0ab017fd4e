"""Console: ladders as versions, and how members' tiers changed."""

from loyalty.admin import ladders, standings

__all__ = ["ladders", "standings"]
