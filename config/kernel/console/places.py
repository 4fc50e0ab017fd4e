"""Where records are shown, and when things were."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format


def when(moment: datetime) -> str:
    """Return a time in the console's zone and the operator's format."""
    return str(date_format(timezone.localtime(moment), "DATETIME_FORMAT"))


def record_url(model: type[Model], key: object) -> str:
    """Return the address of a record's screen."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])
