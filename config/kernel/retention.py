"""How each retention of the register comes about: a task that runs by itself, or an event.

A test holds that every sentence of the register is here, and that every task named is
scheduled: nothing is promised that nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.kernel import privacy
from config.kernel.privacy import Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What ends a retention: `tasks` that are scheduled, or in words what else does."""

    tasks: tuple[str, ...] = ()
    by: str = ""


_ERASURE = Ending(tasks=("members.erase_due",))
_KEPT = Ending(by="kept: the books must balance, and what was agreed to must be proved")
_WITH = Ending(by="goes with the row it belongs to")

ENDINGS: dict[str, Ending] = {
    "while the person is a member": _ERASURE,
    "while they work here": Ending(by="an administrator who closes the account"),
    "as long as the books are kept": _KEPT,
    "three years after the membership": _KEPT,
    "as long as the app": _WITH,
    "as long as the item": _WITH,
    "as long as the order": _WITH,
    "as long as the order, so that its member can look it up": _WITH,
    "a week after it was told": Ending(tasks=("kernel.prune",)),
    "two days": Ending(tasks=("kernel.prune",)),
    "a day": Ending(tasks=("members.forget_tickets",)),
    "180 days": Ending(tasks=("members.forget_attempts",)),
    "180 days after the order is closed": Ending(tasks=("mall.forget_old",)),
    "180 days after it was handed over or given back": Ending(tasks=("mall.forget_old",)),
    "a day for sign-in codes, 180 days for others": Ending(tasks=("messaging.forget_old",)),
    "two years": Ending(tasks=("messaging.forget_old",)),
    "three years": Ending(tasks=("members.forget_accesses",)),
    "a month after it ran out": Ending(tasks=("kinds.forget_invitations",)),
    "until it is decided": Ending(by="the decision itself, which empties the proof"),
    "until the group is dissolved": Ending(by="whoever dissolves the group"),
    "seven days": Ending(tasks=("members.forget_exports",)),
    "until the session ends": Ending(tasks=("members.forget_sessions",)),
    "until it ends or is taken back": Ending(by="the member, under Account security"),
    "until it is removed": Ending(by="the member, under Account security"),
    "until the member removes it": Ending(by="the member, on the page where it stands"),
    "until it is unbound": Ending(by="the member, under Account security"),
}


def unexplained() -> list[str]:
    """Return retentions of the register that nothing is said to bring about."""
    told = {entry.retention for entry in privacy.entries() if entry.grade is not Grade.NONE}
    return sorted(told - set(ENDINGS))
