"""What somebody who leaves has to lose here, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from babel.numbers import get_currency_symbol
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from config.kernel import personal
from config.kernel.money import minor_digits
from config.kernel.personal import Person, Stake
from members.programmes import selectors as programmes_selectors
from points import currencies, selectors, services
from points.models import Account
from points.types import Adjust, Balance, CurrencyDefinition, CurrencyKind


def register() -> None:
    """Tell the kernel what an erasure means to the ledger."""
    personal.stakes("points", list_stakes)
    personal.step("points.forfeit", order=15, erase=forfeit)


def list_stakes(person: Person, now: datetime) -> list[Stake]:
    """Return balances: money and what is set aside come first, points would be lost."""
    found = []
    for programme_id, definition, balance in _holdings(person, now):
        amount = balance.available + balance.pending
        name = definition.name(get_language() or "")
        slug = f"points.{definition.code}"
        if balance.held:
            words = _("%(name)s are set aside for something that is not settled yet.")
            found.append(Stake(slug=f"{slug}.held", words=words % {"name": name}, blocks=True))
        if amount > 0 and definition.kind is CurrencyKind.MONEY:
            words = _("%(name)s: %(amount)s. Spend it, or ask the shop to pay it back.")
            told = {"name": name, "amount": _money(amount, programme_id)}
            found.append(Stake(slug=slug, words=words % told, blocks=True))
        elif amount > 0 and definition.shown:
            words = ngettext(
                "%(name)s: %(amount)s is lost.", "%(name)s: %(amount)s are lost.", amount
            )
            found.append(Stake(slug=slug, words=words % {"name": name, "amount": f"{amount:,}"}))
    return found


def forfeit(person: Person, now: datetime) -> int:
    """Take what can still be spent out of the books, by entries like any other."""
    taken = 0
    for account in Account.objects.filter(member_id__in=person.member_ids):
        definition = currencies.get(account.programme_id, account.currency)
        balance = _balance(account, now)
        if balance.available > 0 and definition.kind is not CurrencyKind.MONEY:
            services.post(
                command=Adjust(
                    member_id=account.member_id,
                    programme_id=account.programme_id,
                    currency=account.currency,
                    points=-balance.available,
                    key=f"erasure:{account.member_id}:{account.currency}:{now.timestamp():.0f}",
                    source=f"erasure:{account.member_id}",
                    actor="system",
                    occurred_at=now,
                ),
                now=now,
            )
            taken += 1
    return taken


def _holdings(person: Person, now: datetime) -> list[tuple[int, CurrencyDefinition, Balance]]:
    rows = Account.objects.filter(member_id__in=person.member_ids).order_by("id")
    return [
        (r.programme_id, currencies.get(r.programme_id, r.currency), _balance(r, now)) for r in rows
    ]


def _money(amount: int, programme_id: int) -> str:
    """Return what is held in the programme's money, with the sign its own shoppers know."""
    code = programmes_selectors.get_programme(programme_id).currency
    digits = minor_digits(code)
    sign = get_currency_symbol(code, locale="zh_Hans_CN")
    return f"{sign}{Decimal(amount).scaleb(-digits):,.{digits}f}"


def _balance(account: Account, now: datetime) -> Balance:
    return selectors.get_balance(
        member_id=account.member_id,
        programme_id=account.programme_id,
        currency=account.currency,
        at=now,
        now=now,
    )
