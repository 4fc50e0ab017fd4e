"""A list of documents being settled: what each does to its order, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from config.kernel.errors import DomainError
from loyalty.settlement.limits import Limits
from loyalty.settlement.moves import Desk, Moves, Role
from loyalty.settlement.posting import post_difference
from loyalty.settlement.taking import taken_by_line
from loyalty.settlement.types import Document, Effects, Settled
from members.commerce import services as commerce_services
from members.commerce.types import (
    EventReport,
    Fact,
    Order,
    OrderReport,
    Refund,
    RefundAsk,
    Stage,
    touched_lines,
)
from members.programmes.types import Storefront
from points import services as points_services
from points.types import Command

# Whichever of the two were cancelled would release what pays for the other.
TAKEN = "another order is being paid with this reservation"


@dataclass(slots=True, kw_only=True)
class Step:
    """What one document came to."""

    order: Order
    created: bool = False
    replayed: bool = False
    facts: Sequence[Fact] = ()
    ask: RefundAsk | None = None
    moves: Moves | None = None
    # Where its commands stand in the batch, and what each is for.
    places: list[tuple[int, Role]] = field(default_factory=list)
    effects: Effects = field(default_factory=Effects)

    @property
    def wrote(self) -> bool:
        return bool(self.facts)

    @property
    def reshared(self) -> bool:
        """Tell whether the order's lines changed: they earned, or were refunded."""
        return self.ask is not None or (self.moves is not None and self.moves.decided)

    def effects_json(self) -> dict[str, Any]:
        """Return the effects as they are kept with the event, for the same answer again."""
        return asdict(self.effects)


