"""The one place where an order becomes points, growth and tier."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementConfig(AppConfig):
    name = "loyalty.settlement"
    label = "settlement"
    verbose_name = _("Settlement")

    def ready(self) -> None:
        from loyalty.settlement import privacy

        privacy.declare()
