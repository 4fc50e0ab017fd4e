"""What earning refuses."""

from __future__ import annotations

from datetime import datetime

from config.kernel.errors import ConflictError, FieldError, InvalidError, NotFoundError
from loyalty.earning.types import Period


class RulesNotFoundError(NotFoundError):
    """The programme has no such earn rules, or none is published."""

    code = "earn_rules.not_found"
    title = "There are no such earn rules"


class RulesInvalidError(InvalidError):
    """A rate or multiplier is out of range."""

    code = "earn_rules.invalid"
    title = "The earn rules are not valid"


class RulesPublishedError(ConflictError):
    """Published rules are not changed; draft a new version."""

    code = "earn_rules.published"
    title = "The earn rules are already published"


class RewardUnknownError(InvalidError):
    """The programme rewards no such behavior, or not now."""

    code = "reward.not_offered"
    title = "This is not rewarded"


class RewardInvalidError(InvalidError):
    """The source or the time makes no sense."""

    code = "reward.invalid"
    title = "The reward is not valid"


class RewardCapReachedError(ConflictError):
    """The member has had this reward as often as the rules give it in the period."""

    code = "reward.cap_reached"
    title = "The reward has been given as often as the rules allow"

    def __init__(self, *, period: Period, cap: int, until: datetime | None) -> None:
        again = f"again from {until.isoformat()}" if until else "not again"
        spoken = "in all" if period == "member" else f"a {period}"
        super().__init__(
            f"at most {cap} {spoken}; {again}",
            errors=[
                FieldError(pointer="/behavior", code=f"reward.cap_reached.{period}", detail=again)
            ],
        )
        self.period, self.cap, self.until = period, cap, until
