"""Pages that mix apps: member home, member 360°. They show what apps offer."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "config.pages"
    label = "pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from config.kernel import roles as kernel_roles
        from config.pages import member_sheets, panels, roles, rooms
        from config.pages.kinds import sheet
        from config.pages.mall import tiers
        from config.pages.mine import sheets as mine_sheets

        panels.register_all()
        member_sheets.register_all()
        sheet.register()
        mine_sheets.register()
        rooms.register_all()
        tiers.offer()
        roles.declare()
        post_migrate.connect(kernel_roles.renew, dispatch_uid="pages.roles")
