"""Dead letters: what happened in words, one, some or all of a kind; messages sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from config.kernel import clock, relay
from config.kernel.models import AuditRecord, Delivery, OutboxEvent
from messaging import services as messaging_services
from messaging.models import LocalMessage
from tests.console.conftest import operator
from tests.factories.members import make_member
from tests.factories.orders import make_earning_shop
from tests.factories.programmes import make_shop

LIST = "/ops/kernel/delivery/"
CODE = "messaging.handlers.send_code"
NEWS = "messaging.handlers.tell_of_upgrade"


def dead(handler: str = CODE, *, count: int = 1, **changes: Any) -> list[Delivery]:
    now = clock.now()
    made = []
    for _each in range(count):
        event = OutboxEvent.objects.create(
            name="members.code_requested.v1",
            payload={},
            occurred_at=now,
            recorded_at=now,
            relayed_at=now,
        )
        values = {
            "queue": "critical",
            "state": "dead",
            "attempts": 10,
            "due_at": now,
            "settled_at": now - timedelta(hours=2),
            "last_error": "ProviderFailedError: SMTPServerDisconnected",
            "created_at": now,
        }
        made.append(Delivery.objects.create(event=event, handler=handler, **(values | changes)))
    return made


def states(rows: list[Delivery]) -> list[str]:
    found = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    return list(found.order_by("pk").values_list("state", flat=True))


def test_dead_letters_are_summed_up_by_reaction_in_words(db, language):
    dead(count=3)
    dead(NEWS)

    page = operator(language).get(LIST)

    table = page.context["list_tables"][0]
    word = "发送登录验证码" if language == "zh-hans" else "Send the sign-in code"
    assert table.rows[0][:2] == [word, "3"]
    assert "SMTPServerDisconnected" in table.rows[0][3]
    html = page.content.decode()
    assert "messaging.handlers" not in html.split("<main")[-1].replace("handler=messaging", "")


def test_nothing_dead_says_what_waits(db):
    dead(state="waiting", settled_at=None)

    page = operator("en").get(LIST)

    assert "Nothing is dead. 1 wait for their turn." in page.content.decode()


@pytest.mark.parametrize(("act", "state"), [("retry", "waiting"), ("drop", "dropped")])
def test_all_of_a_reaction_are_settled_with_one_reason(db, act, state):
    codes, news = dead(count=3), dead(NEWS)
    client = operator("en")
    path = f"{LIST}{act}-all/?handler={CODE}"

    asked = client.get(path)
    assert "3 deliveries" in asked.content.decode()
    assert client.post(path, {"reason": " "}).status_code == 200
    assert states(codes) == ["dead"] * 3
    answer = client.post(path, {"reason": "provider was down"}, follow=True)

    assert "3 deliveries" in answer.content.decode()
    assert states(codes) == [state] * 3
    assert states(news) == ["dead"]
    record = AuditRecord.objects.get(action=f"delivery.{act}")
    assert record.reason == "provider was down"
    assert record.after["ids"] == [row.pk for row in codes]


def test_chosen_ones_are_settled_and_what_is_done_is_passed_over(db):
    first, second, third = dead(count=3)
    (done,) = dead(NEWS, state="done")
    client = operator("en")
    chosen = {
        "action": "drop_chosen",
        "_selected_action": [str(row.pk) for row in (first, second, done)],
    }

    asked = client.post(LIST, chosen)
    client.post(asked["Location"], {"reason": "too old"})

    assert states([first, second, third]) == ["dropped", "dropped", "dead"]
    assert states([done]) == ["done"]


def test_retried_ones_run_again_with_all_attempts(db):
    (row,) = dead("gone.handler")
    client = operator("en")

    client.post(f"{LIST}retry-all/", {"reason": "again"})
    relay.deliver(queue="critical", now=clock.now() + timedelta(seconds=1))

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 1)
    page = client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "Failed 1 times; it is tried again on" in page


def test_a_dead_letter_says_what_happened_what_is_missing_and_what_to_do(db, language):
    (row,) = dead()

    page = operator(language).get(f"{LIST}{row.pk}/change/").content.decode()

    if language == "en":
        assert "A sign-in code was asked for" in page
        assert "good for minutes only" in page
        assert "Mend what the last error names" in page
    else:
        assert "会员索取了登录验证码" in page


def test_buttons_are_gone_once_settled_and_wrong_addresses_do_no_harm(db):
    (row,) = dead(state="dropped")
    client = operator("en")

    assert f"{row.pk}/retry/" not in client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert client.post(f"{LIST}{row.pk}/retry/", {"reason": "x"}).status_code == 403
    assert client.get(f"{LIST}retry-all/?ids=a,,9999999999999999999999").status_code == 200
    assert client.post(f"{LIST}drop-all/?handler=nobody", {"reason": "x"}).status_code == 302
    assert states([row]) == ["dropped"]


def message(**changes: Any) -> LocalMessage:
    member_id = make_member(make_shop(), phone="+8613800138000")
    values: dict[str, Any] = {
        "key": "tier:1",
        "kind": "member",
        "template": "tier_upgraded",
        "channel": "sms",
        "locale": "zh-hans",
        "address": "+8613900000000",
        "body": "恭喜升级",
        "status": "sent",
        "provider": "local",
        "member_id": member_id,
        "recorded_at": clock.now(),
    }
    return LocalMessage.objects.create(**(values | changes))


def test_a_message_is_sent_again_to_where_the_member_is_today(db):
    old = message()
    client = operator("en")
    path = f"/ops/messaging/localmessage/{old.pk}/resend/"

    assert client.post(path, {"reason": ""}).status_code == 200
    assert LocalMessage.objects.count() == 1
    answer = client.post(path, {"reason": "asked by phone"}, follow=True)

    assert "It was sent again." in answer.content.decode()
    again = LocalMessage.objects.get(key="tier:1+1")
    assert (again.address, again.body, again.status) == ("+8613800138000", "恭喜升级", "sent")
    assert AuditRecord.objects.get(action="message.resent").reason == "asked by phone"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "code"}, messaging_services.CodeNotRepeatedError),
        ({"body": None}, messaging_services.TextForgottenError),
        ({"member_id": None, "address": None}, messaging_services.UnreachableError),
    ],
)
def test_what_cannot_be_sent_again_is_refused_and_has_no_button(db, changes, error):
    old = message(**changes)

    with pytest.raises(error):
        messaging_services.resend(message_id=old.pk, actor="x", reason="x", now=clock.now())

    if error is not messaging_services.UnreachableError:
        page = operator("en").get(f"/ops/messaging/localmessage/{old.pk}/change/")
        assert f"{old.pk}/resend/" not in page.content.decode()


def test_unsent_message_says_why_and_is_sent_once_there_is_an_address(db):
    old = message(status="unsent", why="no_address", channel="", address=None, provider="")

    page = operator("en").get(f"/ops/messaging/localmessage/{old.pk}/change/").content.decode()

    assert "neither e-mail nor phone" in page
    assert messaging_services.resend(message_id=old.pk, actor="x", reason="x", now=clock.now())


def test_auditors_read_names_and_programmes_instead_of_codes(db):
    shop = make_earning_shop()
    client = operator("en")

    page = client.get("/ops/kernel/auditrecord/").content.decode()

    assert f"Ladder of {shop.programme.name_en}, version 1" in page
    assert "Earn rules published" in page
