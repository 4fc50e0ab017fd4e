"""Read from the ledger's outcomes what each document moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from config.kernel.errors import DomainError
from loyalty.settlement.folding import Batch, Step
from loyalty.settlement.limits import left_of
from loyalty.settlement.moves import Role
from loyalty.settlement.types import Effects
from members.commerce import services as commerce_services
from points.types import Outcome, Reverse


def read_outcomes(batch: Batch, outcomes: Sequence[Outcome]) -> dict[int, DomainError]:
    """Give every step its effects; return the documents that the ledger refuses.

    A reservation that is gone when an order is cancelled has been given back already; a
    reversal of more than is left is no refusal either, but is asked again (`Limits`).
    """
    problems: dict[int, DomainError] = {}
    for index, step in batch.done.items():
        for place, role in step.places:
            problem = outcomes[place].problem
            if problem is None or left_of(problem) is not None:
                continue
            if role is not Role.RELEASE:
                problems.setdefault(index, problem)
        if index not in problems and step.moves is not None:
            step.effects = _effects(batch, step, outcomes)
    return problems


def _effects(batch: Batch, step: Step, outcomes: Sequence[Outcome]) -> Effects:
    points = growth = returned = debt = uncovered = 0
    for place, role in step.places:
        outcome = outcomes[place]
        if role is Role.TAKE_POINTS:
            asked = cast(Reverse, batch.commands[place]).points or 0
            points += asked - outcome.uncovered
            uncovered += outcome.uncovered
            debt += outcome.debt
        elif role is Role.TAKE_GROWTH:
            growth += cast(Reverse, batch.commands[place]).points or 0
        elif role is Role.RETURN:
            returned += cast(Reverse, batch.commands[place]).points or 0
    assert step.moves is not None  # noqa: S101
    return Effects(
        points_reversed=points,
        points_returned=returned,
        points_debt=debt,
        growth_reversed=growth,
        tier_before=step.moves.tier_before,
        tier_after=step.moves.tier_after,
        refund_deduction=commerce_services.value_of(uncovered, step.order.currency),
    )
