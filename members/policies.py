"""Which version of a policy holds, what it said before, and what a member has yet to agree to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from members import models

KINDS = ("terms", "privacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A published version as members read it."""

    kind: str
    version: str
    text_zh: str
    text_en: str
    changes_zh: str
    changes_en: str
    published_at: datetime

    def text(self, language: str) -> str:
        """Return what it says in a language."""
        return self.text_zh if language.startswith("zh") else self.text_en

    def changes(self, language: str) -> str:
        """Return what changed, in a language."""
        return self.changes_zh if language.startswith("zh") else self.changes_en


def list_published(*, programme_id: int, kind: str | None = None) -> list[Policy]:
    """Return the published versions, newest first."""
    rows = models.Policy.objects.filter(programme_id=programme_id, state="published")
    if kind is not None:
        rows = rows.filter(kind=kind)
    return [_as_policy(row) for row in rows.order_by("-published_at", "-pk")]


def version(*, programme_id: int, kind: str) -> str:
    """Return the version that holds; before any is published, the one of the settings."""
    found = list_published(programme_id=programme_id, kind=kind)
    return found[0].version if found else settings.TERMS_VERSION


def list_pending(*, member_id: int, programme_id: int) -> list[Policy]:
    """Return the material versions that came out after the member last agreed.

    Agreeing to the terms at sign-up agrees to both papers as they were then. Until they
    agree anew what they agreed to goes on; nothing is refused to them meanwhile.
    """
    consents = models.Consent.objects.filter(
        member_id=member_id, purpose__in=KINDS, withdrawn_at__isnull=True
    )
    agreed = dict[str, datetime]()
    for row in consents:
        if row.given_at is not None:
            agreed[row.purpose] = max(row.given_at, agreed.get(row.purpose, row.given_at))
    first = models.Consent.objects.filter(member_id=member_id, purpose="terms").order_by("id")
    joined = first.values_list("given_at", flat=True).first()
    material = models.Policy.objects.filter(
        programme_id=programme_id, state="published", material=True
    ).order_by("-published_at", "-pk")
    pending: dict[str, Policy] = {}
    for policy in material:
        since = agreed.get(policy.kind) or joined
        if since is not None and policy.published_at is not None and policy.published_at > since:
            pending.setdefault(policy.kind, _as_policy(policy))
    return list(pending.values())


def _as_policy(row: models.Policy) -> Policy:
    assert row.published_at is not None  # noqa: S101  (the constraint says so)
    return Policy(
        kind=row.kind,
        version=row.version,
        text_zh=row.text_zh,
        text_en=row.text_en,
        changes_zh=row.changes_zh,
        changes_en=row.changes_en,
        published_at=row.published_at,
    )
