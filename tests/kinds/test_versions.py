"""Kinds as versions: refused when they make no sense, in force once published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from config.kernel import clock
from config.kernel.models import AuditRecord
from members.kinds import errors, selectors, services
from members.kinds.models import KindsVersion
from members.kinds.types import Entry, KindDraft, Proof
from tests.factories.kinds import make_kinds
from tests.factories.programmes import make_shop

GOOD = KindDraft(code="friend", name_zh="友", name_en="Friend", entry=Entry.APPLY)


def _draft(shop: Any, *kinds: KindDraft) -> int:
    return services.draft_kinds(
        programme_id=shop.programme.id,
        draft=kinds,
        actor="staff:1",
        reason="new",
        now=clock.now(),
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "Friend"}, "code"),
        ({"code": "ordinary"}, "code"),
        ({"code": "x" * 21}, "code"),
        ({"entry": Entry.SPEND}, "threshold"),
        ({"entry": Entry.SPEND, "threshold": -1}, "threshold"),
        ({"validity_months": -1}, "validity_months"),
        ({"validity_months": 121}, "validity_months"),
        ({"group_size": 1}, "group_size"),
        ({"group_size": 501}, "group_size"),
        ({"entry": Entry.GRANT, "group_size": 5}, "group_size"),
        ({"entry": Entry.GRANT, "proof": Proof.STUDENT}, "proof"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(shop, changes, field):
    with pytest.raises(errors.KindsInvalidError) as refused:
        _draft(shop, GOOD, replace(GOOD, **{"code": "other", **changes}))

    assert f"/kinds/1/{field}" in [wrong.pointer for wrong in refused.value.errors]


def test_a_code_stands_once(shop):
    with pytest.raises(errors.KindsInvalidError):
        _draft(shop, GOOD, GOOD)


def test_a_published_version_replaces_the_one_before_and_is_audited(shop):
    make_kinds(shop, [GOOD])

    known = selectors.get_kinds(programme_id=shop.programme.id)
    assert [kind.code for kind in known.kinds] == ["friend"]
    assert KindsVersion.objects.filter(state="published").count() == 1
    record = AuditRecord.objects.filter(action="kinds.published").latest("pk")
    assert record.before is not None
    assert record.after == {"kinds": [["friend", "apply", 0, 12, "", False, "standard", 0]]}


def test_an_older_draft_is_not_published_over_a_newer_version(shop):
    old = _draft(shop, GOOD)
    make_kinds(shop)

    with pytest.raises(errors.KindsPublishedError):
        services.publish_kinds(
            programme_id=shop.programme.id, version=old, actor="s", reason="", now=clock.now()
        )


def test_a_programme_without_kinds_has_none(db):
    shop = make_shop("bare")

    assert selectors.get_kinds(programme_id=shop.programme.id).kinds == ()
