"""What a document moves, and what is at hand to decide about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from loyalty import services as loyalty_services
from loyalty.earning import services as earning_services
from loyalty.earning.types import Decision, DecisionRecord, RuleSet
from members.commerce.types import Order
from members.programmes.types import Programme
from points.types import Command


class Role(Enum):
    """What a command is for, to read its outcome by."""

    EARN = "earn"
    GROWTH = "growth"
    TAKE_POINTS = "take_points"
    TAKE_GROWTH = "take_growth"
    PAY = "pay"
    RETURN = "return"
    EXTEND = "extend"
    RELEASE = "release"
    SCHEDULE = "schedule"


@dataclass(slots=True)
class Moves:
    """What one document moves."""

    at: datetime
    cause: str
    tier_before: str
    tier_after: str
    decided: bool = False
    # What refunds had taken of each line before this one, where lines earn in several entries.
    taken_before: Mapping[int, int] = field(default_factory=dict)
    commands: list[tuple[Role, Command]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Desk:
    """What is needed to decide about orders: books, rules, and a place for decisions."""

    programme: Programme
    books: loyalty_services.Books
    rules_at: Callable[[datetime], RuleSet]
    knowing: earning_services.Knowing
    recall: Callable[[Order], Decision]
    decisions: dict[tuple[int, str], DecisionRecord] = field(default_factory=dict)
