"""The ledger: how many, until when, why. It never decides how many."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PointsConfig(AppConfig):
    name = "points"
    label = "points"
    verbose_name = _("Points")

    def ready(self) -> None:
        from config.kernel import grants, merging
        from points import alarms, board, leaving, privacy, requests
        from points.services import limits
        from points.services.merging import part

        privacy.declare()
        leaving.register()
        grants.append_only("points_entry")
        board.register()
        alarms.register()
        requests.register()
        merging.register(part())
        post_migrate.connect(limits.begin, sender=self, dispatch_uid="points.limits")
