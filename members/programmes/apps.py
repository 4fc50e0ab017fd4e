"""Programmes, brands, storefronts and stores: the lowest domain app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "members.programmes"
    label = "programmes"
    verbose_name = _("Programmes")

    def ready(self) -> None:
        from config.kernel.api import auth, reference
        from members.programmes import privacy, scopes, tokens

        privacy.declare()
        auth.register_resolver(tokens.resolve)
        reference.describe_scopes(scopes.SCOPES)
