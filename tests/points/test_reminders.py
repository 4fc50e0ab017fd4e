"""What ends soon is told in time, once, and in the member's language."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from config.kernel import relay
from config.kernel.models import OutboxEvent
from members.models import Member
from messaging.models import LocalMessage
from points import services
from points.models import Reminder
from tests.factories.members import make_member
from tests.factories.points import NOON, Book

DAY = timedelta(days=1)
# 2026-11-20 in Shanghai; 30 days later the points are gone.
END = NOON + 30 * DAY


@pytest.fixture
def member_id(shop):
    found = make_member(shop, email="lin@example.com", now=NOON)
    Member.objects.filter(pk=found).update(locale="zh-hans")
    return found


def told():
    events = OutboxEvent.objects.filter(name="points.expiring.v1").order_by("id")
    return [(event.payload["points"], event.payload["at"]) for event in events]


def remind(day, limit=1000):
    return services.remind_all(now=NOON + day * DAY, limit=limit)


def test_h23_reminders_begin_30_days_before_and_repeat_weekly(book):
    book.earn(100, expires_at=END)
    book.earn(50, expires_at=END + 90 * DAY)

    days = [day for day in range(-3, 32) if remind(day)]

    assert days == [0, 7, 14, 21, 28]
    assert {points for points, _ in told()} == {100}


def test_a_day_without_the_job_is_made_up_for(book):
    book.earn(100, expires_at=END)

    assert [remind(day) for day in (5, 5, 6, 7, 20)] == [1, 0, 0, 1, 1]


def test_what_is_spent_is_not_reminded_of(book):
    book.earn(100, expires_at=END)
    book.spend(70)
    assert remind(0) == 1
    book.spend(30)

    assert remind(7) == 0
    assert [points for points, _ in told()] == [30]


def test_chunks_reach_everyone_once(shop):
    for member in range(1, 8):
        Book(shop.programme.id, member).earn(10, expires_at=END)

    assert remind(0, limit=3) == 7
    assert remind(0, limit=3) == 0
    assert Reminder.objects.count() == 7


@pytest.mark.parametrize(
    ("locale", "subject", "line"),
    [
        ("zh-hans", "100 积分", "红包 CNY 8.88"),
        ("en", "100 points expire at the end of", "Red packets CNY 8.88"),
    ],
)
def test_a_member_gets_one_message_a_day(shop, member_id, locale, subject, line):
    Member.objects.filter(pk=member_id).update(locale=locale)
    book = Book(shop.programme.id, member_id)
    book.earn(100, expires_at=END)
    book.earn(888, currency="red_packet", expires_at=END)

    remind(0)
    relay.drain(NOON)
    relay.drain(NOON)

    [message] = LocalMessage.objects.filter(template="points_expiring")
    assert subject in message.subject
    assert line in message.body
    assert message.status == "sent"


def test_the_task_runs_in_the_foreground(book):
    out = StringIO()
    book.earn(100, expires_at=END)

    call_command("run_task", "points.remind_expiring", now=NOON.isoformat(), stdout=out)

    assert [points for points, _ in told()] == [100]
