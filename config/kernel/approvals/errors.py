"""What a request for approval, or a decision about one, can be refused for."""

from __future__ import annotations

from config.kernel.errors import ConflictError, ForbiddenError, NotFoundError


class ApprovalNotFoundError(NotFoundError):
    """No such request."""

    code = "approval.not_found"
    title = "There is no such request"


class ApprovalForbiddenError(ForbiddenError):
    """The approver lacks the permission that this kind of change asks for."""

    code = "approval.forbidden"
    title = "You may not decide requests of this kind"


class OwnApprovalError(ForbiddenError):
    """The requester tried to decide."""

    code = "approval.own"
    title = "Somebody else has to decide what you asked for"


class ApprovalClosedError(ConflictError):
    """It was decided, withdrawn or lapsed already."""

    code = "approval.closed"
    title = "This request is closed already"


class ApprovalExpiredError(ConflictError):
    """Nobody decided in time."""

    code = "approval.expired"
    title = "This request is past its time"


class ApprovalStaleError(ConflictError):
    """What the change rests on has changed since it was asked for; nothing was done."""

    code = "approval.stale"
    title = "Things have changed since this was asked for: it has to be asked for anew"


class ApprovalExecutionError(ConflictError):
    """The change itself was refused; nothing was done and the request stays open."""

    code = "approval.failed"
    title = "The change could not be made; the request stays open"
