"""Consents by purpose: given and withdrawn with one press each, and every change kept.

A row of `Consent` is a span of agreement: given under a version, from somewhere, until it
was withdrawn. A row that was never given is an objection to what was on by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import outbox
from members import policies
from members.errors import UnknownPurposeError
from members.events import ConsentChanged
from members.models import Consent, ConsentPurpose, Member

# What a new installation asks for. Everything can be changed, or taken out of use, as rows.
_PURPOSES = (
    ("marketing_sms", "短信营销", "Offers by SMS", "用短信告诉您优惠和活动",
     "We tell you of offers by text message", False),
    ("marketing_email", "邮件营销", "Offers by e-mail", "用邮件告诉您优惠和活动",
     "We tell you of offers by e-mail", False),
    ("marketing_push", "推送营销", "Offers in apps", "在应用和小程序里推送优惠和活动",
     "We tell you of offers in apps and mini-programs", False),
    ("personalization", "个性化", "Personalization", "按您的购买记录推荐商品和优惠",
     "We choose goods and offers by what you bought", True),
    ("location", "位置信息", "Location", "用您的位置找到附近的门店",
     "We use where you are to find stores nearby", False),
    ("face", "人脸信息", "Face", "在门店用人脸识别您；敏感信息，单独征得同意",
     "Stores recognize you by your face; sensitive, agreed to by itself", False),
    ("third_party", "向第三方提供", "Sharing with others", "向合作品牌提供您的信息，以便其联系您",
     "Partner brands get your data to reach you", False),
)  # fmt: skip


def begin(**_: Any) -> None:
    """Fill an empty table with what a new installation asks for (post_migrate receiver)."""
    if not ConsentPurpose.objects.exists():
        ConsentPurpose.objects.bulk_create(
            ConsentPurpose(
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                words_zh=words_zh,
                words_en=words_en,
                initially=initially,
                sort=place,
            )
            for place, (code, name_zh, name_en, words_zh, words_en, initially) in enumerate(
                _PURPOSES
            )
        )


@transaction.atomic
def give_consent(
    *, member_id: int, purpose: str, source: str, storefront_id: int | None = None, now: datetime
) -> bool:
    """Write down that a member agrees; return False when they did already.

    Raises:
        UnknownPurposeError: nobody asks for that.
    """
    member, _known = _find(member_id, purpose)
    if Consent.objects.filter(
        member_id=member_id, purpose=purpose, withdrawn_at__isnull=True
    ).exists():
        return False
    row = Consent(
        member_id=member_id,
        purpose=purpose,
        policy_version=policies.version(programme_id=member.programme_id, kind="privacy"),
        storefront_id=storefront_id,
        given_at=now,
        source=source,
    )
    Consent.objects.bulk_create([row], ignore_conflicts=True)
    _tell(member, purpose, is_given=True, source=source, now=now)
    return True


@transaction.atomic
def withdraw_consent(*, member_id: int, purpose: str, source: str, now: datetime) -> bool:
    """Write down that a member no longer agrees, or objects; False when they did already.

    Raises:
        UnknownPurposeError: nobody asks for that.
    """
    member, known = _find(member_id, purpose)
    changed = Consent.objects.filter(
        member_id=member_id, purpose=purpose, withdrawn_at__isnull=True
    ).update(withdrawn_at=now, withdrawn_source=source)
    if not changed and known.initially:
        rows = Consent.objects.filter(member_id=member_id, purpose=purpose)
        if not rows.exists():
            objection = Consent(
                member_id=member_id,
                purpose=purpose,
                policy_version=policies.version(programme_id=member.programme_id, kind="privacy"),
                withdrawn_at=now,
                withdrawn_source=source,
            )
            Consent.objects.bulk_create([objection], ignore_conflicts=True)
            changed = 1
    if changed:
        _tell(member, purpose, is_given=False, source=source, now=now)
    return bool(changed)


@transaction.atomic
def agree_to_policies(*, member_id: int, source: str, now: datetime) -> list[str]:
    """Write down that a member agrees to what has changed; return the versions.

    A row of its own for each: what was agreed to before stays as it was.
    """
    member = Member.objects.get(pk=member_id)
    pending = policies.list_pending(member_id=member_id, programme_id=member.programme_id)
    rows = [
        Consent(
            member_id=member_id,
            purpose=policy.kind,
            policy_version=policy.version,
            given_at=now,
            source=source,
        )
        for policy in pending
    ]
    Consent.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        _tell(member, row.purpose, is_given=True, source=source, now=now)
    return [policy.version for policy in pending]


def _find(member_id: int, purpose: str) -> tuple[Member, ConsentPurpose]:
    known = ConsentPurpose.objects.filter(code=purpose, in_use=True).first()
    if known is None:
        raise UnknownPurposeError
    # The member's changes go one after the other: two presses at once make one row.
    return Member.objects.select_for_update().get(pk=member_id), known


def _tell(member: Member, purpose: str, *, is_given: bool, source: str, now: datetime) -> None:
    outbox.publish(
        ConsentChanged(
            purpose=purpose,
            is_given=is_given,
            source=source,
            programme_id=member.programme_id,
            member_id=member.pk,
            occurred_at=now,
        ),
        now=now,
    )
