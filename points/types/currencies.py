"""What a programme counts in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from points.types.balances import Balance, day_end, validity_end
from points.types.kinds import CurrencyKind, ExpiryRule


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyDefinition:
    """What a programme counts, and by which rules. `version` 0 is the house's own definition."""

    code: str
    kind: CurrencyKind
    name_zh: str
    name_en: str
    expiry: ExpiryRule = ExpiryRule.NEVER
    validity: int = 0
    may_owe: bool = False
    spendable: bool = True
    shown: bool = True
    version: int = 0

    def name(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.name_zh if language.startswith("zh") else self.name_en

    def expires_at(self, *, earned_at: datetime, zone: tzinfo) -> datetime | None:
        """Return when a lot that is given now ends; None: never."""
        match self.expiry:
            case ExpiryRule.MONTHS:
                return validity_end(earned_at=earned_at, months=self.validity, zone=zone)
            case ExpiryRule.DAYS:
                return day_end(after=earned_at, days=self.validity, zone=zone)
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a member has in one currency of one programme."""

    programme_id: int
    currency: CurrencyDefinition
    balance: Balance
