"""Tell the mall's editor which tiers there are: the mall lies below the app that knows them."""

from __future__ import annotations

from loyalty import selectors as loyalty_selectors
from loyalty.errors import LadderNotFoundError
from points.mall import services as mall_services
from points.mall.services import Audience


def offer() -> None:
    """Offer the tiers of a programme's ladder to the editor of items."""
    mall_services.register_tiers(_tiers)


def _tiers(programme_id: int) -> list[Audience]:
    try:
        ladder = loyalty_selectors.get_ladder(programme_id=programme_id)
    except LadderNotFoundError:
        return []
    return [
        Audience(code=tier.code, name_zh=tier.name_zh, name_en=tier.name_en)
        for tier in ladder.tiers
    ]
