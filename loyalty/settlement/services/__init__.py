"""Where an order becomes points, growth and tier, in one transaction, batch-first."""

from loyalty.settlement.services.settling import settle

__all__ = ["settle"]
