"""Put pictures on items and take them off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel import audit
from points.mall import models, pictures
from points.mall.errors import NotPublishableError, PictureRefusedError
from points.mall.services.catalogue import lock_item
from points.mall.types import ItemKind, ItemStatus

MOST_PICTURES = 8


def add_picture(*, item_id: int, content: bytes, actor: str, reason: str, now: datetime) -> int:
    """Draw an uploaded picture anew and put it on an item; return the picture's id.

    The same picture again is found, not added twice.

    Raises:
        ItemNotFoundError: there is no such item.
        PictureRefusedError: it is no picture that we take, or the item has enough of them.
    """
    # Drawing takes a while: not with the item locked.
    drawn = pictures.draw(content)
    with transaction.atomic():
        item = lock_item(item_id)
        kept = models.Picture.objects.filter(item=item)
        known = kept.filter(name=drawn.name).first()
        if known is not None:
            return known.pk
        count = kept.count()
        if count >= MOST_PICTURES:
            raise PictureRefusedError(
                _("An item has %(most)s pictures at most.") % {"most": MOST_PICTURES}
            )
        pictures.store(drawn)
        picture = models.Picture.objects.create(
            item=item,
            name=drawn.name,
            width=drawn.width,
            height=drawn.height,
            place=count,
            made_at=now,
        )
        _record("picture_added", picture, actor=actor, reason=reason, now=now)
        return picture.pk


@transaction.atomic
def remove_picture(
    *, item_id: int, picture_id: int, actor: str, reason: str, now: datetime
) -> None:
    """Take a picture off an item. Its file stays: orders of the past still show it.

    Raises:
        ItemNotFoundError: there is no such item.
        NotPublishableError: it is the last picture of a published thing.
    """
    item = lock_item(item_id)
    kept = models.Picture.objects.filter(item=item)
    picture = kept.filter(pk=picture_id).first()
    if picture is None:
        return
    published = item.status == ItemStatus.PUBLISHED and item.kind == ItemKind.PHYSICAL
    if published and kept.count() == 1:
        raise NotPublishableError(
            [("no_picture", _("Members want to see it: add another picture first."))]
        )
    _record("picture_removed", picture, actor=actor, reason=reason, now=now)
    picture.delete()


def _record(what: str, picture: models.Picture, *, actor: str, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"mall.{what}",
        target=f"mall_item:{picture.item_id}",
        reason=reason,
        after={"picture": picture.name},
        now=now,
    )
