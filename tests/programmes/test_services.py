"""Programmes, shops and their settings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from config.kernel.models import AuditRecord
from members.programmes import selectors, services
from members.programmes.models import ClientBinding
from tests.factories.programmes import make_shop, make_sister_brand

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def shop(db):
    return make_shop()


def _create(**changes):
    values: dict[str, Any] = {
        "code": "club",
        "name_zh": "会员",
        "name_en": "Club",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "now": NOW,
    }
    return services.create_programme(**(values | changes))


def test_a_new_programme_has_the_default_settings(db):
    programme = _create()

    assert programme.settings.return_window_days == 7
    assert programme.settings.debt_policy == "allow_debt"
    assert programme.settings_version == 1
    assert selectors.find_programme("club") == programme


def test_a_programme_code_is_taken_once(db):
    _create()

    with pytest.raises(services.CodeTakenError):
        _create()


@pytest.mark.parametrize("timezone", ["Asia/Atlantis", "", "../etc/passwd", "+08:00"])
def test_a_programme_needs_a_zone_of_the_iana_database(db, timezone):
    with pytest.raises(services.UnknownTimezoneError):
        _create(timezone=timezone)


@pytest.mark.parametrize("currency", ["cny", "CN", "CNYY", "", "元"])
def test_a_programme_needs_a_currency(db, currency):
    with pytest.raises(services.UnknownCurrencyError):
        _create(currency=currency)


def test_h21_a_programme_counts_days_in_its_own_zone(db):
    shanghai = _create()
    london = _create(code="uk", timezone="Europe/London")
    at = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    assert shanghai.local_day(at) == date(2026, 11, 21)
    assert london.local_day(at) == date(2026, 11, 20)


def test_change_settings_writes_a_version_and_says_who_and_why(shop):
    changed = services.change_settings(
        programme_id=shop.programme.id,
        changes={"return_window_days": 14, "debt_policy": "pending_only"},
        actor="staff:1",
        reason="longer returns",
        now=NOW,
    )

    assert changed.settings.return_window_days == 14
    assert changed.settings_version == 2
    latest, first = selectors.list_settings_versions(shop.programme.id)
    assert (latest.actor, latest.reason, first.settings.return_window_days) == (
        "staff:1",
        "longer returns",
        7,
    )
    record = AuditRecord.objects.get(action="programme.settings_changed")
    assert record.before is not None
    assert record.after is not None
    assert record.before["return_window_days"] == 7
    assert record.after["return_window_days"] == 14


def test_change_settings_to_the_same_writes_nothing(shop):
    services.change_settings(
        programme_id=shop.programme.id,
        changes={"return_window_days": 7},
        actor="staff:1",
        reason="x",
        now=NOW,
    )

    assert len(selectors.list_settings_versions(shop.programme.id)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"return_window_days": -1},
        {"return_window_days": "7"},
        {"return_window_days": True},
        {"points_validity_months": 0},
        {"reservation_ttl_seconds": 7201},
        {"debt_policy": "forgive"},
        {"colour": "red"},
    ],
)
def test_change_settings_refuses_what_is_out_of_bounds(shop, changes):
    with pytest.raises(services.InvalidSettingError):
        services.change_settings(
            programme_id=shop.programme.id, changes=changes, actor="a", reason="r", now=NOW
        )


def test_change_settings_needs_a_reason_and_a_programme(shop):
    with pytest.raises(services.InvalidSettingError):
        services.change_settings(
            programme_id=shop.programme.id, changes={}, actor="a", reason=" ", now=NOW
        )
    with pytest.raises(services.ProgrammeNotFoundError):
        services.change_settings(programme_id=0, changes={}, actor="a", reason="r", now=NOW)


def test_get_programme_asks_once_a_minute(shop, django_assert_num_queries):
    selectors.get_programme(shop.programme.id)

    with django_assert_num_queries(0):
        selectors.get_programme(shop.programme.id)


def test_storefronts_are_found_by_id_code_and_programme(shop):
    other = make_sister_brand(shop, "sister")

    assert selectors.get_storefront(shop.storefront.id) == shop.storefront
    assert selectors.find_storefront("sister") == other.storefront
    assert [s.code for s in selectors.list_storefronts(shop.programme.id)] == ["demo", "sister"]
    assert [b.code for b in selectors.list_brands(shop.programme.id)] == ["demo", "sister"]
    assert selectors.find_storefront("nowhere") is None
    assert selectors.find_brand("demo") == shop.brand
    assert [p.code for p in selectors.list_programmes()] == ["demo"]
    with pytest.raises(services.StorefrontNotFoundError):
        selectors.get_storefront(0)


def test_stores_belong_to_a_brand_and_are_found_in_their_programme(shop):
    store = services.create_store(brand_id=shop.brand.id, code="xujiahui", name="徐家汇店")

    assert selectors.find_store("xujiahui", programme_id=shop.programme.id) == store
    assert selectors.find_store("xujiahui", programme_id=0) is None
    assert selectors.list_stores(shop.programme.id) == [store]


def test_a_client_gets_only_scopes_that_exist(shop):
    with pytest.raises(services.UnknownScopeError):
        services.create_client(storefront_id=shop.storefront.id, scopes=["all:things"], now=NOW)


def test_a_client_is_limited_by_default(shop):
    made = services.create_client(storefront_id=shop.storefront.id, scopes=["points:read"], now=NOW)

    assert ClientBinding.objects.get(pk=made.client_id).rate_per_minute == 6000
    assert len(made.client_secret) >= 43


def test_the_trail_of_a_client_does_not_tell_its_secret(shop):
    made = services.create_client(storefront_id=shop.storefront.id, scopes=["points:read"], now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_auditrecord::text FROM kernel_auditrecord")
        assert all(made.client_secret not in text for (text,) in cursor.fetchall())
