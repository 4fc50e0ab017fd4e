"""The ledger: how many, until when, why. It never decides how many."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PointsConfig(AppConfig):
    name = "points"
    label = "points"
    verbose_name = _("Points")

    def ready(self) -> None:
        from config.kernel import grants
        from points import board

        grants.append_only("points_entry")
        board.register()
