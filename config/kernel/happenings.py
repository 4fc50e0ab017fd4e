"""What the console calls events, reactions, queues and acts, in words an operator reads.

Names are stored with the rows and never change; the words may. What has none here is shown
by its code.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

_EVENTS: dict[str, Any] = {
    "approval.decided": _("A request was decided"),
    "approval.requested": _("A second person was asked for"),
    "commerce.order_recorded": _("An order was recorded"),
    "commerce.order_refunded": _("An order was refunded"),
    "commerce.orders_imported": _("Orders were imported"),
    "kinds.application_refused": _("An application for a kind of member was refused"),
    "kinds.ended": _("A member is no longer of a kind"),
    "kinds.ending": _("A kind of member ends soon"),
    "kinds.entered": _("A member became one of a kind"),
    "kinds.published": _("Kinds of member were published"),
    "loyalty.ladder_published": _("A ladder was published"),
    "loyalty.tier_changed": _("A tier changed"),
    "loyalty.tier_downgraded": _("A tier was lost"),
    "loyalty.tier_upgraded": _("A tier was reached"),
    "loyalty.tiers_reviewed": _("Tiers were reviewed"),
    "mall.cancelled": _("A mall order was cancelled"),
    "mall.collected": _("A mall order was collected"),
    "mall.ordered": _("Something was ordered in the mall"),
    "mall.paid": _("A mall order was paid"),
    "mall.refunded": _("A mall order was refunded"),
    "mall.shipped": _("A mall order was shipped"),
    "members.code_requested": _("A sign-in code was asked for"),
    "members.codes_stopped": _("Sign-in codes were stopped"),
    "members.consent_changed": _("A consent was given or withdrawn"),
    "members.policy_published": _("A policy was published"),
    "members.erasure_cancelled": _("A member stays after all"),
    "members.erasure_requested": _("A member asked to be erased"),
    "members.export_ready": _("A copy of a member's data is ready"),
    "members.identity_attached": _("A phone or e-mail was attached"),
    "members.imported": _("Members were imported"),
    "members.member_created": _("A member joined"),
    "members.member_erased": _("A member was erased"),
    "members.member_merged": _("Two members became one"),
    "members.member_updated": _("A profile was changed"),
    "members.merge_undone": _("A merge was undone"),
    "members.signed_in": _("A member signed in"),
    "points.activated": _("Pending points became available"),
    "points.adjusted": _("Points were corrected by hand"),
    "points.due_swept": _("Due points were swept"),
    "points.earned": _("Points were earned"),
    "points.exchanged": _("Points were exchanged"),
    "points.expired": _("Points expired"),
    "points.expiring": _("Points will expire soon"),
    "points.held": _("Points were set aside"),
    "points.ledger_differs": _("The ledger does not prove"),
    "points.released": _("Points set aside came back"),
    "points.returned": _("Spent points came back"),
    "points.reversed": _("Points were taken back"),
    "points.spent": _("Points were spent"),
    "points.transferred": _("Points moved to another account"),
}

_REACTIONS: dict[str, tuple[Any, Any]] = {
    "messaging.handlers.send_code": (
        _("Send the sign-in code"),
        _("The code was not sent. It is good for minutes only: drop it; members ask again."),
    ),
    "messaging.handlers.tell_of_upgrade": (
        _("Congratulate on a tier"),
        _("The member has the tier, but has not been told."),
    ),
    "messaging.handlers.tell_of_downgrade": (
        _("Tell of a lost tier"),
        _("The tier is lost, but the member has not been told."),
    ),
    "members.handlers.reopen_merge": (
        _("Open a refused merge case again"),
        _("The case still says that it waits for a second person."),
    ),
    "loyalty.earning.handlers.welcome": (
        _("Reward joining"),
        _("The member has not got the points for joining."),
    ),
    "loyalty.earning.handlers.thank_for_profile": (
        _("Reward a completed profile"),
        _("The member has not got the points for a completed profile."),
    ),
}

_ACTS: dict[str, Any] = {
    "app.created": _("Partner app made"),
    "approval.approved": _("Request approved"),
    "approval.expired": _("Request not decided in time"),
    "approval.failed": _("Approved change failed"),
    "approval.refused": _("Request refused"),
    "approval.requested": _("Second person asked for"),
    "approval.stale": _("Request out of date"),
    "approval.withdrawn": _("Request withdrawn"),
    "belongings.address_added": _("Address added"),
    "belongings.address_changed": _("Address changed"),
    "belongings.address_made_default": _("Default address chosen"),
    "belongings.address_removed": _("Address removed"),
    "belongings.card_bound": _("Bank card bound"),
    "belongings.card_unbound": _("Bank card unbound"),
    "belongings.title_added": _("Invoice title added"),
    "belongings.title_changed": _("Invoice title changed"),
    "belongings.title_made_default": _("Default invoice title chosen"),
    "belongings.title_removed": _("Invoice title removed"),
    "client.created": _("API client made"),
    "client.revoked": _("API client revoked"),
    "delivery.drop": _("Delivery dropped"),
    "delivery.retry": _("Delivery tried again"),
    "earn_rules.drafted": _("Earn rules drafted"),
    "earn_rules.published": _("Earn rules published"),
    "export.asked": _("Bulk export asked for"),
    "export.cancelled": _("Bulk export cancelled"),
    "export.downloaded": _("Bulk export downloaded"),
    "import.cancelled": _("Import cancelled"),
    "import.done": _("Import finished"),
    "import.resumed": _("Import resumed"),
    "import.started": _("Import started"),
    "kinds.application_approved": _("Application for a kind approved"),
    "kinds.application_refused": _("Application for a kind refused"),
    "kinds.drafted": _("Kinds of member drafted"),
    "kinds.ended": _("Kind of member taken away"),
    "kinds.entered": _("Kind of member given"),
    "kinds.group_dissolved": _("Group dissolved"),
    "kinds.proof_looked_at": _("Proof of an application looked at"),
    "kinds.published": _("Kinds of member published"),
    "kinds.removed_from_group": _("Member taken out of a group"),
    "ladder.drafted": _("Ladder drafted"),
    "ladder.published": _("Ladder published"),
    "mall.address_revealed": _("Address looked at"),
    "mall.codes_uploaded": _("Codes uploaded"),
    "mall.collection_undone": _("Collection taken back"),
    "mall.item_changed": _("Mall item changed"),
    "mall.item_created": _("Mall item made"),
    "mall.item_ended": _("Mall item taken off the shelf"),
    "mall.item_published": _("Mall item published"),
    "mall.order_cancelled": _("Mall order cancelled"),
    "mall.order_refund_paid": _("Cash given back"),
    "mall.order_refunded": _("Mall order refunded"),
    "mall.picture_added": _("Picture added"),
    "mall.picture_removed": _("Picture removed"),
    "mall.terms_set": _("Times of the mall set"),
    "mall.to_ship_exported": _("Addresses to ship taken as a file"),
    "member.contacts_revealed": _("Contacts looked at"),
    "members.authenticator_added": _("Authenticator added"),
    "members.authenticator_removed": _("Authenticator removed"),
    "members.codes_stopped": _("Sign-in codes stopped"),
    "members.email_changed": _("E-mail changed"),
    "members.erased": _("Member erased"),
    "members.erasure_cancelled": _("Erasure called off"),
    "members.erasure_requested": _("Erasure asked for"),
    "members.export_fetched": _("Copy of data fetched"),
    "members.export_requested": _("Copy of data asked for"),
    "members.phone_changed": _("Phone changed"),
    "members.real_name_verified": _("Real name confirmed"),
    "members.recovery_codes_renewed": _("Recovery codes renewed"),
    "merge.done": _("Members merged"),
    "merge.opened": _("Merge case opened"),
    "merge.rejected": _("Merge rejected"),
    "merge.undone": _("Merge undone"),
    "message.resent": _("Message sent again"),
    "points.adjusted": _("Points corrected by hand"),
    "points.band_set": _("Band of issued and redeemed points set"),
    "points.cost_set": _("Cost of a point set"),
    "points.currency_defined": _("Points currency defined"),
    "points.entries_exported": _("Ledger taken as a file"),
    "points.exchange_undone": _("Exchange undone"),
    "points.liability_exported": _("Liability taken as a file"),
    "points.limit_set": _("Limit of corrections set"),
    "points.orders_exported": _("Orders behind the liability taken as a file"),
    "points.rate_published": _("Exchange rate published"),
    "points.reason_saved": _("Reason of corrections saved"),
    "policy.drafted": _("Policy drafted"),
    "policy.published": _("Policy published"),
    "programme.settings_changed": _("Settings changed"),
    "staff.deactivated": _("Member of staff deactivated"),
    "staff.grant_ended": _("Full data masked again"),
    "staff.invited": _("Member of staff invited"),
    "staff.password_chosen": _("Password of staff chosen"),
    "staff.password_renewed": _("Password of staff renewed"),
    "staff.password_required": _("New password required of staff"),
    "staff.proof_reset": _("Second proof of staff reset"),
    "staff.reactivated": _("Member of staff activated again"),
    "staff.roles_changed": _("Roles of staff changed"),
}


def event_word(name: str) -> str:
    """Return what happened, in words; `name` is the event's, with or without its version."""
    fact = name.rsplit(".v", 1)[0] if name.rsplit(".v", 1)[-1].isdecimal() else name
    return str(_EVENTS.get(fact, fact))


def reaction_word(handler: str) -> str:
    """Return what a handler does, in words."""
    return str(_REACTIONS[handler][0]) if handler in _REACTIONS else handler


def reaction_owed(handler: str) -> str:
    """Return what is missing while a handler has not reacted, if there are words for it."""
    return str(_REACTIONS[handler][1]) if handler in _REACTIONS else ""


def queue_words() -> dict[str, str]:
    """Return what the queues are for."""
    return {
        "critical": str(_("At once: somebody waits for it")),
        "default": pgettext("queue", "Soon"),
        "bulk": str(_("When there is time")),
    }


def act_words() -> dict[str, str]:
    """Return what the audit trail tells of."""
    return {code: str(word) for code, word in _ACTS.items()}
