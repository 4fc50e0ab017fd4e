"""Kinds of member in the operator's words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel.money import minor_digits
from members.kinds import selectors
from members.kinds.types import EndWhy, Entry, Level, Proof, State, Why
from members.programmes import selectors as programmes_selectors


def entries() -> dict[str, str]:
    """Return how one comes to be of a kind."""
    return {
        Entry.APPLY: _("By applying"),
        Entry.SPEND: _("By spend in twelve months"),
        Entry.FEE: _("For a fee, with a plan"),
        Entry.GRANT: _("Granted by staff only"),
    }


def proofs() -> dict[str, str]:
    """Return what is shown with an application."""
    return {
        Proof.NONE: _("Nothing"),
        Proof.STUDENT: _("Student number and school"),
        Proof.COMPANY: _("Company and its credit code"),
    }


def levels() -> dict[str, str]:
    """Return how members are served."""
    return {
        Level.STANDARD: _("Standard service"),
        Level.PRIORITY: _("Priority service"),
        Level.DEDICATED: _("A named adviser"),
    }


def reasons() -> dict[str, str]:
    """Return why a membership began."""
    return {
        Why.APPLIED: _("Applied"),
        Why.PROVED: _("Confirmed by a register"),
        Why.DECIDED: _("Approved by staff"),
        Why.SPENT: _("Spent enough"),
        Why.PAID: _("Paid for it"),
        Why.GRANTED: _("Granted"),
        Why.FOUNDED: _("Founded the group"),
        Why.JOINED: _("Joined by invitation"),
    }


def ends() -> dict[str, str]:
    """Return why one ended."""
    return {
        EndWhy.RENEWED: _("Renewed"),
        EndWhy.LAPSED: _("Ran out"),
        EndWhy.LEFT: _("Left"),
        EndWhy.REMOVED: _("Removed by the payer"),
        EndWhy.DISSOLVED: _("Group dissolved"),
        EndWhy.WITHDRAWN: _("Taken away"),
        EndWhy.MERGED: _("Two accounts became one"),
    }


def states() -> dict[str, str]:
    """Return what can become of an application."""
    return {
        State.WAITING: _("Waiting"),
        State.APPROVED: _("Approved"),
        State.REFUSED: _("Refused"),
        State.WITHDRAWN: _("Withdrawn"),
    }


def kind_names() -> dict[str, str]:
    """Return what the kinds of all programmes are called, by code."""
    language = get_language() or ""
    return {
        kind.code: kind.name(language)
        for programme in programmes_selectors.list_programmes()
        for kind in selectors.get_kinds(programme_id=programme.id).kinds
    }


def digits_of(programme_id: int) -> int:
    """Return how many decimals a programme's amounts have."""
    return minor_digits(programmes_selectors.get_programme(programme_id).currency)


def amount(value: int, programme_id: int) -> str:
    """Return an amount of money with its currency."""
    programme = programmes_selectors.get_programme(programme_id)
    digits = minor_digits(programme.currency)
    return f"{Decimal(value).scaleb(-digits):,.{digits}f} {programme.currency}"
