"""What only the points API refuses."""

from __future__ import annotations

from config.kernel.errors import InvalidError


class UnknownMemberError(InvalidError):
    """The body names a member that does not exist in this programme."""

    code = "member.not_found"
    title = "There is no such member"


class UnknownProgrammeError(InvalidError):
    """The body names a programme that does not exist, or none of the two is the caller's."""

    code = "programme.not_found"
    title = "There is no such programme"


class ExpiryPastError(InvalidError):
    """Points cannot be given that have expired already."""

    code = "points.expiry_past"
    title = "The expiry lies in the past"
