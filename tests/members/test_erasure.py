"""Who is erased is gone from everywhere, and the ledger still balances."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.db import connection

from config.kernel import clock, personal, relay
from config.kernel.models import AuditRecord, OutboxEvent
from members import models, selectors, services
from members.errors import (
    ErasureBlockedError,
    ErasureNotFoundError,
    ErasurePendingError,
    MergeErasurePendingError,
    MergeMemberClosedError,
)
from members.services import erasing
from messaging.models import LocalMessage
from points.models import Entry
from points.selectors import reconcile
from tests.belongings.keeping import add_address
from tests.factories.mall import Mall
from tests.members import dumping, lives, signing


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EXPORT_FOLDER = tmp_path / "exports"


@pytest.fixture
def life():
    return lives.live()


def ask(life, now=None):
    return services.request_erasure(
        member_id=life.member_id, actor=f"user:{life.user_id}", now=now or clock.now()
    )


def erase(life):
    """Ask for it, and let the fifteen days pass."""
    due = ask(life)
    assert services.erase_due(now=due) == 1
    relay.drain(now=due)
    return due


def left_in_clear(secrets):
    """Return which secrets stand in what is encrypted, read with the keys at hand."""
    found = []
    for model in personal.holdings():
        for row in model._base_manager.all():
            values = [getattr(row, f.attname) for f in model._meta.concrete_fields]
            text = "\n".join(str(value) for value in values)
            found += [f"{k} in {model._meta.label}" for k, v in secrets.items() if v in text]
    return found


@pytest.mark.django_db(transaction=True)
def test_h41_nothing_personal_is_left_anywhere_and_the_ledger_balances(life, settings):
    services.request_export(member_id=life.member_id, user_id=life.user_id, now=clock.now())
    services.build_exports(now=clock.now())
    relay.drain(now=clock.now())
    entries = Entry.objects.filter(member_id=life.member_id).count()

    erase(life)

    assert dumping.find(dumping.dump(), lives.SECRETS) == []
    assert list(settings.EXPORT_FOLDER.iterdir()) == []
    assert list(reconcile()) == []
    assert Entry.objects.filter(member_id=life.member_id).count() >= entries > 0


@pytest.mark.django_db(transaction=True)
def test_h41_what_is_encrypted_is_gone_too(life):
    erase(life)

    assert left_in_clear(lives.SECRETS) == []


@pytest.mark.django_db(transaction=True)
def test_h41_reconcile_finds_no_difference(life, capsys):
    erase(life)

    call_command("reconcile")

    assert "differences: 0" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_h41_points_are_taken_out_of_the_books_by_an_entry(life):
    erase(life)

    entry = Entry.objects.filter(member_id=life.member_id).latest("id")
    assert (entry.kind, entry.source) == ("adjust", f"erasure:{life.member_id}")
    assert entry.available < 0
    assert set(Entry.objects.values_list("reason", flat=True)) == {""}


@pytest.mark.django_db(transaction=True)
def test_the_phone_may_join_anew(life):
    erase(life)

    newcomer = signing.browser()
    signing.sign_in(newcomer, lives.PHONE)

    fresh = models.Member.objects.get(user_id=newcomer.session["_auth_user_id"])
    assert fresh.pk != life.member_id
    assert models.User.objects.get(pk=life.user_id).is_active is False


@pytest.mark.django_db(transaction=True)
def test_sessions_and_tokens_end(life):
    token = Token(type=Token.Type.ACCESS_TOKEN, user_id=life.user_id, client=None)
    token.set_value("x" * 40)
    token.save()
    assert life.browser.get("/me/privacy").status_code == 200

    erase(life)

    assert life.browser.get("/me/privacy").url.startswith("/sign-in")
    assert UserSession.objects.filter(user_id=life.user_id).count() == 0
    assert Token.objects.filter(user_id=life.user_id).count() == 0


@pytest.mark.django_db(transaction=True)
def test_others_keep_what_is_theirs(life):
    other = models.Member.objects.exclude(pk=life.member_id).get()

    erase(life)

    profile = selectors.get_member(member_id=other.pk)
    assert (profile.phone, profile.name) == (f"+86{lives.OTHER_PHONE}", lives.OTHER_NAME)


@pytest.mark.django_db(transaction=True)
def test_the_certificate_says_what_was_done_and_names_nobody(life):
    erase(life)

    row = models.Erasure.objects.get()
    assert row.state == "done"
    assert row.done["members.ContactPoint"] == 2
    assert row.done["members.sessions"] >= 1
    assert set(row.done) == {
        *(step.slug for step in personal.list_steps()),
        *(model._meta.label for model in personal.holdings()),
    }
    event = OutboxEvent.objects.get(name="members.member_erased.v1")
    assert event.payload == {"member": life.public_id}
    assert AuditRecord.objects.filter(action="members.erased").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_was_interrupted_goes_on_where_it_was(life, monkeypatch):
    due = ask(life)
    wipe = personal.wipe
    wiped = []

    def die(model, person):
        if model._meta.label == "members.RealName":
            raise KeyboardInterrupt
        wiped.append(model._meta.label)
        return wipe(model, person)

    monkeypatch.setattr(personal, "wipe", die)
    with pytest.raises(KeyboardInterrupt):
        services.erase_due(now=due)
    assert services.erase_due(now=due + timedelta(minutes=1)) == 0
    first = list(wiped)

    def note(model, person):
        wiped.append(model._meta.label)
        return wipe(model, person)

    monkeypatch.setattr(personal, "wipe", note)

    assert services.erase_due(now=due + timedelta(hours=1)) == 1

    assert len(wiped) == len(set(wiped))
    assert first
    assert dumping.find(dumping.dump(), lives.SECRETS) == []


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_fifteen_days_and_can_be_called_off(life):
    now = clock.now()
    due = ask(life, now)

    assert due == now + timedelta(days=15)
    assert services.erase_due(now=due - timedelta(seconds=1)) == 0
    services.cancel_erasure(member_id=life.member_id, actor="test", now=due)
    assert services.erase_due(now=due) == 0
    assert selectors.get_member(member_id=life.member_id).name == lives.REAL_NAME
    with pytest.raises(ErasureNotFoundError):
        services.cancel_erasure(member_id=life.member_id, actor="test", now=due)
    ask(life, due)


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_for_once(life):
    now = clock.now()
    ask(life, now)

    with pytest.raises(ErasurePendingError):
        ask(life, now + timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one(life):
    now = clock.now()
    answers = []

    def run(place):
        try:
            ask(life, now + timedelta(microseconds=place))
            answers.append("asked")
        except ErasurePendingError:
            answers.append("pending")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["asked", "pending", "pending", "pending"]


@pytest.mark.django_db(transaction=True)
def test_stored_value_blocks_and_is_said(life):
    mall = Mall(shop=life.shop)
    mall.give(life.member_id, 1234, currency="balance")

    with pytest.raises(ErasureBlockedError) as refused:
        ask(life)

    assert "12.34" in refused.value.stakes[0].words
    lives.prove(life)
    page = life.browser.get("/me/privacy/erasure").content.decode()
    assert "12.34" in page
    assert 'name="sure"' not in page


@pytest.mark.django_db(transaction=True)
def test_money_that_arrives_meanwhile_postpones_it(life):
    due = ask(life)
    Mall(shop=life.shop).give(life.member_id, 1234, currency="balance")

    assert services.erase_due(now=due) == 0

    row = models.Erasure.objects.get()
    assert (row.state, row.problem) == ("waiting", "blocked")
    assert row.due_at == due + timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_who_was_merged_into_the_member_goes_along(life):
    other = models.Member.objects.exclude(pk=life.member_id).get()
    models.MemberKey.objects.filter(member_id=other.pk).exclude(kind="card").update(
        member_id=life.member_id
    )
    models.Member.objects.filter(pk=other.pk).update(status="merged", survivor_id=life.member_id)

    erase(life)

    told = {"phone": lives.OTHER_PHONE, "name": lives.OTHER_NAME}
    assert dumping.find(dumping.dump(), told) == []
    assert models.Member.objects.get(pk=other.pk).name is None
    assert models.ContactPoint.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_user_who_is_a_member_elsewhere_still_signs_in(life):
    elsewhere = models.Member(
        programme_id=life.shop.programme.id + 1,
        member_no="000000000000",
        user_id=life.user_id,
        joined_at=clock.now(),
    )
    models.Member.objects.bulk_create([elsewhere])

    erase(life)

    user = models.User.objects.get(pk=life.user_id)
    assert (user.is_active, user.phone) == (True, f"+86{lives.PHONE}")
    assert models.Member.objects.get(pk=life.member_id).user_id is None


@pytest.mark.django_db(transaction=True)
def test_the_member_asks_on_the_page_and_keeps_the_membership(life):
    client = life.browser
    assert client.post("/me/privacy/erasure", {"sure": "1"}).url.startswith("/me/security/proof")
    lives.prove(life)
    assert client.post("/me/privacy/erasure").status_code == 422

    assert client.post("/me/privacy/erasure", {"sure": "1"}).status_code == 302

    relay.drain(now=clock.now())
    assert LocalMessage.objects.filter(template="erasure_requested").count() == 1
    page = client.get("/me/privacy").content.decode()
    assert "Keep my membership" in page
    assert client.post("/me/privacy/keep").url == "/me/privacy"
    assert models.Erasure.objects.get().state == "cancelled"
    assert "Keep my membership" not in client.get("/me/privacy").content.decode()


def test_the_time_to_think_is_said_in_days():
    assert timedelta(days=15) == erasing.THINK_OVER


@pytest.mark.django_db(transaction=True)
def test_of_merged_accounts_nothing_personal_is_left_under_any_id(life):
    now = clock.now()
    made = life.api.post("members", {"phone": "13611112222", "name": "东方不败教主"}, key="twin")
    twin = selectors.resolve(public_id=made.json()["id"], programme_id=life.shop.programme.id)
    add_address(twin, now, recipient="东方不败教主", detail="黑木崖一号院", phone="13611112222")
    services.merge_by_storefront(
        survivor_id=twin, duplicate_id=life.member_id, actor="staff:1", reason="same", now=now
    )

    due = services.request_erasure(member_id=twin, actor="member", now=now)
    assert services.erase_due(now=due) == 1
    relay.drain(now=due)

    told = {**lives.SECRETS, "name 2": "东方不败教主", "phone 2": "13611112222",
            "street 2": "黑木崖一号院"}  # fmt: skip
    assert dumping.find(dumping.dump(), told) == []
    assert left_in_clear(told) == []
    assert models.User.objects.filter(is_active=True).count() == 0
    assert list(reconcile()) == []
    # There is no way back to who was erased.
    case = models.MergeCase.objects.get()
    with pytest.raises(MergeMemberClosedError):
        services.undo(case_id=case.pk, actor="staff:1", reason="no", now=now)


@pytest.mark.django_db(transaction=True)
def test_who_asked_to_be_erased_is_not_merged(life):
    other = models.Member.objects.exclude(pk=life.member_id).get()
    ask(life)

    with pytest.raises(MergeErasurePendingError):
        services.merge_by_storefront(
            survivor_id=other.pk, duplicate_id=life.member_id, actor="x", reason="same",
            now=clock.now(),
        )  # fmt: skip
