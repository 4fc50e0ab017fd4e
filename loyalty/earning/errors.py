"""What earning refuses."""

from __future__ import annotations

from config.kernel.errors import ConflictError, InvalidError, NotFoundError


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
