"""Reactions to events of lower apps: messages that they cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from config.kernel.handlers import handles
from loyalty import selectors as loyalty_selectors
from loyalty.events import TierChanged, TierDowngraded, TierUpgraded
from members.events import (
    CodeRequested,
    ErasureCancelled,
    ErasureRequested,
    ExportReady,
    RiskySignIn,
    SecurityChanged,
)
from members.programmes import selectors as programmes_selectors
from messaging import kinds as kinds  # its handlers are registered on import
from messaging import mall as mall  # its handlers are registered on import
from messaging import services, texts
from messaging.types import Channel, Kind, Text
from points import selectors as points_selectors
from points.events import LedgerDiffers, LedgerUnproven, PointsExpiring, PointsInflated


@handles(CodeRequested, queue="critical")
def send_code(event: CodeRequested, *, now: datetime) -> None:
    """Send the code while somebody waits for it."""
    services.send_code(
        key=event.delivery,
        channel=Channel(event.channel),
        address=event.address,
        code=event.code,
        link=event.link,
        locale=event.locale,
        programme_id=event.programme_id,
        template=event.template,
        now=now,
    )


@handles(RiskySignIn, queue="critical")
def tell_of_risky_sign_in(event: RiskySignIn, *, now: datetime) -> None:
    """Say so while it can still be stopped."""
    services.tell_member(
        key=f"risky:{event.attempt_id}",
        member_id=event.member_id or 0,
        kind=Kind.SYSTEM,
        template="risky_sign_in",
        write=lambda language: texts.risky_sign_in(reasons=event.reasons),
        now=now,
    )


@handles(SecurityChanged, queue="critical")
def tell_of_security(event: SecurityChanged, *, now: datetime) -> None:
    """Tell the owner of an account what was changed about the ways into it."""
    services.tell_member(
        key=f"security:{event.member_id}:{event.what}:{event.occurred_at.isoformat()}",
        member_id=event.member_id or 0,
        kind=Kind.SYSTEM,
        template="security_changed",
        write=lambda language: texts.security_changed(what=event.what),
        now=now,
    )


@handles(ExportReady)
def tell_of_export(event: ExportReady, *, now: datetime) -> None:
    """Say that the copy can be fetched, and until when."""
    day = _local_day(event.programme_id, event.expires_at)
    services.tell_member(
        key=f"export:{event.member_id}:{event.export_id}",
        member_id=event.member_id or 0,
        kind=Kind.SYSTEM,
        template="export_ready",
        write=lambda language: texts.export_ready(day=day()),
        now=now,
    )


@handles(ErasureRequested)
def tell_of_erasure(event: ErasureRequested, *, now: datetime) -> None:
    """Say when the member is erased, and how to stay."""
    day = _local_day(event.programme_id, event.due_at)
    services.tell_member(
        key=f"erasure:{event.member_id}:{event.occurred_at.isoformat()}",
        member_id=event.member_id or 0,
        kind=Kind.SYSTEM,
        template="erasure_requested",
        write=lambda language: texts.erasure_requested(day=day()),
        now=now,
    )


@handles(ErasureCancelled)
def tell_of_staying(event: ErasureCancelled, *, now: datetime) -> None:
    """Say that nothing is erased: it may not have been the member who called it off."""
    services.tell_member(
        key=f"erasure:{event.member_id}:{event.occurred_at.isoformat()}:kept",
        member_id=event.member_id or 0,
        kind=Kind.SYSTEM,
        template="erasure_cancelled",
        write=lambda language: texts.erasure_cancelled(),
        now=now,
    )


def _local_day(programme_id: int | None, told: datetime | str) -> Callable[[], str]:
    """Return what says the day of a moment, where the programme is, in the language spoken."""
    moment = datetime.fromisoformat(told) if isinstance(told, str) else told
    zone = programmes_selectors.get_programme(programme_id or 0).zone
    return lambda: str(formats.date_format(moment.astimezone(zone), _("j F Y")))


@handles(LedgerDiffers, queue="critical")
def tell_that_ledger_differs(event: LedgerDiffers, *, now: datetime) -> None:
    """Tell those who look after the ledger."""
    services.tell_staff(
        key=f"ledger_differs:{event.proof_id}",
        permission="points.view_proof",
        template="ledger_differs",
        write=lambda: texts.ledger_differs(
            differences=event.differences, examples=event.examples[:5]
        ),
        now=now,
    )


@handles(LedgerUnproven, queue="critical")
def tell_that_ledger_is_unproven(event: LedgerUnproven, *, now: datetime) -> None:
    """Tell those who look after the ledger."""
    services.tell_staff(
        key=f"ledger_unproven:{event.proof_id}",
        permission="points.view_proof",
        template="ledger_unproven",
        write=texts.ledger_unproven,
        now=now,
    )


@handles(PointsInflated)
def tell_of_inflation(event: PointsInflated, *, now: datetime) -> None:
    """Tell those who look after the liability."""
    services.tell_staff(
        key=f"points_inflated:{event.programme_id}:{event.month}",
        permission="points.view_liabilityday",
        template="points_inflated",
        write=lambda: texts.points_inflated(
            month=event.month[:7], issued=event.issued, redeemed=event.redeemed
        ),
        now=now,
    )


@handles(TierUpgraded)
def tell_of_upgrade(event: TierUpgraded, *, now: datetime) -> None:
    """Congratulate."""
    _tell_of_tier(event, now)


@handles(TierDowngraded)
def tell_of_downgrade(event: TierDowngraded, *, now: datetime) -> None:
    """Say so before the member finds out at a till."""
    _tell_of_tier(event, now)


def _tell_of_tier(event: TierChanged, now: datetime) -> None:
    if event.member_id is None or event.programme_id is None:
        return
    raised = isinstance(event, TierUpgraded)

    def write(language: str) -> Text:
        tier = _tier_name(event, language)
        if not raised:
            return texts.tier_downgraded(tier=tier)
        return texts.tier_upgraded(tier=tier, until=_day(event))

    services.tell_member(
        key=f"tier:{event.member_id}:{event.to_code}:{event.occurred_at.isoformat()}",
        member_id=event.member_id,
        kind=Kind.MEMBER,
        template="tier_upgraded" if raised else "tier_downgraded",
        write=write,
        now=now,
    )


@handles(PointsExpiring, queue="bulk")
def remind_of_expiry(event: PointsExpiring, *, now: datetime) -> None:
    """Tell what ends soon: everything a member is reminded of on a day in one message."""
    if event.member_id is None or event.programme_id is None:
        return
    member_id, programme_id = event.member_id, event.programme_id
    reminded = points_selectors.list_reminded(
        member_id=member_id, day=date.fromisoformat(event.day)
    )
    if not reminded:
        return
    programme = programmes_selectors.get_programme(programme_id)

    def write(language: str) -> Text:
        lines = [
            (
                texts.amount_of(definition, part.points, programme.currency, language),
                formats.date_format(
                    part.at.astimezone(programme.zone) - timedelta(seconds=1), _("j F Y")
                ),
            )
            for definition, part in reminded
        ]
        return texts.points_expiring(lines=lines)

    services.tell_member(
        key=f"expiring:{programme_id}:{member_id}:{event.day}",
        member_id=member_id,
        kind=Kind.MEMBER,
        template="points_expiring",
        write=write,
        now=now,
    )


def _tier_name(event: TierChanged, language: str) -> str:
    ladder = loyalty_selectors.get_ladder(
        programme_id=event.programme_id or 0, version=event.ladder_version
    )
    for tier in ladder.tiers:
        if tier.code == event.to_code:
            return tier.name_zh if language.startswith("zh") else tier.name_en
    return event.to_code


def _day(event: TierChanged) -> str:
    """Return the last day of the tier in the programme's zone; `until` is exclusive."""
    if not event.until:
        return ""
    programme = programmes_selectors.get_programme(event.programme_id or 0)
    end = datetime.fromisoformat(event.until).astimezone(programme.zone)
    return formats.date_format(end - timedelta(seconds=1), _("j F Y"))
