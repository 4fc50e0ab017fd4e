"""Files out of here: small at once, large by two people, marked, masked, safe to open, and gone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from config.kernel import approvals, clock
from config.kernel.models import Approval, AuditRecord
from members import export_files, services
from members.models import AccessRecord, DataGrant, ExportRun, Member, User
from tests.console.people import at_home, browser, open_store, staff
from tests.factories.members import make_member
from tests.factories.programmes import Shop, make_shop

NEW = "/ops/members/exportrun/new/"
EVIL = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1+1")


@pytest.fixture
def shop(db, settings, tmp_path) -> Shop:
    settings.EXPORT_FOLDER = tmp_path
    return make_shop()


@pytest.fixture
def olga(shop) -> User:
    return staff("olga", "operations")


def start(user: User, kind: str = "members", **told) -> ExportRun:
    return services.start_bulk_export(
        kind=kind, told=told, user_id=user.pk, reason="newsletter", now=clock.now()
    )


def taken(run: ExportRun, user: User) -> list[list[str]]:
    _name, parts = services.open_bulk_export(run_id=run.pk, user_id=user.pk, now=clock.now())
    text = "".join(parts)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def build() -> None:
    while services.build_next_bulk_export(clock=clock.now):
        pass


def test_a_small_one_is_there_at_once_masked_and_marked_in_every_row(shop, olga):
    make_member(shop, phone="+8613800138000", email="li@example.com", name="李四")

    answer = browser(olga).post(NEW, {"kind": "members", "reason": "newsletter"})
    build()

    run = ExportRun.objects.get()
    assert answer["Location"].endswith(f"/{run.pk}/change/")
    file = browser(olga).get(f"/ops/members/exportrun/{run.pk}/download/")
    assert "olga" in file["Content-Disposition"]
    text = b"".join(file).decode("utf-8-sig")
    assert "13800138000" not in text
    assert "+86138****8000" in text
    assert "李*" in text
    assert "李四" not in text
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:2] == ["taken by", "olga"]
    assert all(row[-1].startswith("olga · ") for row in rows[2:])
    run.refresh_from_db()
    assert (run.rows, run.downloads) == (1, 1)
    assert AuditRecord.objects.filter(action="export.downloaded").count() == 1
    assert b"li@" not in export_files.path_of(run.pk).read_bytes()


@pytest.mark.parametrize("evil", EVIL)
def test_csv_formula_injection_ends_as_text(shop, olga, evil):
    member = make_member(shop)
    Member.objects.filter(pk=member).update(nickname=evil)
    run = start(olga)
    build()

    [row] = taken(run, olga)[2:]

    assert row[3] == f"'{evil}"
    assert not any(cell[:1] in "=+-@\t\r" for cell in row if cell)


def test_more_than_a_hundred_wait_for_a_second_person(shop, olga):
    for _number in range(101):
        make_member(shop)
    pia = staff("pia", "privacy_officer")
    run = start(olga)
    build()
    run.refresh_from_db()
    assert run.state == "asked"
    with pytest.raises(services.BulkExportGoneError):
        services.open_bulk_export(run_id=run.pk, user_id=olga.pk, now=clock.now())

    asked = Approval.objects.get(kind="members.export")
    for wrong in (olga, staff("sue", "support")):
        with pytest.raises((approvals.OwnApprovalError, approvals.ApprovalForbiddenError)):
            _decide(asked, wrong)
    _decide(asked, pia)
    build()

    rows = taken(run, olga)
    assert rows[0][3] == f"staff:{pia.pk}"
    assert len(rows) - 2 == 101


def _decide(asked: Approval, by: User) -> None:
    approvals.decide(approval_id=asked.pk, approver=f"staff:{by.pk}", approve=True, now=clock.now())


def test_nobody_takes_what_somebody_else_asked_for(shop, olga):
    run = start(olga)
    build()
    other = staff("otto", "operations")

    assert browser(other).get(f"/ops/members/exportrun/{run.pk}/download/").status_code in (
        403,
        404,
    )
    with pytest.raises(services.BulkExportNotFoundError):
        services.open_bulk_export(run_id=run.pk, user_id=other.pk, now=clock.now())


def test_whoever_lost_the_role_takes_nothing_any_more(shop, olga):
    run = start(olga)
    build()
    olga.groups.clear()

    with pytest.raises(services.BulkExportForbiddenError):
        services.open_bulk_export(run_id=run.pk, user_id=olga.pk, now=clock.now())


def test_a_cancelled_one_leaves_no_file(shop, olga):
    make_member(shop)
    run = start(olga)
    build()
    assert export_files.path_of(run.pk).exists()

    page = f"/ops/members/exportrun/{run.pk}/cancel/"
    assert browser(olga).post(page, {"reason": "wrong one"}).status_code == 302

    run.refresh_from_db()
    assert run.state == "cancelled"


def test_its_file_is_gone_after_a_week(shop, olga):
    run = start(olga)
    build()
    later = clock.now() + timedelta(days=7, minutes=1)

    with pytest.raises(services.BulkExportGoneError):
        services.open_bulk_export(run_id=run.pk, user_id=olga.pk, now=later)
    assert services.end_bulk_exports(now=later) == 1
    assert not export_files.path_of(run.pk).exists()
    run.refresh_from_db()
    assert run.state == "expired"


def test_in_clear_only_under_a_grant_and_then_every_member_is_in_the_access_log(shop, olga):
    member = make_member(shop, phone="+8613800138000")
    now = clock.now()
    DataGrant.objects.create(
        user_id=olga.pk, approval_id=1, reason="x", starts_at=now, ends_at=now + timedelta(hours=1)
    )
    run = start(olga)
    build()

    assert "'+8613800138000" in taken(run, olga)[2]
    assert AccessRecord.objects.get(page="members.export").member_id == member
    DataGrant.objects.update(ends_at=clock.now())
    with pytest.raises(services.BulkExportForbiddenError):
        services.open_bulk_export(run_id=run.pk, user_id=olga.pk, now=clock.now())


def test_of_one_store_go_that_stores_members_alone(shop):
    mine, other = make_member(shop), make_member(shop)
    store = open_store(shop, "here")
    at_home(mine, store)
    mei = staff("mei", "store_manager", stores=(store,))
    mei.user_permissions.add(_permission("export_members"))
    mei = User.objects.get(pk=mei.pk)

    run = start(mei)
    build()

    numbers = [row[0] for row in taken(run, mei)[2:]]
    assert numbers == [Member.objects.get(pk=mine).member_no]
    assert Member.objects.get(pk=other).member_no not in numbers


def _permission(codename: str):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=codename)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "salaries", "reason": "x"},
        {"kind": "members"},
        {"kind": "members", "reason": "x", "since": "soon"},
        {"kind": "members", "reason": "x", "since": "2026-02-02", "until": "2026-01-01"},
        {"kind": "members", "reason": "x", "programme": "999999"},
    ],
)
def test_a_wrong_wish_is_refused_at_its_field(shop, olga, form):
    answer = browser(olga).post(NEW, form)

    assert answer.context["form"].errors
    assert not ExportRun.objects.exists()


def test_support_exports_nobody(shop):
    assert browser(staff("sue", "support")).get(NEW).status_code == 403
