"""Console: what the machinery did, and what waits for an operator."""

from config.kernel.admin import audit, deliveries, events
from config.kernel.approvals import inbox as approvals

__all__ = ["approvals", "audit", "deliveries", "events"]
