"""Tables below records, on previews and on the member's page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from config.kernel import explain


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table below a record. A cell is text, a number or a `Link`."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[object]]
    empty: str = ""
    more: Link | None = None
    note: str = ""
    # Places of the rows to be marked: what differs, what is wrong.
    marked: Collection[int] = ()


def why_table(*, member_id: int, source: str) -> list[Table]:
    """Return the decision behind what a source earned, line by line; nothing if none is kept."""
    found = explain.explain(member_id=member_id, source=source)
    if found is None:
        return []
    return [
        Table(
            title=_("Why: by %(rule)s, rounded down once") % {"rule": _version(found.rule_version)},
            headers=[
                _("Line"),
                _("By which rules"),
                _("Base, minor units"),
                _("Points for each"),
                _("Multiplier"),
                _("Points"),
            ],
            rows=[
                [
                    step.get("line_no") or "–",
                    _("Base rate") if step.get("rule") == "purchase" else step.get("rule"),
                    step.get("base"),
                    step.get("rate"),
                    f"× {step.get('multiplier')}",
                    step.get("points"),
                ]
                for step in found.arithmetic
            ],
        )
    ]


def _version(name: str) -> str:
    """Return what a version of rules is called: `earn_rules:3`, as decisions keep it."""
    kind, _colon, number = name.partition(":")
    if kind == "earn_rules" and number:
        return _("version %(version)s of the earn rules") % {"version": number}
    return name
