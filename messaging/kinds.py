"""Messages about kinds of member: what one became, what ends soon, what has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from config.kernel.events import Event
from config.kernel.handlers import handles
from members.kinds import selectors as kinds_selectors
from members.kinds.errors import ApplicationNotFoundError
from members.kinds.events import ApplicationRefused, KindEnded, KindEnding, KindEntered
from members.kinds.types import EndWhy
from members.programmes import selectors as programmes_selectors
from messaging import services
from messaging.types import Kind, Text


@handles(KindEntered)
def tell_of_kind(event: KindEntered, *, now: datetime) -> None:
    """Welcome, and say until when it holds."""

    def write(name: str) -> Text:
        said = {"kind": name, "day": _last_day(event, event.until)}
        if event.renewed:
            body = _("Your membership as %(kind)s goes on through %(day)s.")
            return Text(subject=_("%(kind)s: renewed") % said, body=body % said)
        body = _("You are a %(kind)s now.")
        if said["day"]:
            body = _("You are a %(kind)s now, through %(day)s.")
        return Text(subject=_("Welcome as a %(kind)s") % said, body=body % said)

    _tell(event, event.kind, "kind_entered", write, now)


@handles(KindEnding, queue="bulk")
def tell_of_end_to_come(event: KindEnding, *, now: datetime) -> None:
    """Say how to renew while there is time."""

    def write(name: str) -> Text:
        said = {"kind": name, "day": _last_day(event, event.until)}
        return Text(
            subject=_("%(kind)s: ends on %(day)s") % said,
            body=_("To stay a %(kind)s after %(day)s, sign in and renew it under Me.") % said,
        )

    _tell(event, event.kind, "kind_ending", write, now)


@handles(KindEnded)
def tell_of_end(event: KindEnded, *, now: datetime) -> None:
    """Say that it ended; who left by themselves knows."""
    if event.why == EndWhy.LEFT:
        return

    def write(name: str) -> Text:
        said = {"kind": name}
        sentences = {
            EndWhy.LAPSED: _("Your time as a %(kind)s is over. Your points stay as they are."),
            EndWhy.REMOVED: _("You were taken out of the group. You are no %(kind)s any more."),
            EndWhy.DISSOLVED: _("The group was dissolved. You are no %(kind)s any more."),
        }
        body = sentences.get(EndWhy(event.why), _("The shop ended your time as a %(kind)s."))
        return Text(subject=_("%(kind)s: ended") % said, body=body % said)

    _tell(event, event.kind, "kind_ended", write, now)


@handles(ApplicationRefused)
def tell_of_refusal(event: ApplicationRefused, *, now: datetime) -> None:
    """Say why, and that one may try again."""
    try:
        application = kinds_selectors.get_application(
            member_id=event.member_id or 0, application_id=event.application_id
        )
    except ApplicationNotFoundError:
        return

    def write(name: str) -> Text:
        said = {"kind": name, "reason": application.reason}
        return Text(
            subject=_("Your application: %(kind)s") % said,
            body=_("It was not approved: %(reason)s You can apply again at any time.") % said,
        )

    _tell(event, event.kind, f"kind_refused_{event.application_id}", write, now)


def _tell(
    event: Event, kind: str, template: str, write: Callable[[str], Text], now: datetime
) -> None:
    if event.member_id is None or event.programme_id is None:
        return
    found = kinds_selectors.get_kinds(programme_id=event.programme_id).find(kind)
    services.tell_member(
        key=f"{template}:{event.member_id}:{kind}:{event.occurred_at.isoformat()}",
        member_id=event.member_id,
        kind=Kind.MEMBER,
        template=template.rstrip("_0123456789"),
        write=lambda language: write(found.name(language) if found else kind),
        now=now,
    )


def _last_day(event: Event, until: str) -> str:
    """Return the last day of a term in the programme's zone; `until` is exclusive."""
    if not until:
        return ""
    zone = programmes_selectors.get_programme(event.programme_id or 0).zone
    end = datetime.fromisoformat(until).astimezone(zone) - timedelta(seconds=1)
    return formats.date_format(end, _("j F Y"))
