"""The liability's figures as people and spreadsheets read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import get_currency_symbol
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel import cells
from config.kernel.money import minor_digits
from members.programmes.types import Programme
from points.selectors.reporting import Ageing, BrandShare, Liability, Month


def money(amount: int, currency: str) -> str:
    """Return minor units as ¥1,240.50."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    fraction = f".{rest:0{digits}d}" if digits else ""
    return f"{'-' if amount < 0 else ''}{_symbol(currency)}{whole:,}{fraction}"


@lru_cache(maxsize=64)
def _symbol(currency: str) -> str:
    return str(get_currency_symbol(currency, locale="zh_Hans_CN"))


def month_name(month: date | None) -> str:
    """Return a month and its year; what never ends says so."""
    if month is None:
        return _("Without end")
    chinese = (get_language() or "").startswith("zh")
    pattern, locale = ("y年M月", "zh_Hans_CN") if chinese else ("MMMM y", "en_US")
    return str(format_date(month, pattern, locale=locale))


def month_short(month: date | None) -> str:
    """Return a month in the fewest letters that tell it."""
    return "∞" if month is None else f"{month:%y-%m}"


def per_point(value: Fraction, currency: str) -> str:
    """Return what 100 points cost."""
    return money(round(value * 100), currency)


def ageing_row(part: Ageing, currency: str) -> dict[str, str]:
    """Return a row of the ageing."""
    return {
        "name": month_name(part.ends),
        "points": f"{part.points:,}",
        "cost": money(part.cost, currency),
        "ratio": f"{float(part.ratio) * 100:,.1f} %",
        "breakage": f"{part.breakage:,}",
        "note": _("past its end: set aside, or about to be swept") if part.overdue else "",
    }


def month_row(month: Month, currency: str) -> dict[str, str]:
    """Return a row of the months."""
    ratio = f"{month.issued / month.redeemed:,.2f}" if month.redeemed > 0 else "–"
    return {
        "name": month_name(month.month),
        "issued": f"{month.issued:,}",
        "redeemed": f"{month.redeemed:,}",
        "expired": f"{month.expired:,}",
        "other": f"{month.other:+,}" if month.other else "0",
        "outstanding": f"{month.outstanding:,}",
        "ratio": ratio,
        "per_point": per_point(month.per_point, currency),
    }


def brand_row(part: BrandShare, name: str, currency: str) -> dict[str, str]:
    """Return a row of the brands."""
    burn = f"{part.redeemed * 100 / part.issued:,.1f} %" if part.issued > 0 else "–"
    return {
        "name": name,
        "points": f"{part.points:,}",
        "cost": money(part.cost, currency),
        "issued": f"{part.issued:,}",
        "redeemed": f"{part.redeemed:,}",
        "expired": f"{part.expired:,}",
        "burn": burn,
        "per_point": per_point(part.per_point, currency),
    }


def csv_rows(
    found: Liability, programme: Programme, brands: dict[int, str]
) -> Iterator[list[object]]:
    """Yield the report in plain figures: one section after the other, named in column one."""
    yield ["section", "key", "points", "cost_minor", "ratio", "breakage_points"]
    yield ["as_of", found.as_of.isoformat(), found.points, found.cost, "", found.expected_breakage]
    yield ["owed_by_members", "", found.owed, "", "", ""]
    yield ["ledger", "ties" if found.ties else "differs", found.ledger_points, "", "", ""]
    for part in found.ageing:
        key = part.ends.strftime("%Y-%m") if part.ends else "no_end"
        ratio = f"{float(part.ratio):.6f}"
        yield ["ends", key, part.points, part.cost, ratio, part.breakage]
    for share in found.brands:
        name = brands.get(share.brand_id, "")
        yield ["brand", name, share.points, share.cost, str(share.per_point), ""]
    yield []
    yield ["month", "issued", "redeemed", "expired", "other", "outstanding", "cost_per_point"]
    for month in found.months:
        yield [
            f"{month.month:%Y-%m}",
            month.issued,
            month.redeemed,
            month.expired,
            month.other,
            month.outstanding,
            str(month.per_point),
        ]


def as_csv(rows: Iterable[list[object]], *, name: str, streamed: bool = False) -> HttpResponse:
    """Return rows as a file that spreadsheets open as UTF-8, row by row if there are many."""
    lines = _lines(rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "no-store",
    }
    kind = "text/csv; charset=utf-8"
    if streamed:
        return StreamingHttpResponse(lines, content_type=kind, headers=headers)  # type: ignore[return-value]
    return HttpResponse("".join(lines), content_type=kind, headers=headers)


def _lines(rows: Iterable[list[object]]) -> Iterator[str]:
    yield "\ufeff"
    for row in rows:
        buffer = io.StringIO()
        csv.writer(buffer).writerow([cells.cell(value) for value in row])
        yield buffer.getvalue()
