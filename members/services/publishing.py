"""Policies: drafted, read over, and then published for good."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from config.kernel import audit, outbox
from members.errors import InvalidPolicyError, PolicyNotFoundError, PolicyTakenError
from members.events import PolicyPublished
from members.models import Policy


@transaction.atomic
def draft_policy(
    *,
    programme_id: int,
    kind: str,
    version: str,
    text_zh: str,
    text_en: str,
    changes_zh: str = "",
    changes_en: str = "",
    material: bool = False,
    actor: str,
    reason: str,
    now: datetime,
) -> int:
    """Write a draft, or change it while it is one; return its number.

    Raises:
        InvalidPolicyError: a text is empty, or a material change does not say what changed.
        PolicyTakenError: this version is published already.
    """
    if not text_zh.strip() or not text_en.strip():
        raise InvalidPolicyError("both languages need their text")
    if material and not (changes_zh.strip() and changes_en.strip()):
        raise InvalidPolicyError("say in both languages what changed")
    values = {
        "text_zh": text_zh,
        "text_en": text_en,
        "changes_zh": changes_zh,
        "changes_en": changes_en,
        "material": material,
        "drafted_by": actor,
        "drafted_at": now,
    }
    same = Policy.objects.filter(programme_id=programme_id, kind=kind, version=version)
    if not same.filter(state="draft").update(**values):
        try:
            with transaction.atomic():
                Policy.objects.create(
                    programme_id=programme_id, kind=kind, version=version, **values
                )
        except IntegrityError:
            raise PolicyTakenError from None
    row = same.get()
    audit.record(
        actor=actor,
        action="policy.drafted",
        target=f"policy:{row.pk}",
        reason=reason,
        now=now,
    )
    return row.pk


@transaction.atomic
def publish_policy(*, policy_id: int, actor: str, reason: str, now: datetime) -> None:
    """Put a draft in force. From now on it stays as it is.

    Raises:
        PolicyNotFoundError: there is no such draft.
    """
    drafts = Policy.objects.filter(pk=policy_id, state="draft")
    if not drafts.update(state="published", published_at=now, published_by=actor):
        raise PolicyNotFoundError
    row = Policy.objects.get(pk=policy_id)
    audit.record(
        actor=actor,
        action="policy.published",
        target=f"policy:{row.pk}",
        reason=reason,
        after={"kind": row.kind, "version": row.version, "material": row.material},
        now=now,
    )
    outbox.publish(
        PolicyPublished(
            kind=row.kind,
            version=row.version,
            material=row.material,
            programme_id=row.programme_id,
            occurred_at=now,
        ),
        now=now,
    )
