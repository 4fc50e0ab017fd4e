"""The nightly proof: kept, told, and missed when it does not run."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import connections
from django.test import Client

from config.kernel import clock, gauges, relay, workers
from config.kernel.models import OutboxEvent
from members import services as members_services
from members.models import User
from messaging.models import LocalMessage
from points import selectors, services, tasks
from points.models import Account, Proof
from tests.factories.points import NOON, Book
from tests.factories.programmes import make_shop

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def books(db) -> list[Book]:
    programme = make_shop().programme
    books = [Book(programme.id, member_id) for member_id in (1, 2, 3)]
    for book in books:
        book.earn(100)
        book.spend(30)
    return books


def finance(name: str = "fay") -> Client:
    pk = members_services.create_staff(username=name, password="a-long-password", superuser=True)
    User.objects.filter(pk=pk).update(email=f"{name}@example.com")
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=pk))
    return client


def corrupt() -> None:
    """Change a balance behind the ledger's back."""
    Account.objects.filter(member_id=2).update(available=71)


def test_a_clean_proof_keeps_its_figures(books):
    assert services.prove(started_by="system", now=LATER) == 0

    proof = Proof.objects.get()
    assert (proof.state, proof.differences) == ("clean", 0)
    assert (proof.accounts, proof.entries, proof.lots) == (3, 6, 3)
    assert proof.figures[0]["available"] == 210
    assert proof.done == proof.total > 0
    assert proof.finished_at is not None
    assert proof.finished_at >= proof.started_at
    assert not selectors.get_standing(now=LATER).alarming


def test_a_difference_is_kept_told_and_shown_in_red(books):
    client = finance()
    assert "does not reconcile" not in client.get("/ops/points/proof/").content.decode()
    corrupt()

    assert services.prove(started_by="system", now=clock.now()) == 3
    relay.drain(now=clock.now())

    proof = Proof.objects.get()
    assert proof.state == "differs"
    assert {e["member_id"] for e in proof.examples} == {0, 2}
    assert OutboxEvent.objects.get(name="points.ledger_differs.v1").payload["differences"] == 3
    told = LocalMessage.objects.get(template="ledger_differs")
    assert told.address == "fay@example.com"
    assert "3" in told.body
    home = client.get("/ops/").content.decode()
    assert "The ledger does not reconcile: 3 differences." in home
    shown = client.get(f"/ops/points/proof/{proof.pk}/change/").content.decode()
    assert "account and its lots" in shown
    assert f"/ops/points/account/2-{Account.objects.get(member_id=2).pk}/change/" in shown


def test_the_alarm_ends_with_the_next_clean_proof(books):
    corrupt()
    services.prove(started_by="system", now=NOON)
    Account.objects.filter(member_id=2).update(available=70)

    services.prove(started_by="system", now=LATER)

    assert not selectors.get_standing(now=LATER).alarming


def test_operators_hear_when_no_proof_has_run(books):
    finance()
    services.prove(started_by="system", now=NOON)

    assert not services.watch(now=NOON + timedelta(hours=25))
    late = NOON + timedelta(hours=26)
    assert services.watch(now=late)
    # Once a day is enough to be heard.
    assert not services.watch(now=late + timedelta(hours=1))
    assert services.watch(now=late + timedelta(hours=24))

    relay.drain(now=late)
    assert LocalMessage.objects.filter(template="ledger_unproven").count() == 2
    assert selectors.get_standing(now=late).overdue


def test_a_new_installation_is_not_overdue(db):
    make_shop()

    assert not services.watch(now=NOON)
    assert not selectors.get_standing(now=NOON).alarming
    assert services.watch(now=NOON + timedelta(hours=26))


def test_one_proof_at_a_time_and_an_abandoned_one_gives_way(books):
    Proof.objects.create(started_by="staff:1", started_at=NOON)

    with pytest.raises(services.ProofRunningError):
        services.prove(started_by="system", now=LATER)
    assert tasks.reconcile() in (0, None)

    assert services.prove(started_by="system", now=NOON + timedelta(hours=7)) == 0
    assert set(Proof.objects.values_list("state", flat=True)) == {"failed", "clean"}


def test_a_proof_that_breaks_off_says_so(books, monkeypatch):
    def broken(**_):
        raise RuntimeError

    monkeypatch.setattr("points.services.proving.reconcile", broken)

    with pytest.raises(RuntimeError):
        services.prove(started_by="system", now=LATER)

    assert Proof.objects.get().state == "failed"
    # What broke off proves nothing.
    assert selectors.get_standing(now=LATER).proved_at is None


def test_prometheus_reads_the_gauges_with_its_token(books, settings):
    corrupt()
    services.prove(started_by="system", now=NOON)
    client = Client()
    assert client.get("/metrics").status_code == 404

    settings.METRICS_TOKEN = "a-token-for-prometheus"
    assert client.get("/metrics").status_code == 404
    answer = client.get("/metrics", headers={"authorization": "Bearer a-token-for-prometheus"})

    text = answer.content.decode()
    assert "changke_ledger_differences 3" in text
    assert "# TYPE changke_ledger_proof_overdue gauge" in text
    told = gauges.expose(now=NOON + timedelta(hours=2))
    assert "changke_ledger_proof_age_seconds 7200" in told
    assert "changke_ledger_proof_overdue 0" in told


def test_who_may_not_see_proofs_hears_no_alarm(books):
    corrupt()
    services.prove(started_by="system", now=NOON)
    pk = members_services.create_staff(username="vic", password="a-long-password")
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=pk))

    assert "does not reconcile" not in client.get("/ops/").content.decode()


def test_the_button_starts_a_proof(books, monkeypatch):
    sent = []
    monkeypatch.setattr(workers, "ask", lambda task, **told: sent.append((task, told)))

    answer = finance().post("/ops/points/proof/prove/")

    assert answer.status_code == 302
    (task, told) = sent[0]
    assert (task, told["queue"]) == ("points.reconcile", "bulk")
    assert told["kwargs"]["started_by"].startswith("staff:")


@pytest.mark.django_db(transaction=True)
def test_an_entry_changed_by_the_owner_of_the_tables_is_found():
    """The application's role cannot; whoever can is found out the next night."""
    book = Book(make_shop().programme.id)
    entry = book.earn(100).entries[0]
    s = connections["default"].settings_dict
    with psycopg.connect(
        host=s["HOST"], port=s["PORT"], user=s["USER"], password=s["PASSWORD"], dbname=s["NAME"]
    ) as owner:
        owner.execute("ALTER TABLE points_entry DISABLE TRIGGER points_entry_is_for_ever")
        owner.execute(
            "UPDATE points_entry SET points = 101, available = 101"
            " WHERE member_id = %s AND id = %s",
            [entry.member_id, entry.entry_id],
        )
        owner.execute("ALTER TABLE points_entry ENABLE TRIGGER points_entry_is_for_ever")

    assert tasks.reconcile() > 0

    checks = {example["check"] for example in Proof.objects.get().examples}
    assert "account and its entries" in checks
    assert OutboxEvent.objects.filter(name="points.ledger_differs.v1").exists()
