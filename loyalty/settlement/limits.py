"""How much of an order's entries the ledger still lets a settlement reverse. Pure.

Staff may have reversed an entry of an order by hand. What happened to the order is a fact
all the same: it takes what is left, and the figures of the order count the rest as taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.kernel.errors import DomainError
from points import services as points_services
from points.types import Command, Outcome, Reverse

_Target = tuple[int, str, str | None, str | None]


@dataclass(slots=True)
class Limits:
    """What is left of targets that were found to hold less than was asked of them."""

    left: Mapping[_Target, int] = field(default_factory=dict)
    used: dict[_Target, int] = field(default_factory=dict)

    def allow(self, command: Command) -> Command | None:
        """Return the command with what is left for it, None if nothing is."""
        if not isinstance(command, Reverse) or (target := _target(command)) not in self.left:
            return command
        used = self.used.get(target, 0)
        points = min(command.points or 0, self.left[target] - used)
        self.used[target] = used + points
        return replace(command, points=points) if points > 0 else None

    def learn(self, commands: Sequence[Command], outcomes: Sequence[Outcome]) -> Limits | None:
        """Return the limits that a refused posting teaches, None if it teaches none."""
        found: dict[_Target, int] = {}
        taken: dict[_Target, int] = {}
        for command, outcome in zip(commands, outcomes, strict=True):
            if not isinstance(command, Reverse):
                continue
            target = _target(command)
            left = left_of(outcome.problem)
            if outcome.problem is None:
                taken[target] = taken.get(target, 0) + (command.points or 0)
            elif left is not None and target not in found:
                found[target] = taken.get(target, 0) + left
        return Limits({**self.left, **found}) if found else None


def left_of(problem: DomainError | None) -> int | None:
    """Return what the ledger has left of a target, where it says that this is too little."""
    return problem.left if isinstance(problem, points_services.AlreadyReversedError) else None


def _target(command: Reverse) -> _Target:
    return command.member_id, command.currency, command.earned_under, command.spent_under
