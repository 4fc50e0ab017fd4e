"""A member's copy of their data: asked for, built aside, fetched, and gone after a week."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from config.kernel import audit, outbox, vault
from config.kernel.personal import Person
from members import portable, selectors
from members.errors import ExportGoneError, ExportPendingError
from members.events import ExportReady
from members.models import DataExport, Member

log = logging.getLogger(__name__)

KEEP = timedelta(days=7)
# A worker that has not come to an end by then is taken for dead.
_PATIENCE = timedelta(minutes=30)
_TRIES = 3
_OPEN = ("waiting", "building")


@transaction.atomic
def request_export(*, member_id: int, user_id: int, locale: str = "", now: datetime) -> int:
    """Ask for a copy of everything held about a member; return the request's number.

    Who calls this has asked for a fresh proof at the edge.

    Raises:
        ExportPendingError: one is being built already.
    """
    asked = DataExport(member_id=member_id, user_id=user_id, locale=locale, requested_at=now)
    DataExport.objects.bulk_create([asked], ignore_conflicts=True)
    row = DataExport.objects.filter(member_id=member_id, state__in=_OPEN).first()
    # The constraint lets one in; whose it is tells the time it was asked for.
    if row is None or row.requested_at != now:
        raise ExportPendingError
    audit.record(
        actor=f"user:{user_id}",
        action="members.export_requested",
        target=selectors.public_id(member_id),
        now=now,
    )
    return row.pk


def build_exports(*, now: datetime) -> int:
    """Build what waits, one after the other; return how many are ready."""
    built = 0
    while claimed := _claim(now):
        built += _build(claimed, now)
    return built


@transaction.atomic
def _claim(now: datetime) -> DataExport | None:
    """Take the next request, or one whose worker died."""
    lost = Q(state="building", started_at__lt=now - _PATIENCE)
    rows = DataExport.objects.select_for_update(skip_locked=True).order_by("requested_at")
    row = rows.filter(Q(state="waiting") | lost).first()
    if row is None:
        return None
    mine = DataExport.objects.filter(member_id=row.member_id, pk=row.pk)
    if row.tries >= _TRIES:
        mine.update(state="failed")
        return None
    mine.update(state="building", started_at=now, done=0, tries=F("tries") + 1)
    return row


def _build(row: DataExport, now: datetime) -> int:
    try:
        _write(row, now)
    except Exception:
        # What it was about stays out of the log; the row says that it failed.
        log.exception("export %s of a member failed", row.pk)
        again = row.tries + 1 < _TRIES
        DataExport.objects.filter(member_id=row.member_id, pk=row.pk).update(
            state="waiting" if again else "failed"
        )
        return 0
    return 1


def _write(row: DataExport, now: datetime) -> None:
    member = Member.objects.get(pk=row.member_id)
    person = Person(member_ids=tuple(selectors.ids_of(row.member_id)), user_ids=(row.user_id,))
    mine = DataExport.objects.filter(member_id=row.member_id, pk=row.pk)
    name = vault.new_name()
    # In the clear it lies only in a file without a name, which ends with this process.
    with tempfile.TemporaryFile(dir=_folder()) as draft:
        rows = portable.write(
            draft,
            person=person,
            number=member.member_no,
            locale=row.locale,
            now=now,
            tell=lambda done, total: _tell(row, done, total),
        )
        draft.seek(0)
        size = vault.store(_folder() / name, draft, context=_context(row))
    with transaction.atomic():
        mine.filter(state="building").update(
            state="ready",
            ready_at=now,
            expires_at=now + KEEP,
            file_name=name,
            rows=rows,
            size=size,
        )
        outbox.publish(
            ExportReady(
                export_id=row.pk,
                expires_at=now + KEEP,
                programme_id=member.programme_id,
                member_id=member.pk,
                occurred_at=now,
            ),
            now=now,
        )


def _tell(row: DataExport, done: int, total: int) -> None:
    mine = DataExport.objects.filter(member_id=row.member_id, pk=row.pk)
    mine.update(done=done, total=total)


def open_export(*, member_id: int, export_id: int, user_id: int, now: datetime) -> Iterator[bytes]:
    """Return what a member's own export holds, and write down that it was fetched.

    Raises:
        ExportGoneError: there is no such export of theirs, or its week is over.
    """
    rows = DataExport.objects.filter(member_id=member_id, pk=export_id, state="ready")
    row = rows.filter(expires_at__gt=now, user_id=user_id).first()
    if row is None or not (_folder() / str(row.file_name)).exists():
        raise ExportGoneError
    with transaction.atomic():
        rows.update(fetched_at=now)
        audit.record(
            actor=f"user:{user_id}",
            action="members.export_fetched",
            target=selectors.public_id(member_id),
            now=now,
        )
    return vault.load(_folder() / str(row.file_name), context=_context(row))


def forget_exports(*, now: datetime) -> int:
    """Delete files whose week is over, and files that no row names; return how many ended."""
    ended = _end(DataExport.objects.filter(state="ready", expires_at__lte=now))
    known = {row.file_name for row in DataExport.objects.filter(state="ready")}
    for path in _folder().iterdir():
        age = now.timestamp() - path.stat().st_mtime
        if path.name not in known and age > _PATIENCE.total_seconds():
            path.unlink(missing_ok=True)
    return ended


def drop_exports(person: Person, now: datetime) -> int:
    """Delete a person's files, whatever their week."""
    DataExport.objects.filter(member_id__in=person.member_ids, state__in=_OPEN).update(
        state="failed"
    )
    return _end(DataExport.objects.filter(member_id__in=person.member_ids, state="ready"))


def _end(rows: object) -> int:
    """The file goes first: a row that says it is gone never lies."""
    ended = 0
    for row in list(rows):  # type: ignore[call-overload]
        (_folder() / str(row.file_name)).unlink(missing_ok=True)
        DataExport.objects.filter(member_id=row.member_id, pk=row.pk).update(
            state="expired", file_name=None
        )
        ended += 1
    return ended


def _folder() -> Path:
    root = Path(settings.EXPORT_FOLDER)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root


def _context(row: DataExport) -> str:
    return f"members.dataexport:{row.member_id}:{row.pk}"
