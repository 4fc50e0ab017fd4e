"""Settle a list of order documents in a handful of statements.

Locks are taken in one order by everybody: order numbers, then members' books, then points
accounts, each ascending. All folding happens in memory between the reads and the writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime

from django.db import transaction

from config.kernel import outbox, statements
from config.kernel.errors import DomainError
from loyalty import services as loyalty_services
from loyalty.earning import services as earning_services
from loyalty.settlement.folding import Batch, Step
from loyalty.settlement.limits import Limits
from loyalty.settlement.services import announcing
from loyalty.settlement.services.opening import open_batch
from loyalty.settlement.services.outcomes import read_outcomes
from loyalty.settlement.types import Document, Settled
from members.commerce import services as commerce_services
from members.commerce.types import EventReport, OrderReport
from members.programmes import selectors as programme_selectors
from members.programmes.types import Storefront
from points import services as points_services
from points.types import Earn

# An earning this big may be more than the ledger counts to.
_HUGE = 10**9
# From here on the ledger had better look at the whole list before it posts any of it.
_A_FEW = 8


class _RefusedByLedgerError(Exception):
    """Some of it cannot be posted; the list is settled again without it."""

    def __init__(self, problems: dict[int, DomainError], limits: Limits) -> None:
        self.problems, self.limits = problems, limits


def settle(
    *, documents: Sequence[Document], storefront: Storefront, now: datetime, announce: bool = True
) -> list[Settled | DomainError]:
    """Settle orders and events of one storefront, in the order given; answer one by one.

    A refused document moves nothing and stops nothing: its place in the answer holds the
    error. Documents are idempotent by their natural keys. With `announce` off, one event
    tells of the whole list instead of one an order.
    """
    refused = _check(documents, storefront, now)
    if len(refused) == len(documents):
        return [refused[index] for index in range(len(documents))]
    # No savepoint: what is refused is refused before anything is written, or in the inner
    # block below, so an error that leaves here is unexpected and the caller's to roll back.
    with transaction.atomic(savepoint=False):
        claims = _claim(documents, refused, storefront)
        limits = Limits()
        while True:
            batch = open_batch(
                documents=documents,
                refused=refused,
                limits=limits,
                claims=claims,
                storefront=storefront,
                now=now,
            )
            batch.fold()
            try:
                with _undoable(batch):
                    _post(batch, now, announce)
                break
            except _RefusedByLedgerError as exc:
                refused, limits = refused | exc.problems, exc.limits
        _write(batch, storefront, now, announce)
    return batch.answers()


def _check(
    documents: Sequence[Document], storefront: Storefront, now: datetime
) -> dict[int, DomainError]:
    """Return what is refused from the documents alone, by place."""
    refused: dict[int, DomainError] = {}
    for index, document in enumerate(documents):
        try:
            if isinstance(document, OrderReport):
                commerce_services.check_order(document, currency=storefront.currency, now=now)
            else:
                commerce_services.check_event(document, now=now)
        except DomainError as exc:
            refused[index] = exc
    return refused


def _claim(
    documents: Sequence[Document], refused: dict[int, DomainError], storefront: Storefront
) -> commerce_services.Claims:
    reported: dict[str, int] = {}
    mentioned: list[str] = []
    for index, document in enumerate(documents):
        if index in refused:
            continue
        if isinstance(document, EventReport):
            mentioned.append(document.order_no)
        else:
            reported.setdefault(document.external_no, document.member_id)
    sisters = {storefront.id}
    if mentioned:
        shops = programme_selectors.list_storefronts(storefront.programme_id)
        sisters |= {shop.id for shop in shops if shop.brand_id == storefront.brand_id}
    return commerce_services.claim_numbers(
        storefront_id=storefront.id, sisters=sisters, reported=reported, mentioned=mentioned
    )


def _undoable(batch: Batch) -> transaction.Atomic | nullcontext[None]:
    """Return a savepoint if the ledger may refuse any of it; usual earnings are never refused."""
    if all(isinstance(c, Earn) and c.points < _HUGE for c in batch.commands):
        return nullcontext()
    return transaction.atomic()


def _post(batch: Batch, now: datetime, announce: bool) -> None:
    """Post all commands in one call and give every document its outcomes."""
    if not batch.commands:
        return
    post = points_services.post_batch
    if len(batch.commands) > _A_FEW:
        post = points_services.post_history
    outcomes = post(commands=batch.commands, now=now, announce=announce)
    problems = read_outcomes(batch, outcomes)
    limits = batch.limits.learn(batch.commands, outcomes)
    if problems or limits:
        raise _RefusedByLedgerError(problems, limits or Limits(batch.limits.left))


def _write(batch: Batch, storefront: Storefront, now: datetime, announce: bool) -> None:
    steps = [step for step in batch.steps if step.wrote]
    commerce_services.give_up_numbers(storefront_id=storefront.id, numbers=batch.unused_numbers())
    if not steps:
        return
    made = {step.order.id: step.order for step in steps if step.created}
    changed = {step.order.id: step.order for step in steps if step.order.id not in made}
    reshared = {s.order.id: s.order for s in steps if s.reshared and s.order.id in changed}
    many = commerce_services.are_many(made=list(made.values()))
    with nullcontext() if many else statements.together():
        if batch.desk is not None:
            loyalty_services.close_books(books=batch.desk.books, now=now, announce=announce)
        commerce_services.write_orders(
            made=list(made.values()),
            changed=list(changed.values()),
            reshared=list(reshared.values()),
            events=[row for step in steps for row in _event_rows(step)],
            asks=[(step.order, step.ask) for step in steps if step.ask is not None],
            now=now,
        )
        if batch.desk is not None:
            decisions = list(batch.desk.decisions.values())
            earning_services.record_decisions(decisions=decisions, now=now)
            batch.desk.knowing.write()
        outbox.publish_all(announcing.events_of(steps, storefront, announce, now), now=now)


def _event_rows(step: Step) -> list[commerce_services.EventRow]:
    """Return the rows of what a document told; the last carries what the document moved."""
    last = len(step.facts) - 1
    return [
        commerce_services.EventRow(
            step.order, fact, step.effects_json() if index == last and not step.created else None
        )
        for index, fact in enumerate(step.facts)
    ]
