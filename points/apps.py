"""The ledger: how many, until when, why. It never decides how many."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PointsConfig(AppConfig):
    name = "points"
    label = "points"
    verbose_name = _("Points")
