"""What members keep with the shop: addresses, bank cards, titles for their invoices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BelongingsConfig(AppConfig):
    name = "members.belongings"
    label = "belongings"
    verbose_name = _("Belongings")

    def ready(self) -> None:
        from config.kernel import merging
        from members.belongings import privacy
        from members.belongings.services.merging import part

        privacy.declare()
        merging.register(part())
