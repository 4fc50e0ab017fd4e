"""Console: the ledger, read-only, its corrections by hand and its proofs."""

from points.admin import accounts, entries, liability, limits, lots, proofs

__all__ = ["accounts", "entries", "liability", "limits", "lots", "proofs"]
