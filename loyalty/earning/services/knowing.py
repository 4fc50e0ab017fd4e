"""What rules that are not plain need to know of members, while a list of orders is decided.

Read once for the whole list, when the first rule asks; what the list itself decides is
counted on top, so that it does not matter how orders are grouped into lists. Whoever
decides holds the members' books, which makes what is read here stand until it is written.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from config.kernel import statements
from loyalty.earning.types import Decision, OrderFacts, RuleSet
from members import selectors as members_selectors
from members.programmes.types import Programme

_BUYERS = """
SELECT m FROM unnest(%s::bigint[]) AS m
 WHERE EXISTS (SELECT FROM earning_earndecision d
                WHERE d.member_id = m AND d.programme_id = %s AND d.source LIKE 'order:%%')
"""
_USED = """
SELECT member_id, rule, period, used FROM earning_earnusage
 WHERE member_id = ANY (%s::bigint[]) AND programme_id = %s AND rule = ANY (%s::text[])
"""
_COUNT = """
INSERT INTO earning_earnusage (member_id, programme_id, rule, period, used)
SELECT r.member_id, %s, r.rule, r.period, r.count
  FROM json_to_recordset(%s::json) AS r (member_id bigint, rule text, period text, count bigint)
 ORDER BY r.member_id, r.rule, r.period
    ON CONFLICT (member_id, programme_id, rule, period)
    DO UPDATE SET used = earning_earnusage.used + excluded.used
"""
# A code is a slug, so this is no rule of a row; it counts all orders together.
ALL = ""


class Knowing:
    """Who has ordered before, and how much of each cap is used.

    Accounts that became one are one here: what any of them ordered and used counts.
    """

    def __init__(self, *, programme: Programme, member_ids: Collection[int]) -> None:
        self._programme = programme
        self._members = member_ids
        self._owners: dict[int, int] | None = None
        self._ids: dict[int, list[int]] = {}
        self._ordered_now: set[int] = set()
        self._buyers: set[int] | None = None
        self._asked: set[str] = set()
        self._used: dict[int, dict[tuple[str, str], int]] = {}
        self._counted: dict[tuple[int, str, str], int] = {}

    def facts(self, *, rules: RuleSet, member_id: int, at: datetime) -> OrderFacts:
        """Return what the rules may look at for an order placed at `at`."""
        limited = {rule.code for rule in rules.rules if rule.caps}
        if rules.caps:
            limited.add(ALL)
        self._read_caps(limited)
        return OrderFacts(
            at=at,
            day=self._programme.local_day(at),
            first_order=any(rule.first_order for rule in rules.rules)
            and not self._has_ordered(member_id),
            used=self._used.setdefault(self._owner(member_id), {}) if limited else {},
        )

    def count(self, *, member_id: int, decision: Decision) -> None:
        """Count a decision: the member has ordered, and its caps are used."""
        self._ordered_now.add(member_id)
        for usage in decision.usage:
            owner = self._owner(member_id)
            key = (usage.rule, usage.period)
            used = self._used.setdefault(owner, {})
            used[key] = used.get(key, 0) + usage.count
            place = (owner, *key)
            self._counted[place] = self._counted.get(place, 0) + usage.count

    def write(self) -> None:
        """Write down what was counted, in one statement; nothing if no cap was touched."""
        if not self._counted:
            return
        rows = [
            {"member_id": member_id, "rule": rule, "period": period, "count": count}
            for (member_id, rule, period), count in self._counted.items()
        ]
        statements.tell(_COUNT, [self._programme.id, msgspec.json.encode(rows).decode()])

    def _has_ordered(self, member_id: int) -> bool:
        ids = self._ids_of(member_id)
        if self._buyers is None:
            everybody = {one for owner in self._ids.values() for one in owner}
            found = statements.ask(_BUYERS, [statements.bigints(everybody), self._programme.id])
            self._buyers = {row[0] for row in found}
        return any(one in self._buyers or one in self._ordered_now for one in ids)

    def _read_caps(self, limited: set[str]) -> None:
        unknown = sorted(limited - self._asked)
        if not unknown:
            return
        self._asked.update(unknown)
        owners = {self._owner(member_id) for member_id in self._members}
        found = statements.ask(_USED, [statements.bigints(owners), self._programme.id, unknown])
        for member_id, rule, period, used in found:
            self._used.setdefault(member_id, {})[rule, period] = used

    def _ids_of(self, member_id: int) -> list[int]:
        owner = self._owner(member_id)
        return self._ids.get(owner, [owner])

    def _owner(self, member_id: int) -> int:
        """Return as whom a member lives on. Asked once for the list, and by plain rules never."""
        if self._owners is None:
            self._owners = members_selectors.list_survivors(
                member_ids=list(self._members), programme_id=self._programme.id
            )
            owners = {self._owners.get(one, one) for one in self._members}
            self._ids = members_selectors.list_ids_of(member_ids=sorted(owners))
        return self._owners.get(member_id, member_id)
