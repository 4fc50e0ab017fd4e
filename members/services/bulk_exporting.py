"""Take members out of here as a file: small ones at once, large ones by a second person.

An app offers a kind of export; the worker builds it in parts, so that it can be watched and
cancelled. Every file names who took it, in each row; it is gone after a week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from config.kernel import approvals, audit
from config.kernel.models import Approval
from members import export_files, masking, selectors, serving
from members.errors import BulkExportForbiddenError, BulkExportGoneError, BulkExportNotFoundError
from members.models import ExportRun, Member, User
from members.services import watching

EXPORT = "members.export"
ALONE = 100
KEPT = timedelta(days=7)
_PART = 1000
# A worker that has not told of itself for so long is gone; another begins anew.
_LOST = timedelta(minutes=5)
State = ExportRun.State
Row = Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportKind:
    """A kind of export. `permission` is what it takes beside `members.export_members`.

    `count(filter, most)` counts up to `most`; `read(filter, clear)` yields (member, cells),
    a bounded number of statements for each thousand.
    """

    code: str
    title: Any
    permission: str
    header: Sequence[str]
    count: Callable[[Mapping[str, Any], int], int]
    read: Callable[[Mapping[str, Any], bool], Iterator[tuple[int, Row]]]


_kinds: dict[str, ExportKind] = {}


def offer_export(*, kind: ExportKind) -> None:
    """Let a kind be exported. The same code again replaces it."""
    _kinds[kind.code] = kind


def list_export_kinds() -> list[ExportKind]:
    """Return the kinds there are."""
    return list(_kinds.values())


@transaction.atomic
def start_bulk_export(
    *, kind: str, told: Mapping[str, Any], user_id: int, reason: str, now: datetime
) -> ExportRun:
    """Begin an export, or ask a second person when it is of more than a hundred rows.

    Of the members of some stores for whoever sees no others; in clear for whoever holds a
    grant at this moment.

    Raises:
        BulkExportForbiddenError: this person may not export this.
        InvalidError: no reason is given for a large one.
    """
    user = _may(kind, user_id)
    filter_ = {**told, **_scope(user)}
    count = _kinds[kind].count(filter_, ALONE + 1)
    run = ExportRun.objects.create(
        kind=kind,
        filter=filter_,
        user_id=user_id,
        reason=reason.strip()[:300],
        state=State.WAITING if count <= ALONE else State.ASKED,
        in_clear=selectors.find_data_grant(user_id=user_id, now=now) is not None,
        rows=count,
        asked_at=now,
    )
    if count > ALONE:
        asked = approvals.request(
            kind=EXPORT,
            payload={"export": run.pk, "kind": kind, "in_clear": run.in_clear},
            requested_by=f"staff:{user_id}",
            reason=reason,
            now=now,
        )
        run.approval_id = asked.pk
        run.save(update_fields=["approval_id"])
    _audit("export.asked", run, actor=f"staff:{user_id}", now=now)
    return run


def grant_export(*, approval: Approval, now: datetime) -> dict[str, Any]:
    """Let the worker build what somebody else has agreed to."""
    run_id = approval.payload["export"]
    found = ExportRun.objects.filter(pk=run_id, state=State.ASKED)
    if not found.update(state=State.WAITING):
        raise BulkExportGoneError()
    return {"export": run_id}


@transaction.atomic
def cancel_bulk_export(*, run_id: int, actor: str, reason: str, now: datetime) -> None:
    """Stop an export; what is written of it is deleted.

    Raises:
        BulkExportGoneError: there is nothing to stop any more.
    """
    open_ = ExportRun.objects.filter(
        pk=run_id, state__in=[State.ASKED, State.WAITING, State.RUNNING, State.DONE]
    )
    if not open_.update(state=State.CANCELLED):
        raise BulkExportGoneError()
    run = ExportRun.objects.get(pk=run_id)
    _audit("export.cancelled", run, actor=actor, reason=reason, now=now)
    transaction.on_commit(lambda: export_files.remove(run_id))


def build_next_bulk_export(*, clock: Callable[[], datetime]) -> int | None:
    """Build the oldest export that waits; return which, None when none does."""
    now = clock()
    with transaction.atomic():
        lost = Q(state=State.RUNNING, seen_at__lt=now - _LOST)
        rows = ExportRun.objects.select_for_update(skip_locked=True)
        run = rows.filter(Q(state=State.WAITING) | lost).order_by("pk").first()
        if run is None:
            return None
        run.state, run.seen_at, run.written = State.RUNNING, now, 0
        run.save(update_fields=["state", "seen_at", "written"])
    _build(run, clock)
    return run.pk


def open_bulk_export(*, run_id: int, user_id: int, now: datetime) -> tuple[str, Iterator[str]]:
    """Return the name and the parts of a file for whoever asked for it; write that down.

    Raises:
        BulkExportNotFoundError: there is none, or somebody else asked for it.
        BulkExportForbiddenError: they may not export this any more.
        BulkExportGoneError: it is not there yet, or no more.
    """
    run = ExportRun.objects.filter(pk=run_id, user_id=user_id).first()
    if run is None:
        raise BulkExportNotFoundError()
    _may(run.kind, user_id)
    if run.in_clear and selectors.find_data_grant(user_id=user_id, now=now) is None:
        raise BulkExportForbiddenError("your grant of personal data is over")
    taken = ExportRun.objects.filter(pk=run_id, state=State.DONE, expires_at__gt=now)
    if not taken.update(downloads=F("downloads") + 1) or not export_files.path_of(run_id).exists():
        raise BulkExportGoneError()
    _audit("export.downloaded", run, actor=f"staff:{user_id}", now=now)
    return run.file_name, export_files.read(run_id)


def end_bulk_exports(*, now: datetime) -> int:
    """Delete files whose week is over; return how many."""
    due = list(
        ExportRun.objects.filter(state=State.DONE, expires_at__lte=now).values_list("pk", flat=True)
    )
    for run_id in due:
        export_files.remove(run_id)
    return ExportRun.objects.filter(pk__in=due, state=State.DONE).update(state=State.EXPIRED)


def _build(run: ExportRun, clock: Callable[[], datetime]) -> None:
    began = clock()
    kind, who = _kinds[run.kind], User.objects.get(pk=run.user_id).staff_name or str(run.user_id)
    mark = f"{who} · {began.isoformat(timespec='seconds')} · #{run.pk}"
    rows = kind.read(run.filter, run.in_clear)
    with export_files.create(run.pk) as file:
        export_files.append(file, "\ufeff" + export_files.as_text(_head(run, who, began)))
        export_files.append(file, export_files.as_text([[*kind.header, "taken_by"]]))
        while part := list(islice(rows, _PART)):
            text = export_files.as_text([*cells, mark] for _member, cells in part)
            export_files.append(file, text)
            if not _tell(run, part, clock()):
                break
    now = clock()
    done = ExportRun.objects.filter(pk=run.pk, state=State.RUNNING).update(
        state=State.DONE,
        rows=F("written"),
        file_name=f"{run.kind}-{who}-{began:%Y%m%d-%H%M%S}-{run.pk}.csv",
        done_at=now,
        expires_at=now + KEPT,
    )
    if not done:
        export_files.remove(run.pk)


def _head(run: ExportRun, who: str, began: datetime) -> list[Row]:
    approval = Approval.objects.filter(pk=run.approval_id).first() if run.approval_id else None
    agreed = (approval.decided_by or "") if approval else "-"
    return [["taken by", who, "agreed by", agreed, began.isoformat(), f"export {run.pk}"]]


def _tell(run: ExportRun, part: list[tuple[int, Row]], now: datetime) -> bool:
    """Say how far it is; return False when it was cancelled meanwhile."""
    if run.in_clear:
        watching.record_access(
            user_id=run.user_id,
            member_ids=sorted({member for member, _cells in part}),
            page=EXPORT,
            fields=["name", "phone", "email"],
            reason=run.reason,
            now=now,
        )
    still = ExportRun.objects.filter(pk=run.pk, state=State.RUNNING)
    return bool(still.update(written=F("written") + len(part), seen_at=now))


def _may(kind: str, user_id: int) -> User:
    user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    known = _kinds.get(kind)
    if user is None or known is None or not user.has_perm("members.export_members"):
        raise BulkExportForbiddenError()
    if not user.has_perm(known.permission):
        raise BulkExportForbiddenError()
    return user


def _scope(user: User) -> dict[str, Any]:
    stores = serving.bound_to(user)
    return {} if stores is None else {"stores": stores}


def _audit(act: str, run: ExportRun, *, actor: str, reason: str = "", now: datetime) -> None:
    audit.record(
        actor=actor,
        action=act,
        target=f"export:{run.pk}",
        reason=reason or run.reason,
        after={"kind": run.kind, "rows": run.rows, "in_clear": run.in_clear},
        now=now,
    )


# --- Members ------------------------------------------------------------------------------


def _members(told: Mapping[str, Any]) -> Any:
    rows = Member.objects.exclude(status__in=["merged", "erased"])
    for name, lookup in (
        ("programme", "programme_id"),
        ("since", "joined_at__gte"),
        ("until", "joined_at__lt"),
    ):
        if told.get(name) is not None:
            rows = rows.filter(**{lookup: told[name]})
    if "stores" in told:
        rows = rows.filter(pk__in=serving.members_of_stores(told["stores"]))
    return rows.order_by("pk")


def _count_members(told: Mapping[str, Any], most: int) -> int:
    return int(_members(told).values("pk")[:most].count())


def _read_members(told: Mapping[str, Any], clear: bool) -> Iterator[tuple[int, Row]]:
    after = 0
    while ids := list(_members(told).filter(pk__gt=after).values_list("pk", flat=True)[:_PART]):
        after = ids[-1]
        for member in selectors.list_members(member_ids=ids):
            name = member.name or ""
            yield (
                member.id,
                (
                    member.member_no,
                    member.public_id,
                    str(member.status),
                    member.nickname,
                    name if clear or not name else masking.mask_name(name),
                    (member.phone if clear else member.phone_masked) or "",
                    (member.email if clear else member.email_masked) or "",
                    member.joined_at.isoformat(),
                ),
            )


def offer_members(title: Any) -> None:
    """Offer the export of members."""
    offer_export(
        kind=ExportKind(
            code="members",
            title=title,
            permission="members.view_member",
            header=("number", "id", "status", "nickname", "name", "phone", "email", "joined_at"),
            count=_count_members,
            read=_read_members,
        )
    )
