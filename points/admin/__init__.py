"""Console: the ledger, read-only, and the corrections by hand."""

from points.admin import accounts, entries, limits, lots

__all__ = ["accounts", "entries", "limits", "lots"]
