"""Return window and expiry, on the programme's calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.settlement import timing
from members.programmes.types import Programme, ProgrammeSettings


def programme(zone, **settings):
    return Programme(
        id=1,
        code="p",
        name_zh="",
        name_en="",
        currency="CNY",
        timezone=zone,
        settings=ProgrammeSettings(**settings),
        settings_version=1,
    )


def test_h25_the_window_ends_at_the_same_wall_clock_time_over_a_dst_change():
    new_york = ZoneInfo("America/New_York")
    completed = datetime(2026, 10, 28, 9, 30, tzinfo=new_york)

    due = timing.available_at(completed_at=completed, programme=programme("America/New_York"))

    assert due == datetime(2026, 11, 4, 9, 30, tzinfo=new_york)
    assert due.tzinfo is UTC
    assert due.hour == 14


@pytest.mark.parametrize(
    ("paid", "expires"),
    [
        ("2026-11-20T10:00:00+08:00", "2028-12-01T00:00:00+08:00"),
        ("2026-12-31T23:59:59+08:00", "2029-01-01T00:00:00+08:00"),
        # 1 December in Shanghai is still November in UTC.
        ("2026-11-30T16:00:00+00:00", "2029-01-01T00:00:00+08:00"),
        ("2028-02-29T10:00:00+08:00", "2030-03-01T00:00:00+08:00"),
    ],
)
def test_h21_points_lapse_after_the_programmes_month_of_the_payment(paid, expires):
    at = timing.expires_at(
        paid_at=datetime.fromisoformat(paid), programme=programme("Asia/Shanghai")
    )

    assert at == datetime.fromisoformat(expires)


def test_validity_is_the_programmes_own():
    at = timing.expires_at(
        paid_at=datetime(2026, 1, 31, 12, tzinfo=UTC),
        programme=programme("Asia/Shanghai", points_validity_months=1),
    )

    assert at == datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
