"""Exchange between programmes: both entries in one transaction, by a dated rate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import audit, outbox
from members.programmes import selectors as programmes
from points import currencies, rates
from points import rows as _rows
from points.errors import (
    ExchangeAmountError,
    ExchangeNotFoundError,
    InvalidPointsError,
    KeyReusedError,
)
from points.events import PointsExchanged
from points.models import Entry, Exchange, ExchangeRate
from points.services.money import check_spendable
from points.services.posting import ask, fields_of
from points.types import Exchanged, Outcome, Purse, Quote, Rate, day_end

_COMMAND = f"ROW({', '.join(['%s'] * len(_rows.COLUMNS))})::points_command"
_EXCHANGE = f"""SELECT {fields_of("r")} FROM points_exchange_now(
    {_COMMAND}, {_COMMAND}, %s, %s, %s, %s, %s, %s, %s) r"""
_REPLAY = f"SELECT {fields_of('r')} FROM points_replay_exchange({_COMMAND}) r"
_UNDO = f"SELECT {fields_of('r')} FROM points_exchange_undo({_COMMAND}, %s, %s) r"


def quote(*, source: Purse, target: Purse, points: int, now: datetime) -> tuple[Rate, Quote]:
    """Return the rate in force and what giving `points` would bring.

    Raises:
        NoRateError: these two are not exchanged.
        ExchangeAmountError: too little, off the step, or bringing nothing.
    """
    rate = rates.get(source=source, target=target, at=now)
    if not 1 <= points <= _rows.MOST_POINTS:
        raise InvalidPointsError()
    if points < rate.minimum:
        raise ExchangeAmountError(f"at least {rate.minimum} points")
    if points % rate.step:
        raise ExchangeAmountError(f"only in steps of {rate.step} points")
    quoted = rate.quote(points)
    if quoted.received < 1:
        raise ExchangeAmountError("it would bring nothing")
    return rate, quoted


@transaction.atomic
def exchange(
    *,
    member_id: int,
    to_member_id: int,
    source: Purse,
    target: Purse,
    points: int,
    key: str,
    actor: str = "",
    fingerprint: bytes = b"",
    now: datetime,
) -> Exchanged:
    """Give points of one programme for another's, once for a key.

    Raises:
        NoRateError, ExchangeAmountError: as `quote` says.
        InsufficientPointsError: the member has less.
        MemberLimitError, PairLimitError: the day's limit is reached.
        KeyReusedError: the key named another request.
    """
    fingerprint = fingerprint or _stands_for(to_member_id, source, target, points)
    if (before := _repeated(member_id, key, fingerprint)) is not None:
        return before
    check_spendable(programme_id=source.programme_id, currency=source.currency)
    rate, quoted = quote(source=source, target=target, points=points, now=now)
    receiving = programmes.get_programme(target.programme_id)
    expires = currencies.get(receiving.id, target.currency).expires_at(
        earned_at=now, zone=receiving.zone
    )
    named = f"exchange:{source.programme_id}:{target.programme_id}"
    common: dict[str, Any] = {
        "op": "exchange",
        "key": key,
        "source": named,
        "rule": f"rate:{rate.id}",
        "actor": actor,
        "occurred_at": now,
    }
    gives = common | {
        "member_id": member_id,
        "programme_id": source.programme_id,
        "currency": source.currency,
        "points": points,
        "fingerprint": fingerprint,
    }
    receives = common | {
        "member_id": to_member_id,
        "programme_id": target.programme_id,
        "currency": target.currency,
        "points": quoted.received,
        "expires_at": expires,
    }
    day = programmes.get_programme(source.programme_id).local_day(now)
    limits = [rate.member_limit, rate.pair_limit]
    told = [rate.id, quoted.fee, day, rate.carries_expiry, *limits, now]
    outcome = _answer(_EXCHANGE, [*_values(gives), *_values(receives), *told])
    if outcome.replayed:
        return _as_it_was(outcome)
    _publish(outcome, rate, now=now)
    out, into = outcome.entries
    return Exchanged(out=out, into=into, rate=rate, quote=quoted)


@transaction.atomic
def undo_exchange(
    *, member_id: int, exchange_id: int, key: str, actor: str, reason: str, now: datetime
) -> Exchanged:
    """Undo an exchange, whole or not at all; what was given comes back to its own lots.

    Raises:
        ExchangeNotFoundError: the member has made no such exchange.
        AlreadyReversedError: it is undone.
        ExchangeSpentError: what was received has been spent or has expired.
    """
    row = Exchange.objects.filter(member_id=member_id, id=exchange_id, reverses=None).first()
    if row is None:
        raise ExchangeNotFoundError()
    programme = programmes.get_programme(row.from_programme_id)
    grace = programme.settings.return_grace_days
    named = f"exchange:{row.from_programme_id}:{row.to_programme_id}"
    values = {
        "op": "exchange",
        "member_id": member_id,
        "programme_id": programme.id,
        "currency": row.from_currency,
        "key": key,
        "fingerprint": _stands_for("undo", exchange_id),
        "source": named,
        "reason": reason,
        "actor": actor,
        "occurred_at": now,
        "entry_id": exchange_id,
        "grace_until": day_end(after=now, days=grace, zone=programme.zone) if grace else None,
    }
    outcome = _answer(_UNDO, [*_values(values), programme.local_day(now), now])
    if outcome.replayed:
        return _as_it_was(outcome)
    rate = rates.to_rate(ExchangeRate.objects.get(pk=row.rate_id))
    _publish(outcome, rate, now=now)
    audit.record(
        actor=actor,
        action="points.exchange_undone",
        target=f"member:{member_id}",
        reason=reason,
        after={"exchange": exchange_id, "given": row.given, "received": row.received},
        now=now,
    )
    out, into = outcome.entries
    return Exchanged(
        out=out,
        into=into,
        rate=rate,
        quote=Quote(given=-row.given, fee=-row.fee, received=-row.received),
    )


def _values(command: dict[str, Any]) -> list[Any]:
    return [command.get(name) for name in _rows.COLUMNS]


def _stands_for(*facts: Any) -> bytes:
    return hashlib.blake2b(json.dumps(facts, default=repr).encode(), digest_size=16).digest()


def _answer(sql: str, values: Sequence[Any]) -> Outcome:
    outcome = _rows.to_outcome(ask(sql, values))
    if outcome.problem is not None:
        raise outcome.problem
    return outcome


def _repeated(member_id: int, key: str, fingerprint: bytes) -> Exchanged | None:
    """Answer a key that has come before, whatever has become of the rate since."""
    entry = Entry.objects.filter(member_id=member_id, idem_key=key).first()
    if entry is None:
        return None
    if bytes(entry.fingerprint) != fingerprint:
        raise KeyReusedError()
    return _as_it_was(_answer(_REPLAY, [*_values(_key_of(entry))]))


def _key_of(entry: Entry) -> dict[str, Any]:
    return {
        "member_id": entry.member_id,
        "key": entry.idem_key,
        "fingerprint": bytes(entry.fingerprint),
    }


def _as_it_was(outcome: Outcome) -> Exchanged:
    out, into = outcome.entries
    row = Exchange.objects.get(member_id=out.member_id, out_entry_id=out.entry_id)
    return Exchanged(
        out=out,
        into=into,
        rate=rates.to_rate(ExchangeRate.objects.get(pk=row.rate_id)),
        quote=Quote(given=row.given, fee=row.fee, received=row.received),
        replayed=True,
    )


def _publish(outcome: Outcome, rate: Rate, *, now: datetime) -> None:
    ends = zip(outcome.entries, (rate.source, rate.target), strict=True)
    outbox.publish(
        *(
            PointsExchanged(
                occurred_at=entry.occurred_at,
                programme_id=purse.programme_id,
                member_id=entry.member_id,
                entry_id=entry.entry_id,
                currency=purse.currency,
                points=entry.points,
                balance=entry.balance_after,
                source=entry.source,
                reason=entry.reason,
            )
            for entry, purse in ends
        ),
        now=now,
    )
