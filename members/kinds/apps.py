"""Kinds of member: ordinary, VIP, super, student, family, enterprise, and what operators add."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KindsConfig(AppConfig):
    name = "members.kinds"
    label = "kinds"
    verbose_name = _("Kinds of member")

    def ready(self) -> None:
        from config.kernel import merging
        from members.kinds import privacy
        from members.kinds.services.merging import part

        privacy.declare()
        merging.register(part())
