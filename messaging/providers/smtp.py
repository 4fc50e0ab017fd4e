"""E-mail through Django's mail backend."""

from __future__ import annotations

import hashlib
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from messaging.errors import ProviderFailedError
from messaging.types import Outgoing, Receipt


class SmtpProvider:
    """Send by SMTP. The Message-ID is made of the key: receivers can drop repetitions."""

    def send(self, *, message: Outgoing) -> Receipt:
        """Send one e-mail."""
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        digest = hashlib.sha256(message.key.encode()).hexdigest()[:32]
        reference = f"<{digest}@{sender.rpartition('@')[2] or 'localhost'}>"
        mail = EmailMessage(
            subject=message.text.subject,
            body=message.text.body,
            to=[message.address],
            headers={"Message-ID": reference, "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except (OSError, smtplib.SMTPException) as exc:
            # Not chained: the cause's text often holds the address.
            raise ProviderFailedError(type(exc).__name__) from None
        return Receipt(provider="smtp", reference=reference)
