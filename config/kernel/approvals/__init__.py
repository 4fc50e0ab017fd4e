"""Changes that wait for a second person: who asks never decides.

An app registers a kind of change with what executes it; a service above its limit asks
(`request`), someone else decides (`decide`), and the change happens in the transaction of
the decision. The console's inbox shows what waits.
"""

from config.kernel.approvals.errors import (
    ApprovalClosedError,
    ApprovalExecutionError,
    ApprovalExpiredError,
    ApprovalForbiddenError,
    ApprovalNotFoundError,
    ApprovalStaleError,
    OwnApprovalError,
)
from config.kernel.approvals.events import ApprovalDecided, ApprovalRequested
from config.kernel.approvals.registry import Change, Kind, Summary, Touch, find, forget, kind, kinds
from config.kernel.approvals.services import decide, expire_due, request, withdraw
from config.kernel.models import Approval

__all__ = [
    "Approval",
    "ApprovalClosedError",
    "ApprovalDecided",
    "ApprovalExecutionError",
    "ApprovalExpiredError",
    "ApprovalForbiddenError",
    "ApprovalNotFoundError",
    "ApprovalRequested",
    "ApprovalStaleError",
    "Change",
    "Kind",
    "OwnApprovalError",
    "Summary",
    "Touch",
    "decide",
    "expire_due",
    "find",
    "forget",
    "kind",
    "kinds",
    "request",
    "withdraw",
]
