"""Import a file of order lines: laid out, settled chunk by chunk, never twice.

A chunk is marked done in the transaction that settles it, so that a killed import goes on
where it stopped. Several processes may work on one import side by side.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from config.kernel import audit, statements
from config.kernel.errors import DomainError
from loyalty.settlement.importing import documents, files, staging
from loyalty.settlement.importing.errors import (
    ImportCancelledError,
    ImportNotFoundError,
    LaidOutOtherwiseError,
)
from loyalty.settlement.importing.mapping import Mapping
from loyalty.settlement.models import ImportChunk, ImportRun
from loyalty.settlement.services.settling import settle
from members import services as members_services
from members.commerce.types import EventReport, OrderReport
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Storefront

# About as many lines a transaction: long enough to be set-based, short enough to be held.
CHUNK_LINES = 20_000
# A chunk need not be on the disk when its transaction ends: should the machine fail then, it
# is not done either, and is done again. `finish_import` waits for itself and all before it.
_UNHURRIED = "SET LOCAL synchronous_commit = off"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What an import is asked to do; with the file's content, its identity."""

    storefront: Storefront
    mapping: Mapping
    shift_to: date | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "storefront": self.storefront.code,
            "mapping": self.mapping.as_json(),
            "shift_to": self.shift_to.isoformat() if self.shift_to else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkDone:
    """What a chunk came to, for whoever shows the progress."""

    lines: int
    rejected: Counter[str]


def digest_import(*, path: Path, options: ImportOptions) -> str:
    """Return what identifies an import: the file's content and the options.

    Raises:
        FileUnreadableError: the file is not there, or cannot be read.
    """
    asked = json.dumps(options.as_json(), sort_keys=True)
    return hashlib.sha256(f"{files.digest(path)}\n{asked}".encode()).hexdigest()


def lay_out(
    *, path: Path, options: ImportOptions, into: Path, chunk_lines: int = CHUNK_LINES
) -> None:
    """Lay the file out in `into`, a folder of this import's own.

    Raises:
        FileUnreadableError: the file is gone, empty, damaged, or not UTF-8.
        MappingInvalidError: a column that the mapping names is missing.
    """
    source = files.prepare(path, options.mapping, into=into)
    staging.stage(
        source=source,
        mapping=options.mapping,
        currency=options.storefront.currency,
        shift_to=options.shift_to,
        chunk_lines=chunk_lines,
        into=into,
    )


@transaction.atomic
def start_import(
    *,
    path: Path,
    options: ImportOptions,
    laid_out: Path,
    actor: str,
    now: datetime,
    chunk_lines: int = CHUNK_LINES,
    digest: str = "",
) -> int:
    """Start an import of a file laid out in such chunks, or find it; return its id.

    `digest` is what identifies it, if the caller knows.

    Raises:
        ImportCancelledError: it was cancelled.
        LaidOutOtherwiseError: it was started with other chunks than these.
    """
    digest = digest or digest_import(path=path, options=options)
    run, is_new = ImportRun.objects.get_or_create(
        digest=digest,
        defaults={
            "file_name": path.name[:200],
            "storefront_id": options.storefront.id,
            "options": {**options.as_json(), "chunk_lines": chunk_lines},
            "actor": actor,
            "lines": staging.count_lines(laid_out),
            "rejected": staging.count_rejects(laid_out),
            "started_at": now,
        },
    )
    if run.state == ImportRun.State.CANCELLED:
        raise ImportCancelledError(f"{run.file_name} was cancelled")
    chunks = [(number, lines) for number, _, lines in staging.list_chunks(laid_out)]
    if is_new:
        ImportChunk.objects.bulk_create(
            ImportChunk(run=run, number=number, lines=lines) for number, lines in chunks
        )
        audit.record(
            actor=actor,
            action="import.started",
            target=f"import:{run.pk}",
            after={"file": run.file_name, "lines": run.lines},
            now=now,
        )
    elif chunks != list(run.chunks.order_by("number").values_list("number", "lines")):
        # Going on would leave out customers, or take some twice.
        raise LaidOutOtherwiseError(f"{run.file_name} was started in other chunks")
    return run.pk


def work_import(
    *,
    run_id: int,
    laid_out: Path,
    clock: Callable[[], datetime],
    progress: Callable[[ChunkDone], None],
) -> None:
    """Settle the chunks that nobody has done or is doing, until none is left.

    `clock` tells the time of each chunk's own transaction.

    Raises:
        ImportNotFoundError: there is no such import.
        ImportCancelledError: it was cancelled in the meantime.
    """
    run = _run(run_id)
    storefront = programmes_selectors.get_storefront(run.storefront_id)
    with staging.opened(laid_out) as db:
        while True:
            with _uncollected(), transaction.atomic():
                done = _work_chunk(run, storefront, db, clock())
            if done is None:
                return
            progress(done)


