"""Ladders are drafted, looked at, and published; a published one is never changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel import audit, outbox
from config.kernel.errors import FieldError
from loyalty import ladders
from loyalty.errors import LadderInvalidError, LadderNotFoundError, LadderPublishedError
from loyalty.events import LadderPublished
from loyalty.models import LadderTier, LadderVersion
from loyalty.types import Ladder, LadderDraft, LadderWarning, TierDraft

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_MAX_MULTIPLIER = 999
DEFAULT_TIERS = (
    ("ordinary", "普通", "Ordinary", 0, Fraction(1)),
    ("bronze", "铜", "Bronze", 3_000, Fraction(1)),
    ("silver", "银", "Silver", 8_000, Fraction(6, 5)),
    ("gold", "金", "Gold", 20_000, Fraction(3, 2)),
    ("diamond", "钻", "Diamond", 50_000, Fraction(2)),
)


@transaction.atomic
def draft_ladder(
    *, programme_id: int, draft: LadderDraft, actor: str, reason: str, now: datetime
) -> int:
    """Write a new version down as a draft and return its number.

    Raises:
        LadderInvalidError: codes repeat, thresholds do not rise, or a figure is out of range.
    """
    _refuse_nonsense(draft)
    versions = LadderVersion.objects.filter(programme_id=programme_id)
    latest = versions.order_by("-version").values_list("version", flat=True).first()
    row = LadderVersion.objects.create(
        programme_id=programme_id,
        version=(latest or 0) + 1,
        measure=draft.measure,
        validity_months=draft.validity_months,
        grace_days=draft.grace_days,
        steps_down=draft.steps_down,
        drafted_by=actor,
        reason=reason,
        drafted_at=now,
    )
    LadderTier.objects.bulk_create(
        LadderTier(
            ladder=row,
            rank=rank,
            code=tier.code,
            name_zh=tier.name_zh,
            name_en=tier.name_en,
            threshold=tier.threshold,
            multiplier=_decimal(tier.multiplier),
        )
        for rank, tier in enumerate(draft.tiers)
    )
    audit.record(
        actor=actor,
        action="ladder.drafted",
        target=f"ladder:{programme_id}/{row.version}",
        reason=reason,
        after=_figures(ladders.of_row(row)),
        now=now,
    )
    return row.version


@transaction.atomic
def publish_ladder(
    *, programme_id: int, version: int, actor: str, reason: str, now: datetime
) -> list[LadderWarning]:
    """Put a drafted version in force; members are re-mapped as they are next touched.

    Returns what `warnings_of` has to say about it.

    Raises:
        LadderNotFoundError: there is no such version.
        LadderPublishedError: it is or was in force already.
    """
    rows = {
        row.version: row
        for row in LadderVersion.objects.select_for_update()
        .filter(programme_id=programme_id)
        .order_by("version")
    }
    if (row := rows.get(version)) is None:
        raise LadderNotFoundError(f"the programme has no ladder version {version}")
    old = next((r for r in rows.values() if r.state == LadderVersion.State.PUBLISHED), None)
    if row.state != LadderVersion.State.DRAFT or (old and old.version > version):
        raise LadderPublishedError(f"version {version} is not a draft of what comes next")
    if old is not None:
        LadderVersion.objects.filter(pk=old.pk).update(state=LadderVersion.State.REPLACED)
    row.state, row.published_at = LadderVersion.State.PUBLISHED, now
    row.published_by, row.reason = actor, reason
    row.save()
    ladder = ladders.of_row(row)
    audit.record(
        actor=actor,
        action="ladder.published",
        target=f"ladder:{programme_id}/{version}",
        reason=reason,
        before=_figures(ladders.of_row(old)) if old else None,
        after=_figures(ladder),
        now=now,
    )
    outbox.publish(
        LadderPublished(occurred_at=now, programme_id=programme_id, version=version), now=now
    )
    transaction.on_commit(lambda: ladders.forget(programme_id))
    ladders.forget(programme_id)
    return warnings_of(tiers=ladder.tiers)


def warnings_of(*, tiers: Sequence[Any]) -> list[LadderWarning]:
    """Return what an operator should look at before publishing (tiers or their drafts)."""
    found = []
    if not 4 <= len(tiers) <= 6:
        found.append(
            LadderWarning(
                code="ladder.tier_count",
                detail=_("Members find 4 to 6 tiers clear; this ladder has %(count)d.")
                % {"count": len(tiers)},
            )
        )
    for lower, upper in pairwise(tiers):
        names = {"lower": lower.code, "upper": upper.code}
        # The step from nothing has no ratio.
        if lower.threshold and not 2 <= upper.threshold / lower.threshold <= 3:
            found.append(
                LadderWarning(
                    code="ladder.step",
                    detail=_("From %(lower)s to %(upper)s is not a step of 2 to 3 times.") % names,
                )
            )
        if upper.multiplier < lower.multiplier:
            found.append(
                LadderWarning(
                    code="ladder.shrinks",
                    detail=_("%(upper)s earns less than %(lower)s below it.") % names,
                )
            )
    return found


def install_default_ladder(*, programme_id: int, flat: bool, actor: str, now: datetime) -> Ladder:
    """Publish the five default tiers unless a ladder is in force; `flat`: all multipliers 1."""
    try:
        return ladders.current(programme_id, fresh=True)
    except LadderNotFoundError:
        pass
    draft = LadderDraft(
        tiers=[
            TierDraft(
                code=code,
                name_zh=zh,
                name_en=en,
                threshold=threshold * 100,
                multiplier=Fraction(1) if flat else multiplier,
            )
            for code, zh, en, threshold, multiplier in DEFAULT_TIERS
        ]
    )
    said: dict[str, Any] = {
        "programme_id": programme_id,
        "actor": actor,
        "reason": "default ladder",
        "now": now,
    }
    with transaction.atomic():
        version = draft_ladder(draft=draft, **said)
        publish_ladder(version=version, **said)
    return ladders.current(programme_id, fresh=True)


def _refuse_nonsense(draft: LadderDraft) -> None:
    errors = [*_wrong_terms(draft), *_wrong_tiers(draft.tiers)]
    if errors:
        raise LadderInvalidError(errors[0].detail, errors=errors)


def _wrong_terms(draft: LadderDraft) -> list[FieldError]:
    limits = (("validity_months", 1, 120), ("grace_days", 0, 366), ("steps_down", 0, 20))
    return [
        FieldError(
            pointer=f"/{name}", code="ladder.out_of_range", detail=f"{low} to {high} is possible"
        )
        for name, low, high in limits
        if not low <= getattr(draft, name) <= high
    ]


def _wrong_tiers(tiers: Sequence[TierDraft]) -> list[FieldError]:
    wrong = []

    def say(index: int, what: str, detail: str) -> None:
        wrong.append(
            FieldError(pointer=f"/tiers/{index}/{what}", code="ladder.invalid", detail=detail)
        )

    if not tiers or tiers[0].threshold != 0:
        say(0, "threshold", "the lowest tier starts at 0")
    for index, tier in enumerate(tiers):
        if not _CODE.fullmatch(tier.code) or tier.code in {t.code for t in tiers[:index]}:
            say(index, "code", "a code is lower case and stands once")
        if index and tier.threshold <= tiers[index - 1].threshold:
            say(index, "threshold", "thresholds rise from tier to tier")
        in_range = 0 < tier.multiplier <= _MAX_MULTIPLIER
        if not in_range or 1000 % tier.multiplier.denominator:
            say(index, "multiplier", "a multiplier is above 0 and has at most three decimals")
    return wrong


def _decimal(value: Fraction) -> str:
    thousandths = int(value * 1000)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


def _figures(ladder: Ladder) -> dict[str, object]:
    return {
        "measure": ladder.measure.value,
        "validity_months": ladder.validity_months,
        "grace_days": ladder.grace_days,
        "steps_down": ladder.steps_down,
        "tiers": [[t.code, t.threshold, str(t.multiplier)] for t in ladder.tiers],
    }
