"""Import a file in the console: upload, work, progress, refused lines, cancel, go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.kernel import clock
from config.kernel.models import AuditRecord
from loyalty.settlement import tasks, uploads
from loyalty.settlement.models import ImportRun
from loyalty.settlement.services import imports
from members.commerce.models import Order
from tests.console.conftest import operator
from tests.factories.story import Story

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
LINES = [
    "536365,85123A,HOLDER,6,2026-10-01 08:26:00,2.55,17850,United Kingdom",
    "536365,71053,LANTERN,6,2026-10-01 08:26:00,3.39,17850,United Kingdom",
    "536366,22633,WARMER,2,2026-10-02 09:00:00,1.85,13047,United Kingdom",
    "536367,POST,POSTAGE,1,2026-10-02 09:00:00,18.00,13047,United Kingdom",
    "536368,22633,WARMER,1,2026-10-03 09:00:00,1.85,,United Kingdom",
]
NEW = "/ops/settlement/importrun/new/"


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Keep what would go to the worker, which tests play themselves."""
    found: list[int] = []
    monkeypatch.setattr(tasks, "send", found.append)
    return found


def upload(client: Client, lines: list[str] = LINES, **changes: object):
    text = "\n".join([HEADER, *lines]) + "\n"
    file = SimpleUploadedFile("october.csv", text.encode(), content_type="text/csv")
    return client.post(NEW, {"file": file, "storefront": "demo", **changes})


def test_a_file_is_taken_worked_on_and_told(story: Story, folder, sent, language):
    client = operator(language)

    answer = upload(client)

    run = ImportRun.objects.get()
    assert sent == [run.pk]
    assert answer.headers["Location"] == f"/ops/settlement/importrun/{run.pk}/change/"
    running = client.get(answer.headers["Location"])
    assert running.headers["Refresh"] == "5"
    assert tasks.import_file(run_id=run.pk) is True
    done = client.get(answer.headers["Location"])
    assert "Refresh" not in done.headers
    page = done.content.decode()
    words = {"zh-hans": ["已完成", "没有客户"], "en": ["Done", "No customer"]}
    assert all(word in page for word in ["100 %", *words[language]])
    assert Order.objects.filter(external_no__startswith="5363").count() == 2
    assert AuditRecord.objects.filter(action="import.started").exists()


def test_refused_lines_are_downloaded_before_and_after_it_is_done(story: Story, folder, sent):
    client = operator("en")
    upload(client)
    run = ImportRun.objects.get()
    path = f"/ops/settlement/importrun/{run.pk}/rejects/"

    early = b"".join(client.get(path)).decode().splitlines()
    tasks.import_file(run_id=run.pk)
    answer = client.get(path)

    assert early == ["line,reason", "5,adjustment", "6,no_customer"]
    assert b"".join(answer).decode().splitlines() == early
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_nothing_that_names_customers_stays_behind(story: Story, folder, sent):
    upload(operator())
    run = ImportRun.objects.get()

    tasks.import_file(run_id=run.pk)

    assert [path.name for path in uploads.folder_of(run.pk).iterdir()] == ["rejects.csv"]
    assert [path.name for path in folder.iterdir()] == [str(run.pk)]


def test_cancel_and_go_on(story: Story, folder, sent):
    client = operator("en")
    upload(client)
    run = ImportRun.objects.get()
    here = f"/ops/settlement/importrun/{run.pk}"

    client.post(f"{here}/cancel/", {"reason": "Wrong month"})
    assert tasks.import_file(run_id=run.pk) is False
    assert not Order.objects.filter(external_no="536365").exists()
    assert "was cancelled" in upload(client).content.decode()
    client.post(f"{here}/resume/", {"reason": "It was right"})

    assert sent == [run.pk, run.pk]
    assert tasks.import_file(run_id=run.pk) is True
    assert Order.objects.filter(external_no="536365").exists()


def test_the_same_file_again_is_the_same_import(story: Story, folder, sent):
    client = operator("en")
    upload(client)
    tasks.import_file(run_id=ImportRun.objects.get().pk)

    upload(client)

    assert ImportRun.objects.count() == 1
    assert Order.objects.filter(external_no="536365").count() == 1


def test_a_turn_ends_between_parts_and_the_next_goes_on(story: Story, folder, sent, monkeypatch):
    monkeypatch.setattr(
        "loyalty.settlement.services.imports.lay_out",
        lambda *, path, options, into, chunk_lines=1, real=imports.lay_out: real(
            path=path, options=options, into=into, chunk_lines=1
        ),
    )
    upload(operator())
    run = ImportRun.objects.get()
    assert run.chunks.count() == 2

    assert uploads.work(run_id=run.pk, clock=clock.now, seconds=-1) is False
    assert run.chunks.filter(done_at=None).count() == 1
    page = operator_again().get(f"/ops/settlement/importrun/{run.pk}/change/").content.decode()
    assert "about 1 minute" in page
    assert uploads.work(run_id=run.pk, clock=clock.now) is True


def operator_again() -> Client:
    from members.models import User

    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(staff_name="lin"))
    return client


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x1f\x8bnot really gzip", "damaged"),
        (b"a,b,c\n1,2,3\n", "no column"),
        ("名称".encode("gb18030") + b"\n", "UTF-8"),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(story: Story, folder, sent, content, said):
    file = SimpleUploadedFile("../../evil.csv", content)

    answer = operator("en").post(NEW, {"file": file, "storefront": "demo"})

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert sent == []
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_bad_mapping_is_said_at_its_field(story: Story, folder, sent):
    mapping = SimpleUploadedFile("m.toml", b"[columns]\norder_no = 'A'\n")

    answer = upload(operator("en"), mapping=mapping)

    assert answer.context["form"].errors["mapping"]
    assert not ImportRun.objects.exists()


def test_a_file_too_large_is_refused(story: Story, folder, sent, settings):
    settings.IMPORT_UPLOAD_LIMIT = 10

    assert upload(operator("en")).context["form"].errors["file"]


def test_only_those_who_may_start_imports(story: Story, folder, sent):
    client = operator(superuser=False)

    assert client.get(NEW).status_code == 403
    assert upload(client).status_code == 403
