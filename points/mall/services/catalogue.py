"""Write down items, their prices and whether members see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel import audit
from config.kernel.errors import FieldError
from points.mall import issuing, models
from points.mall.errors import ItemInvalidError, ItemNotFoundError, NotPublishableError
from points.mall.types import CODE_STOCK, ItemDraft, ItemKind, ItemStatus, Period, Terms

MOST_POINTS = 10**9
_FIXED = frozenset({"code", "kind"})
_FIELDS = tuple(field.name for field in fields(ItemDraft))


@transaction.atomic
def create_item(
    *, programme_id: int, draft: ItemDraft, actor: str, reason: str, now: datetime
) -> int:
    """Write down a new item, as a draft; return its id.

    Raises:
        ItemInvalidError: what is wrong stands in `errors`, field by field.
    """
    values = _checked(asdict(draft))
    if models.Item.objects.filter(programme_id=programme_id, code=values["code"]).exists():
        raise _invalid("code", _("Another item has this code."))
    item = models.Item.objects.create(
        programme_id=programme_id,
        left=0 if _is_counted(values) else None,
        created_at=now,
        changed_at=now,
        **values,
    )
    _keep_price(item, actor=actor, reason=reason, now=now)
    _record("created", item, actor=actor, reason=reason, after=values, now=now)
    return item.pk


@transaction.atomic
def change_item(
    *, item_id: int, changes: Mapping[str, Any], actor: str, reason: str, now: datetime
) -> list[str]:
    """Change an item; return the names of what changed. Orders keep the price they were made at.

    Code and kind stay what they are: stock, codes and orders hang on them.

    Raises:
        ItemNotFoundError: there is none with this id.
        ItemInvalidError: what is wrong stands in `errors`, field by field.
        NotPublishableError: the item is published, and could not be with these changes.
    """
    item = lock_item(item_id)
    before = {name: getattr(item, name) for name in _FIELDS}
    values = _checked({**before, **changes})
    changed = [name for name in _FIELDS if values[name] != before[name]]
    if _FIXED & set(changed) or _is_counted(values) != _is_counted(before):
        raise _invalid("kind", _("What an item is cannot be changed: make another one."))
    if not changed:
        return []
    for name in changed:
        setattr(item, name, values[name])
    if {"points", "cash"} & set(changed):
        item.price_version += 1
        _keep_price(item, actor=actor, reason=reason, now=now)
    item.changed_at = now
    if item.status == ItemStatus.PUBLISHED:
        _require_publishable(item, now)
    # Not the stock: orders change it, and this would write an older number over theirs.
    item.save(update_fields=[*changed, "price_version", "changed_at"])
    told = {name: values[name] for name in changed}
    _record("changed", item, actor=actor, reason=reason, after=told, now=now)
    return changed


@transaction.atomic
def publish_item(*, item_id: int, actor: str, reason: str, now: datetime) -> None:
    """Let members see an item.

    Raises:
        ItemNotFoundError: there is none with this id.
        NotPublishableError: something is missing; `reasons` says what.
    """
    item = lock_item(item_id)
    _require_publishable(item, now)
    _set_status(item, ItemStatus.PUBLISHED, actor=actor, reason=reason, now=now)


@transaction.atomic
def end_item(*, item_id: int, actor: str, reason: str, now: datetime) -> None:
    """Take an item off the shelf. Orders that are made stay as they are.

    Raises:
        ItemNotFoundError: there is none with this id.
    """
    _set_status(lock_item(item_id), ItemStatus.ENDED, actor=actor, reason=reason, now=now)


@transaction.atomic
def set_terms(*, programme_id: int, terms: Terms, actor: str, reason: str, now: datetime) -> None:
    """Set a programme's times to pay, to collect, and to take a collection back."""
    values = asdict(terms)
    models.Terms.objects.update_or_create(programme_id=programme_id, defaults=values)
    audit.record(
        actor=actor,
        action="mall.terms_set",
        target=f"programme:{programme_id}",
        reason=reason,
        after=values,
        now=now,
    )


