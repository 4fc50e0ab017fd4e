"""Why lines of a file are refused, as operators read it."""

from __future__ import annotations

from django.utils.translation import gettext as _


def reason_words() -> dict[str, str]:
    """Return why lines are refused."""
    return {
        "adjustment": _("Not goods: postage, fees, corrections"),
        "bad_date": _("The date cannot be read"),
        "bad_price": _("The price cannot be read"),
        "bad_quantity": _("The quantity cannot be read"),
        "cancel_not_tied": _("Takes back what was not bought"),
        "cancel_of_nothing": _("A cancelling line with a quantity above zero"),
        "malformed": _("The line cannot be read"),
        "no_customer": _("No customer"),
        "no_order_number": _("No order number"),
        "no_sku": _("No article"),
        "other_customer": _("The order belongs to another customer"),
        "price_not_positive": _("The price is not above zero"),
        "quantity_not_positive": _("The quantity is not above zero"),
        "too_long": _("A value is too long"),
        "too_many_lines": _("The order has too many lines"),
    }
