"""Earn rules: how many points an order is worth, and the decision that explains it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from config.kernel import explain, grants


class EarningConfig(AppConfig):
    name = "loyalty.earning"
    label = "earning"
    verbose_name = _("Earning")

    def ready(self) -> None:
        from loyalty.earning import selectors

        grants.append_only("earning_earndecision")
        explain.register("earning", selectors.explain)
