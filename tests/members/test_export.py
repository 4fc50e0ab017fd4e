"""A member's copy of their data holds all of it, nothing of anybody else, and no secret."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.test import Client

from config.kernel import clock, personal, relay, vault
from config.kernel.models import AuditRecord
from members import models, services
from members.errors import ExportGoneError, ExportPendingError
from messaging.models import LocalMessage
from tests.members import lives, signing


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EXPORT_FOLDER = tmp_path / "exports"


@pytest.fixture
def life():
    return lives.live()


def copy_of(life):
    """Ask for a copy, let it be built, and open it."""
    now = clock.now()
    number = services.request_export(
        member_id=life.member_id, user_id=life.user_id, locale="en", now=now
    )
    assert services.build_exports(now=now) == 1
    content = services.open_export(
        member_id=life.member_id, export_id=number, user_id=life.user_id, now=now
    )
    return zipfile.ZipFile(io.BytesIO(b"".join(content)))


def table(bundle, name):
    return json.loads(bundle.read(f"data/{name}.json"))


@pytest.mark.django_db(transaction=True)
def test_a_copy_holds_every_exported_column_of_every_table_with_rows(life):
    bundle = copy_of(life)

    person = personal.Person(member_ids=(life.member_id,), user_ids=(life.user_id,))
    held = [m for m in personal.holdings() if personal.exported_columns(m)]
    full = [m for m in held if personal.rows_of(m, person).exists()]
    assert len(full) > 15
    for model in full:
        rows = table(bundle, model._meta.label_lower)
        assert list(rows[0]) == personal.exported_columns(model)
        # That it was fetched is written down after it was made.
        later = 1 if model is AuditRecord else 0
        assert len(rows) == personal.rows_of(model, person).count() - later


@pytest.mark.django_db(transaction=True)
def test_a_copy_holds_what_is_encrypted_in_clear_and_nothing_of_others(life):
    bundle = copy_of(life)

    everything = "\n".join(bundle.read(name).decode() for name in bundle.namelist())
    for words in (lives.PHONE, lives.EMAIL, lives.NAME, lives.ID_NUMBER, lives.STREET):
        assert words in everything
    for words in (lives.OTHER_PHONE, lives.OTHER_NAME):
        assert words not in everything


@pytest.mark.django_db(transaction=True)
def test_a_copy_holds_no_secret(life):
    bundle = copy_of(life)

    everything = "\n".join(bundle.read(name).decode() for name in bundle.namelist())
    user = models.User.objects.get(pk=life.user_id)
    secrets = [signing.secret_of(life.user_id), user.password]
    secrets += list(models.SignInTicket.objects.values_list("token", flat=True))
    assert [s for s in secrets if s in everything] == []


@pytest.mark.django_db(transaction=True)
def test_cells_are_safe_to_open_in_a_spreadsheet(life):
    services.update_profile(
        member_id=life.member_id,
        changes={"nickname": '=HYPERLINK("http://evil")'},
        actor="test",
        now=clock.now(),
    )

    bundle = copy_of(life)

    sheet = bundle.read("data/members.member.csv").decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(sheet)))
    assert row["nickname"] == '\'=HYPERLINK("http://evil")'
    for name in bundle.namelist():
        if name.endswith(".csv"):
            for cells in csv.reader(io.StringIO(bundle.read(name).decode("utf-8-sig"))):
                assert not [c for c in cells if re.match(r"[=+@\t\r]|-\D", c)], name


@pytest.mark.django_db(transaction=True)
def test_the_page_in_it_explains_every_table(life):
    bundle = copy_of(life)

    page = bundle.read("index.html").decode()
    for name in bundle.namelist():
        if name.startswith("data/"):
            assert f'href="{name}"' in page
    assert "to recognize the member" in page


@pytest.mark.django_db(transaction=True)
def test_the_file_is_encrypted_and_dies_after_seven_days(life, settings):
    copy_of(life)
    row: Any = models.DataExport.objects.get()
    (file,) = settings.EXPORT_FOLDER.iterdir()

    assert lives.PHONE.encode() not in file.read_bytes()
    assert file.read_bytes()[:2] != b"PK"
    late = row.ready_at + timedelta(days=7)
    with pytest.raises(ExportGoneError):
        services.open_export(
            member_id=life.member_id, export_id=row.pk, user_id=life.user_id, now=late
        )
    assert services.forget_exports(now=late) == 1
    assert list(settings.EXPORT_FOLDER.iterdir()) == []
    row = models.DataExport.objects.get()
    assert (row.state, row.file_name) == ("expired", None)


@pytest.mark.django_db(transaction=True)
def test_one_copy_at_a_time(life):
    told = {"member_id": life.member_id, "user_id": life.user_id}
    services.request_export(**told, now=clock.now())

    with pytest.raises(ExportPendingError):
        services.request_export(**told, now=clock.now() + timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_cannot_be_made_is_given_up_after_three_tries(life, monkeypatch):
    def fail(*_args, **_values):
        raise OSError("the disk is full")

    monkeypatch.setattr("members.portable.write", fail)
    services.request_export(member_id=life.member_id, user_id=life.user_id, now=clock.now())

    assert services.build_exports(now=clock.now()) == 0
    assert models.DataExport.objects.get().state == "failed"


@pytest.mark.django_db(transaction=True)
def test_the_member_asks_for_it_after_a_proof_and_fetches_it(life):
    client = life.browser
    asked = client.post("/me/privacy/exports")
    assert asked.url.startswith("/me/security/proof")

    lives.prove(life)
    assert client.post("/me/privacy/exports").url == "/me/privacy/exports"
    assert "Waiting its turn" in client.get("/me/privacy/exports").content.decode()
    services.build_exports(now=clock.now())
    relay.drain(now=clock.now())

    page = client.get("/me/privacy/exports").content.decode()
    path = re.findall(r'href="(/me/privacy/exports/\d+)"', page)[0]
    answer = client.get(path)
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    assert LocalMessage.objects.filter(template="export_ready").count() == 1
    assert models.DataExport.objects.get().fetched_at is not None


@pytest.mark.django_db(transaction=True)
def test_nobody_else_fetches_it(life):
    copy_of(life)
    number = models.DataExport.objects.get().pk
    stranger = signing.browser()
    signing.sign_in(stranger, "13700137000")
    signing.prove(stranger)

    refused: Any = stranger.get(f"/me/privacy/exports/{number}")
    unknown: Any = Client().get(f"/me/privacy/exports/{number}")
    assert refused.url == "/me/privacy/exports"
    assert unknown.url.startswith("/sign-in")


def test_a_file_in_the_vault_cannot_be_cut_or_moved(tmp_path):
    path = tmp_path / "file"
    content = b"x" * (vault.FRAME + 10)
    vault.store(path, io.BytesIO(content), context="a")

    assert b"".join(vault.load(path, context="a")) == content
    with pytest.raises(InvalidTag):
        list(vault.load(path, context="b"))
    whole = path.read_bytes()
    path.write_bytes(whole[: int.from_bytes(whole[:4], "big") + 4])
    with pytest.raises(InvalidTag):
        list(vault.load(path, context="a"))
    path.write_bytes(whole[:-3])
    with pytest.raises(vault.DamagedFileError):
        list(vault.load(path, context="a"))


def test_an_empty_file_in_the_vault_is_empty(tmp_path):
    vault.store(tmp_path / "file", io.BytesIO(b""), context="a")

    assert b"".join(vault.load(tmp_path / "file", context="a")) == b""
