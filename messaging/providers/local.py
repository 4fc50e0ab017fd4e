"""The local outbox: messages stay in the database, where the console shows them."""

from __future__ import annotations

from messaging.types import Outgoing, Receipt


class LocalProvider:
    """Send nothing anywhere: the message's row is the outbox."""

    def send(self, *, message: Outgoing) -> Receipt:
        """Accept the message."""
        return Receipt(provider="local")
