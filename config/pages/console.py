"""The console's frame: navigation by what operators do, and the banner of a demo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views import defaults

from config.kernel import roles
from config.kernel.console import ConsoleAdmin
from config.pages import visitors

# Beyond this a badge says "and more".
_MOST_WAITING = 99

# Group -> (model label, icon). A model that is not registered yet is simply not shown.
_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        gettext_noop("Waiting for you"),
        (("kernel.approval", "how_to_reg"), ("kernel.delivery", "report")),
    ),
    (
        gettext_noop("Members"),
        (
            ("members.member", "group"),
            ("members.mergecase", "merge"),
            ("commerce.order", "shopping_bag"),
            ("kinds.application", "assignment_ind"),
            ("kinds.membership", "loyalty"),
            ("kinds.kindsversion", "category"),
        ),
    ),
    (
        gettext_noop("Loyalty"),
        (
            ("loyalty.ladderversion", "stairs"),
            ("earning.earnruleversion", "rule"),
            ("loyalty.membertier", "workspace_premium"),
            ("loyalty.tierchange", "trending_up"),
            ("settlement.importrun", "upload_file"),
        ),
    ),
    (
        gettext_noop("Points"),
        (
            ("points.entry", "receipt_long"),
            ("points.account", "account_balance_wallet"),
            ("points.lot", "layers"),
            ("points.hold", "lock_clock"),
            ("points.pointcost", "monitoring"),
            ("points.proof", "verified"),
            ("points.exchangerate", "currency_exchange"),
            ("points.exchange", "swap_horiz"),
            ("points.currency", "payments"),
            ("points.adjustmentlimit", "speed"),
            ("points.adjustmentreason", "edit_note"),
        ),
    ),
    (
        gettext_noop("Points mall"),
        (
            ("mall.order", "local_shipping"),
            ("mall.item", "redeem"),
            ("mall.terms", "timer"),
        ),
    ),
    (gettext_noop("Messages"), (("messaging.localmessage", "outbox"),)),
    (
        gettext_noop("Shops"),
        (
            ("programmes.programme", "storefront"),
            ("programmes.brand", "sell"),
            ("programmes.storefront", "point_of_sale"),
            ("programmes.store", "home_pin"),
        ),
    ),
    (
        gettext_noop("Access"),
        (
            ("programmes.clientbinding", "key"),
            ("members.user", "badge"),
            ("auth.group", "shield_person"),
            ("members.accessrecord", "footprint"),
            ("members.datagrant", "lock_open"),
            ("members.exportrun", "download"),
            ("members.signinattempt", "login"),
        ),
    ),
    (
        gettext_noop("Privacy"),
        (
            ("members.erasure", "person_remove"),
            ("members.dataexport", "download"),
            ("members.policy", "gavel"),
            ("members.consentpurpose", "fact_check"),
        ),
    ),
    (
        gettext_noop("System"),
        (
            ("kernel.outboxevent", "bolt"),
            ("kernel.auditrecord", "policy"),
            ("django_celery_beat.periodictask", "schedule"),
        ),
    ),
)

# Where a console screen stands that no group names yet, by its app.
_HOME = {
    "members": "Access",
    "commerce": "Members",
    "kinds": "Members",
    "loyalty": "Loyalty",
    "earning": "Loyalty",
    "settlement": "Loyalty",
    "points": "Points",
    "mall": "Points mall",
    "messaging": "Messages",
    "programmes": "Shops",
}
_PLAIN_ICON = "table_rows"


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: groups of screens this operator may see."""
    screens = {model._meta.label_lower: screen for model, screen in admin.site._registry.items()}
    groups = []
    for title, entries in _GROUPS:
        items = [
            _item(screens[label], icon, request)
            for label, icon in (*entries, *_unnamed(screens, title))
            if label in screens and screens[label].has_view_permission(request)
        ]
        if items:
            groups.append({"title": _(title), "separator": True, "items": items})
    return groups


def _unnamed(screens: dict[str, admin.ModelAdmin[Any]], group: str) -> list[tuple[str, str]]:
    """Return the screens of a group's apps that no group names: none is ever out of reach."""
    named = {label for _title, entries in _GROUPS for label, _icon in entries}
    return [
        (label, getattr(screen, "icon", _PLAIN_ICON))
        for label, screen in screens.items()
        if isinstance(screen, ConsoleAdmin)
        and label not in named
        and _HOME.get(screen.model._meta.app_label, "System") == group
    ]


def _item(screen: admin.ModelAdmin[Any], icon: str, request: HttpRequest) -> dict[str, Any]:
    meta = screen.model._meta
    item = {
        "title": str(meta.verbose_name_plural)[:1].upper() + str(meta.verbose_name_plural)[1:],
        "icon": icon,
        "link": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
    }
    waiting = getattr(screen, "waiting", None)
    if waiting is not None and (count := waiting(request)):
        item["badge"] = f"{_MOST_WAITING}+" if count > _MOST_WAITING else str(count)
    return item


class ConsoleZone:
    """Show the console's times in the zone of the member center's programme."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/ops/"):
            return self.get_response(request)
        programme = visitors.center_programme()
        with timezone.override(programme.timezone if programme else None):
            return self.get_response(request)


def environment(request: HttpRequest) -> list[str] | None:
    """Return the banner of a demo: staff sign in without a second proof here, nowhere else."""
    if settings.DEMO:
        return [_("Demo: staff need no second proof"), "warning"]
    return None


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a page is not theirs: to staff with the roles they have and whom to ask."""
    user = request.user
    at_work = request.path_info.startswith("/ops/") and user.is_authenticated and user.is_staff
    if not at_work:
        return defaults.permission_denied(request, exception or PermissionDenied())
    titles = roles.titles()
    held = sorted(titles.get(name, name) for name in user.groups.values_list("name", flat=True))
    values = {
        **admin.site.each_context(request),
        "title": _("This is not part of your role"),
        "held": held,
    }
    return render(request, "admin/forbidden.html", values, status=403)
