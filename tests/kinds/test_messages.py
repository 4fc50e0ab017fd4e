"""What members are told of their kinds, in their language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.kernel import clock, relay
from members.kinds import services
from members.kinds.models import Membership
from members.kinds.types import Why
from members.models import Member
from messaging.models import LocalMessage
from tests.factories.kinds import STUDENT
from tests.factories.members import make_member


def _told(member: int) -> list[str]:
    relay.drain(clock.now())
    rows = LocalMessage.objects.filter(member_id=member).order_by("pk")
    return [row.body for row in rows if row.template.startswith("kind")]


@pytest.mark.parametrize(
    ("locale", "begun", "over"),
    [
        ("zh-hans", "您已成为学生会员", "您的学生会员资格已到期"),
        ("en", "You are a Student member now", "Your time as a Student member is over"),
    ],
)
def test_a_beginning_a_reminder_and_an_end(shop, locale, begun, over):
    member = make_member(shop)
    Member.objects.filter(pk=member).update(locale=locale)
    services.enter_kind(
        member_id=member, kind="student", why=Why.GRANTED, actor="s", now=clock.now()
    )
    Membership.objects.update(until=clock.now() + timedelta(days=10))
    services.remind_due(programme_id=shop.programme.id, now=clock.now())
    services.lapse_due(programme_id=shop.programme.id, now=clock.now() + timedelta(days=11))

    first, reminder, last = _told(member)

    assert begun in first
    assert ("续期" if locale != "en" else "renew") in reminder
    assert over in last


def test_a_refusal_tells_its_reason(shop):
    member = make_member(shop)
    row = services.apply(
        member_id=member, kind="student", given=STUDENT, actor="m", now=clock.now()
    )
    services.refuse(
        member_id=member, application_id=row.id, actor="s", reason="看不清。", now=clock.now()
    )

    (told,) = _told(member)
    assert "看不清。" in told


def test_who_leaves_by_themselves_is_not_told(shop):
    member = make_member(shop)
    services.enter_kind(member_id=member, kind="vip", why=Why.GRANTED, actor="s", now=clock.now())
    services.leave_kind(member_id=member, kind="vip", actor="m", now=clock.now())

    assert len(_told(member)) == 1
