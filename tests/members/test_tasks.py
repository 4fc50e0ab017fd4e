"""What members' tasks tidy up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache

from config.kernel import clock
from config.kernel.sessions import SessionStore
from members import models, services, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def test_tickets_go_a_day_after_they_ran_out():
    long_ago = clock.now() - timedelta(days=1, minutes=10)
    services.request_code(programme_id=1, address="13800138000", now=long_ago)
    services.request_code(programme_id=1, address="13900139000", now=clock.now())

    assert tasks.forget_tickets() == 1
    assert models.SignInTicket.objects.count() == 1


def test_sessions_go_when_they_have_run_out():
    kept, gone = SessionStore(), SessionStore()
    kept["who"], gone["who"] = "a", "b"
    gone.set_expiry(-60)
    kept.save()
    gone.save()

    tasks.forget_sessions()

    assert [row.session_key for row in Session.objects.all()] == [kept.session_key]


def test_a_session_is_read_back_and_nothing_else_is_believed():
    store = SessionStore()
    sealed = store.encode({"who": "张三"})

    assert store.decode(sealed) == {"who": "张三"}
    for junk in ("", "x", "e30=", sealed[:-4], "AQIDBA==" * 8):
        assert store.decode(junk) == {}


def test_a_look_leaves_the_log_after_three_years_and_not_by_any_other_date():
    now = clock.now()
    for days in (1, 3 * 365 - 5, 3 * 365 + 5):
        services.record_access(
            user_id=1, member_ids=[7], page="member", now=now - timedelta(days=days)
        )

    # Whoever would empty the log by naming a later date takes no more than that.
    assert services.forget_accesses(before=now + timedelta(days=9999)) == 1
    assert tasks.forget_accesses() == 0
    assert models.AccessRecord.objects.count() == 2
