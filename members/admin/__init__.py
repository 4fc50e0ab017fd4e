"""Console: members, staff and who looked at whom. Personal data is masked."""

from __future__ import annotations

from members import console
from members.admin import access, accounts, members, merging, naming, reaching, roles

__all__ = ["access", "accounts", "console", "members", "merging", "naming", "reaching", "roles"]
