"""Reads of imports, for the command and the console, and of why orders earned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum

from loyalty.earning import selectors as earning_selectors
from loyalty.earning.types import SEVERAL, ExplainRow
from loyalty.settlement.importing.errors import ImportNotFoundError
from loyalty.settlement.models import ImportChunk, ImportRun
from loyalty.settlement.sources import source_of
from members.commerce.types import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress:
    """How far an import is. `imported` and `rejected` add up to `lines` once it is done."""

    id: int
    file_name: str
    state: str
    actor: str
    lines: int
    done: int
    imported: int
    rejected: Counter[str]
    orders: int
    refunds: int
    members: int
    shift_to: date | None
    chunk_lines: int | None
    started_at: datetime
    ended_at: datetime | None


def find_import_of(*, file_name: str) -> ImportProgress | None:
    """Return the latest import of a file of this name, if there is one."""
    run = ImportRun.objects.filter(file_name=file_name).order_by("-started_at", "-id").first()
    return _progress(run) if run else None


def find_import(*, digest: str) -> ImportProgress | None:
    """Return the import of this file and these options, if there is one."""
    run = ImportRun.objects.filter(digest=digest).first()
    return _progress(run) if run else None


def get_import(*, run_id: int) -> ImportProgress:
    """Return how far an import is.

    Raises:
        ImportNotFoundError: there is no such import.
    """
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise ImportNotFoundError(f"there is no import {run_id}")
    return _progress(run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast an import goes: lines a second, and the seconds that the rest will take."""

    lines_per_second: float | None
    seconds_left: float | None


def get_pace(*, run_id: int, now: datetime) -> Pace:
    """Return an import's pace over its last parts."""
    chunks = ImportChunk.objects.filter(run_id=run_id, done_at__isnull=False)
    done = [(row.done_at, row.lines) for row in chunks.order_by("-done_at")[:50] if row.done_at]
    run = ImportRun.objects.get(pk=run_id)
    left = run.chunks.filter(done_at=None).aggregate(lines=Sum("lines", default=0))["lines"]
    if not done:
        return Pace(lines_per_second=None, seconds_left=None)
    # A single part is timed from the start; several from the first of them.
    since = done[-1][0] if len(done) > 1 else run.started_at
    lines = sum(count for _, count in (done[:-1] if len(done) > 1 else done))
    seconds = max((done[0][0] - since).total_seconds(), 0.001)
    speed = max(lines / seconds, 0.001)
    waited = max((now - done[0][0]).total_seconds(), 0.0)
    return Pace(lines_per_second=speed, seconds_left=max(left / speed - waited, 0.0))


def list_imports(*, limit: int = 50) -> list[ImportProgress]:
    """Return the latest imports, newest first."""
    return [_progress(run) for run in ImportRun.objects.order_by("-started_at", "-id")[:limit]]


def iter_chunk_rejects(*, run_id: int) -> Iterator[tuple[int, str]]:
    """Yield the lines that were rejected while being settled, chunk by chunk."""
    chunks = ImportChunk.objects.filter(run_id=run_id).exclude(rejected=[]).order_by("number")
    for rejected in chunks.values_list("rejected", flat=True).iterator():
        yield from ((line, reason) for line, reason in rejected)


def _progress(run: ImportRun) -> ImportProgress:
    sums = run.chunks.aggregate(
        done=Sum("lines", filter=Q(done_at__isnull=False), default=0),
        orders=Sum("orders", default=0),
        refunds=Sum("refunds", default=0),
        members=Sum("members", default=0),
    )
    settling = Counter(reason for _, reason in iter_chunk_rejects(run_id=run.pk))
    laid_out = Counter(run.rejected)
    return ImportProgress(
        id=run.pk,
        file_name=run.file_name,
        state=run.state,
        actor=run.actor,
        lines=run.lines,
        done=sums["done"] + laid_out.total(),
        imported=sums["done"] - settling.total(),
        rejected=laid_out + settling,
        orders=sums["orders"],
        refunds=sums["refunds"],
        members=sums["members"],
        shift_to=date.fromisoformat(moved) if (moved := run.options.get("shift_to")) else None,
        chunk_lines=run.options.get("chunk_lines"),
        started_at=run.started_at,
        ended_at=run.ended_at,
    )


def list_explain_rows(*, orders: Sequence[Order]) -> dict[int, Sequence[ExplainRow]]:
    """Return by order what every rule gave, for those that several rules gave something.

    Where one rule worked on each line, the lines themselves tell it, and nothing is read.
    """
    several = {
        source_of(order, 1): order
        for order in orders
        if any(line.earn_rule == SEVERAL for line in order.lines)
    }
    if not several:
        return {}
    found = earning_selectors.list_explanations(
        member_ids=sorted({order.member_id for order in several.values()}),
        programme_id=next(iter(several.values())).programme_id,
        sources=sorted(several),
    )
    return {several[kept.source].id: kept.rows for kept in found}
