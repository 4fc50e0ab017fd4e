"""Console: members and the accounts that sign in. Personal data is masked."""

from __future__ import annotations

from members import console
from members.admin import (
    access,
    accounts,
    exports,
    members,
    merging,
    naming,
    policies,
    reaching,
    roles,
)

__all__ = [
    "access",
    "accounts",
    "console",
    "exports",
    "members",
    "merging",
    "naming",
    "policies",
    "reaching",
    "roles",
]
