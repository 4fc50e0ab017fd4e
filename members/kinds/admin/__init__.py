"""Console: kinds as versions, who is of which, and what members applied for."""

from config.kernel.console import names_codes
from members.kinds.admin import applications, memberships, versions, wording

__all__ = ["applications", "memberships", "versions"]

names_codes("member_kind", wording.kind_names)
