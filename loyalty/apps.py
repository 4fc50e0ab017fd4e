"""Tiers: what level members are, why, and until when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from config.kernel import grants


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    label = "loyalty"
    verbose_name = _("Loyalty")

    def ready(self) -> None:
        from loyalty import board, privacy

        privacy.declare()
        board.register()
        grants.append_only("loyalty_tierchange")
