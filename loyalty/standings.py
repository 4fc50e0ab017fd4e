"""How a member's tier moves: pure rules over one member's state, no database.

An upgrade is a grant laid on top of those below it. A grant ends on its date, is looked
at then, and is renewed, protected for the days of grace, or gives way to the tier below.
What a refund undoes is only the grant that the refunded source itself brought.
docs/algorithms/tiers.md tells the rules with worked examples.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty import calendar
from loyalty.types import Change, Ladder, Measure, Tier, Why

# Older days than this before the newest can be part of no window any more.
KEEP_DAYS = 800
ANY = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """A tier held from an instant until another.

    `source` brought it, if a source did. Once that has been refunded in part, or others
    carry the grant in its place, it rests on ANY source.
    """

    code: str
    since: datetime
    until: datetime
    source: str = ""


@dataclass(slots=True, kw_only=True)
class State:
    """One member's standing, as the row holds it, and the history it has yet to write."""

    member_id: int
    ladder: Ladder
    zone: ZoneInfo
    grants: list[Grant] = field(default_factory=list)
    protected: bool = False
    ladder_version: int = 0
    days: list[int] = field(default_factory=list)
    spends: list[int] = field(default_factory=list)
    growths: list[int] = field(default_factory=list)
    as_of: datetime | None = None
    changes: int = 0
    written: list[Change] = field(default_factory=list)
    dirty: bool = False

    @property
    def tier(self) -> Tier:
        return self._tier_of(self.grants[-1]) if self.grants else self.ladder.lowest

    @property
    def until(self) -> datetime | None:
        return self.grants[-1].until if self.grants else None

    @property
    def since(self) -> datetime | None:
        return self.grants[-1].since if self.grants else None

    def amount(self, day: int) -> int:
        """Return the ladder's measure on `day`, exactly."""
        amounts = self.growths if self.ladder.measure is Measure.GROWTH else self.spends
        after = calendar.before_window(self.ladder.measure, day)
        return calendar.sum_window(self.days, amounts, after, day)

    def rank_of(self, grant: Grant) -> int:
        return self._tier_of(grant).rank

    def is_late(self, at: datetime) -> bool:
        """Return whether the row has already seen something later than `at`."""
        return self.as_of is not None and at < self.as_of

    def seen(self, at: datetime) -> None:
        """Note that the row has seen `at`."""
        self.dirty = True
        if self.as_of is None or at > self.as_of:
            self.as_of = at

    def add(self, day: int, spend: int, growth: int) -> None:
        """Add to (or take from) what qualifies on a day, if the day is still kept."""
        index = bisect_left(self.days, day)
        if index < len(self.days) and self.days[index] == day:
            self.spends[index] += spend
            self.growths[index] += growth
        elif not self.days or day > self.days[-1] - KEEP_DAYS:
            self.days.insert(index, day)
            self.spends.insert(index, spend)
            self.growths.insert(index, growth)
        self._forget()

    def record(self, why: Why, before: Tier, *, day: int, source: str = "", at: datetime) -> None:
        """Write a line of history with the figures it rests on."""
        self.changes += 1
        after = self.tier
        from_day = calendar.before_window(self.ladder.measure, day) + 1
        inputs = {
            "measure": self.ladder.measure.value,
            "amount": self.amount(day),
            "from": calendar.date_of(from_day).isoformat(),
            "to": calendar.date_of(day).isoformat(),
            "threshold": after.threshold,
        }
        self.written.append(
            Change(
                member_id=self.member_id,
                number=self.changes,
                from_code=before.code,
                to_code=after.code,
                why=why,
                ladder_version=self.ladder.version,
                inputs=inputs,
                source=source,
                occurred_at=at,
                until=self.until,
            )
        )
        self.seen(at)

    def _tier_of(self, grant: Grant) -> Tier:
        return self.ladder.find(grant.code) or self.ladder.lowest

    def _forget(self) -> None:
        cut = bisect_left(self.days, self.days[-1] - KEEP_DAYS) if self.days else 0
        if cut:
            del self.days[:cut], self.spends[:cut], self.growths[:cut]


def end_due(state: State, at: datetime) -> None:
    """End every term that is over by `at`, one after the other, each on its own date."""
    while (until := state.until) is not None and until <= at:
        _review(state, until)


