"""What the columns of kinds hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel import personal
from config.kernel.privacy import Erase, Grade, classify, impersonal
from members.kinds.services import forgetting

_PURPOSE = _("to give what members of a kind are entitled to")
_MEMBERSHIP = _("while the person is a member")


def declare() -> None:
    """Fill the register."""
    impersonal(
        "kinds.KindsVersion",
        *("id", "programme_id", "version", "state", "drafted_by", "published_by"),
        *("reason", "drafted_at", "published_at"),
    )
    impersonal(
        "kinds.MemberKind",
        *("id", "kinds", "rank", "code", "name_zh", "name_en", "entry", "threshold"),
        *("validity_months", "proof", "by_operator", "service_level", "group_size"),
    )
    personal.leads("kinds.Group", member=("owner_id",))
    personal.leads("kinds.Invitation", member=("group__owner_id", "used_by"))
    personal.step("kinds", order=20, erase=forgetting.let_go)
    _memberships()
    _applications()
    _groups()


def _memberships() -> None:
    model = "kinds.Membership"
    impersonal(model, "id", "member_id", "programme_id", "group_id", "reminded_at")
    classify(
        model,
        *("kind", "since", "until", "why", "by", "reason", "is_asked"),
        *("ended_at", "end_why", "ended_by", "end_reason"),
        grade=Grade.LINKED,
        purpose=_PURPOSE,
        retention=_MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )


def _applications() -> None:
    model = "kinds.Application"
    impersonal(model, "id", "member_id", "programme_id")
    classify(
        model,
        *("kind", "state", "is_asked", "applied_at", "decided_at", "decided_by", "reason"),
        grade=Grade.LINKED,
        purpose=_PURPOSE,
        retention=_MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )
    classify(
        model,
        "proof",
        grade=Grade.DIRECT,
        purpose=_("to decide an application"),
        retention=_("until it is decided"),
        erase=Erase.DELETE_ROW,
    )


def _groups() -> None:
    impersonal(
        "kinds.Group",
        *("id", "programme_id", "kind", "owner_id", "size", "taken", "founded_at", "closed_at"),
    )
    classify(
        "kinds.Group",
        "name",
        grade=Grade.DIRECT,
        purpose=_("to tell a family or a company from others"),
        retention=_("until the group is dissolved"),
        erase=Erase.CLEAR,
    )
    impersonal(
        "kinds.Invitation",
        *("id", "group", "invited_at", "expires_at", "used_by", "used_at", "revoked_at"),
    )
    classify(
        "kinds.Invitation",
        "code",
        "blind",
        grade=Grade.SECRET,
        purpose=_("to let one person into a group"),
        retention=_("a month after it ran out"),
        erase=Erase.DELETE_ROW,
        exported=False,
    )
