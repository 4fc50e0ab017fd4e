"""Kinds are drafted, looked at, and published; published ones are never changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import audit, outbox
from config.kernel.errors import FieldError
from members.kinds import versions
from members.kinds.errors import KindNotFoundError, KindsInvalidError, KindsPublishedError
from members.kinds.events import KindsPublished
from members.kinds.models import KindsVersion, MemberKind
from members.kinds.types import ORDINARY, Entry, KindDraft, Kinds, Level, Proof

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,19}")
_MOST_MONTHS, _MOST_SEATS = 120, 500

# Lowest rank first. What a student card gives is no reason to be called student once VIP.
DEFAULTS = (
    KindDraft(
        code="family",
        name_zh="家庭会员",
        name_en="Family member",
        entry=Entry.APPLY,
        validity_months=0,
        group_size=5,
    ),
    KindDraft(
        code="student",
        name_zh="学生会员",
        name_en="Student member",
        entry=Entry.APPLY,
        proof=Proof.STUDENT,
        by_operator=True,
    ),
    KindDraft(
        code="enterprise",
        name_zh="企业会员",
        name_en="Enterprise member",
        entry=Entry.APPLY,
        proof=Proof.COMPANY,
        by_operator=True,
        service_level=Level.PRIORITY,
        group_size=50,
    ),
    KindDraft(
        code="vip",
        name_zh="VIP 会员",
        name_en="VIP member",
        entry=Entry.SPEND,
        threshold=20_000_00,
        service_level=Level.PRIORITY,
    ),
    KindDraft(
        code="super",
        name_zh="超级会员",
        name_en="Super member",
        entry=Entry.SPEND,
        threshold=100_000_00,
        service_level=Level.DEDICATED,
    ),
)


@transaction.atomic
def draft_kinds(
    *, programme_id: int, draft: Sequence[KindDraft], actor: str, reason: str, now: datetime
) -> int:
    """Write a new version down as a draft and return its number.

    Raises:
        KindsInvalidError: codes repeat, or terms and sizes are out of range.
    """
    if wrong := _wrong(draft):
        raise KindsInvalidError(wrong[0].detail, errors=wrong)
    latest = (
        KindsVersion.objects.filter(programme_id=programme_id)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
    )
    row = KindsVersion.objects.create(
        programme_id=programme_id,
        version=(latest or 0) + 1,
        drafted_by=actor,
        reason=reason,
        drafted_at=now,
    )
    MemberKind.objects.bulk_create(
        MemberKind(
            kinds=row,
            rank=rank,
            code=kind.code,
            name_zh=kind.name_zh,
            name_en=kind.name_en,
            entry=kind.entry,
            threshold=kind.threshold if kind.entry is Entry.SPEND else 0,
            validity_months=kind.validity_months,
            proof=kind.proof,
            by_operator=kind.by_operator,
            service_level=kind.service_level,
            group_size=kind.group_size,
        )
        for rank, kind in enumerate(draft, start=1)
    )
    audit.record(
        actor=actor,
        action="kinds.drafted",
        target=f"kinds:{programme_id}/{row.version}",
        reason=reason,
        after=_figures(versions.of_row(row)),
        now=now,
    )
    return row.version


@transaction.atomic
def publish_kinds(
    *, programme_id: int, version: int, actor: str, reason: str, now: datetime
) -> None:
    """Put a drafted version in force. Who is of a kind stays so until its date.

    Raises:
        KindNotFoundError: there is no such version.
        KindsPublishedError: it is or was in force already.
    """
    rows = {
        row.version: row
        for row in KindsVersion.objects.select_for_update()
        .filter(programme_id=programme_id)
        .order_by("version")
    }
    if (row := rows.get(version)) is None:
        raise KindNotFoundError(f"the programme has no kinds of version {version}")
    old = next((r for r in rows.values() if r.state == KindsVersion.State.PUBLISHED), None)
    if row.state != KindsVersion.State.DRAFT or (old and old.version > version):
        raise KindsPublishedError(f"version {version} is not a draft of what comes next")
    if old is not None:
        KindsVersion.objects.filter(pk=old.pk).update(state=KindsVersion.State.REPLACED)
    row.state, row.published_at = KindsVersion.State.PUBLISHED, now
    row.published_by, row.reason = actor, reason
    row.save()
    audit.record(
        actor=actor,
        action="kinds.published",
        target=f"kinds:{programme_id}/{version}",
        reason=reason,
        before=_figures(versions.of_row(old)) if old else None,
        after=_figures(versions.of_row(row)),
        now=now,
    )
    outbox.publish(
        KindsPublished(occurred_at=now, programme_id=programme_id, version=version), now=now
    )
    transaction.on_commit(lambda: versions.forget(programme_id))
    versions.forget(programme_id)


@transaction.atomic
def install_default_kinds(*, programme_id: int, actor: str, now: datetime) -> None:
    """Publish the default kinds unless some are in force."""
    if versions.current(programme_id, fresh=True).version:
        return
    said: dict[str, Any] = {
        "programme_id": programme_id,
        "actor": actor,
        "reason": "default kinds",
        "now": now,
    }
    publish_kinds(version=draft_kinds(draft=DEFAULTS, **said), **said)


def _wrong(draft: Sequence[KindDraft]) -> list[FieldError]:
    found = []
    for index, kind in enumerate(draft):
        codes = {other.code for other in draft[:index]}
        for what, is_wrong, detail in (
            (
                "code",
                not _CODE.fullmatch(kind.code) or kind.code in {*codes, ORDINARY},
                "a code is lower case, stands once, and is not that of ordinary members",
            ),
            (
                "threshold",
                kind.entry is Entry.SPEND and kind.threshold <= 0,
                "say how much spend it takes",
            ),
            (
                "validity_months",
                not 0 <= kind.validity_months <= _MOST_MONTHS,
                f"0 to {_MOST_MONTHS} is possible",
            ),
            (
                "group_size",
                not (kind.group_size == 0 or 2 <= kind.group_size <= _MOST_SEATS),
                f"0, or 2 to {_MOST_SEATS} is possible",
            ),
            (
                "group_size",
                kind.group_size > 1 and kind.entry is not Entry.APPLY,
                "only what one applies for can be founded as a group",
            ),
            (
                "proof",
                kind.proof is not Proof.NONE and kind.entry is not Entry.APPLY,
                "only who applies shows a proof",
            ),
        ):
            if is_wrong:
                pointer = f"/kinds/{index}/{what}"
                found.append(FieldError(pointer=pointer, code="kind.invalid", detail=detail))
    return found


def _figures(kinds: Kinds) -> dict[str, object]:
    return {
        "kinds": [
            [
                *(k.code, k.entry.value, k.threshold, k.validity_months),
                *(k.proof.value, k.by_operator, k.service_level.value, k.group_size),
            ]
            for k in kinds.kinds
        ]
    }
