"""Pages that mix apps: member home, member 360°. They show what apps offer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "config.pages"
    label = "pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from config.pages import member_sheets, panels, rooms
        from config.pages.kinds import sheet
        from config.pages.mall import tiers

        panels.register_all()
        member_sheets.register_all()
        sheet.register()
        rooms.register_all()
        tiers.offer()
