"""What the console's page of a member says of their kinds."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import sheets
from config.kernel.console import Link, Table
from config.kernel.panels import Subject
from config.kernel.sheets import Body
from config.pages import formats
from config.pages.kinds import wording
from members.kinds import selectors

_LATEST = 8


def register() -> None:
    """Put the sheet on the member's page."""
    sheets.register(
        sheets.Sheet(
            slug="kinds",
            title=gettext_lazy("Kinds of member"),
            order=15,
            permission="kinds.view_membership",
            read=_kinds,
        )
    )


def _kinds(subject: Subject) -> Body:
    known = selectors.get_kinds(programme_id=subject.programme_id)
    rows = selectors.list_memberships(
        member_ids=subject.member_ids, programme_id=subject.programme_id
    )
    held = [wording.name_of(known, row.kind) for row in rows if row.holds(subject.now)]
    table = Table(
        title="",
        headers=[_("Kind"), _("Since"), _("Until"), _("State")],
        rows=[
            [
                Link(
                    wording.name_of(known, row.kind),
                    reverse("admin:kinds_membership_change", args=[f"{row.member_id}-{row.id}"]),
                ),
                formats.day(row.since),
                formats.last_day(row.until) or _("No end"),
                _("In force") if row.holds(subject.now) else _("Over"),
            ]
            for row in rows[:_LATEST]
        ],
        empty=_("An ordinary member from the beginning."),
    )
    give = Link(_("Give a kind"), reverse("admin:kinds_membership_give", args=[subject.member_id]))
    listing = f"{reverse('admin:kinds_application_changelist')}?member_id={subject.member_id}"
    return Body(
        headline=" · ".join(held) or _("Ordinary member"),
        tables=[table],
        links=[Link(_("Applications"), listing)],
        actions=[(give, "kinds.change_membership")],
    )
