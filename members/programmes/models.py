"""Programmes, brands, storefronts, stores, and which API client belongs to which storefront."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Programme(models.Model):
    """One points currency set, one zone, one set of rules, shared by its brands."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    timezone = models.CharField(_("time zone"), max_length=40)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="programmes_currency_is_iso_4217",
            )
        ]

    def __str__(self) -> str:
        return self.code


class SettingsVersion(models.Model):
    """The settings of a programme from one change to the next. The newest one holds."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="settings_versions")
    version = models.PositiveIntegerField(_("version"))
    return_window_days = models.PositiveSmallIntegerField(_("return window, days"))
    points_validity_months = models.PositiveSmallIntegerField(_("points valid, months"))
    return_grace_days = models.PositiveSmallIntegerField(_("grace of returned points, days"))
    reservation_ttl_seconds = models.PositiveIntegerField(_("points held, seconds"))
    debt_policy = models.CharField(
        _("when refunded points are spent"),
        max_length=16,
        choices=[
            ("allow_debt", _("the member owes them")),
            ("within_balance", _("take what is there")),
            ("pending_only", _("take pending points alone")),
        ],
    )
    debt_cap = models.PositiveIntegerField(_("points owed at most"), null=True, blank=True)
    merge_alone = models.PositiveIntegerField(_("points merged by one person"), default=5_000)
    actor = models.CharField(_("by"), max_length=80)
    reason = models.TextField(_("reason"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("programme settings")
        verbose_name_plural = _("programme settings")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "version"], name="programmes_one_settings_version"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    debt_policy__in=["allow_debt", "within_balance", "pending_only"]
                ),
                name="programmes_debt_policy_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}#{self.version}"


class Brand(models.Model):
    """A brand of a programme."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="brands")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.code


class Storefront(models.Model):
    """A brand on one channel: web shop, mini-program, till."""

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="storefronts")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    channel = models.SlugField(_("channel"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("storefront")
        verbose_name_plural = _("storefronts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="programmes_storefront_currency_is_iso_4217",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Store(models.Model):
    """A place of a brand."""

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="stores")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        permissions = [("serve_store", "Serves the members of this store")]
        verbose_name = _("store")
        verbose_name_plural = _("stores")

    def __str__(self) -> str:
        return self.code


class ClientBinding(models.Model):
    """Which storefront an API client belongs to. A client without one is refused."""

    client = models.OneToOneField(
        "allauth_idp_oidc.Client", models.CASCADE, primary_key=True, related_name="+"
    )
    storefront = models.ForeignKey(Storefront, models.PROTECT, related_name="clients")
    rate_per_minute = models.PositiveIntegerField(
        _("calls a minute"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return self.client_id
