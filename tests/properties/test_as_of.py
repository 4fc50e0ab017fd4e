"""A balance as of an instant is the balance that was shown at that instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.kernel.errors import DomainError
from points import selectors
from points.types import Balance
from tests.factories.points import Book
from tests.factories.programmes import make_shop

START = datetime(2025, 3, 1, 4, tzinfo=UTC)
END = START + timedelta(days=900)
FIGURES = (
    "available",
    "pending",
    "held",
    "debt",
    "lifetime_earned",
    "lifetime_spent",
    "lifetime_expired",
    "expiring",
)


@dataclass(frozen=True)
class Step:
    """A movement asked for, some hours after the one before."""

    hours: int
    act: str
    points: int
    days: int
    target: int


steps = st.lists(
    st.builds(
        Step,
        hours=st.integers(0, 600),
        act=st.sampled_from(
            ["earn", "earn", "pending", "for ever", "spend", "hold", "capture", "release",
             "reverse", "adjust"]
        ),
        points=st.integers(1, 300),
        days=st.integers(1, 90),
        target=st.integers(0, 20),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


class Life:
    """One member to whom steps happen at their times; what is refused happens to nobody."""

    def __init__(self, programme_id: int, member_id: int) -> None:
        self.book = Book(programme_id, member_id)
        self.entries: list[int] = []
        self.holds: list[int] = []

    def take(self, step: Step, now: datetime) -> None:
        try:
            done = self._post(step, now)
        except DomainError:
            return
        if done is not None:
            self.entries += [e.entry_id for e in done.entries if e.kind in ("earn", "spend")]
            if done.reservation_id is not None and step.act == "hold":
                self.holds.append(done.reservation_id)

    def _post(self, step: Step, now: datetime) -> Any:
        book, points = self.book, step.points
        ends = now + timedelta(days=step.days)
        if step.act == "earn":
            return book.earn(points, now=now, expires_at=ends)
        if step.act == "for ever":
            return book.earn(points, now=now)
        if step.act == "pending":
            ready = now + timedelta(days=7)
            return book.earn(points, now=now, pending=True, available_at=ready, expires_at=ends)
        if step.act == "hold":
            return book.hold(points, now=now, expires_at=now + timedelta(days=step.days))
        if step.act in ("capture", "release"):
            if not self.holds:
                return None
            hold = self.holds[step.target % len(self.holds)]
            return getattr(book, step.act)(now=now, reservation_id=hold)
        if step.act == "reverse":
            if not self.entries:
                return None
            entry = self.entries[step.target % len(self.entries)]
            return book.reverse(now=now, entry_id=entry, points=None)
        if step.act == "adjust":
            return book.adjust(points if step.target % 2 else -points, now=now)
        return book.spend(points, now=now)


def shown(balance: Balance) -> dict[str, Any]:
    return {name: getattr(balance, name) for name in FIGURES}


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=steps, looks=st.lists(st.integers(0, 900 * 24), min_size=1, max_size=4))
def test_as_of_is_what_was_shown_then(db, told, looks):
    programme = make_shop(code=f"p{next(_numbers)}").programme
    times = []
    now = START
    for step in told:
        now += timedelta(hours=step.hours, minutes=1)
        times.append(now)
    whole = Life(programme.id, 1)
    for step, at in zip(told, times, strict=True):
        whole.take(step, at)

    # Any instant, and those where something happens.
    instants = [START + timedelta(hours=hours) for hours in looks]
    instants += [times[hours % len(times)] for hours in looks]
    for number, instant in enumerate(instants, start=2):
        then = Life(programme.id, number)
        for step, at in zip(told, times, strict=True):
            if at <= instant:
                then.take(step, at)
        where: dict[str, Any] = {"programme_id": programme.id, "at": instant}
        expected = selectors.get_balance(member_id=number, now=instant, **where)
        found = selectors.get_balance(member_id=1, now=END, **where)
        assert shown(found) == shown(expected), instant


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_numbers = _count()