@dataclass(slots=True, kw_only=True)
class Batch:
    """The state of a settlement between its reads and its writes."""

    documents: Sequence[Document]
    refused: dict[int, DomainError]
    limits: Limits
    claims: commerce_services.Claims
    storefront: Storefront
    orders: dict[int, Order]
    desk: Desk | None
    points_of: Callable[[OrderReport], int]
    is_same_member: Callable[[int, int], bool]
    effects_of: Callable[[Order, Fact], Effects]
    done: dict[int, Step] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)

    @property
    def steps(self) -> list[Step]:
        return [self.done[index] for index in sorted(self.done)]

    def fold(self) -> None:
        """Fold every document that is not refused over its order, in the order given."""
        for index, document in enumerate(self.documents):
            if index in self.refused:
                continue
            try:
                if isinstance(document, OrderReport):
                    step = self._report(document)
                else:
                    step = self._event(document)
            except DomainError as exc:
                self.refused[index] = exc
                continue
            if step.moves is not None:
                for role, command in step.moves.commands:
                    allowed = self.limits.allow(command)
                    if allowed is not None:
                        step.places.append((len(self.commands), role))
                        self.commands.append(allowed)
            self.done[index] = step

    def answers(self) -> list[Settled | DomainError]:
        """Return what became of each document."""
        answers: list[Settled | DomainError] = []
        for index in range(len(self.documents)):
            if index in self.refused:
                answers.append(self.refused[index])
                continue
            step = self.done[index]
            answers.append(
                Settled(
                    order=step.order,
                    created=step.created,
                    effects=step.effects,
                    replayed=step.replayed,
                )
            )
        return answers

    def unused_numbers(self) -> list[str]:
        """Return the numbers that were made for orders which were refused after all."""
        return [
            number
            for number, claim in self.claims.items()
            if claim.fresh and claim.order_id not in self.orders
        ]

    # --- Orders ---------------------------------------------------------------------------

    def _report(self, report: OrderReport) -> Step:
        order = self.orders.get(self.claims[report.external_no].order_id)
        if order is None:
            return self._record(report)
        if order.content_hash != commerce_services.content_hash(report) or not self.is_same_member(
            order.member_id, report.member_id
        ):
            raise commerce_services.OrderConflictError(
                f"order {report.external_no} was recorded with other content"
            )
        facts = [fact for fact in commerce_services.facts_of(report) if _is_further(order, fact)]
        if not facts:
            return Step(order=order, replayed=True)
        order.facts.extend(facts)
        commerce_services.fold_into(order)
        return self._post(order, facts, facts[-1].kind.value)

    def _record(self, report: OrderReport) -> Step:
        if self.claims[report.external_no].member_id != report.member_id:
            # The list named another member first, whose order was refused.
            raise commerce_services.OrderConflictError(
                f"order {report.external_no} was reported for another member"
            )
        self._refuse_shared_reservation(report)
        order = commerce_services.make_order(
            report,
            order_id=self.claims[report.external_no].order_id,
            programme_id=self.storefront.programme_id,
            brand_id=self.storefront.brand_id,
            storefront_id=self.storefront.id,
            points_used=self.points_of(report),
        )
        commerce_services.fold_into(order)
        step = self._post(order, tuple(order.facts), "recorded")
        step.created = True
        self.orders[order.id] = order
        return step

    def _refuse_shared_reservation(self, report: OrderReport) -> None:
        """Refuse a reservation that an order of this very list is being paid with."""
        wanted = (report.member_id, report.reservation_id)
        if report.reservation_id is not None and any(
            order.held and (order.member_id, order.reservation_id) == wanted
            for order in self.orders.values()
        ):
            raise points_services.ReservationClosedError(TAKEN)

    # --- Events ---------------------------------------------------------------------------

    def _event(self, report: EventReport) -> Step:
        self._refuse_with_its_order(report)
        claim = self.claims.get(report.order_no)
        order = None if claim is None else self.orders.get(claim.order_id)
        if order is None:
            raise commerce_services.UnknownOrderError(f"there is no order {report.order_no[:64]}")
        fact = Fact(report.kind, report.occurred_at, report.refund_no)
        if report.kind is Stage.REFUNDED:
            return self._refund(order, fact, report)
        if fact in order.facts:
            return self._again(order, fact)
        order.facts.append(fact)
        commerce_services.fold_into(order)
        return self._post(order, (fact,), report.kind.value)

    def _refuse_with_its_order(self, report: EventReport) -> None:
        """Refuse what a list tells of an order whose own report it had refused.

        The number may name somebody else's order, which this event does not mean.
        """
        for index, problem in self.refused.items():
            document = self.documents[index]
            if isinstance(document, OrderReport) and document.external_no == report.order_no:
                raise problem

    def _refund(self, order: Order, fact: Fact, report: EventReport) -> Step:
        ask = RefundAsk(
            external_no=report.refund_no,
            occurred_at=report.occurred_at,
            lines=report.lines,
            shipping=report.shipping,
        )
        earlier = next((a for a in order.asks if a.external_no == ask.external_no), None)
        if earlier is not None:
            if (earlier.lines, earlier.shipping) != (ask.lines, ask.shipping):
                raise commerce_services.RefundConflictError(
                    f"refund {ask.external_no} was recorded with other content"
                )
            return self._again(order, Fact(Stage.REFUNDED, earlier.occurred_at, ask.external_no))
        folded = self._fold_refund(order, ask)
        order.facts.append(fact)
        before = taken_by_line(touched_lines(order.lines))
        commerce_services.fold_into(order, refunds=folded)
        step = self._post(order, (fact,), f"refund:{ask.external_no}", before)
        step.ask = ask
        return step

    def _fold_refund(self, order: Order, ask: RefundAsk) -> list[Refund]:
        """Add a refund to the order's, unless there is nothing (or not enough) left for it."""
        folded = commerce_services.fold_refunds(order.lines, order.shipping, [*order.asks, ask])
        mine = next(refund for refund in folded if refund.external_no == ask.external_no)
        if not mine.lines and not mine.shipping:
            raise commerce_services.RefundExceedsError("nothing is left to refund")
        order.asks.append(ask)
        return folded

    def _again(self, order: Order, fact: Fact) -> Step:
        """Answer what was told before as it was answered then."""
        told = next((s for s in self.done.values() if s.order is order and fact in s.facts), None)
        step = Step(order=order, replayed=True)
        if told is None:
            step.effects = self.effects_of(order, fact)
        return step

    def _post(
        self,
        order: Order,
        facts: Sequence[Fact],
        cause: str,
        taken_before: Mapping[int, int] | None = None,
    ) -> Step:
        assert self.desk is not None  # noqa: S101 - opened whenever anything may be posted
        at = facts[-1].occurred_at
        tier = self.desk.books.tier(order.member_id, _moment(order, at)).code
        moves = Moves(
            at=at,
            cause=cause,
            tier_before=tier,
            tier_after=tier,
            taken_before=taken_before or {},
        )
        if cause == "recorded":
            order.tier_before = order.tier_after = tier
        post_difference(order, moves, self.desk)
        return Step(order=order, facts=facts, moves=moves)


def _is_further(order: Order, fact: Fact) -> bool:
    """Tell whether a repeated report says more than is known; an earlier status is ignored."""
    if order.status is Stage.CANCELLED:
        return False
    if fact.kind is Stage.PAID:
        return order.paid_at is None
    return fact.kind is Stage.COMPLETED and order.completed_at is None


def _moment(order: Order, at: datetime) -> datetime:
    """Return when to look at the tier first: no later than what is about to count.

    An order told once it is completed counts from its payment. Had the books been brought
    to the later time before, a term that ended in between would be reviewed without it.
    """
    if order.paid_at is None or order.paid_at == order.counted_at:
        return at
    return min(at, order.paid_at)