def _review(state: State, over: datetime) -> None:
    """Look at the top grant, whose term is over: renew it, protect it, or step down."""
    ladder, before, day = state.ladder, state.tier, calendar.day_of(over, state.zone) - 1
    earned = ladder.earned(state.amount(day))
    if earned.rank >= before.rank:
        _settle_on(state, earned, over, day)
        state.record(Why.RENEWED, before, day=day, at=over)
    elif ladder.grace_days and not state.protected:
        state.protected = True
        until = calendar.later_by_days(over, ladder.grace_days, state.zone)
        state.grants[-1] = replace(state.grants[-1], until=until)
        state.record(Why.PROTECTED, before, day=day, at=over)
    else:
        lowest_rank = before.rank - ladder.steps_down if ladder.steps_down else 0
        rank = max(earned.rank, lowest_rank, 0)
        _settle_on(state, ladder.tiers[rank], over, day)
        state.record(Why.DOWNGRADED, before, day=day, at=over)


def _settle_on(state: State, tier: Tier, at: datetime, day: int) -> None:
    """Start a new term on `tier`; a tier below that outlives `at` is kept to fall back to."""
    state.protected = False
    state.grants = [g for g in state.grants[:-1] if g.until > at]
    if tier.rank > state.tier.rank:
        until = calendar.end_of_term(state.ladder, day, state.zone)
        state.grants.append(Grant(tier.code, at, until))


def count(state: State, *, spend: int, growth: int, source: str, at: datetime) -> None:
    """Count a source on its local day and upgrade at once to what that earns."""
    day = calendar.day_of(at, state.zone)
    late = state.is_late(at)
    if not late:
        end_due(state, at)
    state.add(day, spend, growth)
    for on in _days_to_look_at(state, day) if late else [day]:
        since = at if on == day else calendar.start_of(on, state.zone)
        _raise(state, day=on, since=since, source=source)
    state.seen(at)
    if late and state.as_of is not None:
        end_due(state, state.as_of)


def _days_to_look_at(state: State, day: int) -> list[int]:
    """Return the days from `day` on at which what came late may have made a difference.

    Those are its own, every later day that something qualified on, and the last day of
    the term before the present one.
    """
    later = {d for d in state.days if d > day}
    if state.since is not None:
        later.add(max(day, calendar.day_of(state.since, state.zone) - 1))
    return sorted(later | {day})


def _raise(state: State, *, day: int, since: datetime, source: str) -> None:
    earned, before = state.ladder.earned(state.amount(day)), state.tier
    if earned.rank > before.rank:
        until = calendar.end_of_term(state.ladder, day, state.zone)
        state.grants.append(Grant(earned.code, since, until, source))
        state.protected = False
        state.record(Why.UPGRADED, before, day=day, source=source, at=since)
    elif state.protected and earned.rank == before.rank > 0:
        # Reached again within the days of grace: a new term, which no refund undoes.
        _settle_on(state, earned, since, day)
        state.record(Why.RENEWED, before, day=day, source=source, at=since)


def take_back(
    state: State, *, day: int, spend: int, growth: int, source: str, at: datetime
) -> None:
    """Take back from a source's own day, and undo at once an upgrade it brought itself."""
    if not state.is_late(at):
        end_due(state, at)
    state.add(day, -spend, -growth)
    state.seen(at)
    if any(grant.source in (source, ANY) for grant in state.grants):
        _undo(state, source, at)


def _undo(state: State, source: str, at: datetime, why: Why = Why.REFUNDED) -> None:
    """Give the source's grants the tier that is still earned; drop them where none is."""
    before, moment = state.tier, state.as_of or at
    today = calendar.day_of(moment, state.zone)
    kept: list[Grant] = []
    for grant in state.grants:
        if grant.source in (source, ANY):
            grant = _what_is_left(state, grant, today)
        if state.rank_of(grant) > (state.rank_of(kept[-1]) if kept else 0):
            kept.append(grant)
    state.grants = kept
    if state.tier.rank == before.rank:
        return
    written, number = len(state.written), state.changes
    state.protected = False
    end_due(state, moment)
    # One line says it all: what lay below the undone grant may have run out in the meantime.
    del state.written[written:]
    state.changes = number
    state.record(why, before, day=today, source=source, at=at)


def _what_is_left(state: State, grant: Grant, today: int) -> Grant:
    """Return the grant with what its day or today still earns of its tier."""
    since = calendar.day_of(grant.since, state.zone)
    earned = state.ladder.earned(max(state.amount(since), state.amount(today)))
    rank = min(earned.rank, state.rank_of(grant))
    return replace(grant, code=state.ladder.tiers[rank].code, source=ANY)


