"""Tiers: what level members are, why, and until when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from config.kernel import grants


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    label = "loyalty"
    verbose_name = _("Loyalty")

    def ready(self) -> None:
        from config.kernel import merging
        from loyalty import board, privacy
        from loyalty.services.merging import part

        privacy.declare()
        board.register()
        merging.register(part())
        grants.append_only("loyalty_tierchange")
