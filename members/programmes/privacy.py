"""What the columns of shops hold: nothing of a person."""

from __future__ import annotations

from config.kernel.privacy import impersonal


def declare() -> None:
    """Fill the register."""
    impersonal(
        "programmes.Programme",
        *("id", "code", "name_zh", "name_en", "currency", "timezone", "created_at"),
    )
    impersonal(
        "programmes.SettingsVersion",
        *("id", "programme", "version", "return_window_days", "points_validity_months"),
        *("return_grace_days", "reservation_ttl_seconds", "debt_policy", "debt_cap", "merge_alone"),
        *("actor", "reason", "made_at"),
    )
    impersonal("programmes.Brand", "id", "programme", "code", "name_zh", "name_en")
    impersonal("programmes.Storefront", "id", "brand", "code", "channel", "currency", "name")
    impersonal("programmes.Store", "id", "brand", "code", "name")
    impersonal("programmes.ClientBinding", "client", "storefront", "rate_per_minute", "created_at")
