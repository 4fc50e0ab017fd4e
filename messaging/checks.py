"""Checks before a deployment."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

_LOCAL = "messaging.providers.local.LocalProvider"
_VARIABLES = {"sms": "SMS_PROVIDER", "email": "EMAIL_URL"}


@register(Tags.compatibility, deploy=True)
def check_providers(**_: Any) -> list[CheckMessage]:
    """Warn when messages of a real installation would stay in the local outbox.

    One way out is enough: members sign in by the other.
    """
    silent = [name for name, path in settings.MESSAGING_PROVIDERS.items() if path == _LOCAL]
    if len(silent) < len(settings.MESSAGING_PROVIDERS):
        return []
    return [
        Warning(
            "No message leaves: every channel ends in the local outbox.",
            hint=f"Set {' or '.join(_VARIABLES[name] for name in silent)}; see docs/deploy.md.",
            id="messaging.W001",
        )
    ]
