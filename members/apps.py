"""Who the members are: identity, contact points, identities on other channels."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    label = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        from members import board, privacy

        privacy.declare()
        board.register()
