"""The sentence that explains a ledger entry, in the member's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel import ids
from config.pages import formats
from config.pages.places import programme_name
from members.programmes import selectors as programmes_selectors
from points.types import Kind, Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """A ledger entry as a member reads it.

    `points` is what shows on the right: for a hold or an activation, which change no
    total, what they moved. `why` is a whole sentence.
    """

    public_id: str
    kind: str
    title: str
    why: str
    points: int
    moves_only: bool
    balance_after: int | None
    occurred_at: datetime

    @property
    def month(self) -> date:
        """Return the first day of the local month it happened in."""
        return timezone.localtime(self.occurred_at).date().replace(day=1)


def kind_titles() -> dict[str, str]:
    """Return what each kind of entry is called, in the active language."""
    return _kind_titles(get_language() or "")


@lru_cache(maxsize=8)
def _kind_titles(_language: str) -> dict[str, str]:
    return {
        Kind.EARN: _("Earned"),
        Kind.ACTIVATE: _("Now available"),
        Kind.SPEND: _("Spent"),
        Kind.HOLD: _("Set aside"),
        Kind.RELEASE: _("Set free again"),
        Kind.RETURN: _("Given back"),
        Kind.REVERSE: _("Taken back"),
        Kind.EXPIRE: _("Expired"),
        Kind.ADJUST: _("Corrected"),
        Kind.EXCHANGE_OUT: _("Exchanged away"),
        Kind.EXCHANGE_IN: _("Exchanged in"),
        Kind.MERGE: _("Brought together"),
    }


def filter_titles() -> dict[str, str]:
    """Return what the filters of the statement are called."""
    return {
        "": _("All"),
        "earned": _("Earned"),
        "spent": _("Spent"),
        "refunds": _("Refunds"),
        "expired": _("Expired"),
    }


def entry_line(
    entry: Posted,
    *,
    order_numbers: Mapping[str, str],
    gifts: Mapping[str, str] | None = None,
    behaviors: Mapping[str, str] | None = None,
) -> EntryLine:
    """Return an entry with its title and its why.

    `order_numbers` go by the id in the source, `gifts` (names of what the mall gave for
    points) and `behaviors` (names of what was rewarded) by the source itself.
    """
    gift = _with_gift(entry, (gifts or {}).get(entry.source, ""))
    moved = entry.moved
    return EntryLine(
        public_id=ids.encode("ent", member_id=entry.member_id, row_id=entry.entry_id),
        kind=entry.kind,
        title=kind_titles().get(entry.kind, entry.kind),
        why=gift
        or _for_behavior(entry, (behaviors or {}).get(entry.source, ""))
        or _why(entry, order_number(entry.source, order_numbers)),
        points=moved.points if moved else entry.points,
        moves_only=moved is not None,
        balance_after=entry.balance_after,
        occurred_at=entry.occurred_at,
    )


def order_of(source: str) -> str | None:
    """Return the id of the order that a source names, if it names one.

    A source is `order:ord_…`, with `#2` behind it when a cancelled order came back to life.
    """
    head, _colon, tail = source.partition(":")
    return tail.partition("#")[0] if head == "order" and tail else None


def order_number(source: str, order_numbers: Mapping[str, str]) -> str:
    """Return the shop's number of the order that a source names, or nothing."""
    return order_numbers.get(order_of(source) or "", "")


def _why(entry: Posted, order: str) -> str:
    if entry.reason and entry.kind in {Kind.ADJUST, Kind.EARN, Kind.SPEND} and not order:
        return entry.reason
    sentence = (_with_order(entry, order) if order else None) or _without_order(entry)
    return sentence or entry.reason or entry.source


def _for_behavior(entry: Posted, behavior: str) -> str:
    if not behavior:
        return ""
    sentence = {
        Kind.EARN: _("For “%(behavior)s”."),
        Kind.REVERSE: _("Taken back: “%(behavior)s”."),
    }.get(Kind(entry.kind), "")
    return sentence % {"behavior": behavior} if sentence else ""


def _with_gift(entry: Posted, gift: str) -> str:
    if not gift:
        return ""
    sentence = {
        Kind.SPEND: _("For %(gift)s, from the mall."),
        Kind.HOLD: _("Kept for %(gift)s until it is paid."),
        Kind.RELEASE: _("%(gift)s was not paid, so they are free again."),
        Kind.RETURN: _("%(gift)s was cancelled or refunded."),
        Kind.REVERSE: _("%(gift)s was cancelled or refunded."),
        Kind.EARN: _("From the mall: %(gift)s."),
    }.get(Kind(entry.kind), "")
    return sentence % {"gift": gift} if sentence else ""


def _with_order(entry: Posted, order: str) -> str | None:
    match entry.kind:
        case Kind.EARN if entry.pending > 0:
            return _("For order %(order)s. Yours to spend once its return window has passed.") % {
                "order": order
            }
        case Kind.EARN:
            return _("For order %(order)s.") % {"order": order}
        case Kind.ACTIVATE:
            return _("The return window of order %(order)s has passed.") % {"order": order}
        case Kind.SPEND:
            return _("Paid towards order %(order)s.") % {"order": order}
        case Kind.HOLD:
            return _("Kept for order %(order)s until it is paid.") % {"order": order}
        case Kind.RELEASE:
            return _("Order %(order)s did not need them.") % {"order": order}
        case Kind.RETURN:
            return _("Order %(order)s was refunded or cancelled.") % {"order": order}
        case Kind.REVERSE:
            return _(
                "Order %(order)s was refunded or cancelled, and with it what it had earned."
            ) % {"order": order}
    return None


def _exchange(entry: Posted) -> str:
    """Return the sentence of an exchange; its source names both programmes: exchange:1:2."""
    head, *ends = entry.source.split(":")
    if head != "exchange" or len(ends) != 2 or not all(end.isdigit() for end in ends):
        return ""
    source, target = (programme_name(programmes_selectors.get_programme(int(e))) for e in ends)
    match entry.kind:
        case Kind.EXCHANGE_OUT:
            return _("For points of %(programme)s.") % {"programme": target}
        case Kind.EXCHANGE_IN:
            return _("For points of %(programme)s that you gave.") % {"programme": source}
    return _("An exchange with %(programme)s was undone.") % {"programme": target}


def _without_order(entry: Posted) -> str:
    if said := _exchange(entry):
        return said
    match entry.kind:
        case Kind.EXPIRE:
            return _("Not used by %(day)s, the last day they were valid.") % {
                "day": formats.last_day(_soonest_end(entry) or entry.occurred_at)
            }
        case Kind.HOLD:
            return _("Kept for a purchase until it is paid.")
        case Kind.RELEASE:
            return _("The purchase did not need them.")
        case Kind.ACTIVATE:
            return _("The waiting time has passed.")
        case Kind.RETURN:
            return _("What they paid for was refunded.")
        case Kind.REVERSE:
            return _("What had earned them was taken back.")
        case Kind.MERGE:
            return _("Two memberships became one.")
    return ""


def _soonest_end(entry: Posted) -> datetime | None:
    ends = [lot.expires_at for lot in entry.lots if lot.expires_at is not None]
    return min(ends, default=None)