def lock_item(item_id: int) -> models.Item:
    """Return an item, for this transaction's alone.

    Raises:
        ItemNotFoundError: there is none with this id.
    """
    item = models.Item.objects.select_for_update().filter(pk=item_id).first()
    if item is None:
        raise ItemNotFoundError
    return item


def _set_status(
    item: models.Item, status: ItemStatus, *, actor: str, reason: str, now: datetime
) -> None:
    if item.status == status:
        return
    item.status, item.changed_at = status, now
    item.save(update_fields=["status", "changed_at"])
    _record(status.value, item, actor=actor, reason=reason, now=now)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values as they are kept; refuse what makes no sense together."""
    wrong: list[tuple[str, str]] = []
    values["kind"], values["limit_per"] = ItemKind(values["kind"]), Period(values["limit_per"])
    values["tiers"] = sorted(set(values["tiers"]))
    for name in ("name_zh", "name_en", "code"):
        values[name] = str(values[name]).strip()
        if not values[name]:
            wrong.append((name, _("This is needed.")))
    if not 1 <= values["points"] <= MOST_POINTS:
        wrong.append(("points", _("Between 1 and %(most)s.") % {"most": f"{MOST_POINTS:,}"}))
    if not 0 <= values["cash"] <= MOST_POINTS:
        wrong.append(("cash", _("Zero or more.")))
    begins, ends = values["on_sale_from"], values["on_sale_until"]
    if begins and ends and begins >= ends:
        wrong.append(("on_sale_until", _("It must end after it starts.")))
    if values["limit_count"] is not None and values["limit_count"] < 1:
        wrong.append(("limit_count", _("At least one, or empty for no limit.")))
    if values["kind"] == ItemKind.TICKET and values["tickets"] < 1:
        wrong.append(("tickets", _("At least one.")))
    if values["kind"] == ItemKind.PHYSICAL and not (values["ships"] or values["collects"]):
        wrong.append(("ships", _("It must be sent or collected, or both.")))
    if wrong:
        raise ItemInvalidError(errors=[_field(name, text) for name, text in wrong])
    return values


def _is_counted(values: Mapping[str, Any]) -> bool:
    """Tell whether a stock is counted: tickets and issued coupons do not run out."""
    if values["kind"] == ItemKind.COUPON:
        return bool(values["issuer"] == CODE_STOCK)
    return bool(values["kind"] != ItemKind.TICKET)


def _require_publishable(item: models.Item, now: datetime) -> None:
    reasons = []
    if item.kind == ItemKind.COUPON and item.issuer != CODE_STOCK:
        issuer = issuing.find(item.issuer)
        if issuer is None:
            reasons.append(
                ("no_issuer", _("Nobody here can issue this coupon: choose who issues it."))
            )
        elif item.template not in {
            choice.template
            for choice in issuer.list_choices(programme_id=item.programme_id, now=now)
        }:
            reasons.append(("no_template", _("The issuer does not issue this coupon now.")))
    if item.on_sale_until and item.on_sale_until <= now:
        reasons.append(("ended", _("The time it is on sale is over already.")))
    if not item.pictures.exists() and item.kind == ItemKind.PHYSICAL:
        reasons.append(("no_picture", _("Members want to see it: add a picture.")))
    if reasons:
        raise NotPublishableError(reasons)


def _keep_price(item: models.Item, *, actor: str, reason: str, now: datetime) -> None:
    models.Price.objects.create(
        item=item,
        version=item.price_version,
        points=item.points,
        cash=item.cash,
        actor=actor,
        reason=reason,
        made_at=now,
    )


def _record(
    what: str,
    item: models.Item,
    *,
    actor: str,
    reason: str,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in (after or {}).items()
    }
    audit.record(
        actor=actor,
        action=f"mall.item_{what}",
        target=f"mall_item:{item.pk}",
        reason=reason,
        after=plain or None,
        now=now,
    )


def _field(name: str, text: str) -> FieldError:
    return FieldError(pointer=f"/{name}", code="invalid", detail=text)


def _invalid(name: str, text: str) -> ItemInvalidError:
    return ItemInvalidError(text, errors=[_field(name, text)])
