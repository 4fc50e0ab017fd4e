"""What loyalty refuses."""

from __future__ import annotations

from config.kernel.errors import ConflictError, InvalidError, NotFoundError


class LadderNotFoundError(NotFoundError):
    """The programme has no such ladder, or none is published."""

    code = "ladder.not_found"
    title = "There is no such ladder"


class LadderInvalidError(InvalidError):
    """The ladder's tiers make no sense: thresholds, codes or multipliers."""

    code = "ladder.invalid"
    title = "The ladder is not valid"


class LadderPublishedError(ConflictError):
    """A published ladder is not changed; draft a new version."""

    code = "ladder.published"
    title = "The ladder is already published"


class AlreadyCountedError(ConflictError):
    """The source has already counted for this member."""

    code = "tier.source_counted"
    title = "The source has already counted"


class NotCountedError(ConflictError):
    """There is not so much of this source left to take back."""

    code = "tier.source_not_counted"
    title = "The source does not count that much"
