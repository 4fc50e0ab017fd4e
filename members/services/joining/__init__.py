"""The members' own part in a merge: who they are, how they are reached, what they agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.merging import Kept, Line, Pair, Part
from members.services.joining import agreeing, labelling, profile, reaching, signing

# The profile first: it asks whose name is verified before the survivor has got it.
_SUBJECTS: Mapping[str, Any] = {
    "profile": profile,
    "signing": signing,
    "reaching": reaching,
    "agreeing": agreeing,
    "labelling": labelling,
}


def part() -> Part:
    """Return the part that members register."""
    return Part(
        slug="members",
        order=10,
        title=gettext_lazy("Who they are"),
        words=_words,
        check=signing.check,
        preview=_lines,
        do=_do,
        undo=_undo,
    )


def _lines(pair: Pair) -> Sequence[Line]:
    return [line for subject in _SUBJECTS.values() for line in subject.lines(pair)]


def _do(pair: Pair) -> Kept:
    return {name: subject.do(pair) for name, subject in _SUBJECTS.items()}


def _undo(pair: Pair, kept: Kept) -> None:
    for name, subject in reversed(list(_SUBJECTS.items())):
        subject.undo(pair, kept[name])


def _words() -> dict[str, str]:
    return {
        "accounts": _("Accounts that sign in"),
        "birthday": _("Birthday"),
        "consent": _("Agreed to"),
        "email": _("E-mail"),
        "gender": _("Gender"),
        "home_store_id": _("Home store"),
        "identities": _("Ids of other channels"),
        "joined_at": _("Joined"),
        "kind": _("Kind of member"),
        "label": _("Labels"),
        "locale": _("Language"),
        "name": _("Full name"),
        "nickname": _("Nickname"),
        "phone": _("Phone"),
        "real_name": _("Verified name"),
        "timezone": _("Time zone"),
    }
