"""Find what a call names. Orders follow the caller's brand: another brand's is not found."""

from __future__ import annotations

from config.kernel import api, ids
from members import errors as members_errors
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points.mall import selectors
from points.mall.api import contracts
from points.mall.api.errors import UnknownMemberError
from points.mall.errors import (
    ItemNotFoundError,
    OrderNotFoundError,
    UnknownItemError,
    UnknownStoreError,
)
from points.mall.types import Address, Item, ItemStatus, Order


def item(call: api.Call, public_id: str) -> Item:
    """Return the item a path names. Raises ItemNotFoundError (404)."""
    item_id = selectors.find_item_id(public_id)
    if item_id is None:
        raise ItemNotFoundError
    found = selectors.get_item(item_id=item_id)
    if found.programme_id != call.caller.programme_id or found.status is ItemStatus.DRAFT:
        raise ItemNotFoundError
    return found


def item_in_body(call: api.Call, public_id: str) -> int:
    """Return the item a body names. Raises UnknownItemError (422)."""
    item_id = selectors.find_item_id(public_id)
    if item_id is None:
        raise UnknownItemError
    return item_id


def member(call: api.Call, public_id: str) -> int:
    """Return the member a query or body names. Raises UnknownMemberError (422)."""
    try:
        return members_selectors.resolve(public_id=public_id, programme_id=call.caller.programme_id)
    except members_errors.MemberNotFoundError as exc:
        raise UnknownMemberError(exc.detail) from None


def store_in_body(call: api.Call, code: str | None) -> int | None:
    """Return the store a body names. Raises UnknownStoreError (422)."""
    if code is None:
        return None
    found = programmes_selectors.find_store(code, programme_id=call.caller.programme_id)
    if found is None:
        raise UnknownStoreError
    return found.id


def order(call: api.Call, public_id: str) -> Order:
    """Return an order of the caller's brand. Raises OrderNotFoundError (404)."""
    place = ids.decode("mor", public_id)
    found = selectors.get_order(
        member_id=place.member_id, order_id=place.row_id, programme_id=call.caller.programme_id
    )
    if found.brand_id != call.caller.brand_id:
        raise OrderNotFoundError
    return found


def address(told: contracts.AddressIn | None) -> Address | None:
    """Return the address a body tells."""
    if told is None:
        return None
    return Address(
        recipient=told.recipient,
        phone=told.phone,
        region=told.region,
        street=told.street,
        postcode=told.postcode,
    )
