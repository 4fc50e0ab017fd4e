"""What programmes count: the house's own definitions, and the rows that replace or add some.

Points and growth value are known without asking the database: every order counts in them.
"""

from __future__ import annotations

from members.programmes import selectors as programmes
from points.errors import UnknownCurrencyError
from points.models import Currency
from points.types import GROWTH, POINTS, CurrencyDefinition, CurrencyKind, ExpiryRule

BALANCE = "balance"
RED_PACKET = "red_packet"
TICKETS = "tickets"

_HOUSE = {
    definition.code: definition
    for definition in (
        CurrencyDefinition(
            code=POINTS,
            kind=CurrencyKind.POINTS,
            name_zh="积分",
            name_en="Points",
            expiry=ExpiryRule.MONTHS,
            may_owe=True,
        ),
        CurrencyDefinition(
            code=GROWTH,
            kind=CurrencyKind.GROWTH,
            name_zh="成长值",
            name_en="Growth value",
            may_owe=True,
            spendable=False,
        ),
        CurrencyDefinition(
            code=BALANCE, kind=CurrencyKind.MONEY, name_zh="储值余额", name_en="Stored value"
        ),
        CurrencyDefinition(
            code=RED_PACKET,
            kind=CurrencyKind.MONEY,
            name_zh="红包",
            name_en="Red packets",
            expiry=ExpiryRule.DAYS,
            validity=30,
        ),
        CurrencyDefinition(
            code=TICKETS,
            kind=CurrencyKind.TICKETS,
            name_zh="抽奖券",
            name_en="Lottery tickets",
            expiry=ExpiryRule.MONTHS,
            validity=6,
        ),
    )
}


def of_programme(programme_id: int) -> dict[str, CurrencyDefinition]:
    """Return everything a programme counts, by code, the house's own first."""
    rows = Currency.objects.filter(programme_id=programme_id).order_by("version")
    months = programmes.get_programme(programme_id).settings.points_validity_months
    found = {code: _with_months(x, months) for code, x in _HOUSE.items()}
    return found | {row.code: _defined(row, months) for row in rows}


def get(programme_id: int, code: str) -> CurrencyDefinition:
    """Return one definition.

    Raises:
        UnknownCurrencyError: the programme has no such currency.
    """
    found = of_programme(programme_id).get(code)
    if found is None:
        raise UnknownCurrencyError()
    return found


def may_owe(programme_id: int, code: str) -> bool:
    """Tell whether an account of this currency may go into debt."""
    if code in (POINTS, GROWTH):
        return True
    found = of_programme(programme_id).get(code)
    return found is not None and found.may_owe


def _with_months(definition: CurrencyDefinition, months: int) -> CurrencyDefinition:
    """Points are valid as long as the programme's settings say."""
    if definition.code != POINTS:
        return definition
    return CurrencyDefinition(
        **{n: getattr(definition, n) for n in definition.__slots__ if n != "validity"},
        validity=months,
    )


def _defined(row: Currency, months: int) -> CurrencyDefinition:
    return CurrencyDefinition(
        code=row.code,
        kind=CurrencyKind(row.kind),
        name_zh=row.name_zh,
        name_en=row.name_en,
        expiry=ExpiryRule(row.expiry),
        validity=months if row.code == POINTS else row.validity,
        may_owe=row.may_owe,
        spendable=row.spendable,
        shown=row.shown,
        version=row.version,
    )
