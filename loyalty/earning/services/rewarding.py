"""Reward what members do besides buying: once for a source, within the caps of the rules.

Uniqueness and caps are the database's: a row for (member, behavior, source), and counters
that rise only while they are below their cap. Points, counters and the decision stand in
one transaction; a refusal leaves nothing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from fractions import Fraction

from django.db import transaction

from config.kernel import statements
from loyalty.earning import periods, rulesets, validities
from loyalty.earning.errors import (
    RewardCapReachedError,
    RewardInvalidError,
    RewardUnknownError,
    RulesNotFoundError,
)
from loyalty.earning.models import EarnReward
from loyalty.earning.services.recording import record_decisions
from loyalty.earning.types import (
    BehaviorRule,
    Decision,
    DecisionRecord,
    ExplainRow,
    Rewarded,
    RuleSet,
)
from members import selectors as members_selectors
from members import services as members_services
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from points import services as points_services
from points.types import Earn, validity_end

LONGEST_SOURCE = 78
# A storefront's clock may run ahead of ours.
_AHEAD = timedelta(days=1)

_CLAIM = """
INSERT INTO earning_earnreward
       (member_id, programme_id, behavior, source, points, rule_version, occurred_at, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""
_COUNT = """
INSERT INTO earning_earnusage AS u (member_id, programme_id, rule, period, used)
VALUES (%s, %s, %s, %s, 1)
    ON CONFLICT (member_id, programme_id, rule, period)
    DO UPDATE SET used = u.used + 1 WHERE u.used < %s
RETURNING used
"""


def reward(
    *,
    member_id: int,
    programme_id: int,
    behavior: str,
    source: str,
    occurred_at: datetime,
    now: datetime,
    idempotency_key: str = "",
) -> Rewarded:
    """Give a member the points of a behavior, once for its source.

    The same behavior and source again answer what was given the first time, whatever the
    rules say by then. The rules are those of when it was done, and so are the caps' periods.

    Raises:
        RewardUnknownError: the rules know no such behavior, or have switched it off.
        RewardCapReachedError: the member had it as often as the rules allow; `until` tells
            when it may be given again.
        RewardInvalidError: the source is empty or too long, or it has not happened yet.
    """
    _refuse_nonsense(source, occurred_at, now)
    programme = programmes_selectors.get_programme(programme_id)
    with transaction.atomic():
        # Told of a merged account, it counts as the survivor's.
        owner_id = members_services.hold_member(member_id=member_id)
        earlier = _find(owner_id, programme_id, behavior, source)
        if earlier is not None:
            return _give(earlier, programme, now, idempotency_key, replayed=True)
        rules = _rules(programme_id, occurred_at)
        rule = rules.behaviors.get(behavior)
        if rule is None or not rule.active:
            raise RewardUnknownError(f"{behavior[:40]} is not rewarded")
        claimed = EarnReward(
            member_id=member_id,
            programme_id=programme_id,
            behavior=behavior,
            source=source,
            points=rule.points,
            rule_version=rules.version,
            occurred_at=occurred_at,
            recorded_at=now,
        )
        if not _claim(claimed):
            # A twin was faster.
            earlier = _find(owner_id, programme_id, behavior, source) or claimed
            return _give(earlier, programme, now, idempotency_key, replayed=True)
        _count(rule, claimed, owner_id, programme)
        given = _give(claimed, programme, now, idempotency_key, rule=rule)
        record_decisions(decisions=[_decision(claimed, rules, rule)], now=now)
        return given


def _refuse_nonsense(source: str, occurred_at: datetime, now: datetime) -> None:
    if not 1 <= len(source) <= LONGEST_SOURCE:
        raise RewardInvalidError(f"a source has 1 to {LONGEST_SOURCE} characters")
    if occurred_at > now + _AHEAD:
        raise RewardInvalidError("it has not happened yet")


def _rules(programme_id: int, at: datetime) -> RuleSet:
    try:
        return rulesets.in_force(programme_id, at)
    except RulesNotFoundError:
        raise RewardUnknownError("the programme has no earn rules") from None


def _find(member_id: int, programme_id: int, behavior: str, source: str) -> EarnReward | None:
    # Whoever was merged into the member has had it too.
    return EarnReward.objects.filter(
        member_id__in=members_selectors.ids_of(member_id),
        programme_id=programme_id,
        behavior=behavior,
        source=source,
    ).first()


def _claim(row: EarnReward) -> bool:
    """Write the row of (member, behavior, source); a twin under way is waited for."""
    return bool(
        statements.ask(
            _CLAIM,
            [
                row.member_id,
                row.programme_id,
                row.behavior,
                row.source,
                row.points,
                row.rule_version,
                row.occurred_at,
                row.recorded_at,
            ],
        )
    )


def _count(rule: BehaviorRule, row: EarnReward, owner_id: int, programme: Programme) -> None:
    """Raise every counter by one, or refuse; always in one order, so that nobody deadlocks."""
    day = programme.local_day(row.occurred_at)
    for period, cap in sorted(rule.caps.items()):
        place = [owner_id, row.programme_id, f"behavior:{rule.code}"]
        if not statements.ask(_COUNT, [*place, periods.key(period, day), cap]):
            raise RewardCapReachedError(
                period=period, cap=cap, until=periods.ends_at(period, day, programme.zone)
            )


def _give(
    row: EarnReward,
    programme: Programme,
    now: datetime,
    key: str,
    *,
    rule: BehaviorRule | None = None,
    replayed: bool = False,
) -> Rewarded:
    """Post the points; given before, the ledger answers with the first entry."""
    validity = rule.validity if rule else None
    expires: datetime | None
    if validity is not None:
        expires = validities.expires_at(validity, earned_at=row.occurred_at, zone=programme.zone)
    else:
        expires = validity_end(
            earned_at=row.occurred_at,
            months=programme.settings.points_validity_months,
            zone=programme.zone,
        )
    name = f"{row.behavior}:{row.source}"
    outcome = points_services.post(
        command=Earn(
            member_id=row.member_id,
            programme_id=row.programme_id,
            key=key or f"reward:{name}",
            fingerprint=hashlib.sha256(name.encode()).digest()[:16],
            source=name,
            rule=row.behavior,
            occurred_at=row.occurred_at,
            points=row.points,
            expires_at=expires,
        ),
        now=now,
    )
    entry = outcome.entries[0]
    return Rewarded(
        member_id=row.member_id,
        behavior=row.behavior,
        source=row.source,
        points=entry.points,
        rule_version=row.rule_version,
        entry_id=entry.entry_id,
        balance_after=entry.balance_after,
        expires_at=entry.lots[0].expires_at if entry.lots else None,
        occurred_at=entry.occurred_at,
        replayed=replayed,
    )


def _decision(row: EarnReward, rules: RuleSet, rule: BehaviorRule) -> DecisionRecord:
    one = Fraction(1)
    shown = ExplainRow(
        line_no=0,
        rule=rule.code,
        base=1,
        multiplier=one,
        points=row.points,
        rate=Fraction(row.points),
        validity=str(rule.validity or ""),
    )
    decision = Decision(
        rule_version=rules.version,
        rate=Fraction(row.points),
        multiplier=one,
        earned=row.points,
        line_points=(row.points,),
        growth=0,
        line_growth=(0,),
        explain=(shown,),
    )
    return DecisionRecord(
        member_id=row.member_id,
        programme_id=row.programme_id,
        source=f"{row.behavior}:{row.source}",
        decision=decision,
        inputs={"behavior": row.behavior, "occurred_at": row.occurred_at.isoformat()},
    )
