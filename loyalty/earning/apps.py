"""Earn rules: what orders and behaviors are worth, and the decisions that explain it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from config.kernel import explain, grants


class EarningConfig(AppConfig):
    name = "loyalty.earning"
    label = "earning"
    verbose_name = _("Earning")

    def ready(self) -> None:
        from config.kernel import merging
        from loyalty.earning import handlers, privacy, selectors  # noqa: F401
        from loyalty.earning.services.merging import part

        grants.append_only("earning_earndecision")
        privacy.declare()
        merging.register(part())
        explain.register("earning", selectors.explain)
