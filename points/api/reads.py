"""What a member has, the ledger, and why an entry is what it is."""

from __future__ import annotations

from config.kernel import api, explain
from members import selectors as members_selectors
from points import errors, selectors
from points.api import finding, showing
from points.api.contracts import (
    BalanceOut,
    BalanceQuery,
    EntriesQuery,
    EntryOut,
    ExplainOut,
    HoldingsOut,
)


@api.operation(
    scope="points:read",
    query=BalanceQuery,
    answer=BalanceOut,
    tag="Points",
    summary="What a member has, now or at another time",
    errors=[finding.MEMBER, errors.UnknownCurrencyError],
)
def balance(call: api.Call, member: str) -> BalanceOut:
    """`as_of` counts what had occurred by then; in the future, what time alone will do."""
    query: BalanceQuery = call.query
    shown = selectors.get_balance(
        member_id=finding.member(call, member),
        programme_id=call.caller.programme_id,
        currency=finding.currency(call, query.currency),
        at=query.as_of or call.now,
        now=call.now,
    )
    return showing.balance(shown)


@api.operation(
    scope="points:read",
    answer=HoldingsOut,
    tag="Points",
    summary="What a member has in every currency",
    errors=[finding.MEMBER],
)
def balances(call: api.Call, member: str) -> HoldingsOut:
    """Points, stored value, red packets, tickets, partners' points: what members see of them."""
    member_id = finding.member(call, member)
    held = selectors.list_holdings(member_ids=[member_id], at=call.now)
    return HoldingsOut(items=[showing.holding(x) for x in held])


@api.operation(
    scope="points:read",
    query=EntriesQuery,
    answer=api.Page[EntryOut],
    tag="Points",
    summary="The ledger of a member, newest first",
    errors=[finding.MEMBER],
)
def entries(call: api.Call, member: str) -> api.Page[EntryOut]:
    query: EntriesQuery = call.query
    member_id = finding.member(call, member)
    listed = f"entries:{member_id}:{query.currency}"
    before = api.cursor.decode(query.cursor, of=listed)[0] if query.cursor else None
    page = selectors.list_entries(
        member_ids=members_selectors.ids_of(member_id),
        programme_id=call.caller.programme_id,
        currency=query.currency,
        before=before,
        limit=query.limit,
    )
    following = page.next_before and api.cursor.encode(of=listed, after=[page.next_before])
    return api.Page(items=[showing.entry(x) for x in page.entries], next_cursor=following or None)


@api.operation(
    scope="points:read",
    answer=ExplainOut,
    tag="Points",
    summary="Why an entry is what it is",
    errors=[errors.EntryNotFoundError],
)
def explain_entry(call: api.Call, entry: str) -> ExplainOut:
    """The recorded decision: rule version, inputs, arithmetic. A reversal tells its target's."""
    shown = finding.entry(call, entry)
    told = shown
    if shown.reverses is not None:
        told = selectors.get_entry(
            member_id=shown.member_id,
            entry_id=shown.reverses,
            programme_id=call.caller.programme_id,
        )
    found = explain.explain(member_id=told.member_id, source=told.source)
    facts = {"source": told.source, "reason": told.reason, "actor": told.actor}
    own = [{"figure": name, "change": getattr(shown, name)} for name in _FIGURES]
    return ExplainOut(
        entry=showing.entry(shown),
        rule_version=found.rule_version if found else told.rule or None,
        inputs=dict(found.inputs) if found else facts,
        arithmetic=[dict(row) for row in found.arithmetic] if found else own,
    )


_FIGURES = ("available", "pending", "held", "debt")
