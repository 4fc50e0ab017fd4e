"""What an act of the audit trail was done to, in words: `kind:key`, as it is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from config.kernel.console import name_members, programme_name

_TARGETS: dict[str, Any] = {
    "adjustment_reason": _("Reason of corrections %(key)s"),
    "approval": _("Request %(key)s"),
    "client": _("API client %(key)s"),
    "consent_purpose": _("Purpose of consent %(key)s"),
    "data_grant": _("Full data %(key)s"),
    "deliveries": _("Deliveries %(key)s"),
    "delivery": _("Delivery %(key)s"),
    "export": _("Bulk export %(key)s"),
    "exchange_rate": _("Exchange rate %(key)s"),
    "import": _("Import %(key)s"),
    "kind_group": _("Group %(key)s"),
    "mall_item": _("Mall item %(key)s"),
    "mall_order": _("Mall order %(key)s"),
    "merge": _("Merge case %(key)s"),
    "message": _("Message %(key)s"),
    "point_cost": _("Cost of a point %(key)s"),
    "policy": _("Policy %(key)s"),
    "role": _("Role %(key)s"),
    "staff": _("Member of staff %(key)s"),
    "user": _("Account %(key)s"),
}
# What a member keeps, by the start of its public id.
_KEPT: dict[str, Any] = {
    "adr": _("Address %(key)s"),
    "crd": _("Bank card %(key)s"),
    "ttl": _("Invoice title %(key)s"),
}
_RULES: dict[str, Any] = {
    "earn_rules": _("Earn rules of %(programme)s, version %(version)s"),
    "kinds": _("Kinds of member of %(programme)s, version %(version)s"),
    "ladder": _("Ladder of %(programme)s, version %(version)s"),
}


def target_word(target: str) -> str:
    """Return what was touched, in words; what has none by its kind and key."""
    kind, _colon, key = target.partition(":")
    programme, slash, version = key.partition("/")
    if kind in _RULES and slash and programme.isdecimal():
        told = {"programme": programme_name(int(programme)), "version": version}
        return str(_RULES[kind] % told)
    if kind == "programme" and key.isdecimal():
        return programme_name(int(key))
    if kind == "member" and key.isdecimal():
        number, _url = name_members([int(key)]).get(int(key), (key, ""))
        return _now("Member %(number)s") % {"number": number}
    if kind[:3] in _KEPT and kind[3:4] == "_":
        return str(_KEPT[kind[:3]] % {"key": kind[4:12]})
    return str(_TARGETS[kind] % {"key": key}) if kind in _TARGETS else target
