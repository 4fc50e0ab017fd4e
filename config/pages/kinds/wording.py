"""Kinds of member in words."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError
from config.pages import formats
from members.kinds import errors
from members.kinds.types import EndWhy, Entry, Kind, Kinds, Level, Membership, State, Why


def name(kind: Kind | None, code: str) -> str:
    """Return what a kind is called; one that was taken out is called by its code."""
    return kind.name(get_language() or "") if kind else code


def name_of(kinds: Kinds, code: str) -> str:
    """Return what the kind of a code is called."""
    return name(kinds.find(code), code)


def until(membership: Membership) -> str:
    """Return how long a membership holds."""
    if membership.until is None:
        return _("No end")
    return _("Through %(day)s") % {"day": formats.last_day(membership.until)}


def service(level: Level) -> str:
    """Return how members of a kind are served."""
    return {
        Level.STANDARD: _("Standard service"),
        Level.PRIORITY: _("Priority service"),
        Level.DEDICATED: _("An adviser of your own"),
    }[level]


def why(membership: Membership) -> str:
    """Return why a member is of a kind."""
    return {
        Why.APPLIED: _("You applied."),
        Why.PROVED: _("Your proof was confirmed by the register."),
        Why.DECIDED: _("We looked at your application and approved it."),
        Why.SPENT: _("Your purchases of the last twelve months reached it."),
        Why.PAID: _("You bought it."),
        Why.GRANTED: _("The shop gave it to you."),
        Why.FOUNDED: _("You founded the group."),
        Why.JOINED: _("You were invited."),
    }[membership.why]


def ended(membership: Membership) -> str:
    """Return why a membership ended."""
    return {
        EndWhy.RENEWED: _("Renewed"),
        EndWhy.LAPSED: _("Ran out"),
        EndWhy.LEFT: _("You left"),
        EndWhy.REMOVED: _("Taken out by the one who pays"),
        EndWhy.DISSOLVED: _("The group was dissolved"),
        EndWhy.WITHDRAWN: _("Ended by the shop"),
        EndWhy.MERGED: _("Your two accounts became one"),
    }[membership.end_why or EndWhy.LAPSED]


def entry(kind: Kind, *, currency: str) -> str:
    """Return how one comes to be of a kind."""
    if kind.entry is Entry.SPEND:
        return _("From %(amount)s of purchases in twelve months, by itself") % {
            "amount": formats.money(amount=kind.threshold, currency=currency, brief=True)
        }
    if kind.entry is Entry.FEE:
        return _("Comes with a paid membership")
    if kind.entry is Entry.GRANT:
        return _("By invitation of the shop")
    if kind.is_group:
        return _("For up to %(count)s people; one pays for all") % {"count": kind.group_size}
    return _("Apply with a proof") if kind.proof else _("Open to every member")


def states() -> dict[State, tuple[str, str]]:
    """Return what has become of an application, and in which tone it is said."""
    return {
        State.WAITING: (_("We are looking at it"), "main"),
        State.APPROVED: (_("Approved"), "good"),
        State.REFUSED: (_("Not approved"), "warn"),
        State.WITHDRAWN: (_("Withdrawn"), "plain"),
    }


def refusal(refused: DomainError) -> str:
    """Return what a member can do about a refusal."""
    match refused:
        case errors.AlreadyOfKindError():
            return _("You are one already. It can be renewed from 60 days before it ends.")
        case errors.ApplicationWaitingError():
            return _("Your application is with us already.")
        case errors.ApplicationDecidedError():
            return _("It has been decided meanwhile.")
        case errors.ProofRefusedError():
            return _("The register does not know this. Please check each field.")
        case errors.GroupFullError():
            return _("Every place is taken. Somebody has to leave first.")
        case errors.InvitationInvalidError():
            return _("This invitation is not valid any more. Please ask for a new one.")
        case errors.NotOwnerError():
            return _("Only who founded the group can do this.")
        case errors.OwnerLeavesError():
            return _("You pay for this group: dissolve it instead of leaving.")
        case errors.EntryClosedError():
            return _("One cannot apply for this.")
        case errors.NotOfKindError():
            return _("This has ended meanwhile.")
    return _(refused.title)
