"""Ways out: each channel has one provider, named by the settings."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from messaging.types import Channel, Outgoing, Receipt


class Provider(Protocol):
    """What takes messages of a channel."""

    def send(self, *, message: Outgoing) -> Receipt:
        """Hand a message over.

        Raises:
            ProviderFailedError: it was not taken.
        """


@cache
def _load(path: str) -> Provider:
    made: Provider = import_string(path)()
    return made


def for_channel(channel: Channel) -> Provider:
    """Return the provider of a channel."""
    return _load(settings.MESSAGING_PROVIDERS[channel.value])
