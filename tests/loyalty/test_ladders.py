"""Ladders are drafted, warned about, published once and kept."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from config.kernel.models import AuditRecord
from loyalty import selectors, services
from loyalty.models import LadderVersion
from loyalty.services import ladders as ladder_services
from loyalty.types import LadderDraft, TierDraft
from tests.factories.loyalty import make_rules
from tests.factories.programmes import make_shop

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)


def rung(code: str, threshold: int, multiplier: str = "1") -> TierDraft:
    return TierDraft(
        code=code,
        name_zh=code,
        name_en=code,
        threshold=threshold,
        multiplier=Fraction(multiplier),
    )


def said(programme_id: int) -> dict[str, Any]:
    return {"programme_id": programme_id, "actor": "staff:1", "reason": "new year", "now": NOW}


@pytest.mark.django_db
def test_default_ladder_has_the_five_tiers():
    shop = make_shop()
    make_rules(shop)

    ladder = selectors.get_ladder(programme_id=shop.programme.id)

    assert [(t.code, t.name_zh, t.threshold, t.multiplier) for t in ladder.tiers] == [
        ("ordinary", "普通", 0, 1),
        ("bronze", "铜", 3_000_00, 1),
        ("silver", "银", 8_000_00, Fraction(6, 5)),
        ("gold", "金", 20_000_00, Fraction(3, 2)),
        ("diamond", "钻", 50_000_00, 2),
    ]
    assert ladder_services.warnings_of(tiers=ladder.tiers) == []


@pytest.mark.django_db
def test_install_default_ladder_is_safe_to_run_twice():
    shop = make_shop()
    make_rules(shop, flat=True)
    make_rules(shop, flat=True)

    assert LadderVersion.objects.count() == 1
    ladder = selectors.get_ladder(programme_id=shop.programme.id)
    assert {t.multiplier for t in ladder.tiers} == {1}


@pytest.mark.django_db
def test_no_ladder_is_said_so():
    shop = make_shop()
    with pytest.raises(services.LadderNotFoundError):
        selectors.get_ladder(programme_id=shop.programme.id)
    with pytest.raises(services.LadderNotFoundError):
        selectors.get_ladder(programme_id=shop.programme.id, version=3)


@pytest.mark.django_db
def test_publish_replaces_the_ladder_in_force_and_leaves_a_trail():
    shop = make_shop()
    make_rules(shop)
    draft = LadderDraft(tiers=[rung("ordinary", 0), rung("plus", 100)], grace_days=30)

    version = services.draft_ladder(draft=draft, **said(shop.programme.id))
    assert selectors.get_ladder(programme_id=shop.programme.id).version == 1
    warnings = services.publish_ladder(version=version, **said(shop.programme.id))

    assert [w.code for w in warnings] == ["ladder.tier_count"]
    assert selectors.get_ladder(programme_id=shop.programme.id).version == 2
    states = list(LadderVersion.objects.order_by("version").values_list("state", flat=True))
    assert states == ["replaced", "published"]
    trail = AuditRecord.objects.filter(target=f"ladder:{shop.programme.id}/2")
    assert [r.action for r in trail.order_by("id")] == ["ladder.drafted", "ladder.published"]
    before = trail.get(action="ladder.published").before
    assert before is not None
    assert before["grace_days"] == 0


@pytest.mark.django_db
def test_a_published_version_is_not_published_again():
    shop = make_shop()
    make_rules(shop)

    with pytest.raises(services.LadderPublishedError):
        services.publish_ladder(version=1, **said(shop.programme.id))
    with pytest.raises(services.LadderNotFoundError):
        services.publish_ladder(version=9, **said(shop.programme.id))


@pytest.mark.parametrize(
    ("tiers", "codes"),
    [
        ([("a", 0), ("b", 10), ("c", 25), ("d", 60)], []),
        ([("a", 0), ("b", 10), ("c", 25)], ["ladder.tier_count"]),
        ([("a", 0), ("b", 10), ("c", 19), ("d", 40)], ["ladder.step"]),
        ([("a", 0), ("b", 10), ("c", 31), ("d", 62)], ["ladder.step"]),
        ([("a", 0, "1"), ("b", 10, "1.5"), ("c", 20, "1.2"), ("d", 60, "2")], ["ladder.shrinks"]),
        ([(c, n * 2**n) for n, c in enumerate("abcdefg")], ["ladder.tier_count", "ladder.step"]),
    ],
)
def test_warnings_before_publishing(tiers: Any, codes: list[str]):
    found = ladder_services.warnings_of(tiers=[rung(*tier) for tier in tiers])

    assert sorted({w.code for w in found}) == sorted(codes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("draft", "pointer"),
    [
        (LadderDraft(tiers=[]), "/tiers/0/threshold"),
        (LadderDraft(tiers=[rung("a", 1)]), "/tiers/0/threshold"),
        (LadderDraft(tiers=[rung("a", 0), rung("a", 1)]), "/tiers/1/code"),
        (LadderDraft(tiers=[rung("A!", 0)]), "/tiers/0/code"),
        (LadderDraft(tiers=[rung("a", 0), rung("b", 5), rung("c", 5)]), "/tiers/2/threshold"),
        (LadderDraft(tiers=[rung("a", 0, "0")]), "/tiers/0/multiplier"),
        (LadderDraft(tiers=[rung("a", 0, "1/3")]), "/tiers/0/multiplier"),
        (LadderDraft(tiers=[rung("a", 0)], validity_months=0), "/validity_months"),
        (LadderDraft(tiers=[rung("a", 0)], grace_days=-1), "/grace_days"),
    ],
)
def test_nonsense_is_refused_with_its_place(draft: LadderDraft, pointer: str):
    with pytest.raises(services.LadderInvalidError) as refused:
        services.draft_ladder(draft=draft, **said(make_shop().programme.id))

    assert [e.pointer for e in refused.value.errors] == [pointer]
    assert not LadderVersion.objects.exists()
