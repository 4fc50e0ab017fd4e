"""What the mall refuses. A refusal moved neither points nor stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_noop as _

from config.kernel.errors import ConflictError, FieldError, InvalidError, NotFoundError
from points.mall.types import Hindrance


class ItemNotFoundError(NotFoundError):
    code = "mall_item.not_found"
    title = _("There is no such item")


class UnknownItemError(InvalidError):
    """The body names an item that is not there, or that members do not see."""

    code = "mall_item.not_found"
    title = _("There is no such item")


class UnknownStoreError(InvalidError):
    """The item cannot be collected in this store."""

    code = "mall.store_unknown"
    title = _("It cannot be collected in this store")


class UnavailableError(ConflictError):
    """The member cannot have the item now; `hindrance` says why and what would help."""

    code = "mall.not_on_sale"
    title = _("It is not on sale")

    def __init__(self, hindrance: Hindrance, detail: str = "") -> None:
        super().__init__(detail)
        self.hindrance = hindrance


class NotOnSaleError(UnavailableError):
    """A draft, ended, or outside the time it is on sale."""


class SoldOutError(UnavailableError):
    code = "mall.sold_out"
    title = _("Sold out")


class MemberLimitError(UnavailableError):
    code = "mall.member_limit"
    title = _("You have had as many as one member may")


class TierRequiredError(UnavailableError):
    code = "mall.tier_required"
    title = _("It is for other tiers")


class PriceChangedError(ConflictError):
    """The price is no longer the one the member agreed to."""

    code = "mall.price_changed"
    title = _("The price has changed meanwhile")


class MemberClosedError(ConflictError):
    """A frozen, merged or erased member orders nothing."""

    code = "mall.member_closed"
    title = _("This membership is not active")


class DeliveryInvalidError(InvalidError):
    """The item does not reach members this way, or what it takes is missing."""

    code = "mall.delivery_invalid"
    title = _("It cannot be delivered like this")


class AddressInvalidError(InvalidError):
    code = "mall.address_invalid"
    title = _("The address is not complete")


class OrderNotFoundError(NotFoundError):
    code = "mall_order.not_found"
    title = _("There is no such order")


class KeyReusedError(InvalidError):
    """The key already named another order."""

    code = "idempotency.key_reused"
    title = _("The idempotency key was used for another request")


class WrongStateError(ConflictError):
    """The order is past this, or not there yet."""

    code = "mall_order.wrong_state"
    title = _("The order is not in a state that allows this")


class PaymentExpiredError(ConflictError):
    """The time to pay is over; points and stock are free again."""

    code = "mall_order.payment_expired"
    title = _("The time to pay is over")


class AlreadyPaidError(ConflictError):
    code = "mall_order.already_paid"
    title = _("The order has been paid by another payment")


class UnknownPaymentError(InvalidError):
    code = "mall.payment_unknown"
    title = _("There is no such way to pay")


class CollectCodeError(InvalidError):
    """The code does not belong to an order that waits in this store."""

    code = "mall.collect_code_wrong"
    title = _("This code collects nothing here")


class CollectedAlreadyError(ConflictError):
    """The code has done its work."""

    code = "mall.collected_already"
    title = _("This order has been collected")

    def __init__(self, at: datetime | None) -> None:
        super().__init__()
        self.at = at


class UndoTooLateError(ConflictError):
    code = "mall.undo_too_late"
    title = _("The time to take the collection back is over")


class TicketsUsedError(ConflictError):
    """The tickets of the order have been played already."""

    code = "mall.tickets_used"
    title = _("Its tickets have been used")


class NotPublishableError(ConflictError):
    """Something is missing; `errors` says what, one by one."""

    code = "mall_item.not_publishable"
    title = _("The item cannot be published yet")

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "; ".join(text for _code, text in reasons),
            errors=[FieldError(pointer="", code=code, detail=text) for code, text in reasons],
        )
        self.reasons = tuple(reasons)


class ItemInvalidError(InvalidError):
    code = "mall_item.invalid"
    title = _("The item is not right")


class StockInvalidError(ConflictError):
    """More was to be taken out than is there, or the item counts no stock."""

    code = "mall.stock_invalid"
    title = _("The stock does not allow this")


class PictureRefusedError(InvalidError):
    """Not a picture we take: its kind, its size, or it cannot be read."""

    code = "mall.picture_refused"
    title = _("The picture cannot be used")


class FileRefusedError(InvalidError):
    """The uploaded file as a whole cannot be read."""

    code = "mall.file_refused"
    title = _("The file cannot be read")
