"""What the console calls the tasks that run by themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

_TASKS: dict[str, Any] = {
    "celery.backend_cleanup": _("Clear results of old tasks"),
    "earning.reward_birthdays": _("Give birthday points"),
    "kernel.expire_approvals": _("Close requests nobody decided"),
    "kernel.prune": _("Forget old events"),
    "kernel.relay": _("Hand events on"),
    "loyalty.evaluate_due": _("Review tiers that are due"),
    "mall.forget_old": _("Forget old addresses of the mall"),
    "mall.reconcile": _("Prove the mall's stock"),
    "mall.return_unclaimed": _("Take back what nobody collected"),
    "mall.return_unpaid": _("Take back what nobody paid"),
    "members.forget_accesses": _("Forget old looks in the access log"),
    "members.forget_attempts": _("Forget old sign-in attempts"),
    "members.forget_sessions": _("Forget ended sessions"),
    "members.forget_tickets": _("Forget unused sign-in tickets"),
    "messaging.forget_old": _("Forget texts of old messages"),
    "pages.roll_up_board": _("Read the board's figures"),
    "points.activate_due": _("Make pending points available"),
    "points.expire_due": _("Let points expire"),
    "points.lapse_holds": _("Free points set aside too long"),
    "points.reconcile": _("Prove the ledger"),
    "points.remind_expiring": _("Remind of points that expire"),
    "points.roll_up_liability": _("Add the day to the liability"),
    "points.verify_liability": _("Prove the liability"),
    "points.watch_proof": _("See that the proof has run"),
    "programmes.clear_tokens": _("Forget ended tokens"),
}


def task_word(name: str) -> str:
    """Return what a task does, in words; what operators have added goes by its name."""
    return str(_TASKS.get(name, name))