def join(state: State, other: State, *, source: str, at: datetime) -> None:
    """Let a member count what another counted, and have the better of both tiers.

    Of a tier that both have the later date holds; lower ones are kept to fall back to. What
    both together earn is granted at once.
    """
    for one in (state, other):
        if not one.is_late(at):
            end_due(one, at)
    before, had, moment = state.tier, list(state.grants), max(at, state.as_of or at)
    best = other if other.grants and other.tier.rank > before.rank else state
    state.protected = best.protected
    for day, spend, growth in zip(other.days, other.spends, other.growths, strict=True):
        state.add(day, spend, growth)
    state.grants = _best_of(state, other)
    day = calendar.day_of(moment, state.zone)
    earned = state.ladder.earned(state.amount(day))
    if earned.rank > state.tier.rank:
        until = calendar.end_of_term(state.ladder, day, state.zone)
        state.grants.append(Grant(earned.code, moment, until, source))
        state.protected = False
    state.seen(moment)
    if state.grants != had:
        state.record(Why.MERGED, before, day=day, source=source, at=moment)


def _best_of(state: State, other: State) -> list[Grant]:
    by_rank: dict[int, Grant] = {}
    for grant in (*state.grants, *other.grants):
        held = by_rank.get(state.rank_of(grant))
        if held is None or grant.until > held.until:
            by_rank[state.rank_of(grant)] = grant
    return [by_rank[rank] for rank in sorted(by_rank) if rank > 0]


def split(state: State, *, came: list[Grant], had: list[Grant], source: str, at: datetime) -> None:
    """Undo a join, once what the other counted is taken off: whose grants they were decides.

    `came` are the other's grants at the merge, `had` the member's own.
    """
    before, moment = state.tier, max(at, state.as_of or at)
    ours = {grant.code: grant for grant in had if grant.until > moment}
    kept = [grant for grant in state.grants if grant not in came or grant in had]
    missing = [g for code, g in ours.items() if all(k.code != code for k in kept)]
    lost_nothing = {grant.code for grant in came} & {grant.code for grant in missing}
    # Only what gave way to the other's comes back; what a refund undid since stays undone.
    kept += [grant for grant in missing if grant.code in lost_nothing]
    state.grants = sorted(kept, key=state.rank_of)
    written, number = len(state.written), state.changes
    _undo(state, source, moment, Why.UNMERGED)
    day = calendar.day_of(moment, state.zone)
    earned = state.ladder.earned(state.amount(day))
    if earned.rank > state.tier.rank:
        until = calendar.end_of_term(state.ladder, day, state.zone)
        state.grants.append(Grant(earned.code, moment, until))
    del state.written[written:]
    state.changes = number
    state.seen(moment)
    if state.tier.rank != before.rank:
        state.protected = False
        state.record(Why.UNMERGED, before, day=day, source=source, at=moment)


def remap(state: State, *, old: Ladder | None, published_at: datetime) -> None:
    """Move a member to a ladder published since: nobody is left on a tier that is gone.

    A tier that is still there stands until its date; one that is gone becomes the highest
    with no higher threshold; what the new ladder already grants is granted at once.
    """
    before_code = state.grants[-1].code if state.grants else (old or state.ladder).lowest.code
    kept: list[Grant] = []
    for grant in state.grants:
        grant = replace(grant, code=_mapped(grant.code, old, state.ladder))
        if state.rank_of(grant) > (state.rank_of(kept[-1]) if kept else 0):
            kept.append(grant)
    state.grants = kept
    moment = max(published_at, state.as_of) if state.as_of else published_at
    day = calendar.day_of(moment, state.zone)
    earned = state.ladder.earned(state.amount(day))
    state.ladder_version = state.ladder.version
    state.dirty = True
    if earned.rank > state.tier.rank:
        until = calendar.end_of_term(state.ladder, day, state.zone)
        state.grants.append(Grant(earned.code, moment, until))
    if state.tier.code != before_code:
        before = (old.find(before_code) if old else None) or state.ladder.lowest
        state.record(Why.REMAPPED, before, day=day, at=moment)


def _mapped(code: str, old: Ladder | None, new: Ladder) -> str:
    if new.find(code) is not None:
        return code
    was = old.find(code) if old else None
    return new.earned(was.threshold if was else 0).code
