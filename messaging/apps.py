"""How members are told: the delivery of messages and the local outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    label = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        from messaging import checks, leaving, privacy  # noqa: F401

        privacy.declare()
        leaving.register()
