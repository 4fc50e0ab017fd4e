"""Writes of kinds of member: the only code that saves them."""

from members.kinds.services.applying import apply, approve, refuse, withdraw_application
from members.kinds.services.forgetting import forget_invitations
from members.kinds.services.grouping import (
    accept_invitation,
    dissolve_group,
    find_payer,
    found_group,
    invite,
    leave_group,
    remove_from_group,
    revoke_invitation,
)
from members.kinds.services.holding import end_kind, enter_kind, leave_kind
from members.kinds.services.reviewing import (
    lapse_due,
    remind_due,
    review_all,
    review_range,
    review_spend,
)
from members.kinds.services.versions import draft_kinds, install_default_kinds, publish_kinds

__all__ = [
    "accept_invitation",
    "apply",
    "approve",
    "dissolve_group",
    "draft_kinds",
    "end_kind",
    "enter_kind",
    "find_payer",
    "forget_invitations",
    "found_group",
    "install_default_kinds",
    "invite",
    "lapse_due",
    "leave_group",
    "leave_kind",
    "publish_kinds",
    "refuse",
    "remind_due",
    "remove_from_group",
    "review_all",
    "review_range",
    "review_spend",
    "revoke_invitation",
    "withdraw_application",
]
