"""The ledger is searched by whatever an operator has, and handed out only with a second person."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kernel import clock, ids
from config.kernel.models import Approval, AuditRecord
from members import services as members_services
from members.models import Member, User
from points.models import Entry
from points.selectors import search
from points.selectors.search import EntryFilter, search_entries
from tests.console.conftest import operator
from tests.factories.points import Book
from tests.factories.programmes import make_shop
from tests.factories.story import Story

SEARCH = "/ops/points/entry/search"


def look(client: Client, **fields: str) -> str:
    return client.get(f"{SEARCH}?{urlencode(fields)}").content.decode()


def test_by_member_order_source_entry_key_kind_rule_amount_and_date(story: Story):
    client = operator("en")
    number = Member.objects.get(pk=story.member_id).member_no
    spent = Entry.objects.get(member_id=story.member_id, kind="spend")
    day = spent.occurred_at.astimezone(story.shop.programme.zone).date().isoformat()
    address = f"/ops/points/entry/{story.member_id}-{spent.pk}/change/"
    for fields in (
        {"member": number},
        {"member": "13800138000"},
        {"source": "gift:1"},
        {"entry": ids.encode("ent", member_id=story.member_id, row_id=spent.pk)},
        {"key": "cup"},
        {"kind": "spend"},
        {"least": "-800", "most": "-800"},
        {"since": day, "until": day},
    ):
        assert address in look(client, **fields), fields
    earned = look(client, order="SO-1001")
    assert "/ops/points/entry/" in earned
    assert address not in earned
    for fields in ({"kind": "merge"}, {"least": "10000000"}, {"source": "nothing"}):
        assert "Nothing fits." in look(client, **fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"member": "nobody"}, "No member is known by this."),
        ({"order": "NO-1"}, "No storefront has an order of this number."),
        ({"entry": "ent_x"}, "This is no id of an entry."),
        ({"least": "9", "most": "1"}, "The end lies before the beginning."),
        ({"least": "many"}, "Enter a whole number."),
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"kind": "gift"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_searched_is_said_at_the_field(story: Story, fields, said):
    assert said in look(operator("en"), **fields)


@pytest.mark.django_db
def test_pages_go_on_by_key_and_nothing_is_counted(monkeypatch):
    monkeypatch.setattr(search, "STRETCH", 7)
    book = Book(make_shop().programme.id)
    made = [book.earn(n + 1).entries[0].entry_id for n in range(25)]

    seen: list[int] = []
    before = None
    with CaptureQueriesContext(connection) as asked:
        while True:
            page = search_entries(told=EntryFilter(kind="earn"), before=before, limit=10)
            seen += [entry.pk for entry in page.entries]
            before = page.before
            if before is None:
                break

    assert seen == made[::-1]
    assert not [q for q in asked if "OFFSET" in q["sql"] or "COUNT(" in q["sql"].upper()]
    # With a member there is one statement to a page.
    with CaptureQueriesContext(connection) as asked:
        page = search_entries(told=EntryFilter(member_ids=(1,)), limit=10)
    assert len([q for q in asked if "points_entry" in q["sql"]]) == 1
    assert len(page.entries) == 10


@pytest.mark.django_db
def test_what_is_rare_among_a_members_many_entries_is_given_up_and_looked_for_by_stretches(
    monkeypatch,
):
    monkeypatch.setattr(search, "PATIENCE", 0.05)
    book = Book(make_shop().programme.id)
    rare = book.earn(1, source="rare").entries[0].entry_id
    book.earn(2)
    asked: list[str] = []

    def busy(execute, sql, params, many, context):
        if "points_entry" in sql:
            asked.append(sql)
            if len(asked) == 1:
                # As long as a statement over millions; the server ends it at once.
                execute("SELECT pg_sleep(60)", None, False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(busy):
        found = search_entries(told=EntryFilter(member_ids=(1,), source="rare"))

    assert [entry.pk for entry in found.entries] == [rare]
    assert len(asked) > 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db
def test_patience_ends_and_the_next_page_goes_on(monkeypatch):
    monkeypatch.setattr(search, "STRETCH", 3)
    monkeypatch.setattr(search, "PATIENCE", -1)
    book = Book(make_shop().programme.id)
    first = book.earn(1, source="rare").entries[0].entry_id
    for n in range(12):
        book.earn(n + 2)

    found, before, pages = [], None, 0
    while True:
        page = search_entries(told=EntryFilter(source="rare"), before=before)
        found += [entry.pk for entry in page.entries]
        before, pages = page.before, pages + 1
        if before is None or pages > 10_000:
            break
        assert page.partial or page.entries

    assert found == [first]
    assert pages > 1


def test_a_filter_survives_its_request():
    told = EntryFilter(
        member_ids=(3, 4), kind="earn", least=-5, since=datetime(2026, 1, 2, tzinfo=UTC)
    )

    assert EntryFilter.of(told.payload()) == told


def test_a_file_needs_a_second_person_and_carries_both_names(story: Story):
    taker = operator("en")
    answer = taker.post("/ops/points/entry/export?kind=earn", {"reason": "year-end audit"})
    assert answer.status_code == 302
    asked = Approval.objects.get(kind="points.export_entries")
    file = f"/ops/points/entry/file/{asked.pk}"
    assert taker.get(file).status_code == 403

    other_id = members_services.create_staff(
        username="max", password="a-long-password", superuser=True
    )
    other = Client(headers={"accept-language": "en"})
    other.force_login(User.objects.get(pk=other_id))
    page = f"/ops/kernel/approval/{asked.pk}/"
    assert other.post(f"{page}approve/", {"note": ""}).status_code == 302
    assert file in taker.get(f"{page}change/").content.decode()
    assert other.get(file).status_code == 403

    given = taker.get(file)
    rows = list(csv.reader(io.StringIO(given.getvalue().decode("utf-8-sig"))))
    assert rows[0][:4] == ["taken by", asked.requested_by, "approved by", f"staff:{other_id}"]
    assert len(rows) - 2 == Entry.objects.filter(kind="earn").count()
    assert {row[2] for row in rows[2:]} == {"earn"}
    assert AuditRecord.objects.filter(action="points.entries_exported").count() == 1
    Approval.objects.filter(pk=asked.pk).update(decided_at=clock.now() - timedelta(days=7))
    assert taker.get(file).status_code == 403


@pytest.mark.parametrize(("language", "said"), [("en", "As of"), ("zh-hans", "截至")])
def test_a_members_balance_as_of_an_earlier_time(story: Story, language, said):
    client = operator(language)
    page = f"/ops/points/account/of/{story.member_id}/as-of"
    past = (clock.now() - timedelta(days=4000)).strftime("%Y-%m-%dT%H:%M")

    now = client.get(page).content.decode()
    then = client.get(f"{page}?at={past}").content.decode()

    assert said in now
    assert then.count(">0<") >= 7
    for wrong in ("soon", "0001-01-01T00:00"):
        assert client.get(f"{page}?at={wrong}").context["form"].errors["at"]
    assert page in client.get(f"/ops/members/member/{story.member_id}/change/").content.decode()
