"""What the columns of imports hold: line numbers and reasons, nothing of a person."""

from __future__ import annotations

from config.kernel.privacy import impersonal


def declare() -> None:
    """Fill the register."""
    impersonal(
        "settlement.ImportRun",
        *("id", "digest", "file_name", "storefront_id", "options", "state", "actor", "lines"),
        *("rejected", "started_at", "ended_at"),
    )
    impersonal(
        "settlement.ImportChunk",
        *("id", "run", "number", "lines", "done_at", "orders", "refunds", "members"),
        "rejected",
    )
