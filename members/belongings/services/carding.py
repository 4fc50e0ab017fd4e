"""Bank cards: bound and unbound. The caller asks for a fresh second proof before either."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.db import IntegrityError, transaction
from stdnum import luhn

from config.kernel import audit, ids, outbox
from members.belongings import models
from members.belongings.errors import CardNotFoundError, CardTakenError, TooManyCardsError
from members.belongings.events import CardsChanged
from members.belongings.services import checking, placing
from members.belongings.types import MOST_CARDS, Brand

_SHORTEST, _LONGEST = 13, 19
_LONGEST_HOLDER = 60
# ISO/IEC 7812 gives each network its first digits; which bank is behind them is no public fact.
_NETWORKS = (
    (Brand.UNIONPAY, ("62", "81")),
    (Brand.AMEX, ("34", "37")),
    (Brand.JCB, tuple(str(n) for n in range(3528, 3590))),
    (Brand.MASTERCARD, tuple(str(n) for n in (*range(51, 56), *range(2221, 2721)))),
    (Brand.VISA, ("4",)),
)


def bind_card(*, member_id: int, number: str, holder: str = "", actor: str, now: datetime) -> int:
    """Bind a card to a member. Its number is sealed; nothing reads it again but a payment.

    Raises:
        FieldsRefusedError: the number cannot be a card's, or the holder's name is too long.
        CardTakenError: the member bound it already.
        TooManyCardsError: there are 10 already.
    """
    checks = checking.Checks()
    digits = _digits(checks, number)
    name = checks.text("holder", holder, most=_LONGEST_HOLDER)
    checks.done()
    row = models.Card(
        member_id=member_id,
        number=digits,
        last_four=digits[-4:],
        brand=network_of(digits).value,
        holder=name or None,
        bound_at=now,
    )
    try:
        with transaction.atomic():
            placed = placing.place(row, most=MOST_CARDS, full=TooManyCardsError)
            _tell("bound", member_id, placed.pk, row.last_four, actor=actor, now=now)
    except IntegrityError as refused:
        if "card_is_bound_once" not in str(refused):
            raise
        # The database's own words would hold the index of the number.
        raise CardTakenError from None
    return placed.pk


@transaction.atomic
def unbind_card(*, member_id: int, card_id: int, actor: str, now: datetime) -> None:
    """Forget a card.

    Raises:
        CardNotFoundError: the member has no such card.
    """
    rows = models.Card.objects.filter(member_id=member_id, id=card_id)
    last_four = rows.values_list("last_four", flat=True).first()
    if last_four is None or not rows.delete()[0]:
        raise CardNotFoundError
    _tell("unbound", member_id, card_id, last_four, actor=actor, now=now)


def network_of(digits: str) -> Brand:
    """Return the network whose number this is."""
    for brand, heads in _NETWORKS:
        if digits.startswith(heads):
            return brand
    return Brand.OTHER


def _digits(checks: checking.Checks, text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "")
    if not plain:
        checks.refuse("number", "missing")
    elif not (
        plain.isascii()
        and plain.isdigit()
        and _SHORTEST <= len(plain) <= _LONGEST
        and len(set(plain)) > 1
        and luhn.is_valid(plain)
    ):
        checks.refuse("number", "invalid")
    return plain


def _tell(
    what: str, member_id: int, card_id: int, last_four: str, *, actor: str, now: datetime
) -> None:
    audit.record(
        actor=actor,
        action=f"belongings.card_{what}",
        target=ids.encode("crd", member_id=member_id, row_id=card_id),
        after={"last_four": last_four},
        now=now,
    )
    outbox.publish(
        CardsChanged(what=what, last_four=last_four, member_id=member_id, occurred_at=now),
        now=now,
    )
