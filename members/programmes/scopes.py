"""Every scope an API client can be given (the contract of the storefront API)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "members:read": _("Read members, personal data masked"),
    "members:write": _("Enrol, change and merge members"),
    "members:pii": _("See personal data unmasked"),
    "orders:read": _("Read orders"),
    "orders:write": _("Report orders and what happens to them"),
    "points:read": _("Read balances and the ledger"),
    "points:write": _("Give, spend, reserve and exchange points"),
    "points:adjust": _("Adjust and reverse points"),
    "coupons:read": _("Read coupons"),
    "coupons:write": _("Issue, use and return coupons"),
    "quotes:write": _("Price carts and lock quotes"),
    "benefits:read": _("Read entitlements"),
    "benefits:write": _("Record the use of entitlements"),
    "events:write": _("Report behaviour"),
    "recommendations:read": _("Read recommendations"),
    "reviews:write": _("Hand in reviews"),
    "tickets:read": _("Read support tickets"),
    "tickets:write": _("Open and answer support tickets"),
    "webhooks:read": _("Read webhooks and their deliveries"),
    "webhooks:write": _("Set up webhooks"),
}
ALL = tuple(SCOPES)

# What a member may allow an app on their own behalf.
MEMBER = {
    "openid": _("Know that it is you"),
    "profile": _("See your nickname and language"),
    "phone": _("See your phone number"),
    "email": _("See your e-mail address"),
    "me:points": _("See your points and what changed them"),
    "me:tier": _("See your tier"),
}
