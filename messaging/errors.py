"""What messaging refuses."""

from __future__ import annotations

from config.kernel.errors import DomainError


class ProviderFailedError(DomainError):
    """A provider did not take the message; it is tried again.

    Says the kind of failure only: a provider's own words often repeat the address.
    """

    code = "messaging.provider_failed"
    title = "The message could not be sent"
