"""Console: members and the accounts that sign in. Personal data is masked."""

from __future__ import annotations

from members import console
from members.admin import accounts, members, naming

__all__ = ["accounts", "console", "members", "naming"]
