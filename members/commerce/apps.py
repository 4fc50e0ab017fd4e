"""Orders as facts: what storefronts reported, folded into one state."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommerceConfig(AppConfig):
    name = "members.commerce"
    label = "commerce"
    verbose_name = _("Commerce")

    def ready(self) -> None:
        from config.kernel import merging
        from members.commerce import board, exporting, leaving, privacy
        from members.commerce.merging import part

        privacy.declare()
        leaving.register()
        board.register()
        merging.register(part())
        exporting.offer()
