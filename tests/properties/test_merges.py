"""Whatever happened to two members before, between and after: a merge loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.kernel.errors import DomainError
from members import models, services
from points import selectors as points_selectors
from points.errors import TransferSpentError
from points.models import Account
from tests.factories.members import make_member
from tests.factories.points import Book
from tests.factories.programmes import make_shop
from tests.members.test_merging import facts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)

# Who, what, how many, which of one's earlier acts.
ACT = st.tuples(
    st.sampled_from(["stays", "goes"]),
    st.sampled_from(["earn", "pending", "spend", "hold", "refund", "return", "close"]),
    st.integers(1, 60),
    st.integers(0, 5),
)
HISTORY = st.lists(ACT, max_size=10)


class Life:
    """Two members, and what was done for each: acts name earlier ones by their place."""

    def __init__(self) -> None:
        self.shop = make_shop()
        self.stays, self.goes = (make_member(self.shop, now=NOW) for _ in range(2))
        self.books = {
            "stays": Book(self.shop.programme.id, self.stays, NOW),
            "goes": Book(self.shop.programme.id, self.goes, NOW),
        }
        self.earned: dict[str, list[str]] = {"stays": [], "goes": []}
        self.spent: dict[str, list[int]] = {"stays": [], "goes": []}
        self.held: dict[str, list[int]] = {"stays": [], "goes": []}
        self.count = 0

    def play(self, history: list[tuple[str, str, int, int]]) -> int:
        """Do what can be done; return by how much both have more together."""
        return sum(self._act(*act) for act in history)

    def _act(self, who: str, what: str, points: int, which: int) -> int:
        book = self.books[who]
        self.count += 1
        try:
            if what in ("earn", "pending"):
                source = f"o:{self.count}"
                waits = what == "pending"
                done = book.earn(
                    points,
                    source=source,
                    pending=waits,
                    available_at=NOW + 9 * DAY if waits else None,
                    expires_at=NOW + (30 + which) * DAY,
                )
                self.earned[who].append(source)
            elif what == "spend":
                done = book.spend(points)
                self.spent[who].append(done.entries[0].entry_id)
            elif what == "hold":
                done = book.hold(points, expires_at=NOW + DAY)
                self.held[who].append(done.reservation_id)
            elif what == "refund" and self.earned[who]:
                source = self.earned[who][which % len(self.earned[who])]
                done = book.reverse(points, earned_under=source)
            elif what == "return" and self.spent[who]:
                done = book.reverse(points, entry_id=self.spent[who][which % len(self.spent[who])])
            elif what == "close" and self.held[who]:
                held = self.held[who][which % len(self.held[who])]
                close = book.capture if which % 2 else book.release
                done = close(reservation_id=held)
            else:
                return 0
        except DomainError:
            return 0
        return sum(entry.points for entry in done.entries)

    @property
    def total(self) -> int:
        rows = Account.objects.filter(member_id__in=[self.stays, self.goes])
        return sum(a.available + a.pending + a.held - a.debt for a in rows)

    def merge(self) -> int:
        case = services.open_case(
            survivor_id=self.stays,
            duplicate_id=self.goes,
            found="operator",
            actor="staff:1",
            now=NOW,
        )
        services.merge(case_id=case, actor="staff:1", reason="same", now=NOW)
        return case

    def undo(self, case: int) -> bool:
        try:
            services.undo(case_id=case, actor="staff:1", reason="two", now=NOW)
        except TransferSpentError:
            return False
        return True


def proves() -> bool:
    return list(points_selectors.reconcile()) == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(HISTORY, HISTORY, HISTORY)
def test_the_sum_is_kept_through_merge_events_and_undo(before, between, after):

    with transaction.atomic():
        life = Life()
        moved = life.play(before)
        whole = facts(life.stays, life.goes)
        case = life.merge()
        assert life.total == moved
        assert proves()
        assert not Account.objects.filter(member_id=life.goes, available__gt=0).exists()
        if not between:
            assert life.undo(case)
            assert facts(life.stays, life.goes) == whole
            case = life.merge()
        moved += life.play(between)
        assert life.total == moved
        assert proves()
        merged = facts(life.stays, life.goes)
        if life.undo(case):
            assert models.Member.objects.get(pk=life.goes).status == "active"
        else:
            assert facts(life.stays, life.goes) == merged
        assert life.total == moved
        moved += life.play(after)
        assert life.total == moved
        assert proves()
        transaction.set_rollback(True)
