"""The points mall: what points buy, in which stock, and how it reaches the member."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MallConfig(AppConfig):
    name = "points.mall"
    label = "mall"
    verbose_name = _("Points mall")

    def ready(self) -> None:
        from config.kernel import merging
        from points.mall import leaving, privacy
        from points.mall.merging import part

        privacy.declare()
        leaving.register()
        merging.register(part())
