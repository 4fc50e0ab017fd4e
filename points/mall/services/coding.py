"""Codes of value: uploaded as a file, given out one by one, never seen again by the shop."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from config.kernel import audit, crypto
from points.mall import models
from points.mall.errors import FileRefusedError, SoldOutError, StockInvalidError
from points.mall.services.catalogue import lock_item
from points.mall.services.stocking import record_move
from points.mall.types import CODE_STOCK, Bar, Hindrance, ItemKind, Refused, Taken

MOST_LINES = 100_000
LARGEST_FILE = 10 * 1024 * 1024
LONGEST_CODE = 200
_CHUNK = 2000
_CODES = "mall-code"

_CLAIM = """
UPDATE mall_code SET member_id = %s, order_id = %s
 WHERE id IN (SELECT id FROM mall_code WHERE item_id = %s AND order_id IS NULL AND NOT void
               ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
"""


@transaction.atomic
def upload_codes(
    *, item_id: int, content: bytes, file_name: str, actor: str, reason: str, now: datetime
) -> Taken:
    """Take the codes of a CSV file, one a line in its first column; each is stock of one.

    A line named `code` at the top is a heading. A line that is not taken is told by its
    number with a reason: empty, too_long, unprintable, twice_in_file, known.

    Raises:
        ItemNotFoundError: there is no such item.
        StockInvalidError: the item gives out no codes.
        FileRefusedError: it is not a text file, or too large.
    """
    item = lock_item(item_id)
    if item.kind != ItemKind.VIRTUAL and item.issuer != CODE_STOCK:
        raise StockInvalidError(_("This item gives out no codes."))
    upload = models.CodeUpload.objects.create(
        item=item,
        file_name=file_name[-150:],
        accepted=0,
        actor=actor,
        reason=reason,
        made_at=now,
    )
    refused: list[Refused] = []
    seen: dict[bytes, tuple[int, str]] = {}
    for line, code in _lines(content):
        why = _refusal(code)
        blind = crypto.blind(_CODES, code) if why is None else b""
        if why is None and blind in seen:
            why = "twice_in_file"
        if why is not None:
            refused.append(Refused(line=line, reason=why))
        else:
            seen[blind] = (line, code)
    accepted = _keep(item, upload, seen, refused)
    refused.sort(key=lambda one: one.line)
    _finish(upload, accepted, refused)
    if accepted:
        models.Item.objects.filter(pk=item.pk).update(left=F("left") + accepted)
        record_move(item, accepted, actor=actor, reason=reason, now=now)
    audit.record(
        actor=actor,
        action="mall.codes_uploaded",
        target=f"mall_item:{item.pk}",
        reason=reason,
        after={"accepted": accepted, "refused": len(refused)},
        now=now,
    )
    return Taken(accepted=accepted, refused=tuple(refused))


def read_table(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a CSV file with their numbers.

    Raises:
        FileRefusedError: it is not a text file in UTF-8, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefusedError(_("The file is too large."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefusedError(_("The file is not a CSV text file in UTF-8.")) from None
    if "\0" in text:
        raise FileRefusedError(_("The file is not a CSV text file in UTF-8."))
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            if reader.line_num > MOST_LINES:
                raise FileRefusedError(
                    _("The file has more than %(most)s lines.") % {"most": f"{MOST_LINES:,}"}
                )
            yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as broken:
        raise FileRefusedError(str(broken)) from None


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    for line, cells in read_table(content):
        code = cells[0] if cells else ""
        if line == 1 and code.lower() in ("code", "codes", "卡密", "兑换码"):
            continue
        yield line, code


def _refusal(code: str) -> str | None:
    if not code:
        return "empty"
    if len(code) > LONGEST_CODE:
        return "too_long"
    return None if code.isprintable() else "unprintable"


def _keep(
    item: models.Item,
    upload: models.CodeUpload,
    seen: dict[bytes, tuple[int, str]],
    refused: list[Refused],
) -> int:
    """Insert the codes that the item does not know; the item's lock keeps other uploads out."""
    blinds = list(seen)
    accepted = 0
    for start in range(0, len(blinds), _CHUNK):
        part = blinds[start : start + _CHUNK]
        known = {
            bytes(blind)
            for blind in models.Code.objects.filter(item=item, blind__in=part).values_list(
                "blind", flat=True
            )
        }
        refused.extend(Refused(line=seen[blind][0], reason="known") for blind in known)
        fresh = [
            models.Code(item=item, upload=upload, blind=blind, code=seen[blind][1])
            for blind in part
            if blind not in known
        ]
        models.Code.objects.bulk_create(fresh)
        accepted += len(fresh)
    return accepted


def _finish(upload: models.CodeUpload, accepted: int, refused: Sequence[Refused]) -> None:
    upload.accepted = accepted
    upload.refused = [[one.line, one.reason] for one in refused]
    upload.save(update_fields=["accepted", "refused"])


def claim(*, item_id: int, member_id: int, order_id: int, quantity: int) -> None:
    """Give free codes to an order.

    Raises:
        SoldOutError: there are fewer; the counter of stock makes this impossible.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [member_id, order_id, item_id, quantity])
        if cursor.rowcount != quantity:
            raise SoldOutError(Hindrance(bar=Bar.SOLD_OUT))


def free(*, member_id: int, order_id: int, seen: bool) -> bool:
    """Take an order's codes back: into stock when nobody has seen them, else they are void."""
    codes = models.Code.objects.filter(member_id=member_id, order_id=order_id)
    if seen:
        codes.update(void=True)
        return False
    codes.update(member_id=None, order_id=None)
    return True
