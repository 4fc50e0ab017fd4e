"""How the console looks: unfold's settings. What it shows stands in `config.pages`."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Changke"),
    "SITE_HEADER": _("Changke console"),
    "SITE_SYMBOL": "loyalty",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": False,
    "ENVIRONMENT": "config.pages.console.environment",
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .012 30)",
            "100": "oklch(94% .03 30)",
            "200": "oklch(88% .06 30)",
            "300": "oklch(80% .1 30)",
            "400": "oklch(70% .15 30)",
            "500": "oklch(66% .17 29)",
            "600": "oklch(50% .15 28)",
            "700": "oklch(45% .13 28)",
            "800": "oklch(39% .11 28)",
            "900": "oklch(33% .09 28)",
            "950": "oklch(25% .06 28)",
        }
    },
    "STYLES": [lambda request: static("css/console.css")],
    "DASHBOARD_CALLBACK": "config.pages.board.dashboard",
    "SIDEBAR": {"show_search": True, "navigation": "config.pages.console.navigation"},
}
