"""The member center's own rooms; apps add theirs through `config.kernel.rooms`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kernel.panels import Subject
from config.kernel.rooms import Room, register
from config.pages.kinds import overview as kinds
from members.belongings import selectors as belongings_selectors


def register_all() -> None:
    """Offer the rooms that belong to no app alone."""
    register(
        Room(
            slug="mall",
            page="points",
            order=10,
            url_name="shop:items",
            title=_("Points mall"),
            words=_("Things, codes and tickets that your points buy."),
            icon="pages/icons/cart.html",
        )
    )
    register(
        Room(
            slug="mall-orders",
            page="points",
            order=11,
            url_name="shop:orders",
            title=_("My mall orders"),
            words=_("Where they are, and the codes they brought."),
            icon="pages/icons/orders.html",
        )
    )
    register(
        Room(
            slug="exchange",
            page="points",
            order=20,
            url_name="pages:exchange",
            title=_("Exchange points"),
            words=_("For points of our partners, at the rate of the day."),
            icon="pages/icons/exchange.html",
        )
    )
    register(
        Room(
            slug="orders",
            page="me",
            order=10,
            url_name="pages:orders",
            title=_("My orders"),
            words=_("Each with the points it brought."),
            icon="pages/icons/orders.html",
        )
    )
    register(
        Room(
            slug="profile",
            page="me",
            order=40,
            url_name="pages:profile",
            title=_("My profile"),
            words=_("Picture, name, birthday, and what you like."),
            icon="pages/icons/me.html",
        )
    )
    register(
        Room(
            slug="code",
            page="me",
            order=45,
            url_name="pages:code",
            title=_("Member code"),
            words=_("Show it when you pay, and the points come by themselves."),
            icon="pages/icons/code.html",
        )
    )
    register(
        Room(
            slug="kinds",
            page="me",
            order=42,
            url_name="kinds:kinds",
            title=_("My kinds of membership"),
            words=_("Student, family, company, VIP: what you are and can become."),
            icon="pages/icons/benefits.html",
            value=kinds.value,
        )
    )
    register(
        Room(
            slug="addresses",
            page="me",
            order=20,
            url_name="mine:addresses",
            title=_("My addresses"),
            words=_("Where parcels go; paste one and it is filled in."),
            icon="pages/icons/place.html",
            value=_addresses,
        )
    )
    register(
        Room(
            slug="balance",
            page="me",
            order=15,
            url_name="mine:balances",
            title=_("Balance and red packets"),
            words=_("Money with us: how much, until when, and where it went."),
            icon="pages/icons/wallet.html",
        )
    )
    register(
        Room(
            slug="cards",
            page="me",
            order=25,
            url_name="mine:cards",
            title=_("Bank cards"),
            words=_("Bound and unbound; only the last four digits are ever shown."),
            icon="pages/icons/card.html",
        )
    )
    register(
        Room(
            slug="titles",
            page="me",
            order=30,
            url_name="mine:titles",
            title=_("Invoice titles"),
            words=_("For you, or for your company."),
            icon="pages/icons/invoice.html",
        )
    )


def _addresses(subject: Subject) -> str:
    count = belongings_selectors.count_addresses(member_ids=subject.member_ids)
    return str(count) if count else ""
