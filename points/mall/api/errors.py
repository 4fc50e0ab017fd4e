"""What only the mall's API refuses."""

from __future__ import annotations

from config.kernel.errors import InvalidError


class UnknownMemberError(InvalidError):
    """The body or query names a member that does not exist in this programme."""

    code = "member.not_found"
    title = "There is no such member"
