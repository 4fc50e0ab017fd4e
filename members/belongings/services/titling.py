"""Invoice titles: whom invoices are made out to, a person or a company."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from django.db import transaction
from stdnum.cn import uscc

from config.kernel import audit, ids, outbox
from members.belongings import models
from members.belongings.errors import TitleNotFoundError, TooManyTitlesError
from members.belongings.events import InvoiceTitlesChanged
from members.belongings.services import checking, placing
from members.belongings.types import MOST_TITLES, TitleDraft, TitleKind

_LONGEST = {"name": 100, "bank": 100, "bank_account": 40, "address": 150, "phone": 30}


@transaction.atomic
def add_title(*, member_id: int, draft: TitleDraft, actor: str, now: datetime) -> int:
    """Keep an invoice title; the first one becomes the default.

    Raises:
        FieldsRefusedError: something is missing, too long, or the tax number is wrong.
        TooManyTitlesError: there are 10 already.
    """
    row = models.InvoiceTitle(
        member_id=member_id,
        made_at=now,
        changed_at=now,
        is_default=draft.is_default,
        **_checked(draft),
    )
    placed = placing.place(row, most=MOST_TITLES, full=TooManyTitlesError)
    _tell("added", member_id, placed.pk, actor=actor, now=now)
    return placed.pk


@transaction.atomic
def change_title(
    *, member_id: int, title_id: int, draft: TitleDraft, actor: str, now: datetime
) -> None:
    """Write an invoice title anew.

    Raises:
        TitleNotFoundError: the member has no such title.
        FieldsRefusedError: something is missing, too long, or the tax number is wrong.
    """
    wanted = _checked(draft)
    placing.hold(models.InvoiceTitle, member_id=member_id)
    rows = models.InvoiceTitle.objects.filter(member_id=member_id, id=title_id)
    if not rows.update(changed_at=now, **wanted):
        raise TitleNotFoundError
    if draft.is_default:
        placing.make_default(models.InvoiceTitle, member_id=member_id, row_id=title_id)
    _tell("changed", member_id, title_id, actor=actor, now=now)


@transaction.atomic
def make_default_title(*, member_id: int, title_id: int, actor: str, now: datetime) -> None:
    """Make a title the one that is taken first.

    Raises:
        TitleNotFoundError: the member has no such title.
    """
    if not placing.make_default(models.InvoiceTitle, member_id=member_id, row_id=title_id):
        raise TitleNotFoundError
    _tell("made_default", member_id, title_id, actor=actor, now=now)


@transaction.atomic
def remove_title(*, member_id: int, title_id: int, actor: str, now: datetime) -> None:
    """Forget an invoice title; of the others, the latest becomes the default.

    Raises:
        TitleNotFoundError: the member has no such title.
    """
    placing.hold(models.InvoiceTitle, member_id=member_id)
    rows = models.InvoiceTitle.objects.filter(member_id=member_id)
    row = rows.filter(id=title_id).first()
    if row is None:
        raise TitleNotFoundError
    rows.filter(id=title_id).delete()
    heir = rows.order_by("-changed_at", "-id").values_list("id", flat=True).first()
    if row.is_default and heir is not None:
        placing.make_default(models.InvoiceTitle, member_id=member_id, row_id=heir)
    _tell("removed", member_id, title_id, actor=actor, now=now)


def _checked(draft: TitleDraft) -> dict[str, Any]:
    """Return the columns of a title. A person's has a name and nothing else."""
    checks = checking.Checks()
    name = checks.text("name", draft.name, most=_LONGEST["name"], required=True)
    if draft.kind is TitleKind.PERSONAL:
        checks.done()
        empty = dict.fromkeys(("tax_number", "bank", "bank_account", "address", "phone"))
        return {"kind": draft.kind.value, "name": name, **empty}
    number = unicodedata.normalize("NFKC", draft.tax_number).replace(" ", "").upper()
    if not number:
        checks.refuse("tax_number", "missing")
    elif not uscc.is_valid(number):
        checks.refuse("tax_number", "invalid")
    more = {
        field: checks.text(field, getattr(draft, field), most=_LONGEST[field]) or None
        for field in ("bank", "bank_account", "address", "phone")
    }
    checks.done()
    return {"kind": draft.kind.value, "name": name, "tax_number": number, **more}


def _tell(what: str, member_id: int, title_id: int, *, actor: str, now: datetime) -> None:
    public_id = ids.encode("ttl", member_id=member_id, row_id=title_id)
    audit.record(actor=actor, action=f"belongings.title_{what}", target=public_id, now=now)
    outbox.publish(
        InvoiceTitlesChanged(what=what, title=public_id, member_id=member_id, occurred_at=now),
        now=now,
    )