def rehearse_import(
    *, options: ImportOptions, laid_out: Path, now: datetime, progress: Callable[[ChunkDone], None]
) -> Counter[str]:
    """Settle every chunk and keep nothing; return the rejected lines by reason."""
    reasons = Counter(staging.count_rejects(laid_out))
    with staging.opened(laid_out) as db:
        for number, _, _ in staging.list_chunks(laid_out):
            with _uncollected(), transaction.atomic():
                done = _settle_chunk(ImportChunk(number=number), options.storefront, db, now)
                transaction.set_rollback(True)
            reasons += done.rejected
            progress(done)
    return reasons


@transaction.atomic
def finish_import(*, run_id: int, now: datetime) -> bool:
    """Mark an import done if every chunk is; return whether it is done."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state == ImportRun.State.RUNNING and not run.chunks.filter(done_at=None).exists():
        run.state, run.ended_at = ImportRun.State.DONE, now
        run.save()
        audit.record(
            actor=run.actor,
            action="import.done",
            target=f"import:{run.pk}",
            after={"lines": run.lines},
            now=now,
        )
    return run.state == ImportRun.State.DONE


@transaction.atomic
def cancel_import(*, run_id: int, actor: str, reason: str, now: datetime) -> None:
    """Stop an import after the chunk it is at; what it has imported stays.

    Raises:
        ImportNotFoundError: there is no such import.
    """
    changed = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.RUNNING).update(
        state=ImportRun.State.CANCELLED, ended_at=now
    )
    if not changed:
        raise ImportNotFoundError(f"there is no running import {run_id}")
    audit.record(
        actor=actor, action="import.cancelled", target=f"import:{run_id}", reason=reason, now=now
    )


@transaction.atomic
def resume_import(*, run_id: int, actor: str, reason: str, now: datetime) -> None:
    """Let a cancelled import go on the next time it is worked on.

    Raises:
        ImportNotFoundError: there is no cancelled import of this id.
    """
    changed = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.CANCELLED).update(
        state=ImportRun.State.RUNNING, ended_at=None
    )
    if not changed:
        raise ImportNotFoundError(f"there is no cancelled import {run_id}")
    audit.record(
        actor=actor, action="import.resumed", target=f"import:{run_id}", reason=reason, now=now
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the garbage collector alone: a chunk makes many objects, and none in circles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _run(run_id: int) -> ImportRun:
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise ImportNotFoundError(f"there is no import {run_id}")
    return run


def _work_chunk(
    run: ImportRun, storefront: Storefront, db: documents.Staged, now: datetime
) -> ChunkDone | None:
    """Take a chunk that nobody is at, settle it, and mark it done, in one transaction."""
    statements.tell(_UNHURRIED)
    if ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.CANCELLED).exists():
        raise ImportCancelledError(f"{run.file_name} was cancelled")
    chunk = (
        ImportChunk.objects.select_for_update(skip_locked=True)
        .filter(run=run, done_at=None)
        .order_by("number")
        .first()
    )
    if chunk is None:
        return None
    done = _settle_chunk(chunk, storefront, db, now)
    chunk.done_at = now
    chunk.save()
    return done


def _settle_chunk(
    chunk: ImportChunk, storefront: Storefront, db: documents.Staged, now: datetime
) -> ChunkDone:
    zone = programmes_selectors.get_programme(storefront.programme_id).zone
    read = documents.read_chunk(db, chunk.number, zone=zone)
    members = members_services.enrol_many(
        programme_id=storefront.programme_id,
        storefront_id=storefront.id,
        channel=storefront.channel,
        external_ids=list(read.joined),
        joined_at=read.joined,
        now=now,
    )
    placed = documents.documents_of(read, members, zone=zone, currency=storefront.currency)
    answers = settle(
        documents=[document.report for document in placed],
        storefront=storefront,
        now=now,
        announce=False,
    )
    rejected = dict(read.rejected)
    for document, answer in zip(placed, answers, strict=True):
        if isinstance(answer, DomainError):
            lines = documents.lines_of(db, chunk.number, document)
            rejected.update(dict.fromkeys(lines, answer.code))
            continue
        chunk.orders += isinstance(document.report, OrderReport)
        chunk.refunds += isinstance(document.report, EventReport)
    chunk.members = len(members)
    chunk.rejected = sorted(rejected.items())
    return ChunkDone(lines=read.lines, rejected=Counter(rejected.values()))
