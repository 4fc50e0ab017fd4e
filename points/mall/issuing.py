"""Who issues the coupons that points buy. Upper apps register themselves in `AppConfig.ready()`.

The mall itself hands out codes that the shop has uploaded; any other coupon needs an issuer,
and without one its item is not published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A kind of coupon an issuer can issue."""

    template: str
    name_zh: str
    name_en: str


class Issuer(Protocol):
    """What the mall asks of an app that issues coupons."""

    title: Any

    def list_choices(self, *, programme_id: int, now: datetime) -> list[Choice]:
        """Return the coupons that can be issued now."""
        ...

    def issue(
        self, *, member_id: int, template: str, count: int, source: str, now: datetime
    ) -> list[str]:
        """Issue coupons in the caller's transaction, once per source; return their public ids."""
        ...

    def take_back(self, *, member_id: int, source: str, now: datetime) -> bool:
        """Take back what a source issued; return False when one of them has been used."""
        ...


_issuers: dict[str, Issuer] = {}


def register_issuer(*, slug: str, issuer: Issuer) -> None:
    """Offer to issue coupons. The same slug again replaces it."""
    _issuers[slug] = issuer


def forget_issuer(*, slug: str) -> None:
    """Take an issuer out again (tests register their own)."""
    _issuers.pop(slug, None)


def find(slug: str) -> Issuer | None:
    """Return the issuer of this name."""
    return _issuers.get(slug)


def everyone() -> dict[str, Issuer]:
    """Return all issuers by name."""
    return dict(_issuers)
