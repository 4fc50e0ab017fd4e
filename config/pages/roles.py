"""The roles of staff: who may see and do what. One table; docs/staff.md shows what comes of it.

`app.view_thing` opens a screen, `app.change_thing` its buttons, everything else is said by
name. What waits for a second person (`approve_…`) is never with the role that asks most.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kernel import roles
from config.kernel.roles import Role

# A member with what they did, masked.
_MEMBER = (
    "members.view_member",
    "commerce.view_order",
    "loyalty.view_membertier",
    "loyalty.view_tierchange",
    "points.view_account",
    "points.view_entry",
    "points.view_lot",
    "points.view_hold",
    "points.view_exchange",
    "mall.view_order",
)
_EVERYWHERE = "members.see_all_stores"
_SHOPS = ("programmes.view_programme", "programmes.view_brand", "programmes.view_store*")
_RULES = (
    "loyalty.view_ladderversion",
    "earning.view_earnruleversion",
    "points.view_currency",
    "points.view_exchangerate",
    "mall.view_item",
    "mall.view_terms",
)

TABLE = (
    Role(
        code="support",
        title=_("Customer service"),
        says=_("Looks up members, explains, corrects small amounts, sends again."),
        permissions=(
            *_MEMBER,
            _EVERYWHERE,
            *_RULES,
            "members.reveal_contacts",
            "kinds.view_*",
            "kinds.change_application",
            "kinds.change_membership",
            "members.view_signinattempt",
            "members.view_mergecase",
            "members.change_mergecase",
            "points.change_account",
            "points.change_entry",
            "mall.change_order",
            "messaging.view_localmessage",
            "messaging.change_localmessage",
            "programmes.view_store*",
        ),
    ),
    Role(
        code="marketing",
        title=_("Marketing"),
        says=_("Writes rules, campaigns and goods; sees figures, no member."),
        permissions=(
            *_SHOPS,
            *_RULES,
            *("loyalty.*_ladderversion", "earning.*_earnruleversion", "mall.*_item"),
            "kinds.*_kindsversion",
            *("campaigns.view_*", "campaigns.add_*", "campaigns.change_*"),
            *("analytics.view_*", "analytics.add_*", "analytics.change_*"),
            *("benefits.view_*", "benefits.add_*", "benefits.change_*"),
        ),
    ),
    Role(
        code="operations",
        title=_("Operations"),
        says=_("Keeps orders, imports, deliveries and the machinery going."),
        permissions=(
            *_MEMBER,
            _EVERYWHERE,
            *_SHOPS,
            *_RULES,
            "members.export_members",
            "mall.change_*",
            "settlement.view_importrun",
            "settlement.change_importrun",
            "messaging.view_localmessage",
            "messaging.change_localmessage",
            "points.view_proof",
            "kernel.view_delivery",
            "kernel.change_delivery",
            "kernel.view_outboxevent",
            "django_celery_beat.view_periodictask",
            "django_celery_beat.change_periodictask",
        ),
    ),
    Role(
        code="finance",
        title=_("Finance"),
        says=_("Costs, liability, settlement; second person for corrections."),
        guarded=True,
        permissions=(
            *_MEMBER,
            _EVERYWHERE,
            *_SHOPS,
            *_RULES,
            "members.export_members",
            "points.view_*",
            "points.change_pointcost",
            "points.export_liability",
            "points.change_exchangerate",
            "points.change_exchange",
            "points.change_proof",
            "points.change_currency",
            "points.approve_correction",
            "points.approve_export",
            "members.view_mergecase",
            "members.approve_merge",
        ),
    ),
    Role(
        code="privacy_officer",
        title=_("Privacy officer"),
        says=_("Sees who looked at whom; second person for personal data and exports."),
        guarded=True,
        permissions=(
            *_MEMBER,
            _EVERYWHERE,
            "members.reveal_contacts",
            "members.reveal_identity",
            "members.approve_full_data",
            "members.view_accessrecord",
            "members.view_datagrant",
            "members.change_datagrant",
            "members.view_signinattempt",
            "members.approve_bulk_export",
            "members.view_exportrun",
            "members.change_exportrun",
            "members.view_user",
            "auth.view_group",
            "kernel.view_auditrecord",
        ),
    ),
    Role(
        code="auditor",
        title=_("Auditor"),
        says=_("Reads everything, logs included; changes nothing."),
        permissions=("*.view_*", _EVERYWHERE),
    ),
    Role(
        code="administrator",
        title=_("Administrator"),
        says=_("Staff, roles, shops, keys and limits; reads the rest."),
        guarded=True,
        permissions=(
            "*.view_*",
            _EVERYWHERE,
            "members.change_user",
            "members.approve_roles",
            "programmes.change_*",
            "points.change_adjustmentlimit",
            "points.change_adjustmentreason",
            "points.change_currency",
            "mall.change_terms",
            "kernel.change_delivery",
            "django_celery_beat.*",
        ),
    ),
    Role(
        code="store_manager",
        title=_("Store manager"),
        says=_("Sees the members of the stores they serve, and nobody else."),
        bounded=True,
        permissions=(
            *_MEMBER,
            "members.reveal_contacts",
            "messaging.view_localmessage",
            "programmes.view_store",
            "mall.view_item",
        ),
    ),
)


# What permissions that are no `view_` or `change_` let one do.
WORDS = {
    "members.see_all_stores": _("See the members of every store"),
    "members.reveal_contacts": _("Look at names and contacts, for a reason"),
    "members.reveal_identity": _("Look at ID and real name, for a reason"),
    "members.approve_full_data": _("Decide who sees personal data in clear"),
    "members.approve_merge": _("Decide about merges of members"),
    "members.export_members": _("Export members and orders"),
    "members.approve_bulk_export": _("Decide about exports of more than 100 rows"),
    "members.approve_roles": _("Decide about roles of staff"),
    "points.approve_correction": _("Decide about corrections of points"),
    "points.approve_export": _("Decide about exports of the ledger"),
    "points.export_liability": _("Export the liability of points"),
}


def declare() -> None:
    """Tell the kernel of the table."""
    roles.declare(TABLE, words=WORDS)
