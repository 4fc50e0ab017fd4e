"""What messaging refuses."""

from __future__ import annotations

from config.kernel.errors import ConflictError, DomainError, NotFoundError


class ProviderFailedError(DomainError):
    """A provider did not take the message; it is tried again.

    Says the kind of failure only: a provider's own words often repeat the address.
    """

    code = "messaging.provider_failed"
    title = "The message could not be sent"


class MessageNotFoundError(NotFoundError):
    """There is no such message."""

    code = "messaging.not_found"
    title = "There is no such message"


class CodeNotRepeatedError(ConflictError):
    """A sign-in code is good for minutes and once; a new one is asked for, not sent again."""

    code = "messaging.code_not_repeated"
    title = "A sign-in code is not sent again: the member asks for a new one"


class TextForgottenError(ConflictError):
    """The text has been forgotten, or was never written."""

    code = "messaging.text_forgotten"
    title = "The text of this message is no longer kept"


class UnreachableError(ConflictError):
    """The member has no address, or may not be written to."""

    code = "messaging.unreachable"
    title = "The member cannot be reached"
